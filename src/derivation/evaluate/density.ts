import type { CallExpr, Expr } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import { densityOf, densityValue, type Density } from "../../probability/gaussian.js";
import { DegenerateError } from "../../probability/linear.js";
import { EvaluationError } from "./error.js";
import type { Scope } from "./scope.js";
import { stateAt } from "./symbol.js";
import { timeWithin } from "./time.js";
import { number, type Value } from "./value.js";

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

/** For a state that the world must have. */
export function missing(t: number): never {
  throw new RangeError(`no state ${t}`);
}
