import type { CallExpr, Expr } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import type { Lookup, Names } from "../notation/names.js";
import { isTime } from "../notation/time.js";
import type { Prediction } from "../world/network.js";
import { predict } from "../world/network.js";
import { NotAffineError } from "../../probability/wave.js";
import { EvaluationError } from "./error.js";
import { requireVector, vectorField, type Field, type Open } from "./field.js";
import { modelVariance, networkOf } from "./model.js";
import { timeWithin } from "./time.js";

/** What a network symbol predicts, by the letter that bears the index θ. */
const predictions: Readonly<Record<string, Prediction>> = {
  "\\epsilon": "noise",
  z: "noise",
  "\\mu": "mean",
  x: "clean",
};

/** What a call of a network predicts, from what and at which time. */
export interface NetworkCall {
  /** The letter that bears the index θ. */
  readonly letter: string;
  /** Absent for Σ_θ and for letters of which nothing is known. */
  readonly prediction: Prediction | undefined;
  readonly input: Expr;
  readonly time: Expr;
  /** What else it is given, `c` of ε_θ(x_t, t, c), printed: another condition makes another function. */
  readonly condition: string;
}

/** @throws EvaluationError where its time is not told */
export function predictionOf(expr: CallExpr, lookup: Lookup, names: Names): NetworkCall {
  const [input, ...others] = expr.args;
  const given = others.find((argument) => isTime(argument, names));
  const time = given ?? (input?.kind === "symbol" ? input.index : undefined);
  if (input === undefined || time === undefined || expr.mark === "||") {
    throw new EvaluationError(
      "unsupported",
      `${printExpr(expr.head)} is a function of a state and its time`,
      expr.span,
    );
  }
  const conditions = [...others, ...expr.rest].filter(
    (argument) => argument !== given && !isNothing(argument),
  );
  const letter = lookup.key
    .replace(/_\{.*\}$/, "")
    .replace(/\^\{.*\}$/, "")
    .replace(/^\\(?:hat|tilde|bar)\{(.*)\}$/, "$1");
  const condition = conditions.map(printExpr).join();
  return { letter, prediction: predictions[letter], input, time, condition };
}

/** `\varnothing`: what is given to a network without its condition. */
const isNothing = (argument: Expr): boolean =>
  argument.kind === "symbol" && ["\\varnothing", "\\emptyset"].includes(argument.name);

/** ε_θ(x, t), μ_θ(x, t), x_θ(x, t), Σ_θ(x, t) = σ_t² I; without t, the time is that of the state x_t. */
export function networkField(expr: CallExpr, lookup: Lookup, open: Open): Field {
  const { scope } = open;
  const { letter, prediction, input, time, condition } = predictionOf(expr, lookup, scope.names);
  scope.trace.model = true;
  const t = timeWithin(time, 1, scope);
  const x = requireVector(open.field(input, open), input, open);
  if (letter === "\\Sigma") refuseOtherState(input, t, open);
  if (letter === "\\Sigma") return { kind: "matrix", scale: modelVariance(t, expr.span, scope) };
  if (prediction === undefined)
    throw new EvaluationError("unsupported", `what ${printExpr(expr.head)} predicts is not known`, expr.span);
  try {
    return vectorField(predict(prediction, t, x, scope.world, networkOf(scope, condition)));
  } catch (error) {
    if (error instanceof NotAffineError)
      throw new EvaluationError(
        "unsupported",
        "a network at a point that is not affine in the states",
        expr.span,
      );
    throw error;
  }
}

/** Σ_θ does not vary with the state here, so that another state in its place would go unnoticed. */
function refuseOtherState(input: Expr, t: number, { scope }: Open): void {
  const lookup = input.kind === "symbol" ? scope.names.lookUp(input) : undefined;
  const isState = lookup?.meaning.kind === "role" && lookup.meaning.role === "state";
  if (isState && lookup.time !== undefined && timeWithin(lookup.time, 0, scope) === t) return;
  throw new EvaluationError(
    "unsupported",
    "the covariance of the model is known at the state x_t only",
    input.span,
  );
}
