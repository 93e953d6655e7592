import { some } from "../../expr/walk.js";
import { EvaluationError } from "../evaluate/error.js";
import type { Setting } from "../evaluate/scope.js";
import type { Names } from "../notation/names.js";
import type { Sides } from "./equality.js";
import type { Decision, Question } from "./question.js";

/** Whether a statement that has no value in the ordinary worlds may have one where all densities are known. */
export function needsMarginals({ left, right }: Sides, error: EvaluationError, names: Names): boolean {
  if (error.problem !== "unsupported") return false;
  return [left, right].some((side) =>
    some(side, (node) => {
      if (node.kind === "integral") return true;
      if (node.kind !== "call") return false;
      const { meaning } = names.lookUp(node.head);
      return meaning.kind === "role" && ["forwardDensity", "reverseDensity"].includes(meaning.role);
    }),
  );
}

const settings: readonly Setting[] = ["mixture", "normal"];

/**
 * Decides a statement with an affine network and a law of the data, first a mixture of normal laws, then,
 * where that has no exact value, a normal one. @returns the last refusal where neither has a value
 */
export function decideInSettings(
  judge: (question: Question) => Decision,
  question: Question,
): Decision | EvaluationError {
  let refused: EvaluationError | undefined;
  for (const setting of settings) {
    try {
      return judge({ ...question, setting });
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      refused = error;
    }
  }
  if (refused === undefined) throw new RangeError("no setting");
  return refused;
}
