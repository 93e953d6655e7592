import type { Expr } from "../../expr/expr.js";
import type { Clause } from "../../tex/statement.js";
import type { Names } from "../notation/names.js";

/**
 * The clause without a `\sim` in front of it that has nothing on its left and no law on its right: `\sim
 * \tilde\beta_t = …` is typed for a dash, and relates nothing.
 */
export function withoutIdleSign(
  clause: Clause,
  names: Names,
): { readonly clause: Clause; readonly note?: string } {
  const [first, ...steps] = clause.steps;
  if (clause.subjects.length > 0 || first?.relation !== "\\sim" || mayBeLaw(first.right, names))
    return { clause };
  const note = "the \\sim in front has nothing on its left and relates nothing";
  return { clause: { ...clause, subjects: [first.right], steps }, note };
}

function mayBeLaw(expr: Expr, names: Names): boolean {
  if (expr.kind !== "symbol" && expr.kind !== "call") return false;
  const { meaning } = names.lookUp(expr.kind === "call" ? expr.head : expr);
  return meaning.kind !== "role" || ["normal", "forwardDensity", "reverseDensity"].includes(meaning.role);
}
