import type { Expr, SymbolExpr } from "../../expr/expr.js";
import type { Real } from "../../expr/number.js";
import { printExpr } from "../../expr/print.js";
import { nodes } from "../../expr/walk.js";
import { EvaluationError } from "../evaluate/error.js";
import type { NoiseReading, Scope, Trace } from "../evaluate/scope.js";
import type { Value } from "../evaluate/value.js";
import type { Role } from "../notation/notation.js";
import { distance } from "./compare.js";
import { conclude, isSettled, tolerances, type Found } from "./conclude.js";
import { givenVariables, sameLaw, sameNoises } from "./law.js";
import { placesOf, scopeAt, type Decision, type Place, type Question } from "./question.js";
import { survey, type Judge, type Outcome } from "./survey.js";

export interface Sides {
  readonly left: Expr;
  readonly right: Expr;
}

/**
 * `left = right`: equal at every admissible place of every world, path by path, or, for random vectors
 * that are not made of the same noises, equal in law given what both sides condition on.
 */
export function decideEquality(sides: Sides, question: Question, lawOnly = false): Decision {
  const places = placesOf([sides.left, sides.right], question);
  const attempts: Found[] = [];
  for (const readings of readingsOf(sides, question)) {
    const judge: Judge = (place, trace) =>
      judgeEquality({ sides, question, place, readings, lawOnly, trace });
    const reading = readings.left === readings.right ? readings.left : "fresh";
    const found = { survey: survey(places, judge), judge, reading };
    attempts.push(found);
    if (isSettled(found, question)) break;
  }
  const decision = conclude(attempts, question);
  const isFresh = attempts.at(-1)?.reading === "fresh";
  if (decision.verdict !== "holds" || !isFresh || !isNoiseGivenStates(sides, question)) return decision;
  const { digits } = question;
  const reason = "true only of a noise that is independent of the states given, which is not said";
  return { verdict: "undecided", inLaw: false, maxRelativeError: null, digits, reason };
}

/**
 * `\mathbb E[\epsilon | x_t, x_0]`: the noise in x_t is known there. That one of its own has mean 0 is hardly what is
 * said.
 */
function isNoiseGivenStates(sides: Sides, question: Question): boolean {
  return [sides.left, sides.right].some((side) =>
    nodes(side).some(
      (node) =>
        node.kind === "call" &&
        node.mark === "|" &&
        ["expectation", "variance"].includes(question.names.roleOf(node.head) ?? "") &&
        node.args.some((part) => symbolsOf(part, "noise", question).length > 0) &&
        node.rest.some((part) => symbolsOf(part, "state", question).some(isLater)),
    ),
  );
}

interface Readings {
  readonly left: NoiseReading;
  readonly right: NoiseReading;
}

const accumulated: Readings = { left: "accumulated", right: "accumulated" };
const fresh: Readings = { left: "fresh", right: "fresh" };

/**
 * ε without index is the accumulated noise; where that does not make the statement true, perhaps a fresh one.
 * Between a later state with its noise and the closed form with another, each side has its own.
 */
function readingsOf(sides: Sides, question: Question): readonly Readings[] {
  const keys = [sides.left, sides.right].map((side) =>
    symbolsOf(side, "noise", question).map((symbol) => symbol.name),
  );
  const [left = [], right = []] = keys;
  if (left.length + right.length === 0) return [accumulated];
  const apart = left.length > 0 && right.length > 0 && !left.some((name) => right.includes(name));
  const own = (side: Expr): NoiseReading =>
    symbolsOf(side, "state", question).some(isLater) ? "fresh" : "accumulated";
  const mixed = { left: own(sides.left), right: own(sides.right) };
  const closed = [sides.left, sides.right].every((side) => symbolsOf(side, "state", question).length > 0);
  return apart && closed && mixed.left !== mixed.right ? [accumulated, fresh, mixed] : [accumulated, fresh];
}

const isLater = ({ index }: SymbolExpr): boolean => !(index?.kind === "number" && index.text === "0");

/** One place of one reading. */
interface Case {
  readonly sides: Sides;
  readonly question: Question;
  readonly place: Place;
  readonly readings: Readings;
  readonly lawOnly: boolean;
  readonly trace: Trace;
}

interface Values {
  readonly left: Value;
  readonly right: Value;
}

function judgeEquality(one: Case): Outcome {
  const { sides, question, trace, lawOnly } = one;
  const values = evaluateSides(one, question.digits);
  const error = distance(values.left, values.right, sides.right.span);
  const { tolerance } = tolerances(question.digits, trace.bound);
  const outcome = { ...values, agrees: true, error: 0, inLaw: false };
  if (error === 0 || error.lessThanOrEqualTo(tolerance))
    return { ...outcome, error: Number(error), inLaw: lawOnly };
  if (values.left.kind === "vector" && values.right.kind === "vector" && agreeInLaw(one))
    return { ...outcome, inLaw: true };
  const plain = question.brief === true && error.greaterThan(plainDifference);
  if (!plain && !trace.bound && agreeWithMoreDigits(one, values)) return outcome;
  return { ...outcome, agrees: false, error: Math.min(Number(error), Number.MAX_VALUE) };
}

/** Rounding that leaves sides this far apart is rare: where only the verdict is wanted, it is not looked for. */
const plainDifference = 1e-6;

function evaluateSides({ sides, question, place, readings, trace }: Case, digits: number): Values {
  const scope = scopeAt(question, place, { trace, digits });
  return {
    left: scope.evaluate(sides.left, { ...scope, reading: readings.left }),
    right: scope.evaluate(sides.right, { ...scope, reading: readings.right }),
  };
}

