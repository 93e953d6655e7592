import type { Span } from "../../expr/expr.js";
import type { Arithmetic, Real } from "../../expr/number.js";
import { times } from "../../expr/times.js";
import { add, scale, zeroVector, type Affine } from "../../probability/affine.js";
import {
  addMatrices,
  applyMatrix,
  identityTimes,
  multiplyMatrices,
  outerProduct,
  scaleMatrix,
  transposed,
} from "../../probability/dense.js";
import type { Matrix } from "../../probability/linear.js";
import { EvaluationError } from "./error.js";

/** What an expression can be worth. */
export type Value =
  | { readonly kind: "number"; readonly value: Real }
  /** The literal 0, which is a number, a vector or a matrix as its place demands. */
  | { readonly kind: "zero" }
  | { readonly kind: "vector"; readonly value: Affine }
  /** scale · I */
  | { readonly kind: "matrix"; readonly scale: Real }
  /** A variance per coordinate: the number or the number times I, as its place demands. */
  | { readonly kind: "variance"; readonly scale: Real }
  /** A matrix that need not be a multiple of I, [d][d]: Σ of a normal law of which nothing is known. */
  | { readonly kind: "dense"; readonly rows: Matrix }
  /** vᵀ, without randomness, [d] */
  | { readonly kind: "row"; readonly parts: readonly Real[] };

export const number = (value: Real): Value => ({ kind: "number", value });
export const vector = (value: Affine): Value => ({ kind: "vector", value });

export function describeKind(value: Value): string {
  switch (value.kind) {
    case "number":
    case "variance":
    case "zero":
      return "a number";
    case "vector":
      return "a vector";
    case "matrix":
    case "dense":
      return "a matrix";
    case "row":
      return "a transposed vector";
  }
}

export function addValues(a: Value, b: Value, span: Span): Value {
  if (a.kind === "zero") return b;
  if (b.kind === "zero") return a;
  if (a.kind === "vector" && b.kind === "vector") return vector(add(a.value, b.value));
  if (a.kind === "matrix" && (b.kind === "matrix" || b.kind === "variance")) {
    return { kind: "matrix", scale: a.scale.plus(b.scale) };
  }
  if (a.kind === "variance" && b.kind === "matrix") return { kind: "matrix", scale: a.scale.plus(b.scale) };
  const [left, right] = [rowsOf(a, b), rowsOf(b, a)];
  if (left !== undefined && right !== undefined) return dense(addMatrices(left, right));
  if (a.kind === "row" && b.kind === "row")
    return { kind: "row", parts: a.parts.map((x, i) => (b.parts[i] === undefined ? x : x.plus(b.parts[i]))) };
  const x = scalarOf(a);
  const y = scalarOf(b);
  if (x !== undefined && y !== undefined) return number(x.plus(y));
  throw new EvaluationError("type", `${describeKind(a)} and ${describeKind(b)} are added`, span);
}

export function negate(a: Value, arithmetic: Arithmetic): Value {
  switch (a.kind) {
    case "zero":
      return a;
    case "number":
      return number(a.value.negated());
    case "vector":
      return vector(scale(a.value, arithmetic.one.negated()));
    case "matrix":
    case "variance":
      return { kind: a.kind, scale: a.scale.negated() };
    case "dense":
    case "row":
      return scaled(a, arithmetic.one.negated());
  }
}

export const dense = (rows: Matrix): Value => ({ kind: "dense", rows });

/** The entries of a full matrix, or of a multiple of I beside one; undefined for anything else. */
export function rowsOf(a: Value, beside: Value): Matrix | undefined {
  if (a.kind === "dense") return a.rows;
  return a.kind === "matrix" && beside.kind === "dense"
    ? identityTimes(a.scale, beside.rows.length)
    : undefined;
}

/** The product in the conventions of the texts: two vectors side by side are their inner product. */
export function multiply(a: Value, b: Value, arithmetic: Arithmetic, span: Span): Value {
  if (a.kind === "vector" && b.kind === "vector")
    return number(innerProduct(a.value, b.value, arithmetic, span));
  const x = scalarOf(a, arithmetic);
  const y = scalarOf(b, arithmetic);
  if (x !== undefined && y !== undefined) return number(times(x, y));
  if (x !== undefined) return scaled(b, x);
  if (y !== undefined) return scaled(a, y);
  if (a.kind === "matrix" && b.kind === "matrix") return { kind: "matrix", scale: a.scale.times(b.scale) };
  if (a.kind === "matrix" && b.kind === "vector") return vector(scale(b.value, a.scale));
  return multiplyDense(a, b, arithmetic, span);
}

