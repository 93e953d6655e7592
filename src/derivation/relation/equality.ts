import type { Expr, SymbolExpr } from "../../expr/expr.js";
import type { Real } from "../../expr/number.js";
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
  for (const reading of readingsOf(sides, question)) {
    const judge: Judge = (place, trace) => judgeEquality({ sides, question, place, reading, lawOnly, trace });
    const found = { survey: survey(places, judge), judge, reading };
    attempts.push(found);
    if (isSettled(found, question)) break;
  }
  return conclude(attempts, question);
}

/** ε without index is the accumulated noise; where that does not make the statement true, perhaps a fresh one. */
function readingsOf(sides: Sides, question: Question): readonly NoiseReading[] {
  const bare = [sides.left, sides.right].some((expr) => symbolsOf(expr, "noise", question).length > 0);
  return bare ? ["accumulated", "fresh"] : ["accumulated"];
}

/** One place of one reading. */
interface Case {
  readonly sides: Sides;
  readonly question: Question;
  readonly place: Place;
  readonly reading: NoiseReading;
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
  if (!trace.bound && agreeWithMoreDigits(one, values)) return outcome;
  return { ...outcome, agrees: false, error: Math.min(Number(error), Number.MAX_VALUE) };
}

function evaluateSides({ sides, question, place, reading, trace }: Case, digits: number): Values {
  const scope = scopeAt(question, place, { reading, trace, digits });
  return { left: scope.evaluate(sides.left, scope), right: scope.evaluate(sides.right, scope) };
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

function agreeInLaw({ sides, question, place, reading, lawOnly, trace }: Case): boolean {
  const [leftTrace, rightTrace] = [trace.beside(), trace.beside()];
  const base = scopeAt(question, place, { mode: "law", reading, trace: leftTrace });
  const left = lawOf(sides.left, { ...base, trace: leftTrace });
  const right = lawOf(sides.right, { ...base, trace: rightTrace });
  if (left === undefined || right === undefined) return false;
  const { tolerance } = tolerances(question.digits, false);
  if (!lawOnly && sameNoises(left.value, right.value, tolerance)) return false;
  const described = isLoneState(sides.right) && !isLoneState(sides.left) ? "right" : "left";
  if (reading === "fresh" && !freshIsMeant(sides, question)) return false;
  const given = givenVariables(leftTrace, rightTrace, described);
  return sameLaw({ left: left.value, right: right.value, given }, base.world.arithmetic, tolerance);
}

/**
 * In the closed form from x_0 alone, ε is the accumulated noise and nothing else can be meant. A fresh
 * noise is meant beside later states (one step from x_{t-1}) and where only noises are merged.
 */
function freshIsMeant(sides: Sides, question: Question): boolean {
  const roles = (expr: Expr, role: Role): readonly SymbolExpr[] => symbolsOf(expr, role, question);
  const both = [sides.left, sides.right];
  if (both.every((side) => roles(side, "state").length === 0)) return true;
  const isLater = ({ index }: SymbolExpr): boolean => !(index?.kind === "number" && index.text === "0");
  return both.every((side) => roles(side, "noise").length === 0 || roles(side, "state").some(isLater));
}

function symbolsOf(expr: Expr, role: Role, question: Question): readonly SymbolExpr[] {
  return [...nodes(expr)].filter((node): node is SymbolExpr => {
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
