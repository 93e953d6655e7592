/** The whole bound of given images: one term after the other, then their sum. */
import { setImmediate } from "node:timers/promises";
import * as tf from "@tensorflow/tfjs-core";
import { createRandom, type Random } from "../random/random.js";
import { meanPerSample } from "../tensor/affine.js";
import { cutIntoChunks, readAll } from "./chunks.js";
import { type BoundOptions, priorBpd, vbTermsBpd } from "./elbo.js";
import { qSample } from "./forward.js";
import { normalTensor } from "./normals.js";
import { predictEpsFromXStart } from "./parameterization.js";
import type { Denoiser } from "./reverse.js";
import type { Schedule } from "./schedule.js";

export interface BpdOptions extends BoundOptions {
  /** The seed of the noise: one draw of x_t for each t, as in the reference code. */
  readonly seed: number;
  /** The most samples that the network sees at once; by default as many as have 131,072 numbers. */
  readonly chunk?: number;
}

/** One step of `calcBpdLoop`; every array has one entry per sample. */
export interface BpdStep {
  /** From T down to 1. */
  readonly t: number;
  /** L_{t−1} in bits per dimension: L_0, the reconstruction, at t = 1. */
  readonly vb: Float32Array;
  /** Mean over the coordinates of (x_0 − estimate of x_0)². */
  readonly xStartMse: Float32Array;
  /** Mean over the coordinates of (ε − ε_θ)². */
  readonly mse: Float32Array;
}

/** The bound in bits per dimension, averaged over the samples but for `perSample`. */
export interface Bpd {
  /** prior + denoising + reconstruction: an upper bound of −log₂ p(x_0) per dimension. */
  readonly total: number;
  /** L_T */
  readonly prior: number;
  /** L_1 + … + L_{T−1} */
  readonly denoising: number;
  /** L_0 */
  readonly reconstruction: number;
  /** Entry t is the term of step t, L_{t−1}; entry 0 is 0. Length T + 1. */
  readonly perStep: Float64Array;
  /** Entry t is the mean of (x_0 − its estimate from x_t)² over samples and coordinates; entry 0 is 0. */
  readonly xStartMse: Float64Array;
  /** Entry t is the mean of (ε − ε_θ(x_t, t))²; entry 0 is 0. */
  readonly mse: Float64Array;
  /** The total of each sample. */
  readonly perSample: Float64Array;
}

/**
 * The terms of the bound for t = T … 1, each at one draw of x_t. Holds no tensors between the yields.
 * @param xStart x_0 of shape [B, …]; stays the caller's
 * @throws InputError as `vbTermsBpd` does
 */
export async function* calcBpdLoop(
  schedule: Schedule,
  denoiser: Denoiser,
  xStart: tf.Tensor,
  options: BpdOptions,
): AsyncGenerator<BpdStep, void, void> {
  const random = createRandom(options.seed);
  for (let t = schedule.T; t >= 1; t -= 1) {
    const noise = random.fork("noise", t);
    const terms = tf.tidy(() =>
      cutIntoChunks(xStart, options.chunk).map((x) => termsAt(t, schedule, denoiser, x, options, noise)),
    );
    const read = async (name: keyof Terms): Promise<Float32Array> => readAll(terms.map((term) => term[name]));
    const step = { t, vb: await read("vb"), xStartMse: await read("xStartMse"), mse: await read("mse") };
    tf.dispose(terms);
    yield step;
    await setImmediate();
  }
}

/**
 * The bound of `xStart`: the sum over `calcBpdLoop` and the prior's term.
 * @throws InputError as `vbTermsBpd` does
 */
export async function calcBpd(
  schedule: Schedule,
  denoiser: Denoiser,
  xStart: tf.Tensor,
  options: BpdOptions,
): Promise<Bpd> {
  const priorTerms = priorBpd(schedule, xStart);
  const prior = await readAll([priorTerms]);
  priorTerms.dispose();
  const perSample = Float64Array.from(prior);
  const table = (): Float64Array => new Float64Array(schedule.T + 1);
  const [perStep, xStartMse, mse] = [table(), table(), table()];
  for await (const step of calcBpdLoop(schedule, denoiser, xStart, options)) {
    perStep[step.t] = mean(step.vb);
    xStartMse[step.t] = mean(step.xStartMse);
    mse[step.t] = mean(step.mse);
    step.vb.forEach((value, i) => (perSample[i] = (perSample[i] ?? 0) + value));
  }
  return {
    total: mean(perSample),
    prior: mean(prior),
    denoising: perStep.subarray(2).reduce((sum, value) => sum + value, 0),
    reconstruction: perStep[1] ?? NaN,
    perStep,
    xStartMse,
    mse,
    perSample,
  };
}

/** Per sample, each of shape [B]. A type, for TensorFlow.js takes no interface as a container of tensors. */
type Terms = Readonly<Record<"vb" | "xStartMse" | "mse", tf.Tensor>>;

function termsAt(
  t: number,
  schedule: Schedule,
  denoiser: Denoiser,
  xStart: tf.Tensor,
  options: BpdOptions,
  random: Random,
): Terms {
  return tf.tidy(() => {
    const noise = normalTensor(random, xStart.shape);
    const xt = qSample(schedule, xStart, t, noise);
    const vb = vbTermsBpd(schedule, denoiser, xStart, xt, t, options);
    const eps = predictEpsFromXStart(schedule, xt, t, vb.xStart);
    return { vb: vb.bpd, xStartMse: meanSquare(xStart, vb.xStart), mse: meanSquare(noise, eps) };
  });
}

function meanSquare(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return meanPerSample(tf.squaredDifference(a, b), 1);
}

function mean(values: Float32Array | Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