/** Products with a full matrix or a transposed vector; what stands in the order of no product is refused. */
function multiplyDense(a: Value, b: Value, arithmetic: Arithmetic, span: Span): Value {
  const fixed = (value: Affine): readonly Real[] => {
    if (value.coefficients.size === 0) return value.offset;
    throw new EvaluationError(
      "unsupported",
      "the law of a matrix times a random vector is not computed",
      span,
    );
  };
  if (a.kind === "row" && b.kind === "vector") {
    const left: Affine = { offset: a.parts, coefficients: new Map() };
    return number(innerProduct(left, b.value, arithmetic, span));
  }
  if (a.kind === "vector" && b.kind === "row") return dense(outerProduct(fixed(a.value), b.parts));
  if (a.kind === "row" && b.kind === "matrix") return scaled(a, b.scale);
  if (a.kind === "row" && b.kind === "dense")
    return { kind: "row", parts: applyMatrix(transposed(b.rows), a.parts) };
  if (a.kind === "dense" && b.kind === "vector")
    return vector({ offset: applyMatrix(a.rows, fixed(b.value)), coefficients: new Map() });
  const [left, right] = [rowsOf(a, b), rowsOf(b, a)];
  if (left !== undefined && right !== undefined) return dense(multiplyMatrices(left, right));
  throw new EvaluationError("type", `${describeKind(a)} is multiplied by ${describeKind(b)}`, span);
}

function scaled(a: Value, factor: Real): Value {
  if (a.kind === "vector") return vector(scale(a.value, factor));
  if (a.kind === "matrix") return { kind: "matrix", scale: times(a.scale, factor) };
  if (a.kind === "dense") return dense(scaleMatrix(a.rows, factor));
  if (a.kind === "row") return { kind: "row", parts: a.parts.map((part) => part.times(factor)) };
  throw new RangeError("a scalar on both sides");
}

export function divide(a: Value, b: Value, arithmetic: Arithmetic, span: Span): Value {
  const by = scalarOf(b, arithmetic);
  if (by === undefined) throw new EvaluationError("type", `something is divided by ${describeKind(b)}`, span);
  if (by.isZero()) throw new EvaluationError("outside", "a denominator is zero", span);
  const over = scalarOf(a, arithmetic);
  // A quotient of numbers is rounded once, so that a / a is 1 exactly and 1 - a / a a true zero.
  if (over !== undefined) return number(over.div(by));
  return multiply(a, number(arithmetic.one.div(by)), arithmetic, span);
}

/** Σ_i a_i b_i of vectors without randomness. */
export function innerProduct(a: Affine, b: Affine, arithmetic: Arithmetic, span: Span): Real {
  if (a.coefficients.size > 0 || b.coefficients.size > 0) {
    throw new EvaluationError("unsupported", "the law of a product of random vectors is not computed", span);
  }
  return a.offset.reduce(
    (sum, x, at) => sum.plus(times(x, b.offset[at] ?? arithmetic.zero)),
    arithmetic.zero,
  );
}

/** The number in a value that is one; 0 only where the arithmetic is given. */
export function scalarOf(a: Value, arithmetic?: Arithmetic): Real | undefined {
  if (a.kind === "number") return a.value;
  if (a.kind === "variance") return a.scale;
  return a.kind === "zero" ? arithmetic?.zero : undefined;
}

/** A vector where one is needed; the literal 0 is the zero vector. */
export function vectorOf(a: Value, d: number, arithmetic: Arithmetic): Affine | undefined {
  if (a.kind === "vector") return a.value;
  return a.kind === "zero" ? zeroVector(d, arithmetic) : undefined;
}

/** The variance per coordinate that a second argument of N(…) gives: S I, or S alone in short. */
export function varianceOf(a: Value, arithmetic: Arithmetic): Real | undefined {
  return a.kind === "matrix" ? a.scale : scalarOf(a, arithmetic);
}
