/** The points at which a variable is tabulated: evenly spaced, so that sums are integrals (trapezoidal rule). */
export interface Axis {
  readonly points: Float64Array;
  readonly step: number;
}

/** A function of variables, each named by a number, on the points of their axes; the last variable runs fastest. */
export interface Table {
  /** Ascending. */
  readonly axes: readonly number[];
  readonly values: Float64Array;
}

/**
 * coefficient · exp(Σ logs) · Π factors: densities stay logarithms, so that their products and quotients
 * neither overflow nor vanish.
 */
export interface TableTerm {
  readonly coefficient: number;
  readonly logs: readonly Table[];
  readonly factors: readonly Table[];
}

/** A sum of such terms: a function of all variables that occur, of which no term needs a table of more than two. */
export type TableSum = readonly TableTerm[];

export type Grid = ReadonlyMap<number, Axis>;

/** A table of more variables than are tabulated, or a logarithm that does not exist. */
export class TableError extends Error {
  override readonly name = "TableError";
}

const mostAxes = 2;

export const constantTable = (value: number): TableSum =>
  value === 0 ? [] : [{ coefficient: value, logs: [], factors: [] }];

/** The variable itself. */
export const variableTable = (name: number, grid: Grid): TableSum => [
  { coefficient: 1, logs: [], factors: [{ axes: [name], values: axisOf(name, grid).points }] },
];

/** exp of a table. */
export const exponentialTable = (log: Table): TableSum => [{ coefficient: 1, logs: [log], factors: [] }];

/** A function of one or two variables at all their points. */
export function tabulate(axes: readonly number[], at: (x: number, y: number) => number, grid: Grid): Table {
  const [first, second] = axes.map((name) => axisOf(name, grid).points);
  if (first === undefined) return { axes, values: Float64Array.of(at(0, 0)) };
  if (second === undefined) return { axes, values: first.map((x) => at(x, 0)) };
  const values = new Float64Array(first.length * second.length);
  let place = 0;
  for (const x of first) for (const y of second) values[place++] = at(x, y);
  return { axes, values };
}

export function addTables(a: TableSum, b: TableSum, grid: Grid): TableSum {
  const merged = new Map<string, TableTerm>();
  const apart: TableTerm[] = [];
  for (const term of [...a, ...b]) {
    if (term.logs.length > 0 || axesOf(term).length > mostAxes) {
      apart.push(term);
      continue;
    }
    const key = axesOf(term).join();
    const known = merged.get(key);
    merged.set(key, known === undefined ? term : joined(known, term, grid));
  }
  return [...merged.values(), ...apart];
}

/** Two terms of the same variables without exponentials, as one. */
function joined(a: TableTerm, b: TableTerm, grid: Grid): TableTerm {
  const axes = axesOf(a);
  if (axes.length === 0) return { ...a, coefficient: numberIn(a) + numberIn(b), factors: [] };
  const [x, y] = [valuesOf(a, axes, grid), valuesOf(b, axes, grid)];
  return {
    coefficient: 1,
    logs: [],
    factors: [{ axes, values: x.map((value, at) => value + (y[at] ?? 0)) }],
  };
}

const numberIn = ({ coefficient, factors }: TableTerm): number =>
  factors.reduce((product, { values }) => product * (values[0] ?? 1), coefficient);

export function multiplyTables(a: TableSum, b: TableSum, grid: Grid): TableSum {
  const products = a.flatMap((x) =>
    b.map((y) => ({
      coefficient: x.coefficient * y.coefficient,
      logs: mergeTables([...x.logs, ...y.logs], "sum"),
      factors: mergeTables([...x.factors, ...y.factors], "product"),
    })),
  );
  return products.length > 1 ? addTables([], products, grid) : products;
}

export const scaleTable = (sum: TableSum, by: number): TableSum =>
  by === 0 ? [] : sum.map((term) => ({ ...term, coefficient: term.coefficient * by }));

type Combination = "sum" | "product";

/** Tables of the same variables as one. */
function mergeTables(tables: readonly Table[], as: Combination): readonly Table[] {
  const merged = new Map<string, Table>();
  for (const table of tables) {
    const key = table.axes.join();
    const known = merged.get(key);
    const values = known === undefined ? table.values : combined(known.values, table.values, as);
    merged.set(key, { axes: table.axes, values });
  }
  return [...merged.values()];
}

/** A plain loop: these are the largest arrays, and `map` with a function takes several times as long. */
function combined(a: Float64Array, b: Float64Array, as: Combination): Float64Array {
  const values = new Float64Array(a.length);
  if (as === "sum") for (let at = 0; at < values.length; at++) values[at] = (a[at] ?? 0) + (b[at] ?? 0);
  else for (let at = 0; at < values.length; at++) values[at] = (a[at] ?? 0) * (b[at] ?? 0);
  return values;
}

/** The variables of a term, ascending. */
export function axesOf({ logs, factors }: TableTerm): readonly number[] {
  return [...new Set([...logs, ...factors].flatMap(({ axes }) => axes))].sort((a, b) => a - b);
}

