import type { Expr } from "../../expr/expr.js";
import type { Real } from "../../expr/number.js";
import { some } from "../../expr/walk.js";
import { logarithmOf } from "../../probability/exponential.js";
import { addWaves, constantWave, scaleWave, subtractWaves, type Wave } from "../../probability/wave.js";
import { normalParts } from "./normal.js";
import { EvaluationError } from "./error.js";
import { constantScalar, densityField, requireVector, type Field, type Open } from "./field.js";
import { factorOf, logNormal, processOf } from "./factor.js";
import { logDensity } from "./law.js";
import { densityIn, needsData } from "./marginal.js";
import { withIndex, type Scope } from "./scope.js";
import { dottedFactors, rangeOf } from "./series.js";

/**
 * log of a product or quotient of densities: the sum and difference of their logarithms, each a function
 * of the open states. The log of anything else must be a number.
 */
export function logField(expr: Expr, open: Open): Wave {
  const { scope } = open;
  const process = processOf(expr, scope);
  if (expr.kind === "call" && process !== undefined) {
    const factor = factorOf(expr, process, scope);
    return scope.setting !== undefined && needsData(factor)
      ? logOfField(densityField(densityIn(factor, open)), expr, open)
      : logDensity(factor, open);
  }
  if (expr.kind === "call" && isNormal(expr, scope)) return logOfNormal(expr, open);
  if (!mentionsDensity(expr, scope)) return logOfNumber(expr, open);
  switch (expr.kind) {
    case "quotient":
      return subtractWaves(logField(expr.numerator, open), logField(expr.denominator, open));
    case "product":
      return addWaves(
        ...dottedFactors(expr, scope).map(({ factor, scope: at }) =>
          logField(factor, { ...open, scope: at }),
        ),
      );
    case "series": {
      if (expr.operator === "sum") break;
      const { lower, upper } = rangeOf(expr, scope);
      const terms: Wave[] = [];
      for (let at = lower; at <= upper; at++)
        terms.push(logField(expr.body, { ...open, scope: withIndex(scope, expr.index, at) }));
      return addWaves(...terms);
    }
    case "power": {
      const power = constantScalar(open.field(expr.exponent, open), scope.world.arithmetic);
      if (power !== undefined) return scaleWave(logField(expr.base, open), power);
      break;
    }
    default:
      break;
  }
  return logOfNumber(expr, open);
}

/** The logarithm of something that does not depend on the open states. */
function logOfNumber(expr: Expr, open: Open): Wave {
  return logOfField(open.field(expr, open), expr, open);
}

function logOfField(field: Field, expr: Expr, open: Open): Wave {
  const { arithmetic } = open.scope.world;
  const log = field.kind === "density" ? logarithmOf(field.value, arithmetic) : undefined;
  if (log !== undefined) return log;
  const value = constantScalar(field, arithmetic);
  if (value === undefined)
    throw new EvaluationError("unsupported", "no exact expectation of this logarithm", expr.span);
  if (value.isZero()) throw new EvaluationError("outside", "the logarithm of zero", expr.span);
  if (value.isNegative())
    throw new EvaluationError("unsupported", "the logarithm of a negative factor", expr.span);
  return constantWave(value.ln());
}

const isNormal = (expr: Expr, scope: Scope): boolean => {
  if (expr.kind !== "call") return false;
  const { meaning } = scope.names.lookUp(expr.head);
  return meaning.kind === "role" && meaning.role === "normal";
};

const mentionsDensity = (expr: Expr, scope: Scope): boolean =>
  some(expr, (node) => processOf(node, scope) !== undefined || isNormal(node, scope));

/** log N(x; m, S) */
function logOfNormal(expr: Extract<Expr, { kind: "call" }>, open: Open): Wave {
  const parts = normalParts(expr);
  if (parts.at === undefined)
    throw new EvaluationError("type", "a normal law stands where a density belongs", expr.span);
  const x = requireVector(open.field(parts.at, open), parts.at, open);
  return logNormal(x, normalLawOf(parts, open), expr, open);
}

/** The law that N(m, S) and N(x; m, S) state. */
export function normalLawOf(
  parts: ReturnType<typeof normalParts>,
  open: Open,
): { readonly mean: readonly Wave[]; readonly variance: Real } {
  const mean = requireVector(open.field(parts.mean, open), parts.mean, open);
  return { mean, variance: requireVariance(parts.covariance, open) };
}

function requireVariance(expr: Expr, open: Open): Real {
  const field = open.field(expr, open);
  const { arithmetic } = open.scope.world;
  const variance = field.kind === "matrix" ? field.scale : constantScalar(field, arithmetic);
  if (variance === undefined)
    throw new EvaluationError("unsupported", "a covariance that depends on the states", expr.span);
  return variance;
}
