/** The reverse process p(x_{t−1} | x_t) = N(μ_θ(x_t, t), σ_t² I) (Ho et al. 2020, Section 3.2). */
import * as tf from "@tensorflow/tfjs-core";
import { clip, combine, type Formula, type SameKind, type Samples, tidySamples } from "../tensor/affine.js";
import { InputError } from "../error.js";
import {
  type Prediction,
  predictXStartFromEps,
  predictXStartFromMean,
  predictXStartFromV,
} from "./parameterization.js";
import { posteriorMean } from "./posterior.js";
import type { Schedule } from "./schedule.js";
import { elementwiseWith, type PerElement } from "./perElement.js";
import { type CoefficientAt, lookupAt, type Timestep, timestepPerSample } from "./timestep.js";
import {
  fixedVarianceTables,
  type FixedVariance,
  isLearned,
  learnedLogVariance,
  splitOutput,
  type VarianceKind,
} from "./variance.js";

/**
 * A network, or anything that stands for one: x_t of shape [B, …] and one t per sample (of length 1
 * where samples are a number or a typed array with one t) to an output of the shape of x_t. Where the
 * variance is learned, a tensor's last axis is twice as long, first the prediction, then v; an array is twice as
 * long, first all predictions, then all v.
 */
export type Denoiser<S extends Samples = tf.Tensor> = (xt: S, t: Int32Array) => S;

/** How a network's output becomes a Gaussian. */
export interface ReverseOptions {
  /** What the network's output means; "eps" by default. */
  readonly predicts?: Prediction;
  /** σ_t² = β̃_t ("fixedSmall", the default), β_t ("fixedLarge"), or what the network says. */
  readonly variance?: VarianceKind;
  /**
   * Moves the estimate of x_0 into [−1, 1] before the mean is taken from it: for images. `false` by
   * default, which is Algorithm 2 as printed. A predicted mean itself is never changed.
   */
  readonly clipDenoised?: boolean;
}

/** p(x_{t−1} | x_t); a fixed variance is one number per step, a learned one has a number for each element. */
export interface ReverseMeanVariance<
  S extends Samples,
  T extends Timestep = Timestep,
  Variance = CoefficientAt<T>,
> {
  readonly mean: SameKind<S>;
  readonly variance: Variance;
  readonly logVariance: Variance;
  /** The estimate of x_0 that the mean was made from. */
  readonly xStart: SameKind<S>;
}

/** Options that leave the variance fixed, so that it is a number per step. */
export type FixedReverseOptions = ReverseOptions & { readonly variance?: FixedVariance };

/**
 * Mean and variance of p(x_{t−1} | x_t), and the estimate of x_0 behind them. `logVariance` is finite
 * at t = 1 for both fixed variances (log β̃_2); `variance` is β̃_1 = 0 there for "fixedSmall".
 * @param xt samples of shape [B, …]
 * @param t from 1 to T
 * @throws InputError if t is not such a step, an option is unknown, or the denoiser returns another shape
 */
export function pMeanVariance<S extends Samples, T extends Timestep = Timestep>(
  schedule: Schedule,
  denoiser: Denoiser<S>,
  xt: S,
  t: T,
  options?: FixedReverseOptions,
): ReverseMeanVariance<S, T>;
export function pMeanVariance<S extends Samples, T extends Timestep = Timestep>(
  schedule: Schedule,
  denoiser: Denoiser<S>,
  xt: S,
  t: T,
  options?: ReverseOptions,
): ReverseMeanVariance<S, T, PerElement<S>>;
export function pMeanVariance(
  schedule: Schedule,
  denoiser: Denoiser<Samples>,
  xt: Samples,
  t: Timestep,
  options: ReverseOptions = {},
): ReverseMeanVariance<Samples, Timestep, PerElement<Samples>> {
  const at = lookupAt(schedule, t, { xt });
  const { variance: kind = "fixedSmall" } = options;
  if (!isLearned(kind)) {
    const tables = fixedVarianceTables(schedule, kind);
    const output = (): Samples => denoiser(xt, timestepPerSample(t, xt));
    return {
      ...tidySamples(() => meanAndXStart(schedule, output(), xt, t, options)),
      variance: at(tables.variance),
      logVariance: at(tables.logVariance),
    };
  }
  return tidySamples(() => {
    const [prediction, v] = splitOutput(denoiser(xt, timestepPerSample(t, xt)), xt);
    const logVariance = learnedLogVariance(schedule, v, t, kind);
    const variance = elementwiseWith<Samples>({ logVariance }, {}, EXP);
    return { ...meanAndXStart(schedule, prediction, xt, t, options), variance, logVariance };
  });
}

const EXP: Formula = {
  float64: ([x = NaN]) => Math.exp(x),
  tensor: ([x]) => tf.exp(x as tf.Tensor),
};

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
  // β̃_t vanishes at t = 1 alone, and there no noise is added, whatever the variance.
  const present = at((posterior) => (posterior === 0 ? 0 : 1), schedule.posteriorVariance);
  return tidySamples(() => {
    const { mean, variance, xStart } = pMeanVariance(schedule, denoiser, xt, t, options);
    return { sample: elementwiseWith<Samples>({ mean, noise }, { variance, present }, ADD_NOISE), xStart };
  }) as { sample: SameKind<S>; xStart: SameKind<S> };
}

/** mean + σ z where noise is present. */
const ADD_NOISE: Formula = {
  float64: ([mean = NaN, noise = NaN], [variance = NaN, present = NaN]) =>
    mean + present * Math.sqrt(variance) * noise,
  tensor: ([mean, noise], [variance = NaN, present = NaN]) =>
    tf.add(mean as tf.Tensor, tf.mul(noise as tf.Tensor, tf.mul(tf.sqrt(variance), present))),
};

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
