import type { CallExpr, Expr } from "../../expr/expr.js";
import type { Real } from "../../expr/number.js";
import { some } from "../../expr/walk.js";
import { constant, covariance, type Affine } from "../../probability/affine.js";
import { EvaluationError } from "../evaluate/error.js";
import { Trace, type NoiseReading } from "../evaluate/scope.js";
import { timeWithin } from "../evaluate/time.js";
import { scalarOf, type Value } from "../evaluate/value.js";
import { distance } from "../relation/compare.js";
import { upToConstant } from "../relation/constant.js";
import type { Claim } from "../relation/claim.js";
import { isOrder, type Order } from "../relation/order.js";
import { placesOf, scopeAt, type Place, type Question, type ScopeOptions } from "../relation/question.js";
import { drawWorld } from "../world/draw.js";
import { isCallOf, noises, roleOf } from "./build.js";

/**
 * What a slip in the right side of a true relation has done to it. `changed`: it has another value, or none.
 * `unknown`: it cannot be evaluated by itself, so nothing is established.
 */
export type Effect =
  | "same value"
  | "same law"
  | "same up to a factor"
  | "same up to a constant"
  | "still true"
  | "changed"
  | "unknown";

/** Worlds that no verdict has seen: another seed, far from those that people choose. */
const freshWorlds = 5;
const freshSeed = 0x5eed_0fa1;

/**
 * Compares the right side as it was with the right side after the slip, place by place in fresh worlds and
 * without any of the ways in which relations are decided. Laws are compared given the states that either
 * mentions; where a relation asks for less than equality (`\propto`, `<`, `+ C`), so does the comparison.
 */
export function effectOf(claim: Claim, changed: Expr, question: Question): Effect {
  const draws = Array.from({ length: freshWorlds }, (_, at) => drawWorld(freshSeed, at));
  const fresh: Question = { ...question, draws, seed: freshSeed };
  const same = comparison(claim, changed, fresh);
  const times = new Set<number | undefined>();
  const found = new Set<Effect>();
  for (const place of placesOf([claim.left, claim.right, changed], fresh)) {
    const effect = compareOrSkip(place, same);
    if (effect === undefined) continue;
    if (effect === "changed") return effect;
    found.add(effect);
    // A place that cannot be evaluated may have cost all the steps there are: one is enough.
    if (effect === "unknown") break;
    times.add(place.t);
  }
  if (times.size === 0 && found.has("unknown")) return "unknown";
  // What has a value at no time, or at one only, is not what it was.
  const timed = placesOf([claim.right], fresh).some(({ t }) => t !== undefined);
  if (times.size === 0 || (timed && times.size < 2)) return "changed";
  const order: readonly Effect[] = ["still true", "same up to a constant", "same up to a factor", "same law"];
  return order.find((each) => found.has(each)) ?? "same value";
}

type Comparison = (place: Place) => Effect;

/** undefined where the right side had no value either, or the changed one lies beyond the times of the world. */
function compareOrSkip(place: Place, compare: Comparison): Effect | undefined {
  try {
    return compare(place);
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    if (error.problem === "outside") return undefined;
    return error.problem === "unknown" || error.problem === "unsupported" ? "unknown" : "changed";
  }
}

