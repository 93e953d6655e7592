import type {
  CallExpr,
  Expr,
  IntegralExpr,
  PowerExpr,
  ProductExpr,
  SeriesExpr,
  SumExpr,
  SymbolExpr,
} from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import { children } from "../../expr/walk.js";
import { inverseExponential } from "../../probability/exponential.js";
import { constantWave, scaleWave, type Wave } from "../../probability/wave.js";
import type { Definition } from "../notation/names.js";
import { writtenTerms } from "./dottedSum.js";
import { EvaluationError } from "./error.js";
import { caseAt } from "./condition.js";
import { divergence } from "./divergence.js";
import { entropy } from "./entropy.js";
import { expectation } from "./expectation.js";
import { factorOf, processOf } from "./factor.js";
import { integralOver } from "./integral.js";
import { densityIn } from "./marginal.js";
import {
  addFields,
  constantScalar,
  densityField,
  fieldOf,
  multiplyFields,
  requireVector,
  scalarField,
  squaredNorm,
  stateField,
  valueOfField,
  vectorField,
  withinExponents,
  type Field,
  type Open,
} from "./field.js";
import { gradientField } from "./gradient.js";
import { noteLossOf } from "./loss.js";
import { accumulatedNoise, posteriorMean, stepNoise } from "./functions.js";
import { logField } from "./logarithm.js";
import { networkField } from "./network.js";
import { withIndex, type Scope } from "./scope.js";
import { dottedFactors, rangeOf } from "./series.js";
import { timeOf } from "./symbol.js";
import { evaluateTime } from "./time.js";
import { number, type Value } from "./value.js";

/** The value of an expectation, a divergence or a network at one point of one world. */
export function evaluateIntegral(expr: CallExpr | IntegralExpr, scope: Scope): Value {
  if (scope.mode === "law")
    throw new EvaluationError("unsupported", `the law of ${printExpr(expr)}`, expr.span);
  const value = integralOf(expr, scope);
  scope.trace.keepValue(() => printExpr(expr), value);
  return value;
}

function integralOf(expr: CallExpr | IntegralExpr, scope: Scope): Value {
  const value = withinExponents(expr.span, () =>
    valueOfField(evaluateField(expr, closedAt(scope)), scope.world.arithmetic),
  );
  if (value === undefined) throw new RangeError("an integral over all its variables has a value");
  return value;
}

const closedAt = (scope: Scope): Open => ({
  scope,
  times: new Set(),
  noises: new Map(),
  field: evaluateField,
});

/** The logarithm of a density that may be too small for a number. */
export function evaluateLogarithm(of: Expr, scope: Scope): Value {
  const value = withinExponents(of.span, () =>
    constantScalar(scalarField(logField(of, closedAt(scope))), scope.world.arithmetic),
  );
  if (value === undefined) throw new RangeError("a logarithm at given states is a number");
  return number(value);
}

/**
 * An expression as a function of the open states. What does not depend on them is evaluated as outside.
 * @throws EvaluationError for functions that have no exact expectation (a root, a quotient by a state)
 */
export function evaluateField(expr: Expr, open: Open): Field {
  const { scope } = open;
  scope.trace.step(expr.span);
  if (open.times.size === 0 && expr.kind !== "call" && expr.kind !== "integral")
    return fieldOf(scope.evaluate(expr, scope), scope);
  switch (expr.kind) {
    case "symbol":
      return symbolField(expr, open);
    case "call":
      return callField(expr, open);
    case "integral":
      return integralOver(expr, open);
    case "series":
      return seriesField(expr, open);
    case "gradient":
      return gradientField(expr, open);
    case "sum":
      return sumField(expr, open);
    case "negation":
      return negated(evaluateField(expr.of, open), open);
    case "product":
      return productField(expr, open);
    case "quotient":
      return quotientField(expr.numerator, expr.denominator, open);
    case "power":
      return powerField(expr, open);
    case "elementary":
      return expr.name === "log" ? scalarField(logField(expr.of, open)) : closed(expr, [expr.of], open);
    case "cases":
      return evaluateField(caseAt(expr, scope), open);
    case "root":
    case "norm":
      return closed(expr, [expr.of], open);
    default:
      return closed(expr, children(expr), open);
  }
}

