/** The reverse process p(x_{t−1} | x_t) = N(μ_θ(x_t, t), σ_t² I) (Ho et al. 2020, Section 3.2). */
import type * as tf from "@tensorflow/tfjs-core";
import { clip, combine, type SameKind, type Samples, tidySamples } from "../tensor/affine.js";
import { InputError } from "../error.js";
import type { MeanVariance } from "./forward.js";
import {
  type Prediction,
  predictXStartFromEps,
  predictXStartFromMean,
  predictXStartFromV,
} from "./parameterization.js";
import { posteriorMean } from "./posterior.js";
import type { Schedule } from "./schedule.js";
import { lookupAt, type Timestep, timestepPerSample } from "./timestep.js";

/**
 * A network, or anything that stands for one: x_t of shape [B, …] and one t per sample (of length 1
 * where samples are a number or a typed array with one t) to an output of the shape of x_t.
 */
export type Denoiser<S extends Samples = tf.Tensor> = (xt: S, t: Int32Array) => S;

/** How a network's output becomes a Gaussian. */
export interface ReverseOptions {
  /** What the network's output means; "eps" by default. */
  readonly predicts?: Prediction;
  /** σ_t² = β̃_t ("fixedSmall", the default) or β_t ("fixedLarge"). */
  readonly variance?: "fixedSmall" | "fixedLarge";
  /**
   * Moves the estimate of x_0 into [−1, 1] before the mean is taken from it: for images. `false` by
   * default, which is Algorithm 2 as printed. A predicted mean itself is never changed.
   */
  readonly clipDenoised?: boolean;
}

export interface ReverseMeanVariance<S extends Samples, T extends Timestep = Timestep> extends MeanVariance<
  S,
  T
> {
  /** The estimate of x_0 that the mean was made from. */
  readonly xStart: SameKind<S>;
}

/**
 * Mean and variance of p(x_{t−1} | x_t), and the estimate of x_0 behind them. `logVariance` is finite
 * at t = 1 for both kinds of variance (log β̃_2); `variance` is β̃_1 = 0 there for "fixedSmall".
 * @param xt samples of shape [B, …]
 * @param t from 1 to T
 * @throws InputError if t is not such a step, an option is unknown, or the denoiser returns another shape
 */
export function pMeanVariance<S extends Samples, T extends Timestep = Timestep>(
  schedule: Schedule,
  denoiser: Denoiser<S>,
  xt: S,
  t: T,
  options: ReverseOptions = {},
): ReverseMeanVariance<S, T> {
  const at = lookupAt(schedule, t, { xt });
  const large = isLarge(options);
  return {
    ...(tidySamples(() =>
      meanAndXStart(schedule, denoiser(xt, timestepPerSample(t, xt)), xt, t, options),
    ) as {
      mean: SameKind<S>;
      xStart: SameKind<S>;
    }),
    variance: at(large ? schedule.fixedLargeVariance : schedule.posteriorVariance),
    logVariance: large ? at(Math.log, schedule.fixedLargeVariance) : at(schedule.posteriorLogVarianceClipped),
  };
}

/**
 * One step of Algorithm 2: x_{t−1} = μ_θ(x_t, t) + σ_t z, without the noise at t = 1.
 * @param noise z ~ N(0, I), of the kind and shape of xt
 * @returns `sample`, which is x_{t−1}, and the estimate of x_0 it was made from
 * @throws InputError as `pMeanVariance` does
 */
export function pSample<S extends Samples>(
  schedule: Schedule,
  denoiser: Denoiser<S>,
  xt: S,
  t: Timestep,
  noise: S,
  options: ReverseOptions = {},
): { readonly sample: SameKind<S>; readonly xStart: SameKind<S> } {
  const at = lookupAt(schedule, t, { xt });
  const variance = isLarge(options) ? schedule.fixedLargeVariance : schedule.posteriorVariance;
  // β̃_t vanishes at t = 1 alone, and there no noise is added, whatever the variance.
  const scale = at(
    (v, posterior) => (posterior === 0 ? 0 : Math.sqrt(v)),
    variance,
    schedule.posteriorVariance,
  );
  return tidySamples(() => {
    const { mean, xStart } = pMeanVariance(schedule, denoiser, xt, t, options);
    return { sample: combine<Samples>({ mean: [1, mean], noise: [scale, noise] }), xStart };
  }) as { sample: SameKind<S>; xStart: SameKind<S> };
}

function meanAndXStart(
  schedule: Schedule,
  output: Samples,
  xt: Samples,
  t: Timestep,
  options: ReverseOptions,
): { mean: Samples; xStart: Samples } {
  const { predicts = "eps", clipDenoised = false } = options;
  const estimate = xStartFrom(predicts, schedule, xt, t, output);
  const xStart = clipDenoised ? clip(estimate, -1, 1) : estimate;
  return { mean: predicts === "mean" ? output : posteriorMean(schedule, xStart, xt, t), xStart };
}

function xStartFrom(
  predicts: Prediction,
  schedule: Schedule,
  xt: Samples,
  t: Timestep,
  output: Samples,
): Samples {
  switch (predicts) {
    case "eps":
      return predictXStartFromEps<Samples>(schedule, xt, t, output);
    case "v":
      return predictXStartFromV<Samples>(schedule, xt, t, output);
    case "mean":
      return predictXStartFromMean<Samples>(schedule, xt, t, output);
    case "xStart":
      // The zero term checks the shape of the output like that of the other predictions.
      return combine<Samples>({ xt: [0, xt], xStart: [1, output] });
    default:
      throw new InputError(
        `predicts = ${String(predicts)}`,
        `"eps", "xStart", "v" or "mean"`,
        "Say what the network was trained to predict.",
      );
  }
}

function isLarge({ variance = "fixedSmall" }: ReverseOptions): boolean {
  switch (variance) {
    case "fixedSmall":
      return false;
    case "fixedLarge":
      return true;
    default:
      throw new InputError(
        `variance = ${String(variance)}`,
        `"fixedSmall" or "fixedLarge"`,
        "Leave it out to get fixedSmall.",
      );
  }
}
