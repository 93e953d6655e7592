import type { CallExpr, Expr } from "../../expr/expr.js";
import { EvaluationError } from "./error.js";

/** The parts of a normal law as written. */
export interface NormalParts {
  readonly at?: Expr;
  readonly mean: Expr;
  readonly covariance: Expr;
}

/** @throws EvaluationError for a number of arguments that no normal law has */
export function normalParts(expr: CallExpr): NormalParts {
  const all = [...expr.args, ...expr.rest];
  const [first, second, third] = all;
  if (first !== undefined && second !== undefined && all.length === 2 && expr.mark === undefined) {
    return { mean: first, covariance: second };
  }
  const marked = expr.mark === undefined || (expr.args.length === 1 && expr.mark !== "||");
  if (first !== undefined && second !== undefined && third !== undefined && all.length === 3 && marked) {
    return { at: first, mean: second, covariance: third };
  }
  throw new EvaluationError(
    "type",
    "a normal law has a mean and a covariance, after the variable if it is named",
    expr.span,
  );
}
