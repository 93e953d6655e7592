import type { Real } from "../../expr/number.js";
import { scaleWave, subtractWaves, type Wave } from "../../probability/wave.js";
import { stateLaw } from "../world/law.js";
import { stateField, type Open } from "./field.js";

/** ε̄_t = (x_t - √ᾱ_t x_0) / √(1-ᾱ_t) */
export function accumulatedNoise(t: number, open: Open): readonly Wave[] {
  const { one } = open.scope.world.arithmetic;
  const kept = open.scope.world.alphaBar[t] ?? one;
  return standardized(t, 0, kept.sqrt(), one.minus(kept).sqrt(), open);
}

/** z_t = (x_t - √α_t x_{t-1}) / √β_t */
export function stepNoise(t: number, open: Open): readonly Wave[] {
  const { alpha, beta, arithmetic } = open.scope.world;
  return standardized(
    t,
    t - 1,
    (alpha[t] ?? arithmetic.one).sqrt(),
    (beta[t] ?? arithmetic.one).sqrt(),
    open,
  );
}

function standardized(t: number, s: number, kept: Real, spread: Real, open: Open): readonly Wave[] {
  const before = stateField(s, open);
  const { one } = open.scope.world.arithmetic;
  return stateField(t, open).map((part, i) =>
    scaleWave(subtractWaves(part, scaleWave(before[i] ?? [], kept)), one.div(spread)),
  );
}

/** μ̃_t at the given x_t and x_0. */
export function posteriorMean(
  t: number,
  xt: readonly Wave[],
  x0: readonly Wave[],
  open: Open,
): readonly Wave[] {
  return stateLaw(t - 1, [0, t], (s) => (s === 0 ? x0 : xt), open.scope.world).mean;
}
