/**
 * The denoiser that no network can beat: the exact E[ε | x_t] of data whose law is a mixture of
 * Gaussians. It tests samplers and bounds without any training. By Tweedie's formula
 * E[ε | x_t] = −√(1 − ᾱ_t) ∇ log q(x_t), and q(x_t) is again a mixture, known in closed form.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Denoiser } from "../diffusion/reverse.js";
import type { Schedule } from "../diffusion/schedule.js";
import { checkTimestep } from "../diffusion/timestep.js";
import { InputError } from "../error.js";
import { batchSize } from "../tensor/affine.js";

/** K components in d dimensions with independent coordinates, e.g. a mixture of `data/mixture.ts`. */
export interface MixtureLaw {
  /** K weights that sum to 1. */
  readonly weights: readonly number[];
  /** K means of length d. */
  readonly means: readonly (readonly number[])[];
  /** K lists of d variances; 0 everywhere makes the law that of a finite data set. */
  readonly variances: readonly (readonly number[])[];
}

/**
 * Makes the denoiser, which predicts ε. It takes x_t of shape [B, …] with d numbers per sample and
 * one t from 1 to T for each sample, and needs memory for B·K·d numbers.
 * @throws InputError (the denoiser) if a sample does not have d numbers or t does not fit
 */
export function idealDenoiser(schedule: Schedule, law: MixtureLaw): Denoiser {
  const components = law.weights.length;
  const dimension = law.means[0]?.length ?? 0;
  const constant = (rows: readonly (readonly number[])[]): tf.Tensor =>
    tf.tensor(Float32Array.from(rows.flat()), [1, components, dimension]);

  return (xt, t) => {
    checkTimestep(schedule, t, { xt });
    checkDimension(xt, dimension);
    const perSample = (table: Float64Array): tf.Tensor =>
      tf.tensor(
        Float32Array.from(t, (step) => table[step] ?? NaN),
        [t.length, 1, 1],
      );
    return tf.tidy(() => {
      const x = tf.reshape(xt, [t.length, 1, dimension]);
      const noise = perSample(schedule.oneMinusAlphaBar); // [B, 1, 1]
      const variance = tf.add(tf.mul(perSample(schedule.alphaBar), constant(law.variances)), noise); // [B, K, d]
      const difference = tf.sub(x, tf.mul(perSample(schedule.sqrtAlphaBar), constant(law.means))); // [B, K, d]
      const square = tf.div(tf.square(difference), variance);
      const logWeight = tf.tensor(Float32Array.from(law.weights, Math.log), [1, components]);
      const logTerm = tf.sub(logWeight, tf.mul(0.5, tf.sum(tf.add(square, tf.log(variance)), 2))); // [B, K]
      const responsibility = tf.expandDims(tf.softmax(logTerm), 2); // [B, K, 1]
      const minusScore = tf.sum(tf.mul(responsibility, tf.div(difference, variance)), 1); // [B, d]
      return tf.reshape(tf.mul(tf.squeeze(tf.sqrt(noise), [2]), minusScore), xt.shape);
    });
  };
}

function checkDimension(xt: tf.Tensor, dimension: number): void {
  const size = xt.size / (batchSize(xt) ?? 1);
  if (size === dimension) return;
  throw new InputError(
    `xt of shape [${xt.shape.join(", ")}] has ${size} numbers per sample`,
    `the dimension of the law, ${dimension}`,
    "Give samples of the law that the denoiser was made for.",
  );
}
