import type { Expr } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import { EvaluationError } from "./error.js";
import type { Scope } from "./scope.js";

/** The integer that a subscript or a limit stands for: `t-1`, `T`, `2`. */
export function evaluateTime(expr: Expr, scope: Scope): number {
  scope.trace.step(expr.span);
  switch (expr.kind) {
    case "number": {
      const value = Number(expr.text);
      if (Number.isSafeInteger(value)) return value;
      break;
    }
    case "symbol": {
      if (expr.index !== undefined) break;
      const value = scope.indices.get(expr.name);
      if (value !== undefined) return value;
      const { meaning } = scope.names.lookUp(expr);
      if (meaning.kind === "role" && meaning.role === "horizon") return scope.world.T;
      if (meaning.kind === "index") {
        throw new EvaluationError(
          "unsupported",
          `the range of the index ${expr.name} is not stated`,
          expr.span,
        );
      }
      break;
    }
    case "negation":
      return -evaluateTime(expr.of, scope);
    case "sum":
      return expr.terms.reduce((sum, term) => sum + evaluateTime(term, scope), 0);
    case "product":
      return expr.factors.reduce((product, factor) => product * evaluateTime(factor, scope), 1);
    default:
      break;
  }
  throw new EvaluationError("unsupported", `${printExpr(expr)} is not a time`, expr.span);
}

/** A time from the range a quantity is defined on. */
export function timeWithin(expr: Expr, lowest: number, scope: Scope): number {
  const time = evaluateTime(expr, scope);
  if (time < lowest || time > scope.world.T) {
    throw new EvaluationError(
      "outside",
      `the index ${printExpr(expr)} = ${time} is not in ${lowest}…T`,
      expr.span,
    );
  }
  return time;
}
