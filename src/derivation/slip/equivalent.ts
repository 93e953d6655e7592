import type { CallExpr, Expr } from "../../expr/expr.js";
import { EvaluationError } from "../evaluate/error.js";
import type { Claim } from "../relation/claim.js";
import { upToConstant } from "../relation/constant.js";
import { variableOf } from "../relation/decide.js";
import { needsMarginals } from "../relation/marginal.js";
import { isOrder } from "../relation/order.js";
import { placesOf, type Place, type Question } from "../relation/question.js";
import { drawEdgeWorld, drawScaledWorld, drawWorld, type Draw } from "../world/draw.js";
import { isCallOf } from "./build.js";
import type { Effect } from "./effect/effect.js";
import { functionComparison } from "./effect/function.js";
import { effectInGeneral } from "./effect/general.js";
import { isSameLaw } from "./effect/law.js";
import { compareBounds, differsByConstant, isProportional } from "./effect/looser.js";
import { isSame, isSameValue, valueOf } from "./effect/value.js";

export { isEquivalent, type Effect } from "./effect/effect.js";

/** Worlds that no verdict has seen: another seed, far from those that people choose. */
const freshWorlds = 5;
const freshSeed = 0x5eed_0fa1;

/** Where sides have no value in the ordinary worlds: x_0 from a law of its own, and a network that is affine. */
const settings = ["mixture", "normal"] as const;

/**
 * Compares the right side as it was with the right side after the slip, place by place in fresh worlds and
 * without the ways in which relations between them are decided. Laws are compared given the states that either
 * mentions; where a relation asks for less than equality (`\propto`, `<`, `+ C`), so does the comparison.
 */
export function effectOf(claim: Claim, changed: Expr, question: Question): Effect {
  const fresh: Question = { ...question, draws: drawsFor(claim), seed: freshSeed };
  const general = effectInGeneral(claim, changed, fresh);
  if (general !== undefined) return general;
  let found = effectAtPlaces(claim, changed, fresh);
  for (const setting of settings) {
    if (!(found instanceof EvaluationError)) return found;
    const sides = { left: claim.right, right: changed };
    if (!needsMarginals(sides, found, question.names)) break;
    found = effectAtPlaces(claim, changed, { ...fresh, setting });
  }
  return found instanceof EvaluationError ? "unknown" : found;
}

/** Which of two bounds is the larger, the worlds at the edge of what is allowed must tell too. */
function drawsFor({ relation }: Claim): readonly Draw[] {
  const numbers = Array.from({ length: freshWorlds }, (_, at) => at);
  const ordinary = numbers.map((at) => drawWorld(freshSeed, at));
  if (!isOrder(relation)) return ordinary;
  const edges = numbers.flatMap((at) => [drawEdgeWorld(freshSeed, at), drawScaledWorld(freshSeed, at)]);
  return [...ordinary, ...edges];
}

/** A place that cannot be evaluated may cost all the steps there are. */
const mostRefusals = 2;

/** The effect over all places that have values; where these are too few, the reason why the others have none. */
function effectAtPlaces(claim: Claim, changed: Expr, fresh: Question): Effect | EvaluationError {
  const same = comparison(claim, changed, fresh);
  const times = new Set<number | undefined>();
  const found = new Set<Effect>();
  const refused: EvaluationError[] = [];
  for (const place of placesOf([claim.left, claim.right, changed], fresh)) {
    const effect = compareOrSkip(place, same);
    if (effect === "changed") return effect;
    if (effect instanceof EvaluationError) refused.push(effect);
    else if (effect !== undefined) {
      found.add(effect);
      times.add(place.t);
    }
    if (refused.length >= mostRefusals) break;
  }
  const isTimed = (sides: readonly Expr[]): boolean =>
    placesOf(sides, fresh).some(({ t }) => t !== undefined);
  const isFew = (sides: readonly Expr[]): boolean => times.size === 0 || (times.size < 2 && isTimed(sides));
  const [refusal] = refused;
  if (refusal !== undefined && isFew([claim.right, changed])) return refusal;
  // What has a value at no time, or at one only, is not what it was.
  return isFew([claim.right]) ? "changed" : leastOf(found);
}

/** Of what was found at several places, what is true of all of them. */
function leastOf(found: ReadonlySet<Effect>): Effect {
  const order: readonly Effect[] = [
    "claims more",
    "still true",
    "same up to a function",
    "same up to a constant",
    "same up to a factor",
    "same law",
  ];
  return order.find((each) => found.has(each)) ?? "same value";
}

type Comparison = (place: Place) => Effect;

/** undefined where the right side had no value either, or the changed one lies beyond the times of the world. */
function compareOrSkip(place: Place, compare: Comparison): Effect | EvaluationError | undefined {
  try {
    return compare(place);
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    if (error.problem === "outside") return undefined;
    return error.problem === "unknown" || error.problem === "unsupported" ? error : "changed";
  }
}

function comparison(claim: Claim, changed: Expr, question: Question): Comparison {
  const { left, right, relation } = claim;
  const { names } = question;
  if (isOrder(relation)) return (place) => compareBounds(claim, changed, relation, question, place);
  const variable = variableOf(left, question) ?? claim.variable;
  if (relation === "\\propto" && variable !== undefined)
    return (place) =>
      isProportional(right, changed, variable, question, place) ? "same up to a factor" : "changed";
  const [lawBefore, lawAfter] = [twoArguments(right, names), twoArguments(changed, names)];
  if (lawBefore !== undefined && lawAfter !== undefined)
    return (place) =>
      lawBefore.every((part, at) => isSameValue(part, lawAfter[at] ?? part, question, place))
        ? "same value"
        : "changed";
  const [before, after] = [upToConstant(claim, names), upToConstant({ left, right: changed }, names)];
  if (before !== undefined && after !== undefined)
    return (place) =>
      differsByConstant(before.right, after.right, question, place) ? "same up to a constant" : "changed";
  return (
    functionComparison(claim, changed, question) ??
    ((place) => compareValues(right, changed, question, place))
  );
}

function compareValues(right: Expr, changed: Expr, question: Question, place: Place): Effect {
  const [was, is] = [right, changed].map((side) => valueOf(side, question, place));
  if (was === undefined || is === undefined) throw new RangeError("two sides");
  if (isSame(was, is, changed, question)) return "same value";
  const random = was.kind === "vector" && is.kind === "vector";
  return random && isSameLaw(right, changed, question, place) ? "same law" : "changed";
}

/** N(m, S) without its variable: a law is the same if mean and variance are. */
function twoArguments(expr: Expr, names: Question["names"]): CallExpr["args"] | undefined {
  const law =
    expr.kind === "call" &&
    isCallOf(expr, ["normal"], names) &&
    expr.args.length === 2 &&
    expr.rest.length === 0;
  return law ? expr.args : undefined;
}