function sumField(expr: SumExpr, open: Open): Field {
  const terms = writtenTerms(expr, open.scope).map((term) => ({
    field: evaluateField(term, open),
    span: term.span,
  }));
  const parts = terms.flatMap(({ field }) => (field.kind === "scalar" ? [field.value] : []));
  noteLossOf(
    parts.map((wave) => wave.map(({ coefficient }) => coefficient)),
    open.scope,
  );
  return terms.reduce((a, b) => ({ field: addFields(a.field, b.field, b.span), span: b.span })).field;
}

/** A function of parts that must not depend on the open states. */
function closed(expr: Expr, parts: readonly Expr[], open: Open): Field {
  const { scope } = open;
  const dependent = parts.find(
    (part) => valueOfField(evaluateField(part, open), scope.world.arithmetic) === undefined,
  );
  if (dependent === undefined) return fieldOf(scope.evaluate(expr, scope), scope);
  throw new EvaluationError(
    "unsupported",
    `no exact expectation of this function of ${printExpr(dependent)}`,
    expr.span,
  );
}

function negated(field: Field, open: Open): Field {
  const { arithmetic } = open.scope.world;
  const minus = scalarField(constantWave(arithmetic.one.negated()));
  return field.kind === "matrix"
    ? { kind: "matrix", scale: field.scale.negated() }
    : multiplyFields(minus, field, open, { start: 0, end: 0 });
}

function productField(expr: ProductExpr, open: Open): Field {
  return dottedFactors(expr, open.scope)
    .map(({ factor, scope }) => evaluateField(factor, { ...open, scope }))
    .reduce((a, b) => multiplyFields(a, b, open, expr.span));
}

function seriesField(expr: SeriesExpr, open: Open): Field {
  const { arithmetic } = open.scope.world;
  const { lower, upper } = rangeOf(expr, open.scope);
  let total: Field = scalarField(expr.operator === "sum" ? [] : constantWave(arithmetic.one));
  for (let at = lower; at <= upper; at++) {
    const term = evaluateField(expr.body, { ...open, scope: withIndex(open.scope, expr.index, at) });
    total =
      expr.operator === "sum"
        ? addFields(total, term, expr.span)
        : multiplyFields(total, term, open, expr.span);
  }
  return total;
}

function quotientField(numerator: Expr, denominator: Expr, open: Open): Field {
  const { arithmetic } = open.scope.world;
  const divisor = evaluateField(denominator, open);
  const density = divisor.kind === "density" ? inverseExponential(divisor.value, arithmetic) : undefined;
  if (density !== undefined)
    return multiplyFields(densityField(density), evaluateField(numerator, open), open, numerator.span);
  const by = constantScalar(divisor, arithmetic);
  if (by === undefined)
    throw new EvaluationError("unsupported", "no exact expectation of a quotient by this", denominator.span);
  if (by.isZero()) throw new EvaluationError("outside", "a denominator is zero", denominator.span);
  const inverse = scalarField(constantWave(arithmetic.one.div(by)));
  return multiplyFields(inverse, evaluateField(numerator, open), open, numerator.span);
}

/** Squares, also of norms and vectors, and the fourth power of a norm; other powers of constants only. */
function powerField(expr: PowerExpr, open: Open): Field {
  const power = expr.exponent.kind === "number" ? expr.exponent.text : "";
  if (power === "4" && expr.base.kind === "norm") {
    const square = powerField({ ...expr, exponent: { ...expr.exponent, kind: "number", text: "2" } }, open);
    return multiplyFields(square, square, open, expr.span);
  }
  const squared = power === "2";
  if (!squared) return closed(expr, [expr.base, expr.exponent], open);
  const inner = expr.base.kind === "norm" ? expr.base.of : expr.base;
  const base = evaluateField(inner, open);
  if (base.kind === "vector") return scalarField(squaredNorm(base.parts, open, expr.span));
  if ((base.kind === "scalar" || base.kind === "density") && expr.base.kind !== "norm")
    return multiplyFields(base, base, open, expr.span);
  return closed(expr, [inner], open);
}

