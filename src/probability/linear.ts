import type { Real } from "../expr/number.js";
import { times } from "../expr/times.js";

/** A covariance matrix without an inverse: a density of a constant, or of one variable twice. */
export class DegenerateError extends Error {
  override readonly name = "DegenerateError";
}

export type Matrix = readonly (readonly Real[])[];

/**
 * Lower triangular L with L Lᵀ = matrix, for the small symmetric matrices of joint laws.
 * @throws DegenerateError where the matrix is singular to half of the digits carried
 */
export function cholesky(matrix: Matrix): Matrix {
  const rows: Real[][] = [];
  matrix.forEach((source, i) => {
    const row: Real[] = [];
    for (let j = 0; j <= i; j++) {
      let sum = at(source, j);
      for (let k = 0; k < j; k++) sum = sum.minus(times(at(row, k), at(j === i ? row : rows[j], k)));
      row.push(j === i ? pivot(sum, at(source, i)) : sum.div(at(rows[j], j)));
    }
    rows.push(row);
  });
  return rows;
}

function pivot(remainder: Real, diagonal: Real): Real {
  if (remainder.lessThanOrEqualTo(diagonal.abs().times("1e-30"))) {
    throw new DegenerateError("the covariance has no inverse");
  }
  return remainder.sqrt();
}

/** y with L y = b. */
export function solveLower(lower: Matrix, b: readonly Real[]): readonly Real[] {
  const y: Real[] = [];
  lower.forEach((row, i) => {
    let sum = at(b, i);
    for (let k = 0; k < i; k++) sum = sum.minus(times(at(row, k), at(y, k)));
    y.push(sum.div(at(row, i)));
  });
  return y;
}

/** x with L Lᵀ x = b. */
export function solve(lower: Matrix, b: readonly Real[]): readonly Real[] {
  const y = solveLower(lower, b);
  const x: Real[] = [...y];
  for (let i = lower.length - 1; i >= 0; i--) {
    let sum = at(y, i);
    for (let k = i + 1; k < lower.length; k++) sum = sum.minus(times(at(lower[k], i), at(x, k)));
    x[i] = sum.div(at(lower[i], i));
  }
  return x;
}

function at(row: readonly Real[] | undefined, index: number): Real {
  const value = row?.[index];
  if (value === undefined) throw new RangeError(`no entry ${index} in a matrix row`);
  return value;
}
