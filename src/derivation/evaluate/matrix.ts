import type { CallExpr, Expr } from "../../expr/expr.js";
import type { Arithmetic, Real } from "../../expr/number.js";
import { printExpr } from "../../expr/print.js";
import {
  determinantOf,
  identityTimes,
  inverseOf,
  multiplyMatrices,
  traceOf,
  transposed,
} from "../../probability/dense.js";
import { pi } from "../../probability/gaussian.js";
import { cholesky, DegenerateError, solve, type Matrix } from "../../probability/linear.js";
import { EvaluationError } from "./error.js";
import type { NormalParts } from "./normal.js";
import type { Scope } from "./scope.js";
import { dense, describeKind, number, scalarOf, vectorOf, type Value } from "./value.js";

/** vᵀ and Aᵀ; a number is its own transpose. */
export function transpose(value: Value, expr: Expr): Value {
  if (value.kind === "dense") return dense(transposed(value.rows));
  if (value.kind === "row")
    return { kind: "vector", value: { offset: value.parts, coefficients: new Map() } };
  if (value.kind !== "vector") return value;
  if (value.value.coefficients.size === 0) return { kind: "row", parts: value.value.offset };
  throw new EvaluationError(
    "unsupported",
    "the law of a transposed random vector is not computed",
    expr.span,
  );
}

/** A⁻¹ and whole powers of a full matrix. */
export function densePower(rows: Matrix, exponent: Real, expr: Expr, { arithmetic }: Scope["world"]): Value {
  const power = exponent.toNumber();
  if (!Number.isInteger(power) || Math.abs(power) > 8)
    throw new EvaluationError(
      "unsupported",
      "a power of a matrix that is no whole number up to 8",
      expr.span,
    );
  const base = power < 0 ? inverse(rows, expr, arithmetic) : rows;
  let product = identityTimes(arithmetic.one, rows.length);
  for (let at = 0; at < Math.abs(power); at++) product = multiplyMatrices(product, base);
  return dense(product);
}

function inverse(rows: Matrix, expr: Expr, arithmetic: Arithmetic): Matrix {
  try {
    return inverseOf(rows, arithmetic);
  } catch (error) {
    if (error instanceof DegenerateError) throw new EvaluationError("outside", error.message, expr.span);
    throw error;
  }
}

/** `|x|`, the absolute value of a number, and `|A|`, the determinant of a matrix. */
export function evaluateBars(value: Value, expr: Expr, scope: Scope): Value {
  const scalar = scalarOf(value, scope.world.arithmetic);
  if (scalar !== undefined) return number(scalar.abs());
  if (value.kind === "dense" || value.kind === "matrix") return number(determinant(value, scope));
  throw new EvaluationError("unsupported", `bars around ${describeKind(value)} are not evaluated`, expr.span);
}

function determinant(value: Extract<Value, { kind: "dense" | "matrix" }>, { world }: Scope): Real {
  return value.kind === "dense" ? determinantOf(value.rows, world.arithmetic) : value.scale.pow(world.d);
}

/** `\mathrm{tr}(A)` and `\det A` */
export function evaluateMatrixFunction(role: "trace" | "determinant", expr: CallExpr, scope: Scope): Value {
  const [argument] = expr.args;
  if (argument === undefined || expr.args.length !== 1 || expr.mark !== undefined)
    throw new EvaluationError("type", `${printExpr(expr.head)} has one argument, a matrix`, expr.span);
  const value = scope.evaluate(argument, scope);
  if (value.kind === "dense" || value.kind === "matrix") {
    if (role === "determinant") return number(determinant(value, scope));
    return number(value.kind === "dense" ? traceOf(value.rows) : value.scale.times(scope.world.d));
  }
  // The trace of a number is the number: \mathrm{tr}(v^\top A v).
  const scalar = scalarOf(value, scope.world.arithmetic);
  if (scalar !== undefined) return number(scalar);
  throw new EvaluationError(
    "type",
    `a matrix is needed here, and this is ${describeKind(value)}`,
    argument.span,
  );
}

/** A vector or a symmetric positive matrix that may be any; the same wherever its symbol stands in a world. */
export function unknownValue(name: string, kind: "vector" | "covariance", { world }: Scope): Value {
  const { arithmetic, d, draw } = world;
  const entryAt = (place: string, sign: "positive" | "any"): Real =>
    arithmetic.real(draw.free(`${name}:${place}`, sign));
  if (kind === "vector") {
    const offset = Array.from({ length: d }, (_, i) => entryAt(String(i), "any"));
    return { kind: "vector", value: { offset, coefficients: new Map() } };
  }
  const lower = Array.from({ length: d }, (_, i) =>
    Array.from({ length: d }, (__, j) => {
      if (j > i) return arithmetic.zero;
      return entryAt(`${i}:${j}`, i === j ? "positive" : "any");
    }),
  );
  return dense(multiplyMatrices(lower, transposed(lower)));
}

