import {
  addTables,
  axisOf,
  mergeTables,
  stridesOf,
  TableError,
  unionOf,
  type Axis,
  type Grid,
  type Table,
  type TableSum,
  type TableTerm,
} from "./table.js";

/** How many points have been summed over. */
export interface Work {
  points: number;
}

/** Three variables at once are up to 10^8 points; these take some seconds. */
const mostPoints = 1_500_000_000;

/** exp of less than this is lost in double precision beside 1, also of a thousand points. */
const negligible = -45;

function integrateTerm(term: TableTerm, name: number, grid: Grid, work: Work): TableTerm {
  const has = (table: Table): boolean => table.axes.includes(name);
  const [logs, factors] = [term.logs.filter(has), term.factors.filter(has)];
  const axes = unionOf([...logs, ...factors].flatMap((table) => table.axes).filter((each) => each !== name));
  const layersOf = (tables: readonly Table[]): readonly Layer[] =>
    tables.map((table) => {
      const [down, across] = stridesOf(table, axes, grid);
      const [along] = stridesOf(table, [name], grid);
      return { values: table.values, down, across, along };
    });
  work.points += [name, ...axes].reduce((product, each) => product * axisOf(each, grid).points.length, 1);
  if (work.points > mostPoints) throw new TableError("integrals over more points than are summed");
  const { total, mean } = integrated(layersOf(logs), layersOf(factors), axes, axisOf(name, grid), grid);
  return {
    coefficient: term.coefficient,
    logs: mergeTables([...term.logs.filter((table) => !has(table)), { axes, values: total }], "sum"),
    factors: mergeTables(
      [
        ...term.factors.filter((table) => !has(table)),
        ...(factors.length === 0 ? [] : [{ axes, values: mean }]),
      ],
      "product",
    ),
  };
}

/** A table along the variable that is integrated over (`along`) and along those that are left. */
interface Layer {
  readonly values: Float64Array;
  readonly down: number;
  readonly across: number;
  readonly along: number;
}

/** `total` is log ∫ exp(Σ logs), `mean` the mean of Π factors with that weight, at all points of `axes`. */
function integrated(
  logs: readonly Layer[],
  factors: readonly Layer[],
  axes: readonly number[],
  { points, step }: Axis,
  grid: Grid,
): { readonly total: Float64Array; readonly mean: Float64Array } {
  const [rows = 1, columns = 1] = axes.map((each) => axisOf(each, grid).points.length);
  const total = new Float64Array(rows * columns);
  const mean = new Float64Array(factors.length === 0 ? 0 : rows * columns);
  const [ofRows, ofBoth] = [false, true].map((across) =>
    logs.filter((layer) => (layer.across !== 0) === across),
  );
  const exponents = new Float64Array(points.length);
  const all = new Float64Array(points.length);
  for (let row = 0, place = 0; row < rows; row++) {
    exponents.fill(0);
    for (const layer of ofRows ?? []) addLayer(exponents, exponents, layer, row, 0);
    for (let column = 0; column < columns; column++, place++) {
      let from = exponents;
      for (const layer of ofBoth ?? []) {
        addLayer(all, from, layer, row, column);
        from = all;
      }
      const largest = largestOf(from);
      const { sum, weighted } = sumsOf(from, largest, factors, row, column);
      total[place] = largest + Math.log(sum * step);
      if (factors.length > 0 && sum !== 0) mean[place] = weighted / sum;
    }
  }
  return { total, mean };
}

/** `to` = `from` + the layer, along the variable. */
function addLayer(
  to: Float64Array,
  from: Float64Array,
  { values, down, across, along }: Layer,
  row: number,
  column: number,
): void {
  for (let k = 0, at = row * down + column * across; k < to.length; k++, at += along)
    to[k] = (from[k] ?? 0) + (values[at] ?? 0);
}

function largestOf(values: Float64Array): number {
  let largest = -Infinity;
  for (let k = 0; k < values.length; k++) {
    const value = values[k] ?? 0;
    if (value > largest) largest = value;
  }
  return largest;
}

/** Σ exp(exponent − largest), alone and times Π factors; far from the peak, where most points are, nothing is added. */
function sumsOf(
  exponents: Float64Array,
  largest: number,
  factors: readonly Layer[],
  row: number,
  column: number,
): { readonly sum: number; readonly weighted: number } {
  let [sum, weighted] = [0, 0];
  for (let k = 0; k < exponents.length; k++) {
    const below = (exponents[k] ?? 0) - largest;
    if (!(below > negligible)) continue;
    const weight = Math.exp(below);
    sum += weight;
    if (factors.length === 0) continue;
    let product = weight;
    for (const { values, down, across, along } of factors)
      product *= values[row * down + column * across + k * along] ?? 0;
    weighted += product;
  }
  return { sum, weighted };
}

/**
 * ∫ sum over the variables, first over those that leave the fewest behind: the trapezoidal rule, whose error for smooth
 * functions that vanish at the ends falls faster than any power of the step.
 * @throws TableError where more than two variables would be left, or more points be summed than in a few seconds
 */
export function integrateAllTables(
  sum: TableSum,
  names: readonly number[],
  grid: Grid,
  work: Work = { points: 0 },
): TableSum {
  const parts = sum.map((term) => {
    let left = term;
    const open = new Set(names);
    while (open.size > 0) {
      const [next] = [...open].sort((a, b) => neighbours(left, a) - neighbours(left, b));
      if (next === undefined) break;
      left = integrateTerm(left, next, grid, work);
      open.delete(next);
    }
    return left;
  });
  return addTables([], parts, grid);
}

const neighbours = ({ logs, factors }: TableTerm, name: number): number =>
  new Set([...logs, ...factors].filter(({ axes }) => axes.includes(name)).flatMap(({ axes }) => axes)).size;