/** f of the sum, point by point. @throws TableError for more than two variables */
export function mapTable(sum: TableSum, f: (value: number) => number, grid: Grid): TableSum {
  const table = flatten(sum, grid);
  const values = table.values.map(f);
  if (table.axes.length === 0) return constantTable(values[0] ?? 0);
  return [{ coefficient: 1, logs: [], factors: [{ axes: table.axes, values }] }];
}

/** The logarithm; of one positive term it is the sum of the logarithms of its parts. */
export function logarithmTable(sum: TableSum, grid: Grid): TableSum {
  const [term] = sum;
  if (term !== undefined && sum.length === 1 && term.factors.length === 0 && term.coefficient > 0) {
    const parts = term.logs.map((log) => ({ coefficient: 1, logs: [], factors: [log] }));
    return addTables(constantTable(Math.log(term.coefficient)), parts, grid);
  }
  const positive = logOfPositive(sum, grid);
  if (positive !== undefined) return [{ coefficient: 1, logs: [], factors: [positive] }];
  return mapTable(sum, logarithm, grid);
}

function logarithm(value: number): number {
  if (!(value > 0)) throw new TableError("the logarithm of a number that is not positive");
  return Math.log(value);
}

/** exp of the sum, part by part. @throws TableError for a part of more than two variables */
export function expTable(sum: TableSum, grid: Grid): TableSum {
  const logs = sum.map((term) => flatten([term], grid));
  return [{ coefficient: 1, logs: mergeTables(logs, "sum"), factors: [] }];
}

/** 1 / sum. */
export function inverseTable(sum: TableSum, grid: Grid): TableSum {
  const [term] = sum;
  const negated = (log: Table): Table => ({ axes: log.axes, values: log.values.map((value) => -value) });
  if (term !== undefined && sum.length === 1 && term.factors.length === 0)
    return [{ coefficient: 1 / term.coefficient, logs: term.logs.map(negated), factors: [] }];
  const positive = logOfPositive(sum, grid);
  return positive === undefined
    ? mapTable(sum, (value) => 1 / value, grid)
    : exponentialTable(negated(positive));
}

/** A sum of positive terms as one exponential; the sum itself where it is none. */
export function positiveTable(sum: TableSum, grid: Grid): TableSum {
  const log = logOfPositive(sum, grid);
  return log === undefined ? sum : exponentialTable(log);
}

/** log Σ exp for a sum of positive terms without factors; undefined for any other. */
function logOfPositive(sum: TableSum, grid: Grid): Table | undefined {
  if (sum.length === 0 || sum.some(({ coefficient, factors }) => factors.length > 0 || coefficient <= 0))
    return undefined;
  const axes = unionOf(sum.flatMap(axesOf));
  const parts = sum.map((term) => {
    const offset = Math.log(term.coefficient);
    return broadcast(term.logs, axes, "sum", grid).map((value) => value + offset);
  });
  const [first, ...others] = parts;
  if (first === undefined) return undefined;
  const values = first.map((value, at) => {
    const all = [value, ...others.map((part) => part[at] ?? -Infinity)];
    const largest = Math.max(...all);
    return largest === -Infinity
      ? largest
      : largest + Math.log(all.reduce((total, each) => total + Math.exp(each - largest), 0));
  });
  return { axes, values };
}

/** The sum as one table. @throws TableError for more than two variables */
export function flatten(sum: TableSum, grid: Grid): Table {
  const axes = unionOf(sum.flatMap(axesOf));
  const size = axes.reduce((product, name) => product * axisOf(name, grid).points.length, 1);
  const total = new Float64Array(size);
  for (const term of sum) {
    const values = valuesOf(term, axes, grid);
    for (let at = 0; at < size; at++) total[at] = (total[at] ?? 0) + (values[at] ?? 0);
  }
  return { axes, values: total };
}

function valuesOf(term: TableTerm, axes: readonly number[], grid: Grid): Float64Array {
  const values = broadcast(term.factors, axes, "product", grid);
  const logs = term.logs.length === 0 ? undefined : broadcast(term.logs, axes, "sum", grid);
  for (let at = 0; at < values.length; at++) {
    const scale = logs === undefined ? 1 : Math.exp(logs[at] ?? 0);
    values[at] = (values[at] ?? 0) * term.coefficient * scale;
  }
  return values;
}

function unionOf(names: readonly number[]): readonly number[] {
  const axes = [...new Set(names)].sort((a, b) => a - b);
  if (axes.length > mostAxes) throw new TableError(`a function of ${axes.length} states at once`);
  return axes;
}

/** Tables of fewer variables combined over all of `axes`. */
function broadcast(
  tables: readonly Table[],
  axes: readonly number[],
  as: Combination,
  grid: Grid,
): Float64Array {
  const [rows = 1, columns = 1] = axes.map((name) => axisOf(name, grid).points.length);
  const values = new Float64Array(rows * columns).fill(as === "sum" ? 0 : 1);
  for (const table of tables) {
    const [down, across] = stridesOf(table, axes, grid);
    for (let row = 0, place = 0; row < rows; row++) {
      for (let column = 0, from = row * down; column < columns; column++, place++, from += across) {
        const value = table.values[from] ?? 0;
        values[place] = as === "sum" ? (values[place] ?? 0) + value : (values[place] ?? 0) * value;
      }
    }
  }
  return values;
}

