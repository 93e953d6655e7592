import type { CallExpr, Expr } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import type { Affine } from "../../probability/affine.js";
import {
  conditional,
  densityOf,
  densityValue,
  type Conditional,
  type Density,
} from "../../probability/gaussian.js";
import { DegenerateError } from "../../probability/linear.js";
import { EvaluationError } from "./error.js";
import type { Scope, Trace } from "./scope.js";
import { stateAt } from "./symbol.js";
import { timeWithin } from "./time.js";
import { number, vector, type Value } from "./value.js";

/**
 * q(a, b | c, d) of the forward process at the values of its variables: the joint density of all of
 * them given x_0, over that of the given ones. Nothing is taken from the formulas under check.
 */
export function evaluateForwardDensity(expr: CallExpr, scope: Scope): Value {
  if (expr.mark !== undefined && expr.mark !== "|") {
    throw new EvaluationError("type", "a density separates what is given by a bar", expr.span);
  }
  const of = statesOf(expr.args, scope);
  const given = statesOf(expr.rest, scope);
  refuseDataLaw(of, given, expr);
  if (of.includes(0)) throw new EvaluationError("outside", "x_0 is given and has no density", expr.span);
  if (scope.mode === "law")
    throw new EvaluationError("unsupported", "the law of a density at a random point", expr.span);
  const joint = jointDensity([...of, ...given], expr, scope);
  const over = given.some((t) => t > 0) ? jointDensity(given, expr, scope) : undefined;
  return number(densityValue(joint, over));
}

/**
 * Densities are computed given x_0. That is the density meant if x_0 is given or if what is given
 * screens x_0 off (the chain is Markov); otherwise it depends on the law of the data.
 */
export function refuseDataLaw(of: readonly number[], given: readonly number[], expr: Expr): void {
  if (given.includes(0)) return;
  const earliest = Math.min(...given);
  if (given.length > 0 && of.every((t) => t > earliest)) return;
  throw new EvaluationError(
    "unsupported",
    `${printExpr(expr)} depends on the law of the data, which is not known here`,
    expr.span,
  );
}

/** The density of the states at their values, given x_0. */
function jointDensity(times: readonly number[], expr: Expr, scope: Scope): Density {
  const { world } = scope;
  const random = times.filter((t) => t > 0);
  const variables = random.map((t) => world.states[t] ?? missing(t));
  const values = random.map((t) => {
    const value = stateAt(t, scope);
    return value.kind === "vector" ? value.value.offset : [];
  });
  try {
    return densityOf(variables, values, world.arithmetic);
  } catch (error) {
    if (error instanceof DegenerateError) {
      throw new EvaluationError("outside", "a variable stands twice in a density", expr.span);
    }
    throw error;
  }
}

/** The times of `x_t`, `x_{1:T}`, `x_1:x_T` in an argument list. */
export function statesOf(args: readonly Expr[], scope: Scope): readonly number[] {
  return args.flatMap((argument) => {
    if (argument.kind === "range") {
      const [first, last] = [timeOfState(argument.first, scope), timeOfState(argument.last, scope)];
      return upTo(first, last, argument);
    }
    if (argument.kind === "symbol" && argument.index?.kind === "range") {
      requireState(argument, scope);
      const first = timeWithin(argument.index.first, 0, scope);
      return upTo(first, timeWithin(argument.index.last, 0, scope), argument);
    }
    return [timeOfState(argument, scope)];
  });
}

function upTo(first: number, last: number, expr: Expr): readonly number[] {
  if (last < first) throw new EvaluationError("outside", "a range that runs backwards", expr.span);
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

function timeOfState(expr: Expr, scope: Scope): number {
  requireState(expr, scope);
  if (expr.kind !== "symbol" || expr.index === undefined) throw new RangeError("a state has an index");
  return timeWithin(expr.index, 0, scope);
}

function requireState(expr: Expr, scope: Scope): void {
  if (expr.kind === "symbol" && expr.index !== undefined) {
    const { meaning } = scope.names.lookUp(expr);
    if (meaning.kind === "role" && meaning.role === "state") return;
  }
  throw new EvaluationError(
    "unsupported",
    `a density of ${printExpr(expr)}, which is no state of the forward process`,
    expr.span,
  );
}

/** E[X | states] and Var(X | states) for X affine in the noises. */
export function evaluateMoment(role: "expectation" | "variance", expr: CallExpr, scope: Scope): Value {
  const [argument] = expr.args;
  if (argument === undefined || expr.args.length !== 1 || (expr.mark !== undefined && expr.mark !== "|")) {
    throw new EvaluationError("type", "a moment is taken of one variable", expr.span);
  }
  if (expr.head.index !== undefined) {
    throw new EvaluationError(
      "unsupported",
      "an expectation over a named density is not evaluated yet",
      expr.head.span,
    );
  }
  const given = statesOf(expr.rest, scope);
  const inner = scope.trace.beside();
  const value = scope.evaluate(argument, { ...scope, mode: "law", trace: inner });
  if (value.kind !== "vector") {
    throw new EvaluationError("unsupported", "moments are computed of random vectors only", argument.span);
  }
  refuseUnscreened(inner, given, argument);
  const law = lawGiven(value.value, given, expr, scope);
  return role === "expectation" ? vector(law.mean) : { kind: "variance", scale: law.variance };
}

function lawGiven(target: Affine, given: readonly number[], expr: Expr, scope: Scope): Conditional {
  const { world } = scope;
  const observations = given.map((t) => {
    const value = stateAt(t, scope);
    if (value.kind !== "vector") throw new RangeError("a state is a vector");
    return { variable: world.states[t] ?? missing(t), value: value.value };
  });
  try {
    return conditional(target, observations, world.arithmetic);
  } catch (error) {
    if (error instanceof DegenerateError)
      throw new EvaluationError("outside", "a variable is given twice", expr.span);
    throw error;
  }
}

/** Without x_0 among the given, only what comes after the earliest given state is free of the data's law. */
function refuseUnscreened(trace: Trace, given: readonly number[], argument: Expr): void {
  if (given.includes(0)) return;
  const earliest = Math.min(...given);
  for (const name of trace.variables.keys()) {
    const [kind = "", time = ""] = name.split(":");
    const t = Number(time);
    const free = kind === "fresh" || (kind === "noise" && (given.length === 0 || t > earliest));
    const screened = kind === "state" && given.length > 0 && t >= earliest;
    const noiseAlone = kind === "accumulated" && given.length === 0;
    if (!free && !screened && !noiseAlone) {
      throw new EvaluationError(
        "unsupported",
        `${printExpr(argument)} depends on the law of the data: condition on x_0`,
        argument.span,
      );
    }
  }
}

function missing(t: number): never {
  throw new RangeError(`no state ${t}`);
}
