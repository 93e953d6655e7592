import type { Expr } from "../../../expr/expr.js";
import type { Real } from "../../../expr/number.js";
import { EvaluationError } from "../../evaluate/error.js";
import { scalarOf, type Value } from "../../evaluate/value.js";
import { distance } from "../../relation/compare.js";
import { scopeAt, type Place, type Question, type ScopeOptions } from "../../relation/question.js";

/** The value of an expression at a place. */
export const valueOf = (expr: Expr, question: Question, place: Place, options: ScopeOptions = {}): Value => {
  const scope = scopeAt(question, place, options);
  return scope.evaluate(expr, scope);
};

/**
 * Its value as a number.
 * @throws EvaluationError where it is none
 */
export function numberOf(expr: Expr, question: Question, place: Place, options: ScopeOptions = {}): Real {
  const scope = scopeAt(question, place, options);
  const found = scalarOf(scope.evaluate(expr, scope), scope.world.arithmetic);
  if (found === undefined) throw new EvaluationError("type", "a number is needed on both sides", expr.span);
  return found;
}

/** Equal to half of the digits carried. */
export const isClose = (error: Real | 0, question: Question): boolean =>
  error === 0 || error.lessThan(`1e-${Math.floor(question.digits / 2)}`);

/** Whether numbers are equal but for rounding, however small they are. */
export function isNear(a: Real, b: Real, question: Question): boolean {
  const size = a.abs().greaterThan(b.abs()) ? a.abs() : b.abs();
  return size.isZero() || isClose(a.minus(b).abs().div(size), question);
}

/** A variance may be written with I or without. */
export function isSame(was: Value, is: Value, after: Expr, question: Question): boolean {
  const plain = (value: Value): Value =>
    value.kind === "matrix" || value.kind === "variance" ? { kind: "number", value: value.scale } : value;
  return isClose(distance(plain(was), plain(is), after.span), question);
}

export function isSameValue(before: Expr, after: Expr, question: Question, place: Place): boolean {
  return isSame(valueOf(before, question, place), valueOf(after, question, place), after, question);
}
