import type { Expr } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import { mapChildren, some } from "../../expr/walk.js";
import { isNumber, productOf, sumOf } from "./build.js";

/** Whether `left = right` says nothing: both sides the same but for the order of terms and factors, or no symbol is left. */
export function isTrivial(left: Expr, right: Expr): boolean {
  const bare = [left, right].every((side) => !some(side, ({ kind }) => kind === "symbol"));
  return bare || printExpr(ordered(left)) === printExpr(ordered(right));
}

function ordered(expr: Expr): Expr {
  const inner = mapChildren(expr, ordered);
  const sorted = (parts: readonly Expr[]): readonly Expr[] =>
    [...parts].sort((a, b) => (printExpr(a) < printExpr(b) ? -1 : 1));
  switch (inner.kind) {
    case "sum":
      return sumOf(sorted(inner.terms.filter((term) => !isNumber(term, "0"))), inner);
    case "product":
      return inner.factors.some(({ kind }) => kind === "dots")
        ? inner
        : productOf(sorted(inner.factors.filter((factor) => !isNumber(factor, "1"))), inner);
    case "power":
      return isNumber(inner.exponent, "2") ? productOf(sorted([inner.base, inner.base]), inner) : inner;
    case "quotient":
      return isNumber(inner.denominator, "1") ? inner.numerator : inner;
    default:
      return inner;
  }
}
