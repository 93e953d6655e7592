import {
  addTables,
  axesOf,
  broadcast,
  constantTable,
  exponentialTable,
  flatten,
  mergeTables,
  TableError,
  unionOf,
  type Grid,
  type Table,
  type TableSum,
} from "./table.js";

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
  if (term !== undefined && sum.length === 1 && term.factors.length === 0)
    return [{ coefficient: 1 / term.coefficient, logs: term.logs.map(negated), factors: [] }];
  const positive = logOfPositive(sum, grid);
  return positive === undefined
    ? mapTable(sum, (value) => 1 / value, grid)
    : exponentialTable(negated(positive));
}

/** A plain loop, as for all of the largest arrays. */
function negated({ axes, values }: Table): Table {
  const negative = new Float64Array(values.length);
  for (let at = 0; at < values.length; at++) negative[at] = -(values[at] ?? 0);
  return { axes, values: negative };
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
  return { axes, values: logSumExp(parts) };
}

function logSumExp(parts: readonly Float64Array[]): Float64Array {
  const largest = new Float64Array(parts[0]?.length ?? 0).fill(-Infinity);
  for (const part of parts)
    for (let at = 0; at < largest.length; at++)
      largest[at] = Math.max(largest[at] ?? -Infinity, part[at] ?? -Infinity);
  const sums = new Float64Array(largest.length);
  for (const part of parts)
    for (let at = 0; at < sums.length; at++) {
      const below = (part[at] ?? -Infinity) - (largest[at] ?? 0);
      // -∞ less -∞ is no number: nothing is added.
      if (below <= 0) sums[at] = (sums[at] ?? 0) + Math.exp(below);
    }
  return sums.map((sum, at) => (largest[at] ?? 0) + (sum === 0 ? 0 : Math.log(sum)));
}
