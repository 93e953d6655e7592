import type { Expr } from "../../expr/expr.js";
import { relativeError, type Real } from "../../expr/number.js";
import { printExpr } from "../../expr/print.js";
import { sameExpr, some } from "../../expr/walk.js";
import { EvaluationError } from "../evaluate/error.js";
import type { Scope } from "../evaluate/scope.js";
import { number, scalarOf, type Value } from "../evaluate/value.js";
import { drawWorld } from "../world/draw.js";
import { conclude, tolerances } from "./conclude.js";
import { decideEquality, type Sides } from "./equality.js";
import { isDensity } from "./distribution.js";
import { placesOf, scopeAt, type Decision, type Question } from "./question.js";
import { survey, type Judge } from "./survey.js";

/**
 * Sides whose kinds do not fit, a density and a random vector or a quotient by one: with one dimension both are
 * numbers. If these differ, the statement is false and the reason names the kinds. undefined where they do not,
 * or where neither side is a number as it stands (for two random vectors equality of laws may be meant).
 */
export function decideKinds(sides: Sides, question: Question): Decision | undefined {
  // `x_0 = 1` may set a value.
  const literal = [sides.left, sides.right].some((side) => !some(side, ({ kind }) => kind === "symbol"));
  const kinds = literal ? undefined : kindsOf(sides, question);
  if (kinds === undefined) return undefined;
  const flat = { ...question, draws: question.draws.map((_, at) => drawWorld(question.seed, at, 1)) };
  const judge: Judge = (place, trace) => {
    const scope = scopeAt(flat, place, { trace });
    const [left, right] = [sides.left, sides.right].map((side) => numberAt(side, scope));
    if (left === undefined || right === undefined) throw new RangeError("two sides");
    const error = relativeError(left, right);
    const agrees = error.lessThanOrEqualTo(tolerances(flat.digits, trace.bound).tolerance);
    return {
      agrees,
      error: Math.min(error.toNumber(), Number.MAX_VALUE),
      inLaw: false,
      left: number(left),
      right: number(right),
    };
  };
  try {
    const decision = conclude(
      [{ survey: survey(placesOf([sides.left, sides.right], flat), judge), judge, reading: "accumulated" }],
      flat,
    );
    if (decision.verdict !== "fails" || decision.counterexample === undefined) return undefined;
    return { ...decision, reason: `${kinds}${intended(sides, question)}` };
  } catch (error) {
    if (error instanceof EvaluationError) return undefined;
    throw error;
  }
}

/** `x_t = … is meant`, where that is true. */
function intended({ left, right }: Sides, question: Question): string {
  const [variable] = isDensity(left, question.names) && left.args.length === 1 ? left.args : [];
  if (variable === undefined || sameExpr(variable, right)) return "";
  try {
    const meant = decideEquality({ left: variable, right }, question).verdict === "holds";
    return meant ? `; ${printExpr(variable)} = … is meant` : "";
  } catch (error) {
    if (error instanceof EvaluationError) return "";
    throw error;
  }
}

/** What kinds the sides are of, where one of them is a number as it stands and the other none. */
function kindsOf(sides: Sides, question: Question): string | undefined {
  const [left, right] = [describe(sides.left, question), describe(sides.right, question)];
  if (left === undefined || right === undefined) return undefined;
  const numbers = [left, right].filter((kind) => kind.endsWith("a number")).length;
  return numbers === 1 ? `the left side is ${left}, the right side is ${right}` : undefined;
}

function describe(expr: Expr, question: Question): string | undefined {
  const value = kindAt(expr, question);
  if (value === undefined) return undefined;
  if (typeof value === "string") return `neither number nor vector: ${value}`;
  switch (value.kind) {
    case "number":
      return isDensity(expr, question.names) ? "a density, a number" : "a number";
    case "vector":
      return "a random vector";
    default:
      return undefined;
  }
}

/** The value at the first place that has one, or why it has none: a type error. */
function kindAt(expr: Expr, question: Question): Value | string | undefined {
  for (const place of placesOf([expr], question)) {
    try {
      const scope = scopeAt(question, place);
      return scope.evaluate(expr, scope);
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      if (error.problem === "type") return error.message;
      if (error.problem !== "outside") return undefined;
    }
  }
  return undefined;
}

/** An expression with every vector in it replaced by its only coordinate. */
function numberAt(expr: Expr, scope: Scope): Real {
  const { arithmetic } = scope.world;
  const at = (part: Expr): Real => numberAt(part, scope);
  switch (expr.kind) {
    case "sum":
      return expr.terms.map(at).reduce((a, b) => a.plus(b));
    case "negation":
      return at(expr.of).negated();
    case "product":
      return expr.factors.some(({ kind }) => kind === "dots")
        ? leaf(expr, scope)
        : expr.factors.map(at).reduce((a, b) => a.times(b));
    case "quotient": {
      const by = at(expr.denominator);
      if (by.isZero()) throw new EvaluationError("outside", "a denominator is zero", expr.span);
      return at(expr.numerator).div(by);
    }
    case "power":
      return isTwo(expr.exponent) ? at(expr.base).times(at(expr.base)) : leaf(expr, scope);
    case "number":
      return arithmetic.real(expr.text);
    default:
      return leaf(expr, scope);
  }
}

const isTwo = (expr: Expr): boolean => expr.kind === "number" && expr.text === "2";

function leaf(expr: Expr, scope: Scope): Real {
  const value = scope.evaluate(expr, scope);
  const [only] = value.kind === "vector" ? value.value.offset : [];
  const found = only ?? scalarOf(value, scope.world.arithmetic);
  if (found !== undefined) return found;
  throw new EvaluationError("type", `${printExpr(expr)} is no number, even in one dimension`, expr.span);
}
