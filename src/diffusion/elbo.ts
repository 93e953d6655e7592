/**
 * The terms of the variational bound L = L_T + Σ L_{t−1} + L_0 (Ho et al. 2020, Eq. 5), in bits per
 * dimension: nats, averaged over the coordinates of a sample, over ln 2.
 */
import * as tf from "@tensorflow/tfjs-core";
import { InputError } from "../error.js";
import {
  combine,
  meanPerSample,
  type PerSample,
  type SameKind,
  type Samples,
  tidySamples,
} from "../tensor/affine.js";
import { qMeanVariance } from "./forward.js";
import { normalKl } from "./kl.js";
import { discretizedGaussianLogLikelihood } from "./likelihood.js";
import { qPosteriorMeanVariance } from "./posterior.js";
import { type Denoiser, pMeanVariance, type ReverseOptions } from "./reverse.js";
import { elementwiseWith, type PerElement } from "./perElement.js";
import type { Schedule } from "./schedule.js";
import { type CoefficientAt, lookupAt, type Timestep } from "./timestep.js";

export interface BoundOptions extends ReverseOptions {
  /**
   * What L_0 is: "discretized" (default), the probability of one of 256 grey levels in [−1, 1], or
   * "density", the density of real-valued data, whose bits per dimension may be negative.
   */
  readonly decoder?: "discretized" | "density";
}

/**
 * One term of the bound for each sample: L_0 = −log p(x_0 | x_1) at t = 1, else
 * L_{t−1} = KL(q(x_{t−1} | x_t, x_0) ‖ p(x_{t−1} | x_t)).
 * @param xStart x_0, samples of shape [B, …]
 * @param xt a draw of q(x_t | x_0), of the kind and shape of xStart
 * @param t from 1 to T
 * @returns `bpd` for each sample and the estimate of x_0
 * @throws InputError if t is not such a step, or shapes do not fit
 */
export function vbTermsBpd<S extends Samples>(
  schedule: Schedule,
  denoiser: Denoiser<S>,
  xStart: S,
  xt: S,
  t: Timestep,
  options: BoundOptions = {},
): { readonly bpd: PerSample<S>; readonly xStart: SameKind<S> } {
  const at = lookupAt(schedule, t, { xStart });
  return tidySamples(() => {
    const p = pMeanVariance(schedule, denoiser, xt, t, options);
    const q = qPosteriorMeanVariance<Samples>(schedule, xStart, xt, t);
    const kl = normalKl<Samples>(q.mean, q.logVariance, p.mean, p.logVariance);
    const nll = decoderNll(xStart, p.mean, p.logVariance, options);
    const isFirst = at((posterior) => (posterior === 0 ? 1 : 0), schedule.posteriorVariance);
    const isLater = at((posterior) => (posterior === 0 ? 0 : 1), schedule.posteriorVariance);
    const nats = combine<Samples>({ nll: [isFirst, nll], kl: [isLater, kl] });
    return { bpd: bitsPerDim(nats, t), xStart: p.xStart };
  }) as { bpd: PerSample<S>; xStart: SameKind<S> };
}

/**
 * L_T = KL(q(x_T | x_0) ‖ N(0, I)) for each sample, in bits per dimension.
 * @throws InputError if xStart is not a kind of samples
 */
export function priorBpd<S extends Samples>(schedule: Schedule, xStart: S): PerSample<S> {
  return tidySamples(() => {
    const { mean, logVariance } = qMeanVariance<Samples>(schedule, xStart, schedule.T);
    const origin = combine<Samples>({ mean: [0, mean] });
    return bitsPerDim(normalKl<Samples>(mean, logVariance, origin, 0), schedule.T);
  }) as PerSample<S>;
}

/**
 * The weight of ‖ε − ε_θ‖² in L_{t−1}: β_t² / (2 σ_t² α_t (1 − ᾱ_t)) (Ho et al. 2020, Eq. 12).
 * @param variance σ_t² = β̃_t (t ≥ 2, there is no β̃_1 to divide by) or β_t
 * @throws InputError if t is outside 1 … T, or 1 with "fixedSmall"
 */
export function epsLossWeight<T extends Timestep>(
  schedule: Schedule,
  t: T,
  variance: "fixedSmall" | "fixedLarge" = "fixedSmall",
): CoefficientAt<T> {
  const at = lookupAt(schedule, t, {});
  if (variance === "fixedSmall" && (typeof t === "number" ? t === 1 : t.includes(1))) {
    throw new InputError(
      `t = 1 with variance "fixedSmall"`,
      "t from 2, as the weight divides by the posterior variance, which is zero at t = 1",
      `Start at t = 2, or choose "fixedLarge".`,
    );
  }
  return at(
    (beta, sigma2, alpha, noise) => beta ** 2 / (2 * sigma2 * alpha * noise),
    schedule.beta,
    variance === "fixedSmall" ? schedule.posteriorVariance : schedule.beta,
    schedule.alpha,
    schedule.oneMinusAlphaBar,
  );
}

function bitsPerDim(nats: Samples, t: Timestep): PerSample<Samples> {
  return meanPerSample<Samples>(combine<Samples>({ nats: [1 / Math.LN2, nats] }), lengthOf(t));
}

function lengthOf(t: Timestep): number {
  return typeof t === "number" ? 1 : t.length;
}

/**
 * −log p(x_0 | x_1) in nats, for each coordinate, p being N(means, e^logVariance) over grey levels or as a density.
 * @throws InputError if there is no such decoder, or shapes do not fit
 */
export function decoderNll(
  xStart: Samples,
  means: Samples,
  logVariance: PerElement<Samples>,
  { decoder = "discretized" }: Pick<BoundOptions, "decoder">,
): Samples {
  switch (decoder) {
    case "density":
      return gaussianNll(xStart, means, logVariance);
    case "discretized":
      return combine<Samples>({
        logLikelihood: [
          -1,
          discretizedGaussianLogLikelihood<Samples>(xStart, { means, logScales: half(logVariance) }),
        ],
      });
    default:
      throw new InputError(
        `decoder = ${String(decoder)}`,
        `"discretized" or "density"`,
        "Leave it out for images of 256 grey levels.",
      );
  }
}

function half(logVariance: PerElement<Samples>): PerElement<Samples> {
  if (typeof logVariance === "number") return logVariance / 2;
  return logVariance instanceof tf.Tensor ? tf.mul(logVariance, 0.5) : logVariance.map((l) => l / 2);
}

function gaussianNll(xStart: Samples, means: Samples, logVariance: PerElement<Samples>): Samples {
  return elementwiseWith<Samples>(
    { xStart, means },
    { logVariance },
    {
      float64: ([x = NaN, m = NaN], [l = NaN]) =>
        0.5 * (Math.log(2 * Math.PI) + l + (x - m) ** 2 * Math.exp(-l)),
      tensor: ([x, m], [l = NaN]) => {
        const square = tf.mul(tf.squaredDifference(x as tf.Tensor, m as tf.Tensor), tf.exp(tf.neg(l)));
        return tf.mul(0.5, tf.add(tf.add(square, l), Math.log(2 * Math.PI)));
      },
    },
  );
}