/**
 * Where sides differ after a cancellation, twice the digits tell rounding from a true difference. A
 * divisor that was nothing but rounding is a zero, and the place is not admissible.
 */
function agreeWithMoreDigits(one: Case, before: Values): boolean {
  const { sides, question } = one;
  const [coarse, fine] = [one.trace.beside(), one.trace.beside()];
  evaluateSides({ ...one, trace: coarse }, question.digits);
  const after = evaluateSides({ ...one, trace: fine }, 2 * question.digits);
  const { tolerance } = tolerances(question.digits, false);
  const error = distance(after.left, after.right, sides.right.span);
  if (error === 0 || error.lessThanOrEqualTo(tolerance)) return true;
  if (coarse.divisors.some((by, at) => shrinks(by.abs(), fine.divisors[at]?.abs() ?? by, tolerance))) {
    throw new EvaluationError("outside", "a denominator is zero", sides.right.span);
  }
  return bothVanish(before, after, tolerance);
}

/** Two sides that are 0 up to rounding shrink together as digits are added. */
function bothVanish(before: Values, after: Values, tolerance: Real): boolean {
  const vanishes = (coarse: Real | 0, fine: Real | 0): boolean =>
    fine === 0 || (coarse !== 0 && shrinks(coarse, fine, tolerance));
  return (
    vanishes(magnitude(before.left), magnitude(after.left)) &&
    vanishes(magnitude(before.right), magnitude(after.right))
  );
}

/** Whether a size was only rounding. */
const shrinks = (coarse: Real, fine: Real, tolerance: Real): boolean =>
  fine.isZero() || fine.lessThan(coarse.times(tolerance));

function magnitude(value: Value): Real | 0 {
  switch (value.kind) {
    case "zero":
      return 0;
    case "number":
      return value.value.abs();
    case "matrix":
    case "variance":
      return value.scale.abs();
    case "vector":
      return largest(value.value.offset);
    case "dense":
      return largest(value.rows.flat());
    case "row":
      return largest(value.parts);
  }
}

const largest = (values: readonly Real[]): Real =>
  values.map((x) => x.abs()).reduce((a, b) => (a.greaterThan(b) ? a : b));

function agreeInLaw({ sides, question, place, readings, lawOnly, trace }: Case): boolean {
  const [leftTrace, rightTrace] = [trace.beside(), trace.beside()];
  const base = scopeAt(question, place, { mode: "law" });
  const left = lawOf(sides.left, { ...base, reading: readings.left, trace: leftTrace });
  const right = lawOf(sides.right, { ...base, reading: readings.right, trace: rightTrace });
  if (left === undefined || right === undefined) return false;
  const { tolerance } = tolerances(question.digits, false);
  if (!lawOnly && sameNoises(left.value, right.value, tolerance)) return false;
  if (!lawOnly && namesNoises(sides, question)) return false;
  const described = isLoneState(sides.right) && !isLoneState(sides.left) ? "right" : "left";
  if (readings === fresh && !freshIsMeant(sides, question)) return false;
  const given = givenVariables(leftTrace, rightTrace, described);
  return sameLaw({ left: left.value, right: right.value, given }, base.world.arithmetic, tolerance);
}

/**
 * In the closed form from x_0 alone, ε is the accumulated noise and nothing else can be meant. A fresh
 * noise is meant beside later states (one step from x_{t-1}), beside a noise with an index, and where only noises
 * are merged.
 */
function freshIsMeant(sides: Sides, question: Question): boolean {
  const roles = (expr: Expr, role: Role): readonly SymbolExpr[] => symbolsOf(expr, role, question);
  const both = [sides.left, sides.right];
  if (both.every((side) => roles(side, "state").length === 0)) return true;
  const isFurther = (side: Expr): boolean =>
    roles(side, "state").some(isLater) || indexedNoises(side, question).length > 0;
  return both.every((side) => roles(side, "noise").length === 0 || isFurther(side));
}

/**
 * z_t = z_{t-1}: noises that have an index are told apart, so that equal laws are not what is said of them. A
 * noise without index, or one that several are merged into, is a new one.
 */
function namesNoises(sides: Sides, question: Question): boolean {
  const counts = [sides.left, sides.right].map((side) => {
    const others = [...symbolsOf(side, "noise", question), ...symbolsOf(side, "state", question)];
    return others.length > 0 ? 0 : new Set(indexedNoises(side, question)).size;
  });
  const [left = 0, right = 0] = counts;
  return left > 0 && right > 0 && left > 1 === right > 1;
}

const indexedNoises = (side: Expr, question: Question): readonly string[] =>
  (["stepNoise", "accumulatedNoise", "freshNoise"] as const).flatMap((role) =>
    symbolsOf(side, role, question).map((symbol) => printExpr(symbol)),
  );

function symbolsOf(expr: Expr, role: Role, question: Question): readonly SymbolExpr[] {
  return nodes(expr).filter((node): node is SymbolExpr => {
    if (node.kind !== "symbol") return false;
    const { meaning } = question.names.lookUp(node);
    return meaning.kind === "role" && meaning.role === role;
  });
}

const isLoneState = (expr: Expr): boolean => expr.kind === "symbol";

function lawOf(expr: Expr, scope: Scope): Extract<Value, { kind: "vector" }> | undefined {
  try {
    const value = scope.evaluate(expr, scope);
    return value.kind === "vector" ? value : undefined;
  } catch (error) {
    // Not affine in the noises: then there is no law to compare, and path by path it differs.
    if (error instanceof EvaluationError && error.problem === "unsupported") return undefined;
    throw error;
  }
}
