import { type Arithmetic, type Real } from "../expr/number.js";
import { times } from "../expr/times.js";

/**
 * A Gaussian random vector that is affine in independent standard normal noises N(0, I_d):
 * X = offset + Σ_k coefficient_k · noise_k. Sums and scalar multiples of such vectors are such
 * vectors, and their joint law is known exactly: Cov(X, Y) = (Σ_k a_k b_k) I.
 */
export interface Affine {
  /** [d] */
  readonly offset: readonly Real[];
  /** Noise name → coefficient; a noise that is absent has coefficient 0. */
  readonly coefficients: ReadonlyMap<string, Real>;
}

export const constant = (offset: readonly Real[]): Affine => ({ offset, coefficients: new Map() });

export const zeroVector = (d: number, arithmetic: Arithmetic): Affine =>
  constant(Array.from({ length: d }, () => arithmetic.zero));

/** The noise of that name itself. */
export function standardNoise(name: string, d: number, arithmetic: Arithmetic): Affine {
  return { offset: zeroVector(d, arithmetic).offset, coefficients: new Map([[name, arithmetic.one]]) };
}

export function add(a: Affine, b: Affine): Affine {
  const coefficients = new Map(a.coefficients);
  for (const [name, coefficient] of b.coefficients) {
    const sum = coefficients.get(name)?.plus(coefficient) ?? coefficient;
    if (sum.isZero()) coefficients.delete(name);
    else coefficients.set(name, sum);
  }
  return { offset: zip(a.offset, b.offset, (x, y) => x.plus(y)), coefficients };
}

export function scale(a: Affine, factor: Real): Affine {
  if (factor.isZero()) return constant(a.offset.map((x) => x.times(factor)));
  return {
    offset: a.offset.map((x) => times(x, factor)),
    coefficients: new Map(
      [...a.coefficients].map(([name, coefficient]) => [name, times(coefficient, factor)]),
    ),
  };
}

const covariances = new WeakMap<Affine, WeakMap<Affine, Real>>();

/** Cov(a, b) per coordinate. States of a world meet again and again: each pair is computed once. */
export function covariance(a: Affine, b: Affine, arithmetic: Arithmetic): Real {
  const known = covariances.get(a) ?? new WeakMap<Affine, Real>();
  covariances.set(a, known);
  const value = known.get(b) ?? sumOfProducts(a, b, arithmetic);
  known.set(b, value);
  return value;
}

/** A noise that is in one of them only adds nothing. */
function sumOfProducts(a: Affine, b: Affine, arithmetic: Arithmetic): Real {
  let sum = arithmetic.zero;
  for (const [name, coefficient] of a.coefficients) {
    const other = b.coefficients.get(name);
    if (other !== undefined) sum = sum.plus(times(coefficient, other));
  }
  return sum;
}

/** The vector that the noises' values make of it, [d]. */
export function realize(a: Affine, noise: (name: string) => readonly Real[]): readonly Real[] {
  let value = a.offset;
  for (const [name, coefficient] of a.coefficients) {
    value = zip(value, noise(name), (x, z) => x.plus(times(coefficient, z)));
  }
  return value;
}

function zip(a: readonly Real[], b: readonly Real[], combine: (x: Real, y: Real) => Real): readonly Real[] {
  return a.map((x, at) => {
    const y = b[at];
    if (y === undefined || a.length !== b.length) throw new RangeError("vectors of different dimension");
    return combine(x, y);
  });
}
