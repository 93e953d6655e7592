/** Data on a line whose law is a mixture of Gaussians, in double precision: all that the process does to them is known. */
import type { Denoiser } from "../../src/diffusion/reverse.js";
import type { Schedule } from "../../src/diffusion/schedule.js";
import { at } from "./numbers.js";
import { normalDensity } from "./quadrature.js";

export interface LineMixture {
  readonly weights: readonly number[];
  readonly means: readonly number[];
  readonly variances: readonly number[];
}

/** The density of x_t. */
export function mixtureDensity(law: LineMixture, schedule: Schedule, t: number, x: number): number {
  const bar = at(schedule.alphaBar, t);
  return law.weights.reduce(
    (sum, weight, k) =>
      sum +
      weight * normalDensity(x, Math.sqrt(bar) * at(law.means, k), bar * at(law.variances, k) + 1 - bar),
    0,
  );
}

/** E[x_0 | x_t] and Var(x_0 | x_t), from what each component says, weighed by how likely it made x_t. */
export function mixturePosterior(
  law: LineMixture,
  schedule: Schedule,
  t: number,
  x: number,
): { readonly mean: number; readonly variance: number } {
  const bar = at(schedule.alphaBar, t);
  const noise = at(schedule.oneMinusAlphaBar, t);
  const parts = law.weights.map((weight, k) => {
    const [m, s2] = [at(law.means, k), at(law.variances, k)];
    const spread = bar * s2 + noise;
    return {
      share: weight * normalDensity(x, Math.sqrt(bar) * m, spread),
      mean: m + ((Math.sqrt(bar) * s2) / spread) * (x - Math.sqrt(bar) * m),
      variance: (s2 * noise) / spread,
    };
  });
  const total = parts.reduce((sum, { share }) => sum + share, 0);
  const average = (f: (part: (typeof parts)[number]) => number): number =>
    parts.reduce((sum, part) => sum + (part.share / total) * f(part), 0);
  const mean = average((part) => part.mean);
  return { mean, variance: average((part) => part.variance + (part.mean - mean) ** 2) };
}

/**
 * The best denoiser with the exact variance of q(x_{t−1} | x_t), for arrays: first the noise E[ε | x_t], then
 * log Var(x_{t−1} | x_t), for the variance "learned".
 */
export function exactReverse(law: LineMixture, schedule: Schedule): Denoiser<Float64Array> {
  return (xt, t) => {
    const step = (i: number): number => at(t, Math.floor((i * t.length) / xt.length));
    const posterior = Array.from(xt, (x, i) => mixturePosterior(law, schedule, step(i), x));
    const noise = Array.from(xt, (x, i) => {
      const bar = at(schedule.alphaBar, step(i));
      return (
        (x - Math.sqrt(bar) * at([posterior[i]?.mean ?? NaN], 0)) /
        Math.sqrt(at(schedule.oneMinusAlphaBar, step(i)))
      );
    });
    const logVariance = posterior.map(({ variance }, i) => {
      const c0 = at(schedule.posteriorMeanCoefXStart, step(i));
      return Math.log(at(schedule.posteriorVariance, step(i)) + c0 ** 2 * variance);
    });
    return Float64Array.of(...noise, ...logVariance);
  };
}
