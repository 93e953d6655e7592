import type { CallExpr, Expr } from "../../expr/expr.js";
import type { Real } from "../../expr/number.js";
import { printExpr } from "../../expr/print.js";
import { pi } from "../../probability/gaussian.js";
import { addWaves, constantWave, scaleWave, subtractWaves, type Wave } from "../../probability/wave.js";
import { remembered } from "../../probability/waveTerm.js";
import type { NormalLaw } from "../world/law.js";
import { refuseDataLaw, statesOf } from "./density.js";
import { EvaluationError } from "./error.js";
import { squaredNorm, type Open } from "./field.js";
import type { Scope } from "./scope.js";

/** A density of states: q(of | given) of the forward process or p(of | given) of the model. */
export interface Factor {
  readonly process: "forward" | "model";
  readonly of: readonly number[];
  readonly given: readonly number[];
  readonly expr: CallExpr;
}

/** Which process a call is a density of; undefined for any other call. */
export function processOf(expr: Expr, scope: Scope): Factor["process"] | undefined {
  if (expr.kind !== "call") return undefined;
  const { meaning } = scope.names.lookUp(expr.head);
  if (meaning.kind !== "role") return undefined;
  if (meaning.role === "forwardDensity") return "forward";
  return meaning.role === "reverseDensity" ? "model" : undefined;
}

/** Reads q(a, b | c) or p(a, b | c). @throws EvaluationError for a density that is not computed */
export function factorOf(expr: CallExpr, process: Factor["process"], scope: Scope): Factor {
  if (expr.mark !== undefined && expr.mark !== "|")
    throw new EvaluationError("type", "a density separates what is given by a bar", expr.span);
  const of = [...statesOf(expr.args, scope)].sort((a, b) => a - b);
  const given = statesOf(expr.rest, scope);
  const all = [...of, ...given];
  if (new Set(all).size < all.length)
    throw new EvaluationError("outside", "a variable stands twice in a density", expr.span);
  // Where x_0 has a law and the network is affine, all densities have values.
  if (scope.setting !== undefined) return { process, of, given, expr };
  if (process === "forward") {
    // q(x_0, …) is q(… | x_0) times the density of the data, which is some number at x_0.
    if (!(of.includes(0) && given.length === 0)) refuseDataLaw(of, given, expr);
    if (of.includes(0) && given.length > 0) refuseMarginal(expr);
  } else refuseModelMarginal(of, given, expr, scope);
  return { process, of, given, expr };
}

/** The model states p(x_T) and p(x_{t-1} | x_t): what follows from these by products is computed. */
function refuseModelMarginal(
  of: readonly number[],
  given: readonly number[],
  expr: CallExpr,
  scope: Scope,
): void {
  if (!isTransition({ process: "model", of, given, expr }, scope)) refuseMarginal(expr);
}

/** Whether a density of the model is p(x_T), p(x_{t-1} | x_t) or a product of these. */
export function isTransition({ of, given }: Factor, scope: Scope): boolean {
  const [last = 0, first = 0] = [of.at(-1), of[0]];
  const contiguous = last - first === of.length - 1;
  return contiguous && (last === scope.world.T ? given.length === 0 : Math.min(...given) === last + 1);
}

/** Whether a density of the forward process is the same for every law of x_0: the chain is Markov. */
export const isScreened = ({ of, given }: Factor): boolean =>
  given.includes(0) || (given.length > 0 && of.every((t) => t > Math.min(...given)));

function refuseMarginal(expr: CallExpr): never {
  throw new EvaluationError(
    "unsupported",
    `${printExpr(expr)} is an integral over other states, which is not computed`,
    expr.span,
  );
}

/** The states of a factor one after another, each with those it is conditional on. */
export function chainOf(
  factor: Factor,
  of: readonly number[] = factor.of,
): readonly { readonly t: number; readonly known: readonly number[] }[] {
  return of.map((t, at) => ({ t, known: [...factor.given, ...of.slice(0, at)] }));
}

/** log N(x; mean, variance I). */
export function logNormal(x: readonly Wave[], law: NormalLaw, expr: Expr, open: Open): Wave {
  const { arithmetic, d } = open.scope.world;
  if (law.variance.lessThanOrEqualTo(0))
    throw new EvaluationError("outside", "a normal law without variance has no density", expr.span);
  const residual = x.map((part, i) => subtractWaves(part, law.mean[i] ?? []));
  const volume: Real = remembered("ln", pi(arithmetic).times(2).times(law.variance)).times(d).div(-2);
  return addWaves(
    scaleWave(squaredNorm(residual, open, expr.span), arithmetic.one.div(law.variance.times(-2))),
    constantWave(volume),
  );
}
