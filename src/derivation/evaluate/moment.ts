import type { CallExpr, Expr, SymbolExpr } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import { nodes } from "../../expr/walk.js";
import { add, scale, type Affine } from "../../probability/affine.js";
import { outerProduct } from "../../probability/dense.js";
import { conditional, type Conditional } from "../../probability/gaussian.js";
import { DegenerateError } from "../../probability/linear.js";
import { missing, statesOf } from "./density.js";
import { EvaluationError } from "./error.js";
import { evaluateIntegral } from "./integrand.js";
import type { Scope, Trace } from "./scope.js";
import { stateAt } from "./symbol.js";
import { addValues, dense, vector, type Value } from "./value.js";

/**
 * E[f | states]: in closed form for a vector affine in the noises and for the product X Yᵀ of two, otherwise as the
 * integral over the noises, where f depends on nothing else.
 */
export function evaluateMean(expr: CallExpr, scope: Scope): Value {
  const [argument] = expr.args;
  const outer = argument === undefined ? undefined : outerFactors(argument);
  if (outer !== undefined && scope.mode === "path") return meanOfOuter(expr, outer, scope);
  const noises = expr.mark === undefined && scope.mode === "path" ? lonelyNoises(expr, scope) : [];
  if (noises.length === 0) return evaluateMoment("expectation", expr, scope);
  const { name, span } = expr.head;
  const index: Expr = { kind: "call", head: { kind: "symbol", name, span }, args: noises, rest: [], span };
  return evaluateIntegral({ ...expr, head: { ...expr.head, index } }, scope);
}

/** The noises of an expression that mentions one noise and no state. */
function lonelyNoises({ args }: CallExpr, { names }: Scope): readonly SymbolExpr[] {
  const symbols = args.flatMap((argument) => nodes(argument)).filter((node) => node.kind === "symbol");
  const roleOf = (symbol: SymbolExpr): string => names.roleOf(symbol) ?? "";
  const noises = symbols.filter((symbol) =>
    ["noise", "accumulatedNoise", "stepNoise"].includes(roleOf(symbol)),
  );
  const others = symbols.some((symbol) => ["state", "posteriorMean", "network"].includes(roleOf(symbol)));
  const [first] = noises;
  const single = first !== undefined && noises.every((noise) => printExpr(noise) === printExpr(first));
  return single && !others ? [first] : [];
}

/** X and Y of X Yᵀ. */
function outerFactors(expr: Expr): readonly [Expr, Expr] | undefined {
  if (expr.kind !== "product" || expr.factors.length !== 2) return undefined;
  const [first, second] = expr.factors;
  return first === undefined || second?.kind !== "transpose" ? undefined : [first, second.of];
}

/** E[X Yᵀ] = Cov(X, Y) + E[X] E[Y]ᵀ */
function meanOfOuter(expr: CallExpr, pair: readonly [Expr, Expr], scope: Scope): Value {
  const covariance = evaluateCovariance({ ...expr, args: pair }, scope);
  const [x, y] = pair.map((argument) => evaluateMoment("expectation", { ...expr, args: [argument] }, scope));
  if (covariance.kind !== "variance" || x?.kind !== "vector" || y?.kind !== "vector")
    throw new RangeError("the moments of vectors");
  const rows = outerProduct(x.value.offset, y.value.offset);
  const spread: Value = { kind: "matrix", scale: covariance.scale };
  if (rows.flat().every((entry) => entry.isZero())) return spread;
  return addValues(spread, dense(rows), expr.span);
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
  const variable = randomVector(argument, scope);
  refuseUnscreened(variable.trace, given, argument);
  const law = lawGiven(variable.value, given, expr, scope);
  return role === "expectation" ? vector(law.mean) : { kind: "variance", scale: law.variance };
}

/**
 * Cov(X, Y | states) per coordinate for X and Y affine in the noises; Cov(X | states) is the variance. With a
 * variable that has no part of the data nothing need be given.
 */
export function evaluateCovariance(expr: CallExpr, scope: Scope): Value {
  const [first, second = first] = expr.args;
  if (first === undefined || second === undefined || expr.args.length > 2)
    throw new EvaluationError("type", "a covariance is one of two variables", expr.span);
  if (expr.mark !== undefined && expr.mark !== "|")
    throw new EvaluationError("type", "a covariance separates what is given by a bar", expr.span);
  const variables = [randomVector(first, scope), randomVector(second, scope)] as const;
  const stated = statesOf(expr.rest, scope);
  const noise = variables.some(({ trace }) =>
    [...trace.variables.keys()].every((key) => !key.startsWith("state")),
  );
  const given = stated.length === 0 && noise ? [0] : stated;
  refuseUnscreened(variables[0].trace, given, first);
  refuseUnscreened(variables[1].trace, given, second);
  const [x, y] = [variables[0].value, variables[1].value];
  const { one } = scope.world.arithmetic;
  // Cov(X, Y) = (Var(X + Y) - Var(X - Y)) / 4
  const [sum, difference] = [add(x, y), add(x, scale(y, one.negated()))].map((each) =>
    lawGiven(each, given, expr, scope),
  );
  if (sum === undefined || difference === undefined) throw new RangeError("two variances");
  return { kind: "variance", scale: sum.variance.minus(difference.variance).div(4) };
}

function randomVector(expr: Expr, scope: Scope): { readonly value: Affine; readonly trace: Trace } {
  const trace = scope.trace.beside();
  const value = scope.evaluate(expr, { ...scope, mode: "law", trace });
  if (value.kind === "vector") return { value: value.value, trace };
  throw new EvaluationError("unsupported", "moments are computed of random vectors only", expr.span);
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
