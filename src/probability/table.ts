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
export function mergeTables(tables: readonly Table[], as: Combination): readonly Table[] {
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

export function unionOf(names: readonly number[]): readonly number[] {
  const axes = [...new Set(names)].sort((a, b) => a - b);
  if (axes.length > mostAxes) throw new TableError(`a function of ${axes.length} states at once`);
  return axes;
}

/** Tables of fewer variables combined over all of `axes`. */
export function broadcast(
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
export function stridesOf(table: Table, axes: readonly number[], grid: Grid): readonly [number, number] {
  const stride = (name: number | undefined): number => {
    const at = name === undefined ? -1 : table.axes.indexOf(name);
    if (at < 0) return 0;
    return table.axes.slice(at + 1).reduce((product, each) => product * axisOf(each, grid).points.length, 1);
  };
  return [stride(axes[0]), stride(axes[1])];
}

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

export function axisOf(name: number, grid: Grid): Axis {
  const axis = grid.get(name);
  if (axis === undefined) throw new RangeError(`no axis for the variable ${name}`);
  return axis;
}