function symbolField(expr: SymbolExpr, open: Open): Field {
  const { scope } = open;
  const lookup = scope.names.lookUp(expr);
  const bound = open.noises.get(printExpr(expr));
  if (bound !== undefined) return vectorField(accumulatedNoise(bound, open));
  if (lookup.meaning.kind === "defined")
    return definedField(lookup.meaning.definition, lookup.time, expr, open);
  if (lookup.meaning.kind === "bound") return boundField(expr, open);
  if (lookup.meaning.kind !== "role") return fieldOf(scope.evaluate(expr, scope), scope);
  const time = (): number => timeOf(expr, lookup, 1, scope);
  switch (lookup.meaning.role) {
    case "state":
      return vectorField(stateField(timeOf(expr, lookup, 0, scope), open));
    case "accumulatedNoise":
      return vectorField(accumulatedNoise(time(), open));
    case "noise":
      return vectorField(accumulatedNoise(timeOf(expr, {}, 1, scope), open));
    case "stepNoise":
      return vectorField(stepNoise(time(), open));
    case "posteriorMean":
      return vectorField(posteriorMean(time(), stateField(time(), open), stateField(0, open), open));
    default:
      return fieldOf(scope.evaluate(expr, scope), scope);
  }
}

/** A vector of the library is known at the states of the world only. */
function boundField(expr: SymbolExpr, open: Open): Field {
  const value = open.scope.evaluate(expr, open.scope);
  if (value.kind !== "vector" || open.times.size === 0) return fieldOf(value, open.scope);
  throw new EvaluationError(
    "unsupported",
    `no expectation of ${printExpr(expr)}, which is bound to code`,
    expr.span,
  );
}

function callField(expr: CallExpr, open: Open): Field {
  const { scope } = open;
  const lookup = scope.names.lookUp(expr.head);
  const { meaning } = lookup;
  if (meaning.kind === "defined" && open.times.size > 0) {
    const own = meaning.definition.args ?? [];
    if (own.length === 0 && expr.args.length === 1)
      return definedField(meaning.definition, expr.args[0], expr, open);
    if (own.map(printExpr).join() === expr.args.map(printExpr).join())
      return evaluateField(meaning.definition.body, open);
    throw new EvaluationError(
      "unsupported",
      `${meaning.definition.latex} defines it for other arguments`,
      expr.span,
    );
  }
  const role = meaning.kind === "role" ? meaning.role : undefined;
  if (role === "expectation" && expr.head.index !== undefined) return expectation(expr, open);
  if (role === "divergence") return scalarField(divergence(expr, open));
  if (role === "entropy") return scalarField(entropy(expr, open));
  if (role === "network") return networkField(expr, lookup, open);
  const process = processOf(expr, scope);
  if (process !== undefined && scope.setting !== undefined)
    return densityField(densityIn(factorOf(expr, process, scope), open));
  if (open.times.size === 0) return fieldOf(scope.evaluate(expr, scope), scope);
  if (role === "forwardDensity" || role === "reverseDensity")
    throw new EvaluationError("unsupported", "no exact expectation of a density itself", expr.span);
  const vectors = (): readonly (readonly Wave[])[] =>
    expr.args.map((argument) => requireVector(evaluateField(argument, open), argument, open));
  if (role === "posteriorMean" && expr.args.length === 2 && expr.mark === undefined) {
    const [first] = expr.args;
    const own = lookup.time ?? (first?.kind === "symbol" ? first.index : undefined);
    const [xt = [], x0 = []] = vectors();
    if (own !== undefined)
      return vectorField(posteriorMean(timeOf(expr.head, { time: own }, 1, scope), xt, x0, open));
  }
  if (role === "state" && expr.args.length === 2 && expr.mark === undefined) {
    const t = timeOf(expr.head, lookup, 0, scope);
    const kept = scope.world.alphaBar[t] ?? scope.world.arithmetic.one;
    const [x0 = [], noise = []] = vectors();
    const spread = scope.world.arithmetic.one.minus(kept).sqrt();
    const parts = [
      x0.map((part) => scaleWave(part, kept.sqrt())),
      noise.map((part) => scaleWave(part, spread)),
    ];
    const [signal = [], rest = []] = parts;
    return addFields(vectorField(signal), vectorField(rest), expr.span);
  }
  return closed(expr, [...expr.args, ...expr.rest], open);
}

/** The defining expression, its time letter set to the subscript at hand. */
function definedField(definition: Definition, time: Expr | undefined, expr: Expr, open: Open): Field {
  if (definition.squared) return fieldOf(open.scope.evaluate(expr, open.scope), open.scope);
  if (definition.parameter === undefined) return evaluateField(definition.body, open);
  if (time === undefined) throw new EvaluationError("type", `${printExpr(expr)} needs its index`, expr.span);
  const scope = withIndex(
    open.scope,
    definition.parameter,
    evaluateTime(time, open.scope) + (definition.shift ?? 0),
  );
  return evaluateField(definition.body, { ...open, scope });
}
