/** The largest |a − b| / max(|b|, floor) over two tables; throws if their lengths differ. */
export function largestRelativeError(a: ArrayLike<number>, b: ArrayLike<number>, floor = 1e-300): number {
  return largest(a, b, (x, y) => Math.abs(x - y) / Math.max(Math.abs(y), floor));
}

/** The largest |a − b| over two tables; throws if their lengths differ. */
export function largestError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return largest(a, b, (x, y) => Math.abs(x - y));
}

function largest(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  error: (x: number, y: number) => number,
): number {
  if (a.length !== b.length || a.length === 0) throw new Error(`lengths ${a.length} and ${b.length}`);
  // Equal infinities agree; a NaN anywhere makes the result NaN, which passes no bound.
  const errors = Array.from(a, (x, i) => (x === b[i] ? 0 : error(x, b[i] ?? NaN)));
  return errors.reduce((worst, value) => (worst > value ? worst : value), 0);
}

/** `values[i]`, which must exist. */
export function at(values: ArrayLike<number>, i: number): number {
  const value = values[i];
  if (value === undefined) throw new Error(`no entry ${i}`);
  return value;
}
