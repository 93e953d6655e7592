import type { Span, SymbolExpr } from "../../expr/expr.js";
import type { Real } from "../../expr/number.js";
import type { Network } from "../world/network.js";
import { EvaluationError } from "./error.js";
import type { Scope } from "./scope.js";
import { varianceOf } from "./value.js";

/** The network of the scope, given a condition; where marginal densities are needed it is affine. */
export const networkOf = ({ network, setting }: Scope, condition = ""): Network => ({
  variant: condition === "" ? String(network) : `${network}|${condition}`,
  affine: setting !== undefined && setting !== "curved",
});

/**
 * σ_t² of the model, Σ_θ = σ_t² I: as the text defined σ_t, or else any positive number. It is looked up
 * beside the statement, which does not mention σ_t: what holds, holds for all of them.
 */
export function modelVariance(t: number, span: Span, scope: Scope): Real {
  const index = { kind: "number", text: String(t), span } as const;
  const sigma: SymbolExpr = { kind: "symbol", name: "\\sigma", index, span };
  scope.trace.model = true;
  const value = scope.evaluate(sigma, { ...scope, trace: scope.trace.beside() });
  const deviation = varianceOf(value, scope.world.arithmetic);
  if (deviation === undefined) throw new EvaluationError("type", "σ_t of the model is no number", span);
  // σ_t² = β̃_t leaves no variance at t = 1, where p_θ(x_0 | x_1) must have some: it has a σ_1 of its own.
  const positive = deviation.isZero()
    ? scope.world.arithmetic.real(scope.world.draw.free("decoder", "positive"))
    : deviation;
  return positive.times(positive);
}
