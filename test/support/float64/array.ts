/** Arrays in double precision for reference implementations: a shape, and the numbers row by row. */
export interface Array64 {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** The parameters of a layer, by name. */
export type Params64 = Readonly<Record<string, Array64>>;

export function zeros64(shape: readonly number[]): Array64 {
  return { shape, data: new Float64Array(size(shape)) };
}

export function map64(x: Array64, f: (value: number, i: number) => number): Array64 {
  return { shape: x.shape, data: x.data.map(f) };
}

export function add64(x: Array64, y: Array64): Array64 {
  if (x.shape.join() !== y.shape.join()) throw new Error(`${x.shape.join()} + ${y.shape.join()}`);
  return map64(x, (value, i) => value + at(y, i));
}

/** Element `i` of the numbers; outside is a mistake of the test. */
export function at(x: Array64, i: number): number {
  const value = x.data[i];
  if (value === undefined) throw new Error(`element ${i} of an array of ${x.data.length}`);
  return value;
}

export function get(params: Params64, name: string): Array64 {
  const value = params[name];
  if (value === undefined) throw new Error(`no parameter ${name}`);
  return value;
}

export function size(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** The axes of an image batch. */
export function axes4(x: Array64): [number, number, number, number] {
  if (x.shape.length !== 4) throw new Error(`[${x.shape.join()}] is no batch of images`);
  return x.shape as unknown as [number, number, number, number];
}
