import type { CallExpr, Expr } from "../../expr/expr.js";
import { pi } from "../../probability/gaussian.js";
import { constantWave, scaleWave, type Wave } from "../../probability/wave.js";
import { refuseDataLaw, statesOf } from "./density.js";
import { factorIn, lawAt } from "./divergence.js";
import { EvaluationError } from "./error.js";
import { integrate, opened } from "./expectation.js";
import type { Open } from "./field.js";
import { logDensity } from "./law.js";

/**
 * The entropy H(p) = -E_p[log p] of a density or of N(m, S), in nats, also written by its variables, H(x_t | x_0);
 * H(p, q) = -E_p[log q] is the cross entropy.
 */
export function entropy(expr: CallExpr, open: Open): Wave {
  const [first, second] = distributionsOf(expr, open);
  const { arithmetic, d } = open.scope.world;
  const minus = arithmetic.one.negated();
  const [p, q] = [factorIn(first, open), factorIn(second, open)];
  if (p !== undefined && q !== undefined) {
    if (p.of.join() !== q.of.join())
      throw new EvaluationError("type", "a cross entropy of distributions of different variables", expr.span);
    const inner = opened([p], open, new Map());
    return scaleWave(integrate(logDensity(q, inner), p, inner), minus);
  }
  if (first !== second) throw new EvaluationError("unsupported", "a cross entropy of these", expr.span);
  const { variance } = lawAt(first, p, open);
  if (!variance.greaterThan(0))
    throw new EvaluationError("outside", "an entropy of a law without variance", expr.span);
  const half = variance.times(pi(arithmetic)).times(2).ln().plus(arithmetic.one).times(d).div(2);
  return constantWave(half);
}

/** Whose entropy it is, twice, or the two of a cross entropy. */
function distributionsOf(expr: CallExpr, open: Open): readonly [Expr, Expr] {
  const { args, rest, mark, span } = expr;
  const [first, second, ...more] = args;
  if (first === undefined) throw new EvaluationError("type", "an entropy of nothing", span);
  if (first.kind === "call" && mark === undefined && more.length === 0) return [first, second ?? first];
  if (first.kind === "call" || (mark !== undefined && mark !== "|"))
    throw new EvaluationError("type", "an entropy is one of a distribution", span);
  refuseDataLaw(statesOf(args, open.scope), statesOf(rest, open.scope), expr);
  const density = densityOfStates(expr, open);
  return [density, density];
}

/** q(x_t | x_0) of H(x_t | x_0) and H_q(x_t | x_0). */
function densityOfStates(expr: CallExpr, { scope }: Open): CallExpr {
  const { index } = expr.head;
  const letter = index?.kind === "symbol" ? index.name : scope.names.letterOf("forwardDensity");
  if (letter === undefined) throw new EvaluationError("unsupported", "the density is not known", expr.span);
  return { ...expr, head: { kind: "symbol", name: letter, span: expr.span } };
}
