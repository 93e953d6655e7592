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
      return (
        meaning.kind === "role" && ["forwardDensity", "reverseDensity", "expectation"].includes(meaning.role)
      );
    }),
  );
}

const settings: readonly Setting[] = ["mixture", "normal"];

/**
 * Decides a statement with an affine network and a law of the data, first a mixture of normal laws, then,
 * where that has no exact value, a normal one. What holds there is confirmed by quadrature for the others.
 * @returns the last refusal where neither has a value
 */
export function decideInSettings(
  judge: (question: Question) => Decision,
  quadrature: () => Decision,
  question: Question,
): Decision | EvaluationError {
  let refused: EvaluationError | undefined;
  for (const setting of settings) {
    try {
      const decision = judge({ ...question, setting });
      if (decision.verdict === "fails") return inSetting(decision, setting);
      const open = decision.model === true || setting === "normal";
      return decision.verdict === "holds" && open ? confirm(decision, quadrature, setting) : decision;
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      refused = error;
    }
  }
  if (refused === undefined) throw new RangeError("no setting");
  return refused;
}

/** What holds for affine networks and normal data must hold for others too. */
function confirm(decision: Decision, quadrature: () => Decision, setting: Setting): Decision {
  const others = setting === "normal" ? "for affine networks and normal data" : "for affine networks";
  try {
    const further = quadrature();
    if (further.verdict !== "holds") return further;
    const reasons = [decision.reason, further.reason].filter((reason) => reason !== undefined);
    return { ...decision, reason: reasons.join("; ") };
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    return { ...decision, verdict: "undecided", reason: `true ${others}; for others: ${error.message}` };
  }
}

/** In which worlds the counterexample lies. */
function inSetting(decision: Decision, setting: Setting): Decision {
  const where =
    decision.model === true
      ? "with a network that is affine in x_t"
      : setting === "normal"
        ? "with x_0 from a normal law"
        : "with x_0 from a mixture of normal laws";
  return { ...decision, reason: [decision.reason, where].filter((part) => part !== undefined).join("; ") };
}
