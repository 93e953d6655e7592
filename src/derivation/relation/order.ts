import type { Real } from "../../expr/number.js";
import { EvaluationError } from "../evaluate/error.js";
import type { Trace } from "../evaluate/scope.js";
import { describeKind, scalarOf, type Value } from "../evaluate/value.js";
import { conclude, tolerances } from "./conclude.js";
import type { Sides } from "./equality.js";
import { placesOf, scopeAt, type Decision, type Place, type Question } from "./question.js";
import { drawEdgeWorld, drawScaledWorld } from "../world/draw.js";
import { survey, type Judge } from "./survey.js";

export type Order = "<" | ">" | "\\le" | "\\ge";

export const isOrder = (relation: string): relation is Order => ["<", ">", "\\le", "\\ge"].includes(relation);

/** `left < right` and its kin: in every world, with the smallest slack shown. */
export function decideOrder(sides: Sides, order: Order, question: Question): Decision {
  let slackest: Real | undefined;
  const judge: Judge = (place, trace) => {
    const { left, right, slack, touching } = slackAt(sides, order, question, place, trace, question.digits);
    // Close to the edge the sides may agree to forty digits and yet differ, or differ by rounding: more digits tell.
    const finer =
      touching || (!slack.greaterThan(0) && !trace.bound)
        ? slackAt(sides, order, question, place, trace.beside(), 2 * question.digits)
        : { slack, touching };
    if (slackest === undefined || slack.lessThan(slackest)) slackest = slack;
    const agrees = finer.touching ? order === "\\le" || order === "\\ge" : finer.slack.greaterThan(0);
    return { agrees, error: 0, inLaw: false, left, right };
  };
  // An inequality breaks at the edge of what is allowed, where ordinary worlds seldom come.
  const edges =
    question.edges ??
    question.draws.flatMap(({ schedule }, at) =>
      schedule === undefined ? [drawEdgeWorld(question.seed, at), drawScaledWorld(question.seed, at)] : [],
    );
  const wide = { ...question, draws: [...question.draws, ...edges] };
  const found = survey(placesOf([sides.left, sides.right], wide), judge);
  const note =
    slackest === undefined ? undefined : `smallest slack ${slackest.toSignificantDigits(3).toString()}`;
  const decision = conclude([{ survey: found, judge, reading: "accumulated" }], wide, note);
  return { ...decision, maxRelativeError: null };
}

interface Slack {
  readonly left: Value;
  readonly right: Value;
  /** How much the relation has to spare. */
  readonly slack: Real;
  /** Whether that is nothing, up to rounding. */
  readonly touching: boolean;
}

function slackAt(
  sides: Sides,
  order: Order,
  question: Question,
  place: Place,
  trace: Trace,
  digits: number,
): Slack {
  const scope = scopeAt(question, place, { trace, digits });
  const { arithmetic } = scope.world;
  const [left, right] = [scope.evaluate(sides.left, scope), scope.evaluate(sides.right, scope)];
  const [a, b] = [scalarOf(left, arithmetic), scalarOf(right, arithmetic)];
  if (a === undefined || b === undefined) {
    const wrong = a === undefined ? left : right;
    throw new EvaluationError("type", `${describeKind(wrong)} cannot be larger or smaller`, sides.right.span);
  }
  const slack = order === "<" || order === "\\le" ? b.minus(a) : a.minus(b);
  const scale = a.abs().greaterThan(b.abs()) ? a.abs() : b.abs();
  const { tolerance } = tolerances(digits, trace.bound);
  return { left, right, slack, touching: slack.abs().lessThanOrEqualTo(scale.times(tolerance)) };
}
