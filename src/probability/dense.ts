import type { Arithmetic, Real } from "../expr/number.js";
import { DegenerateError, type Matrix } from "./linear.js";

/** Algebra of small square matrices, row by row. All matrices of one call have the same size. */
export function identityTimes(scale: Real, size: number): Matrix {
  return square(size, (i, j) => (i === j ? scale : scale.times(0)));
}

export const addMatrices = (a: Matrix, b: Matrix): Matrix =>
  square(a.length, (i, j) => entry(a, i, j).plus(entry(b, i, j)));

export const scaleMatrix = (a: Matrix, factor: Real): Matrix =>
  a.map((row) => row.map((value) => value.times(factor)));

export const transposed = (a: Matrix): Matrix => square(a.length, (i, j) => entry(a, j, i));

export const applyMatrix = (a: Matrix, v: readonly Real[]): readonly Real[] =>
  a.map((row) => total(row.map((value, j) => value.times(coordinate(v, j)))));

export const multiplyMatrices = (a: Matrix, b: Matrix): Matrix =>
  square(a.length, (i, j) => total(a.map((_, k) => entry(a, i, k).times(entry(b, k, j)))));

/** v wᵀ */
export const outerProduct = (v: readonly Real[], w: readonly Real[]): Matrix =>
  square(v.length, (i, j) => coordinate(v, i).times(coordinate(w, j)));

export const traceOf = (a: Matrix): Real => total(a.map((_, i) => entry(a, i, i)));

/** By elimination with the largest pivot of each column. */
export function determinantOf(a: Matrix, arithmetic: Arithmetic): Real {
  return eliminate(a, []).reduce((product, pivot) => product.times(pivot), arithmetic.one);
}

/** @throws DegenerateError for a matrix without an inverse */
export function inverseOf(a: Matrix, arithmetic: Arithmetic): Matrix {
  const beside = identityTimes(arithmetic.one, a.length).map((row) => [...row]);
  if (eliminate(a, beside).some((pivot) => pivot.isZero()))
    throw new DegenerateError("the matrix has no inverse");
  return beside;
}

/**
 * Gauss–Jordan elimination of a copy of `a`, every row operation applied to the rows `beside` as well, which
 * end as a⁻¹ times what they were.
 * @returns the pivots, one with its sign turned for each exchange of rows; their product is the determinant
 */
function eliminate(a: Matrix, beside: Real[][]): readonly Real[] {
  const rows = a.map((row, i) => [...row, ...(beside[i] ?? [])]);
  const pivots: Real[] = [];
  for (let k = 0; k < a.length; k++) {
    const largest = rows.reduce(
      (best, row, i) =>
        i > k &&
        coordinate(row, k)
          .abs()
          .greaterThan(entry(rows, best, k).abs())
          ? i
          : best,
      k,
    );
    const pivot = entry(rows, largest, k);
    pivots.push(largest === k ? pivot : pivot.negated());
    if (pivot.isZero()) return pivots;
    const lead = (rows[largest] ?? []).map((value) => value.div(pivot));
    rows[largest] = rows[k] ?? [];
    for (const [i, row] of rows.entries())
      rows[i] = row.map((value, j) => value.minus(coordinate(row, k).times(coordinate(lead, j))));
    rows[k] = lead;
  }
  for (const [i, row] of rows.entries()) beside.splice(i, beside.length > i ? 1 : 0, row.slice(a.length));
  return pivots;
}

const square = (size: number, value: (i: number, j: number) => Real): Matrix =>
  Array.from({ length: size }, (_, i) => Array.from({ length: size }, (__, j) => value(i, j)));

const total = (values: readonly Real[]): Real => values.reduce((sum, value) => sum.plus(value));

const entry = (a: Matrix, i: number, j: number): Real => coordinate(a[i], j);

function coordinate(row: readonly Real[] | undefined, j: number): Real {
  const value = row?.[j];
  if (value === undefined) throw new RangeError(`no entry ${j} in a row of a matrix`);
  return value;
}