function comparison(claim: Claim, changed: Expr, question: Question): Comparison {
  const { left, right, relation, variable } = claim;
  const { names } = question;
  if (isOrder(relation))
    return (place) => (isOrdered(left, changed, relation, question, place) ? "still true" : "changed");
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
  return (place) => {
    const [was, is] = [right, changed].map((side) => valueOf(side, question, place));
    if (was === undefined || is === undefined) throw new RangeError("two sides");
    if (isSame(was, is, changed, question)) return "same value";
    const random = was.kind === "vector" && is.kind === "vector";
    return random && isSameLaw(right, changed, question, place) ? "same law" : "changed";
  };
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

const valueOf = (expr: Expr, question: Question, place: Place, options: ScopeOptions = {}): Value => {
  const scope = scopeAt(question, place, options);
  return scope.evaluate(expr, scope);
};

const isClose = (error: Real | 0, question: Question): boolean =>
  error === 0 || error.lessThan(`1e-${Math.floor(question.digits / 2)}`);

function isSameValue(before: Expr, after: Expr, question: Question, place: Place): boolean {
  return isSame(valueOf(before, question, place), valueOf(after, question, place), after, question);
}

/** A variance may be written with I or without. */
function isSame(was: Value, is: Value, after: Expr, question: Question): boolean {
  const plain = (value: Value): Value =>
    value.kind === "matrix" || value.kind === "variance" ? { kind: "number", value: value.scale } : value;
  return isClose(distance(plain(was), plain(is), after.span), question);
}

/** Same mean, variance and covariance with every state that either side mentions, for some reading of a bare noise. */
function isSameLaw(before: Expr, after: Expr, question: Question, place: Place): boolean {
  const bare = some(before, (node) => noises.includes(roleOf(node, question.names) ?? "state"));
  const readings: readonly NoiseReading[] = bare ? ["accumulated", "fresh"] : ["accumulated"];
  return readings.some((reading) => {
    const trace = new Trace();
    const scope = scopeAt(question, place, { mode: "law", reading, trace });
    const [a, b] = [scope.evaluate(before, scope), scope.evaluate(after, scope)];
    if (a.kind !== "vector" || b.kind !== "vector") return false;
    const { arithmetic } = scope.world;
    const states = [...trace.variables]
      .filter(([name]) => name.startsWith("state:"))
      .map(([, state]) => state);
    const moments = (x: Affine): readonly Real[] => [
      ...x.offset,
      covariance(x, x, arithmetic),
      ...states.map((state) => covariance(x, state, arithmetic)),
    ];
    const [left, right] = [moments(a.value), moments(b.value)];
    return left.every((value, at) =>
      value
        .minus(right[at] ?? value)
        .abs()
        .lessThan(`1e-${Math.floor(question.digits / 2)}`),
    );
  });
}

function isOrdered(left: Expr, right: Expr, order: Order, question: Question, place: Place): boolean {
  const { arithmetic } = scopeAt(question, place).world;
  const [a, b] = [left, right].map((side) => scalarOf(valueOf(side, question, place), arithmetic));
  if (a === undefined || b === undefined) return false;
  switch (order) {
    case "<":
      return a.lessThan(b);
    case ">":
      return a.greaterThan(b);
    case "\\le":
      return a.lessThanOrEqualTo(b);
    case "\\ge":
      return a.greaterThanOrEqualTo(b);
  }
}

/** The ratio of what was and what is, at three values of the variable. */
function isProportional(
  before: Expr,
  after: Expr,
  variable: Expr,
  question: Question,
  place: Place,
): boolean {
  const scope = scopeAt(question, place);
  const { arithmetic } = scope.world;
  const index = variable.kind === "symbol" ? variable.index : undefined;
  if (index === undefined) return false;
  const t = timeWithin(index, 0, scope);
  const ratios = [0, 1, 2].map((trial) => {
    const values = place.draw.fresh(`compared:${t}:${trial}`).map(arithmetic.real);
    const moved = new Map([[t, constant(values)]]);
    const [a, b] = [before, after].map((side) =>
      scalarOf(valueOf(side, question, place, { moved }), arithmetic),
    );
    if (a === undefined || b === undefined || b.isZero())
      throw new EvaluationError("outside", "a side is zero", after.span);
    return a.div(b);
  });
  const [first] = ratios;
  return (
    first !== undefined &&
    ratios.every((ratio) => isClose(ratio.minus(first).abs().div(first.abs()), question))
  );
}

/** The difference of what was and what is, for three networks. */
function differsByConstant(before: Expr, after: Expr, question: Question, place: Place): boolean {
  const { arithmetic } = scopeAt(question, place).world;
  const differences = [0, 1, 2].map((network) => {
    const [a, b] = [before, after].map((side) =>
      scalarOf(valueOf(side, question, place, { network }), arithmetic),
    );
    return a === undefined || b === undefined ? undefined : a.minus(b);
  });
  const [first] = differences;
  return (
    first !== undefined &&
    differences.every(
      (each) =>
        each
          ?.minus(first)
          .abs()
          .lessThan(`1e-${Math.floor(question.digits / 2)}`) === true,
    )
  );
}
