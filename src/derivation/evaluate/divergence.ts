import type { CallExpr, Expr, SymbolExpr } from "../../expr/expr.js";
import type { Real } from "../../expr/number.js";
import { printExpr } from "../../expr/print.js";
import { addWaves, constantWave, scaleWave, subtractWaves, type Wave } from "../../probability/wave.js";
import type { Names } from "../notation/names.js";
import type { Role } from "../notation/notation.js";
import type { NormalLaw } from "../world/law.js";
import { EvaluationError } from "./error.js";
import { integrate, opened } from "./expectation.js";
import { factorOf, processOf, type Factor } from "./factor.js";
import { squaredNorm, type Open } from "./field.js";
import { lawIn, logDensity } from "./law.js";
import { normalLawOf } from "./logarithm.js";
import { normalParts } from "./normal.js";
import { timeWithin } from "./time.js";

/** D_KL(a || b) of two normal laws in closed form, or of two densities of the same states as E_a[log a - log b]. */
export function divergence(expr: CallExpr, open: Open): Wave {
  const [left, right] = [...expr.args, ...expr.rest];
  const marked = expr.mark === "||" ? expr.args.length === 1 : expr.mark === undefined;
  if (left === undefined || right === undefined || expr.args.length + expr.rest.length !== 2 || !marked)
    throw new EvaluationError("type", "a divergence has two distributions", expr.span);
  const [a, b] = [factorIn(left, open), factorIn(right, open)];
  if (a !== undefined && b !== undefined) {
    if (a.of.join() !== b.of.join())
      throw new EvaluationError("type", "a divergence of distributions of different variables", expr.span);
    if (a.of.length > 1) {
      const inner = opened([a], open, new Map());
      return integrate(subtractWaves(logDensity(a, inner), logDensity(b, inner)), a, inner);
    }
  }
  const times = [namedTime(left, a, open), namedTime(right, b, open)].flatMap((t) => t ?? []);
  if (new Set(times).size > 1)
    throw new EvaluationError("type", "a divergence of distributions of different variables", expr.span);
  return normalDivergence(lawAt(left, a, open), lawAt(right, b, open), expr, open);
}

/** The time of the one state that a distribution is one of; undefined for N(m, S), which names none. */
function namedTime(expr: Expr, factor: Factor | undefined, open: Open): number | undefined {
  if (factor !== undefined) return factor.of.length === 1 ? factor.of[0] : undefined;
  const { names } = open.scope;
  if (expr.kind !== "call" || !isRole(expr.head, "normal", names)) return undefined;
  const { at } = normalParts(expr);
  const state = at?.kind === "symbol" && isRole(at, "state", names) ? at.index : undefined;
  return state === undefined ? undefined : timeWithin(state, 0, open.scope);
}

function isRole(symbol: SymbolExpr, role: Role, names: Names): boolean {
  const { meaning } = names.lookUp(symbol);
  return meaning.kind === "role" && meaning.role === role;
}

/** The density that an expression is; undefined for anything else. */
export function factorIn(expr: Expr, open: Open): Factor | undefined {
  const process = processOf(expr, open.scope);
  return expr.kind === "call" && process !== undefined ? factorOf(expr, process, open.scope) : undefined;
}

/** The normal law that a density of one state, or N(…), stands for. */
export function lawAt(expr: Expr, factor: Factor | undefined, open: Open): NormalLaw {
  const [t] = factor?.of ?? [];
  if (factor !== undefined && t !== undefined && factor.of.length === 1) {
    if (t === 0 && factor.process === "forward" && open.scope.setting === undefined)
      throw new EvaluationError("unsupported", "a divergence from the law of the data", expr.span);
    return lawIn(factor, t, factor.given, open);
  }
  if (expr.kind === "call") {
    const { meaning } = open.scope.names.lookUp(expr.head);
    if (meaning.kind === "role" && meaning.role === "normal") return normalLawOf(normalParts(expr), open);
  }
  const declared = expr.kind === "symbol" ? open.scope.names.declared.law(expr) : undefined;
  if (declared !== undefined) return normalLawOf(normalParts(declared.law), open);
  throw new EvaluationError(
    "unsupported",
    `the distribution ${printExpr(expr)} is not known here`,
    expr.span,
  );
}

/** KL(N(m_1, v_1 I) || N(m_2, v_2 I)) = (d v_1/v_2 + ‖m_1 - m_2‖²/v_2 - d + d log(v_2/v_1)) / 2 */
function normalDivergence(a: NormalLaw, b: NormalLaw, expr: Expr, open: Open): Wave {
  const { arithmetic, d } = open.scope.world;
  if (!a.variance.greaterThan(0) || !b.variance.greaterThan(0))
    throw new EvaluationError("outside", "a divergence of a law without variance", expr.span);
  const apart = squaredNorm(
    a.mean.map((part, i) => subtractWaves(part, b.mean[i] ?? [])),
    open,
    expr.span,
  );
  const ratio: Real = a.variance.div(b.variance);
  const volume = ratio.minus(arithmetic.one).minus(ratio.ln()).times(d).div(2);
  return addWaves(scaleWave(apart, arithmetic.one.div(b.variance.times(2))), constantWave(volume));
}
