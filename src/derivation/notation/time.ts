import type { Expr, SymbolExpr } from "../../expr/expr.js";
import type { Names } from "./names.js";

/** t, s and other letters of the notation for a time. */
export const isIndex = (expr: Expr, names: Names): expr is SymbolExpr =>
  expr.kind === "symbol" && names.lookUp(expr).meaning.kind === "index";

/** T */
export function isHorizon(expr: Expr, names: Names): expr is SymbolExpr {
  if (expr.kind !== "symbol" || expr.index !== undefined) return false;
  const { meaning } = names.lookUp(expr);
  return meaning.kind === "role" && meaning.role === "horizon";
}

/** Whether it can only be a time or several: whole numbers, indices, T, and what is made of them. */
export function isTime(expr: Expr, names: Names): boolean {
  switch (expr.kind) {
    case "number":
      return /^[0-9]+$/.test(expr.text);
    case "symbol":
      return isIndex(expr, names) || isHorizon(expr, names);
    case "dots":
      return true;
    case "negation":
      return isTime(expr.of, names);
    case "sum":
      return expr.terms.every((term) => isTime(term, names));
    case "product":
      return expr.factors.every((factor) => isTime(factor, names));
    case "list":
      return expr.items.every((item) => isTime(item, names));
    case "range":
      return isTime(expr.first, names) && isTime(expr.last, names);
    default:
      return false;
  }
}
