import type { Expr, GradientExpr } from "../../expr/expr.js";
import type { Real } from "../../expr/number.js";
import { constant } from "../../probability/affine.js";
import {
  derivativeOfExponential,
  derivativeOfWave,
  exponentialAt,
  waveAt,
} from "../../probability/derivative.js";
import { exponentialValue, type Exponential } from "../../probability/exponential.js";
import { constantValue } from "../../probability/wave.js";
import { EvaluationError } from "./error.js";
import { variableName, vectorField, withinExponents, type Field, type Open } from "./field.js";
import type { Scope } from "./scope.js";
import { stateAt, timeOf } from "./symbol.js";
import { vector, type Value } from "./value.js";

/** ∇_{x_t} f at the value of x_t, all other states at theirs. */
export function evaluateGradient(expr: GradientExpr, scope: Scope, field: Open["field"]): Value {
  if (scope.mode === "law") throw new EvaluationError("unsupported", "the law of a gradient", expr.span);
  const t = timeOfVariable(expr, scope);
  const open: Open = { scope, times: new Set([t]), noises: new Map(), field };
  const values = valuesAt(t, scope);
  return vector(constant([...values.keys()].map((name) => partial(expr.of, name, values, open))));
}

/** The same as a function of the states that are open around it. */
export function gradientField(expr: GradientExpr, open: Open): Field {
  const { scope } = open;
  const t = timeOfVariable(expr, scope);
  const values = open.times.has(t) ? new Map<string, Real>() : valuesAt(t, scope);
  const field = open.field(expr.of, { ...open, times: new Set([...open.times, t]) });
  if (field.kind !== "scalar")
    throw new EvaluationError("unsupported", "no exact expectation of this gradient", expr.span);
  const names = Array.from({ length: scope.world.d }, (_, i) => variableName(t, i));
  return vectorField(
    names.map((name) => waveAt(derivativeOfWave(field.value, name, scope.world.arithmetic), values)),
  );
}

/** The coordinates of x_t by their names as variables. */
function valuesAt(t: number, scope: Scope): ReadonlyMap<string, Real> {
  const state = stateAt(t, scope);
  if (state.kind !== "vector") throw new RangeError("a state is a vector");
  return new Map(state.value.offset.map((x, i) => [variableName(t, i), x] as const));
}

function timeOfVariable({ variable, span }: GradientExpr, scope: Scope): number {
  const lookup = variable?.kind === "symbol" ? scope.names.lookUp(variable) : undefined;
  const isState = lookup?.meaning.kind === "role" && lookup.meaning.role === "state";
  if (variable?.kind !== "symbol" || lookup?.time === undefined || !isState)
    throw new EvaluationError("unsupported", "a gradient is taken in a state x_t only", span);
  return timeOf(variable, lookup, 0, scope);
}

/** Sums part by part, so that the logarithm of a mixture, f'/f, may stand among them. */
function partial(of: Expr, name: string, values: ReadonlyMap<string, Real>, open: Open): Real {
  const inner = (part: Expr): Real => partial(part, name, values, open);
  const { arithmetic } = open.scope.world;
  if (of.kind === "sum") return of.terms.map(inner).reduce((a, b) => a.plus(b));
  if (of.kind === "negation") return inner(of.of).negated();
  if (of.kind === "elementary" && of.name === "log" && open.scope.setting !== undefined) {
    const field = open.field(of.of, open);
    if (field.kind === "density") {
      const at = (value: Exponential): Real => numberAt(value, values, of, open);
      return at(derivativeOfExponential(field.value, name, arithmetic)).div(at(field.value));
    }
  }
  return derivative(open.field(of, open), name, values, of, open);
}

function derivative(
  field: Field,
  name: string,
  values: ReadonlyMap<string, Real>,
  of: Expr,
  open: Open,
): Real {
  const { arithmetic } = open.scope.world;
  if (field.kind === "density")
    return numberAt(derivativeOfExponential(field.value, name, arithmetic), values, of, open);
  const slope = field.kind === "scalar" ? derivativeOfWave(field.value, name, arithmetic) : undefined;
  const value = slope === undefined ? undefined : constantValue(waveAt(slope, values), arithmetic);
  if (value === undefined)
    throw new EvaluationError("unsupported", "a gradient of something that is no number", of.span);
  return value;
}

function numberAt(value: Exponential, values: ReadonlyMap<string, Real>, of: Expr, open: Open): Real {
  const found = withinExponents(of.span, () =>
    exponentialValue(exponentialAt(value, values), open.scope.world.arithmetic),
  );
  if (found === undefined) throw new EvaluationError("unsupported", "a gradient within an integral", of.span);
  return found;
}
