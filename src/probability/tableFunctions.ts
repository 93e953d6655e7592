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