/** A normal law whose covariance need not be a multiple of I. */
export interface DenseLaw {
  /** [d] */
  readonly mean: readonly Real[];
  readonly covariance: Matrix;
}

/**
 * The law that N(m, S) states, if S is a full matrix, or if m and S are numbers: a law of one dimension.
 * undefined for a vector m and S = s I.
 */
export function denseLawOf(parts: NormalParts, scope: Scope): DenseLaw | undefined {
  const covariance = scope.evaluate(parts.covariance, scope);
  if (covariance.kind === "dense") return { mean: pointOf(parts.mean, scope), covariance: covariance.rows };
  const mean = scope.evaluate(parts.mean, scope);
  const variance = scalarOf(covariance);
  if (mean.kind !== "number" || variance === undefined) return undefined;
  return { mean: [mean.value], covariance: [[variance]] };
}

/** A vector [d], or a number in one dimension. */
function pointOf(expr: Expr, scope: Scope): readonly Real[] {
  const value = scope.evaluate(expr, scope);
  if (value.kind === "number") return [value.value];
  const vector = vectorOf(value, scope.world.d, scope.world.arithmetic);
  if (vector?.coefficients.size === 0) return vector.offset;
  throw new EvaluationError(
    "type",
    `a vector is needed here, and ${printExpr(expr)} is ${describeKind(value)}`,
    expr.span,
  );
}

function sameSize(sizes: readonly number[], expr: Expr): void {
  if (new Set(sizes).size > 1)
    throw new EvaluationError("type", "a number stands beside a vector in a normal law", expr.span);
}

/** N(x; m, S) = exp(-(x - m)ᵀ S⁻¹ (x - m) / 2) / √((2π)^d |S|) */
export function denseDensity(at: Expr, law: DenseLaw, scope: Scope): Real {
  const { arithmetic } = scope.world;
  const point = pointOf(at, scope);
  sameSize([point.length, law.mean.length, law.covariance.length], at);
  const lower = factor(law.covariance, at);
  const residual = subtract(point, law.mean);
  const volume = pi(arithmetic).times(2).pow(point.length).sqrt().times(rootOfDeterminant(lower, arithmetic));
  return dot(residual, solve(lower, residual)).div(-2).exp().div(volume);
}

/** KL(a || b) = (tr(B⁻¹A) + (m_b - m_a)ᵀ B⁻¹ (m_b - m_a) - d + log(|B| / |A|)) / 2, by factors of A and B */
export function denseDivergence(a: DenseLaw, b: DenseLaw, expr: Expr, { arithmetic }: Scope["world"]): Real {
  sameSize(
    [a, b].flatMap(({ mean, covariance }) => [mean.length, covariance.length]),
    expr,
  );
  const [lowerA, lowerB] = [factor(a.covariance, expr), factor(b.covariance, expr)];
  const shift = subtract(b.mean, a.mean);
  const ratio = traceOf(transposed(a.covariance.map((column) => solve(lowerB, column))));
  const volumes = rootOfDeterminant(lowerB, arithmetic)
    .div(rootOfDeterminant(lowerA, arithmetic))
    .ln()
    .times(2);
  return ratio
    .plus(dot(shift, solve(lowerB, shift)))
    .minus(a.mean.length)
    .plus(volumes)
    .div(2);
}

function factor(covariance: Matrix, expr: Expr): Matrix {
  try {
    return cholesky(covariance);
  } catch (error) {
    if (error instanceof DegenerateError) throw new EvaluationError("outside", error.message, expr.span);
    throw error;
  }
}

const rootOfDeterminant = (lower: Matrix, { one }: Arithmetic): Real =>
  lower.reduce((product, row, i) => product.times(row[i] ?? one), one);

const subtract = (a: readonly Real[], b: readonly Real[]): readonly Real[] =>
  a.map((x, i) => (b[i] === undefined ? x : x.minus(b[i])));

const dot = (a: readonly Real[], b: readonly Real[]): Real =>
  a.map((x, i) => (b[i] === undefined ? x : x.times(b[i]))).reduce((sum, x) => sum.plus(x));
