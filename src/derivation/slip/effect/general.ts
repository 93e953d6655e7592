import type { Expr } from "../../../expr/expr.js";
import { EvaluationError } from "../../evaluate/error.js";
import type { Claim } from "../../relation/claim.js";
import { decideGeneral } from "../../relation/general/decide.js";
import { isOrder } from "../../relation/order.js";
import type { Question } from "../../relation/question.js";
import type { Verdict } from "../../verdict/verdict.js";
import type { Effect } from "./effect.js";

/**
 * The effect on a statement about general distributions: both versions beside each other in fresh joint
 * distributions.
 * @returns undefined where the sides are about anything else
 */
export function effectInGeneral(claim: Claim, changed: Expr, question: Question): Effect | undefined {
  const { left, right, relation, variable } = claim;
  const beside = variable === undefined ? {} : { variable };
  const verdictOf = (side: Expr, asked: string): Verdict | undefined =>
    decideGeneral(
      { left: side, right: changed, relation: asked, ownLeft: false, ...beside },
      { ...question, brief: true },
    )?.verdict;
  try {
    const verdict = verdictOf(right, compared(relation));
    if (verdict === undefined) return undefined;
    if (verdict === "holds") return sameness(relation, right);
    // An inequality may have become an equality.
    if (["\\le", "\\ge"].includes(relation) && verdictOf(left, "=") === "holds") return "still true";
    if (verdict !== "fails") return "unknown";
    return isOrder(relation) && verdictOf(left, relation) === "holds" ? "claims more" : "changed";
  } catch (error) {
    if (error instanceof EvaluationError) return "unknown";
    throw error;
  }
}

/** How both versions are compared. What is at least as large as an upper bound is one too. */
function compared(relation: string): string {
  if (isOrder(relation)) return relation === "<" || relation === "\\le" ? "\\le" : "\\ge";
  return relation === "\\propto" ? relation : "=";
}

function sameness(relation: string, right: Expr): Effect {
  if (isOrder(relation)) return "still true";
  if (relation === "\\propto") return "same up to a factor";
  return right.kind === "extremum" ? "same extremum" : "same value";
}
