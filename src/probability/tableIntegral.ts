import {
  addTables,
  axisOf,
  mergeTables,
  stridesOf,
  unionOf,
  type Grid,
  type Table,
  type TableSum,
  type TableTerm,
} from "./table.js";

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
