import type { CallExpr, Expr } from "../../expr/expr.js";
import type { Real } from "../../expr/number.js";
import { printExpr } from "../../expr/print.js";
import { add, constant, scale, type Affine } from "../../probability/affine.js";
import { constantValue } from "../../probability/wave.js";
import { densityOf, densityValue } from "../../probability/gaussian.js";
import { DegenerateError } from "../../probability/linear.js";
import type { Definition, Lookup } from "../notation/names.js";
import type { Role } from "../notation/notation.js";
import { evaluateForwardDensity } from "./density.js";
import { EvaluationError } from "./error.js";
import type { Open } from "./field.js";
import { factorOf } from "./factor.js";
import { logDensity } from "./law.js";
import { evaluateField, evaluateIntegral } from "./integrand.js";
import { denseDensity, denseDivergence, denseLawOf, evaluateMatrixFunction } from "./matrix.js";
import { evaluateCovariance, evaluateMean, evaluateMoment } from "./moment.js";
import { normalParts } from "./normal.js";
import type { Scope } from "./scope.js";
import { evaluateDefinition, evaluateSymbol, signalToNoise, timeOf } from "./symbol.js";
import { timeWithin } from "./time.js";
import { describeKind, number, scalarOf, vector, varianceOf, vectorOf, type Value } from "./value.js";

/** The value of `head(…)`. */
export function evaluateCall(expr: CallExpr, scope: Scope): Value {
  const declared = scope.names.declared.call(expr);
  if (declared !== undefined) return scope.evaluate(declared.definition.body, scope);
  const lookup = scope.names.lookUp(expr.head);
  const { meaning } = lookup;
  switch (meaning.kind) {
    case "role":
      return evaluateRoleCall(meaning.role, expr, lookup, scope);
    case "defined":
      return evaluateDefinedCall(meaning.definition, expr, scope);
    case "bound":
      refuseOtherArguments(expr, scope);
      return evaluateSymbol(expr.head, scope);
    case "declared":
      throw new EvaluationError("type", `${printExpr(expr.head)} is no function`, expr.head.span);
    case "index":
      throw new EvaluationError("type", `the index ${printExpr(expr.head)} is no function`, expr.head.span);
    case "unknown":
      return assignedValue(expr, scope);
  }
}

function evaluateRoleCall(role: Role, expr: CallExpr, lookup: Lookup, scope: Scope): Value {
  switch (role) {
    case "normal":
      return evaluateNormal(expr, scope);
    case "forwardDensity":
      return scope.setting === undefined
        ? evaluateForwardDensity(expr, scope)
        : evaluateIntegral(expr, scope);
    case "expectation":
      return expr.head.index === undefined ? evaluateMean(expr, scope) : evaluateIntegral(expr, scope);
    case "variance":
      return evaluateMoment(role, expr, scope);
    case "covariance":
      return evaluateCovariance(expr, scope);
    case "entropy":
      return evaluateIntegral(expr, scope);
    case "posteriorMean":
      return posteriorMeanAt(expr, lookup, scope);
    case "snr": {
      const t = timeWithin(onlyArgument(expr), 1, scope);
      const value = number(signalToNoise(t, scope));
      scope.trace.keepValue(() => `${expr.head.name}(${t})`, value);
      return value;
    }
    case "state":
      return closedForm(expr, lookup, scope);
    case "trace":
    case "determinant":
      return evaluateMatrixFunction(role, expr, scope);
    case "divergence":
      return fullDivergence(expr, scope) ?? evaluateIntegral(expr, scope);
    case "network":
      return evaluateIntegral(expr, scope);
    case "reverseDensity":
      return scope.setting === undefined ? modelDensity(expr, scope) : evaluateIntegral(expr, scope);
    default:
      throw new EvaluationError("type", `${printExpr(expr.head)} is not a function`, expr.head.span);
  }
}

/** p(x_T), p_θ(x_{t-1} | x_t) and their products at the values of the states. */
function modelDensity(expr: CallExpr, scope: Scope): Value {
  if (scope.mode === "law")
    throw new EvaluationError("unsupported", "the law of a density at a random point", expr.span);
  const open: Open = { scope, times: new Set(), noises: new Map(), field: evaluateField };
  const log = constantValue(logDensity(factorOf(expr, "model", scope), open), scope.world.arithmetic);
  if (log === undefined) throw new RangeError("a density at given states is a number");
  return number(log.exp());
}

function onlyArgument(expr: CallExpr): Expr {
  const [argument] = expr.args;
  if (argument === undefined || expr.args.length !== 1 || expr.mark !== undefined) {
    throw new EvaluationError(
      "unsupported",
      `${printExpr(expr.head)} is evaluated with one argument only`,
      expr.span,
    );
  }
  return argument;
}

function evaluateDefinedCall(definition: Definition, expr: CallExpr, scope: Scope): Value {
  if (definition.args === undefined) return evaluateDefinition(definition, onlyArgument(expr), expr, scope);
  const same =
    expr.mark === undefined && expr.args.map(printExpr).join() === definition.args.map(printExpr).join();
  if (same) return scope.evaluate(definition.body, scope);
  throw new EvaluationError("unsupported", `${definition.latex} defines it for other arguments`, expr.span);
}

/** A function no one has defined has a value only where a relation gave it one (`C(x_t, x_0)`). */
function assignedValue(expr: CallExpr, scope: Scope): Value {
  const value = scope.assigned.get(expr.head.name);
  if (value !== undefined) return number(value);
  throw new EvaluationError("unknown", `the function ${printExpr(expr.head)} is not known`, expr.head.span);
}

/**
 * `N(x; m, S)`, also written `N(x, m, S)`: the density at x. `N(m, S)`: a random vector of that law,
 * independent of everything else.
 */
