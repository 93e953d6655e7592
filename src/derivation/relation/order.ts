import type { Real } from "../../expr/number.js";
import { EvaluationError } from "../evaluate/error.js";
import type { Trace } from "../evaluate/scope.js";
import { describeKind, scalarOf, type Value } from "../evaluate/value.js";
import { dataDensityIn } from "./average.js";
import { conclude, isSettled, tolerances } from "./conclude.js";
import type { Sides } from "./equality.js";
import { withoutLargeNumbers, extremePlaces } from "./extreme.js";
import { placesOf, scopeAt, type Decision, type Place, type Question } from "./question.js";
import { drawEdgeWorld, drawScaledWorld } from "../world/draw.js";
import { survey, type Judge } from "./survey.js";

export type Order = "<" | ">" | "\\le" | "\\ge";

export const isOrder = (relation: string): relation is Order => ["<", ">", "\\le", "\\ge"].includes(relation);

/**
 * `left < right` and its kin: in every world, with the smallest slack shown. What holds in the ordinary worlds is
 * asked again in extreme ones; what holds by the size of a number alone stays open.
 */
export function decideOrder(sides: Sides, order: Order, question: Question): Decision {
  requireDataLaw(sides, question);
  const seen: Seen = {};
  const judge = judgeOrder(sides, order, question, seen);
  // An inequality breaks at the edge of what is allowed, where ordinary worlds seldom come.
  const edges =
    question.edges ??
    question.draws.flatMap(({ schedule }, at) =>
      schedule === undefined ? [drawEdgeWorld(question.seed, at), drawScaledWorld(question.seed, at)] : [],
    );
  const wide = { ...question, draws: [...question.draws, ...edges] };
  const found = {
    survey: survey(placesOf([sides.left, sides.right], wide), judge),
    judge,
    reading: "accumulated" as const,
  };
  // Of what is asked for one schedule, or for what the text has chosen, no other worlds are asked.
  const free = question.edges === undefined && question.draws.every(({ schedule }) => schedule === undefined);
  if (free && isSettled(found, wide)) {
    const broken = brokenInExtremes(sides, order, question) ?? restingOnSize(sides, order, wide);
    if (broken !== undefined) return broken;
  }
  const note =
    seen.slackest === undefined
      ? undefined
      : `smallest slack ${seen.slackest.toSignificantDigits(3).toString()}`;
  return { ...conclude([found], wide, note), maxRelativeError: null };
}

/**
 * A density of x_0 is a number of its own where x_0 is given, and cancels from identities. Of inequalities it is
 * the subject: there it must belong to a law. @throws EvaluationError where it does not
 */
function requireDataLaw({ left, right }: Sides, { names, setting }: Question): void {
  const density = [left, right]
    .map((side) => dataDensityIn(side, names))
    .find((found) => found !== undefined);
  if (setting !== undefined || density === undefined) return;
  throw new EvaluationError("unsupported", "the law of the data is not known here", density.span);
}

/** The failure in an extreme world. */
function brokenInExtremes(sides: Sides, order: Order, question: Question): Decision | undefined {
  const judge = judgeOrder(sides, order, question, {});
  for (const places of extremePlaces(sides, question)) {
    const found = surveyed(places, judge);
    if (found?.failure === undefined) continue;
    const { remark } = found.failure.place.draw;
    const decision = conclude([{ survey: found, judge, reading: "accumulated" }], question);
    const reason = [decision.reason, remark].filter((part) => part !== undefined).join("; ");
    return { ...decision, maxRelativeError: null, ...(reason === "" ? {} : { reason }) };
  }
  return undefined;
}

/** undefined where the statement takes more steps there than are allowed, or has no value for another reason. */
function surveyed(places: () => readonly Place[], judge: Judge): ReturnType<typeof survey> | undefined {
  try {
    return survey(places(), judge);
  } catch (error) {
    if (error instanceof EvaluationError) return undefined;
    throw error;
  }
}

/** T ≤ 10^6 holds in every world that can be tried. */
function restingOnSize(sides: Sides, order: Order, question: Question): Decision | undefined {
  const reduced = withoutLargeNumbers(sides);
  if (reduced === undefined) return undefined;
  const judge = judgeOrder(reduced, order, question, {});
  const found = surveyed(() => placesOf([reduced.left, reduced.right], question), judge);
  const holds = found !== undefined && isSettled({ survey: found }, question);
  if (holds && brokenInExtremes(reduced, order, question) === undefined) return undefined;
  const { digits } = question;
  const reason = "true in the worlds that were tried; with a bound as far as this one, others may break it";
  return { verdict: "undecided", inLaw: false, maxRelativeError: null, digits, reason };
}

interface Seen {
  slackest?: Real;
}

function judgeOrder(sides: Sides, order: Order, question: Question, seen: Seen): Judge {
  return (place, trace) => {
    const digits = question.digits * (place.draw.precision ?? 1);
    const first = slackAt(sides, order, question, place, trace, digits);
    // Close to the edge the sides may agree to forty digits and yet differ, or differ by rounding: more digits tell.
    const close = first.touching || place.draw.remark !== undefined;
    const { slack, touching } =
      close || (!first.slack.greaterThan(0) && !trace.bound)
        ? withMoreDigits(first, slackAt(sides, order, question, place, trace.beside(), 2 * digits), digits)
        : first;
    if (seen.slackest === undefined || first.slack.lessThan(seen.slackest)) seen.slackest = first.slack;
    const agrees = touching ? order === "\\le" || order === "\\ge" : slack.greaterThan(0);
    return { agrees, error: 0, inLaw: false, left: first.left, right: first.right };
  };
}

interface Slack {
  readonly left: Value;
  readonly right: Value;
  /** How much the relation has to spare. */
  readonly slack: Real;
  /** Whether that is nothing, up to rounding. */
  readonly touching: boolean;
}

/** A slack that shrinks as digits are added was nothing but rounding. */
function withMoreDigits(coarse: Slack, fine: Slack, digits: number): Slack {
  const vanishes = fine.slack.abs().lessThan(coarse.slack.abs().times(`1e-${Math.floor(digits / 2)}`));
  return { ...fine, touching: fine.touching || vanishes };
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