/** How far apart neighbours along each of `axes` lie in the table. */
function stridesOf(table: Table, axes: readonly number[], grid: Grid): readonly [number, number] {
  const stride = (name: number | undefined): number => {
    const at = name === undefined ? -1 : table.axes.indexOf(name);
    if (at < 0) return 0;
    return table.axes.slice(at + 1).reduce((product, each) => product * axisOf(each, grid).points.length, 1);
  };
  return [stride(axes[0]), stride(axes[1])];
}

/**
 * ∫ sum dv for one variable: the trapezoidal rule, whose error for smooth functions that vanish at the ends
 * falls faster than any power of the step. @throws TableError where more than two variables would be left
 */
export const integrateTable = (sum: TableSum, name: number, grid: Grid): TableSum =>
  addTables(
    [],
    sum.map((term) => integrateTerm(term, name, grid)),
    grid,
  );

/** exp of less than this is lost in double precision beside 1. */
const negligible = -60;

function integrateTerm(term: TableTerm, name: number, grid: Grid): TableTerm {
  const has = (table: Table): boolean => table.axes.includes(name);
  const [logs, factors] = [term.logs.filter(has), term.factors.filter(has)];
  const axes = unionOf([...logs, ...factors].flatMap((table) => table.axes).filter((each) => each !== name));
  const { points, step } = axisOf(name, grid);
  const [rows = 1, columns = 1] = axes.map((each) => axisOf(each, grid).points.length);
  const total = new Float64Array(rows * columns);
  const mean = new Float64Array(rows * columns);
  const layers = [...logs, ...factors].map((table) => {
    const [down, across] = stridesOf(table, axes, grid);
    const [along] = stridesOf(table, [name], grid);
    return { values: table.values, down, across, along };
  });
  const exponents = new Float64Array(points.length);
  for (let row = 0, place = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, place++) {
      exponents.fill(0);
      let largest = -Infinity;
      for (const { values, down, across, along } of layers.slice(0, logs.length)) {
        let at = row * down + column * across;
        for (let k = 0; k < points.length; k++, at += along)
          exponents[k] = (exponents[k] ?? 0) + (values[at] ?? 0);
      }
      for (const value of exponents) if (value > largest) largest = value;
      let [sum, weighted] = [0, 0];
      for (let k = 0; k < points.length; k++) {
        const below = (exponents[k] ?? 0) - largest;
        // Far from the peak, where most points are, nothing is added; that spares most of the work.
        if (!(below > negligible)) continue;
        const weight = Math.exp(below);
        sum += weight;
        if (factors.length === 0) continue;
        let product = weight;
        for (const { values, down, across, along } of layers.slice(logs.length))
          product *= values[row * down + column * across + k * along] ?? 0;
        weighted += product;
      }
      total[place] = largest + Math.log(sum * step);
      mean[place] = sum === 0 ? 0 : weighted / sum;
    }
  }
  const rest = {
    logs: term.logs.filter((table) => !has(table)),
    factors: term.factors.filter((table) => !has(table)),
  };
  return {
    coefficient: term.coefficient,
    logs: mergeTables([...rest.logs, { axes, values: total }], "sum"),
    factors: mergeTables(
      [...rest.factors, ...(factors.length === 0 ? [] : [{ axes, values: mean }])],
      "product",
    ),
  };
}

/** Over several variables, first those that leave the fewest behind. */
export function integrateAllTables(sum: TableSum, names: readonly number[], grid: Grid): TableSum {
  const parts = sum.map((term) => {
    let left = term;
    const open = new Set(names);
    while (open.size > 0) {
      const [next] = [...open].sort((a, b) => neighbours(left, a) - neighbours(left, b));
      if (next === undefined) break;
      left = integrateTerm(left, next, grid);
      open.delete(next);
    }
    return left;
  });
  return addTables([], parts, grid);
}

const neighbours = ({ logs, factors }: TableTerm, name: number): number =>
  new Set([...logs, ...factors].filter(({ axes }) => axes.includes(name)).flatMap(({ axes }) => axes)).size;

/** The number that a sum without variables is; undefined where it has some. */
export function tableValue(sum: TableSum): number | undefined {
  let total = 0;
  for (const term of sum) {
    if (axesOf(term).length > 0) return undefined;
    const exponent = term.logs.reduce((all, { values }) => all + (values[0] ?? 0), 0);
    total += numberIn(term) * Math.exp(exponent);
  }
  return total;
}

function axisOf(name: number, grid: Grid): Axis {
  const axis = grid.get(name);
  if (axis === undefined) throw new RangeError(`no axis for the variable ${name}`);
  return axis;
}