function evaluateNormal(expr: CallExpr, scope: Scope): Value {
  const parts = normalParts(expr);
  const full = denseLawOf(parts, scope);
  if (full !== undefined) {
    if (parts.at !== undefined && scope.mode === "path") return number(denseDensity(parts.at, full, scope));
    throw new EvaluationError(
      "unsupported",
      "a normal law with a full covariance as a random vector",
      expr.span,
    );
  }
  const mean = vectorArgument(parts.mean, scope);
  const variance = varianceArgument(parts.covariance, scope);
  const { world } = scope;
  const noise = world.noise(`N${expr.span.start}`);
  if (parts.at === undefined) {
    if (scope.mode === "path") {
      throw new EvaluationError("unsupported", "a normal law stands where a value belongs", expr.span);
    }
    return vector(add(mean, scale(noise, variance.sqrt())));
  }
  const point = vectorArgument(parts.at, scope);
  if (scope.mode === "law")
    throw new EvaluationError("unsupported", "the law of a density at a random point", expr.span);
  const law = add({ offset: mean.offset, coefficients: new Map() }, scale(noise, variance.sqrt()));
  return number(normalDensity(law, point.offset, expr, scope));
}

/** KL(N(m, S) || N(n, R)) where S or R is a full matrix; undefined for any other divergence. */
function fullDivergence(expr: CallExpr, scope: Scope): Value | undefined {
  const laws = [...expr.args, ...expr.rest].map((side) => {
    if (side.kind !== "call") return undefined;
    const { meaning } = scope.names.lookUp(side.head);
    const isNormal = meaning.kind === "role" && meaning.role === "normal";
    return isNormal ? denseLawOf(normalParts(side), scope) : undefined;
  });
  const [a, b] = laws;
  if (a === undefined || b === undefined || laws.length !== 2) return undefined;
  return number(denseDivergence(a, b, expr, scope.world));
}

function vectorArgument(expr: Expr, scope: Scope): Affine {
  const value = scope.evaluate(expr, scope);
  const { world } = scope;
  const single = world.draw.scalar === true ? scalarOf(value) : undefined;
  const found = single === undefined ? vectorOf(value, world.d, world.arithmetic) : constant([single]);
  if (found === undefined) {
    throw new EvaluationError(
      "type",
      `a vector is needed here, and ${printExpr(expr)} is ${describeKind(value)}`,
      expr.span,
    );
  }
  return found;
}

function varianceArgument(expr: Expr, scope: Scope): Real {
  const value = scope.evaluate(expr, scope);
  const variance = varianceOf(value, scope.world.arithmetic);
  if (variance === undefined) {
    throw new EvaluationError(
      "type",
      `a covariance is needed here, and ${printExpr(expr)} is ${describeKind(value)}`,
      expr.span,
    );
  }
  if (variance.isNegative() && !variance.isZero())
    throw new EvaluationError("domain", "a negative variance", expr.span);
  return variance;
}

function normalDensity(law: Affine, point: readonly Real[], expr: Expr, scope: Scope): Real {
  try {
    return densityValue(densityOf([law], [point], scope.world.arithmetic));
  } catch (error) {
    if (error instanceof DegenerateError)
      throw new EvaluationError("outside", "a normal law without variance has no density", expr.span);
    throw error;
  }
}

/** μ̃_t(a, b), also μ̃(x_t, x_0), whose time is that of its first argument. */
function posteriorMeanAt(expr: CallExpr, lookup: Lookup, scope: Scope): Value {
  const [xt, x0] = expr.args;
  if (xt === undefined || x0 === undefined || expr.args.length !== 2 || expr.mark !== undefined) {
    throw new EvaluationError("type", `${printExpr(expr.head)} has two arguments, x_t and x_0`, expr.span);
  }
  const own = lookup.time ?? (xt.kind === "symbol" ? xt.index : undefined);
  if (own === undefined)
    throw new EvaluationError("unsupported", "the time of the posterior mean is not stated", expr.span);
  const t = timeOf(expr.head, { time: own }, 1, scope);
  return vector(scope.world.posterior(t, vectorArgument(xt, scope), vectorArgument(x0, scope)).mean);
}

/** x_t(x_0, ε): the forward process in one step, as a function. */
function closedForm(expr: CallExpr, lookup: Lookup, scope: Scope): Value {
  const [x0, noise] = expr.args;
  if (x0 === undefined || noise === undefined || expr.args.length !== 2 || expr.mark !== undefined) {
    throw new EvaluationError(
      "type",
      `${printExpr(expr.head)} as a function has two arguments, x_0 and a noise`,
      expr.span,
    );
  }
  const { world } = scope;
  const t = timeOf(expr.head, lookup, 0, scope);
  const kept = world.alphaBar[t] ?? world.arithmetic.one;
  const signal = scale(vectorArgument(x0, scope), kept.sqrt());
  return vector(add(signal, scale(vectorArgument(noise, scope), world.arithmetic.one.minus(kept).sqrt())));
}

/** μ̃_t(x_t, x_0) bound to code is given x_t and x_0 of the world; other arguments it cannot take. */
function refuseOtherArguments(expr: CallExpr, scope: Scope): void {
  const times = expr.args.map((argument) => {
    if (argument.kind !== "symbol" || argument.index === undefined) return undefined;
    const { meaning } = scope.names.lookUp(argument);
    return meaning.kind === "role" && meaning.role === "state"
      ? timeWithin(argument.index, 0, scope)
      : undefined;
  });
  if (times.includes(undefined) || expr.mark !== undefined) {
    throw new EvaluationError(
      "unsupported",
      `${printExpr(expr.head)} is bound to a function of x_t and x_0 only`,
      expr.span,
    );
  }
}
