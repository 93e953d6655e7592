import type { Span } from "../../expr/expr.js";
import { relativeError, type Real } from "../../expr/number.js";
import { constant } from "../../probability/affine.js";
import type { Matrix } from "../../probability/linear.js";
import { EvaluationError } from "../evaluate/error.js";
import { describeKind, rowsOf, scalarOf, type Value } from "../evaluate/value.js";

/** How far two values are apart, relative to the larger: 0 for equal, 1 and more for unrelated. */
export function distance(left: Value, right: Value, span: Span): Real | 0 {
  if (left.kind === "zero" && right.kind === "zero") return 0;
  if (left.kind === "vector" || right.kind === "vector") return vectorDistance(left, right, span);
  if (left.kind === "dense" || right.kind === "dense") return matrixDistance(left, right, span);
  const [a, b] = [sizeOf(left, right), sizeOf(right, left)];
  if (a === undefined || b === undefined) throw kinds(left, right, span);
  return a === 0 ? (b === 0 ? 0 : relativeError(b.times(0), b)) : relativeError(a, b === 0 ? a.times(0) : b);
}

/** The number that stands for a value beside the other: matrices beside matrices, numbers beside numbers. */
function sizeOf(value: Value, beside: Value): Real | 0 | undefined {
  if (value.kind === "zero") return 0;
  if (value.kind === "variance") return value.scale;
  if (value.kind === "matrix") return beside.kind === "number" ? undefined : value.scale;
  return beside.kind === "matrix" ? undefined : scalarOf(value);
}

/** In the largest coordinate: |l - r|_∞ / max(|l|_∞, |r|_∞). */
function vectorDistance(left: Value, right: Value, span: Span): Real | 0 {
  const known = left.kind === "vector" ? left : right;
  if (known.kind !== "vector") throw kinds(left, right, span);
  const zeros = known.value.offset.map((x) => x.times(0));
  const offset = (value: Value): readonly Real[] => {
    if (value.kind === "vector") return value.value.offset;
    if (value.kind === "zero") return zeros;
    throw kinds(left, right, span);
  };
  const [a, b] = [offset(left), offset(right)];
  const largest = (values: readonly Real[]): Real =>
    values.map((value) => value.abs()).reduce((x, y) => (x.greaterThan(y) ? x : y));
  const apart = largest(a.map((x, at) => x.minus(b[at] ?? x)));
  return apart.isZero() ? 0 : apart.div(largest([...a, ...b]));
}

/** In the largest entry, as for vectors. */
function matrixDistance(left: Value, right: Value, span: Span): Real | 0 {
  const [a, b] = [rowsOf(left, right), rowsOf(right, left)];
  if (a === undefined || b === undefined) throw kinds(left, right, span);
  const vector = (rows: Matrix): Value => ({ kind: "vector", value: constant(rows.flat()) });
  return vectorDistance(vector(a), vector(b), span);
}

function kinds(left: Value, right: Value, span: Span): EvaluationError {
  return new EvaluationError(
    "type",
    `the left side is ${describeKind(left)} and the right side ${describeKind(right)}`,
    span,
  );
}
