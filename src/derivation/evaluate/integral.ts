import type { IntegralExpr } from "../../expr/expr.js";
import {
  DivergentError,
  integrateExponential,
  NotQuadraticError,
  type Exponential,
} from "../../probability/exponential.js";
import { NotAffineError } from "../../probability/wave.js";
import type { Span } from "../../expr/expr.js";
import { statesOf } from "./density.js";
import { EvaluationError } from "./error.js";
import { densityField, exponentialsOf, variableName, type Field, type Open } from "./field.js";

/** ∫ f over states of the process, as a function of those that are still open around it. */
export function integralOver(expr: IntegralExpr, open: Open): Field {
  const { scope } = open;
  if (scope.setting === undefined)
    throw new EvaluationError("unsupported", "an integral over states", expr.span);
  const times = integratedStates(expr, open);
  const inner: Open = { ...open, times: new Set([...open.times, ...times]) };
  const value = exponentialsOf(open.field(expr.body, inner));
  if (value === undefined)
    throw new EvaluationError("unsupported", "an integral of something that is no number", expr.span);
  return densityField(integrateStates(value, times, expr.span, open));
}

/** The times of the states that an integral runs over. */
export function integratedStates(expr: IntegralExpr, open: Pick<Open, "scope" | "times">): readonly number[] {
  if (expr.variables.length === 0)
    throw new EvaluationError("unsupported", "a sum that does not say over what", expr.span);
  const times = statesOf(expr.variables, open.scope);
  if (new Set(times).size < times.length || times.some((t) => open.times.has(t)))
    throw new EvaluationError("type", "an integral over one state twice", expr.span);
  return times;
}

/** The integral over all coordinates of the states. @throws EvaluationError where it has no exact value */
export function integrateStates(
  value: Exponential,
  times: readonly number[],
  span: Span,
  { scope }: Open,
): Exponential {
  const { d, arithmetic } = scope.world;
  const names = times.flatMap((t) => Array.from({ length: d }, (_, i) => variableName(t, i)));
  try {
    return names.reduce((left, name) => {
      scope.trace.step(
        span,
        left.reduce((sum, term) => sum + term.exponent.length + term.factor.length, 0),
      );
      return integrateExponential(left, name, arithmetic);
    }, value);
  } catch (error) {
    const open = [DivergentError, NotQuadraticError, NotAffineError].some((kind) => error instanceof kind);
    if (!open || !(error instanceof Error)) throw error;
    const what =
      error instanceof DivergentError ? "an integral that has no value" : "no exact value of this integral";
    throw new EvaluationError("unsupported", what, span);
  }
}
