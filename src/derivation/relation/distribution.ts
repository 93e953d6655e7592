import type { CallExpr, Expr } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import { sameExpr } from "../../expr/walk.js";
import type { Arithmetic } from "../../expr/number.js";
import { covariance, type Affine } from "../../probability/affine.js";
import { normalParts } from "../evaluate/normal.js";
import { EvaluationError } from "../evaluate/error.js";
import type { Scope, Trace } from "../evaluate/scope.js";
import { vectorOf, type Value } from "../evaluate/value.js";
import type { Names } from "../notation/names.js";
import { conclude, tolerances } from "./conclude.js";
import { decideEquality, type Sides } from "./equality.js";
import { givenVariables, sameLaw, statesIn } from "./law.js";
import { placesOf, scopeAt, type Decision, type Place, type Question } from "./question.js";
import { survey, type Judge, type Outcome } from "./survey.js";

/** Whether an expression is a call of N, q or another name that plays that role. */
export function isCallOf(
  expr: Expr,
  role: "normal" | "forwardDensity" | "reverseDensity",
  names: Names,
): expr is CallExpr {
  if (expr.kind !== "call") return false;
  const { meaning } = names.lookUp(expr.head);
  return meaning.kind === "role" && meaning.role === role;
}

/** Whether an expression is a density of the forward process or of the model. */
export const isDensity = (expr: Expr, names: Names): expr is CallExpr =>
  isCallOf(expr, "forwardDensity", names) || isCallOf(expr, "reverseDensity", names);

/** `X \sim N(m, S)`: X has that law given the states that m and S mention. */
export function decideDistribution(sides: Sides, question: Question): Decision {
  const { left, right } = sides;
  if (!isCallOf(right, "normal", question.names)) {
    throw new EvaluationError("unsupported", `the law ${printExpr(right)} is not known here`, right.span);
  }
  // `q(x_t | x_0) \sim N(x_t; …)`: a density is said to be a density.
  if (isDensity(left, question.names)) return decideEquality(sides, question);
  const law = lawOf(left, right);
  const places = placesOf([left, right], question);
  // `\sim N(x_t; m, S)` behind a formula for x_t: the law is that of both.
  const named = left.kind === "symbol" ? undefined : normalParts(right).at;
  const subjects = named === undefined ? [left] : [left, named];
  const judge: Judge = (place, trace) => {
    const outcomes = subjects.map((subject) => judgeLaw(subject, law, question, place, trace));
    const told = outcomes.find(({ agrees }) => !agrees) ?? outcomes[0];
    if (told === undefined) throw new RangeError("a law of nothing");
    return told;
  };
  const decision = conclude([{ survey: survey(places, judge), judge, reading: "accumulated" }], question);
  return { ...decision, inLaw: decision.verdict === "holds", maxRelativeError: null };
}

/** N(m, S) for the left side; N(x; m, S) where x is the left side. */
export function lawOf(left: Expr, right: CallExpr): CallExpr {
  const parts = normalParts(right);
  if (parts.at === undefined) return right;
  if (left.kind === "symbol" && !sameExpr(left, parts.at)) {
    throw new EvaluationError(
      "type",
      `the law is one of ${printExpr(parts.at)}, not of ${printExpr(left)}`,
      parts.at.span,
    );
  }
  return { kind: "call", head: right.head, args: [parts.mean, parts.covariance], rest: [], span: right.span };
}

function judgeLaw(left: Expr, law: CallExpr, question: Question, place: Place, trace: Trace): Outcome {
  const [leftTrace, rightTrace] = [trace.beside(), trace.beside()];
  const base = scopeAt(question, place, { mode: "law", trace });
  const a = vectorIn(left, base.evaluate(left, { ...base, trace: leftTrace }), base);
  const b = vectorIn(law, base.evaluate(law, { ...base, trace: rightTrace }), base);
  const given = givenVariables(leftTrace, rightTrace, "left");
  if (statesIn(leftTrace).length > 0 && given.length === 0) {
    const what = `the law of ${printExpr(left)} depends on the law of the data, which is not known here`;
    throw new EvaluationError("unsupported", `${what}: state it given x_0`, left.span);
  }
  const { tolerance } = tolerances(question.digits, false);
  const agrees = sameLaw({ left: a, right: b, given }, base.world.arithmetic, tolerance);
  const problem = agrees
    ? {}
    : {
        problem: describeLaws(
          a,
          b,
          base.world.arithmetic,
          question.universal === undefined ? undefined : "the left side",
        ),
      };
  for (const symbol of [...leftTrace.free, ...rightTrace.free]) trace.useFree(symbol);
  for (const side of [leftTrace, rightTrace])
    for (const [name, value] of side.values) if (!isRandom(value)) trace.keepValue(() => name, value);
  return { agrees, error: 0, inLaw: agrees, ...problem };
}

/** A random vector has no value to show. */
const isRandom = (value: Value): boolean => value.kind === "vector" && value.value.coefficients.size > 0;

export function vectorIn(expr: Expr, value: Value, scope: Scope): Affine {
  const found = vectorOf(value, scope.world.d, scope.world.arithmetic);
  if (found !== undefined) return found;
  throw new EvaluationError("type", `${printExpr(expr)} is no random vector`, expr.span);
}

/** What a person sees of two laws that differ: mean and variance, or that only the joint law does. */
export function describeLaws(
  a: Affine,
  b: Affine,
  arithmetic: Arithmetic,
  name = "given x_0, the left side",
): string {
  const describe = (x: Affine): string => {
    const mean = x.offset.map((m) => m.toSignificantDigits(6).toString()).join(", ");
    return `mean ${mean} and variance ${covariance(x, x, arithmetic).toSignificantDigits(6).toString()}`;
  };
  const [left, right] = [describe(a), describe(b)];
  if (left === right) return `both sides have ${left}, but they depend differently on the states given`;
  return `${name} has ${left}, the right side ${right}`;
}
