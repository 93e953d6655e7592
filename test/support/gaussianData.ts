import { type Denoiser, pMeanVariance } from "../../src/diffusion/reverse.js";
import type { Schedule } from "../../src/diffusion/schedule.js";
import { at } from "./numbers.js";

/** Data of the law N(mean, variance) on a line, whose best denoiser is known and linear. */
export interface GaussianData {
  readonly mean: number;
  readonly variance: number;
}

/** E[ε | x_t] by regression: Cov(ε, x_t)/Var(x_t) · (x_t − E x_t). */
export function gaussianDenoiser(schedule: Schedule, { mean, variance }: GaussianData): Denoiser<number> {
  return (xt, t) => {
    const bar = at(schedule.alphaBar, at(t, 0));
    return (Math.sqrt(1 - bar) / (bar * variance + 1 - bar)) * (xt - Math.sqrt(bar) * mean);
  };
}

/** Var(x_0 | x_t), the same for every x_t. */
export function remainingVariance(schedule: Schedule, t: number, { variance }: GaussianData): number {
  const bar = at(schedule.alphaBar, t);
  return (variance * (1 - bar)) / (bar * variance + 1 - bar);
}

/**
 * Mean and variance of what Algorithm 2 makes of pure noise with the best denoiser: that is linear,
 * so is every step, and the moments follow from step to step without sampling.
 */
export function chainMoments(schedule: Schedule, data: GaussianData): GaussianData {
  const denoiser = gaussianDenoiser(schedule, data);
  let [mean, variance] = [0, 1];
  for (let t = schedule.T; t >= 1; t -= 1) {
    const [ofZero, ofOne] = [0, 1].map((x) => pMeanVariance(schedule, denoiser, x, t));
    if (ofZero === undefined || ofOne === undefined) throw new Error("two steps");
    const slope = ofOne.mean - ofZero.mean;
    mean = ofZero.mean + slope * mean;
    variance = slope ** 2 * variance + ofZero.variance;
  }
  return { mean, variance };
}
