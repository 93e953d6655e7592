/** The training objective L_simple of Ho et al. (2020), Eq. 14, for every quantity a network may predict. */
import * as tf from "@tensorflow/tfjs-core";
import { qSample } from "../diffusion/forward.js";
import { predictV, type Prediction } from "../diffusion/parameterization.js";
import { posteriorMean } from "../diffusion/posterior.js";
import type { Schedule } from "../diffusion/schedule.js";

/** What one step of Algorithm 1 draws: data x_0 [B, …], timesteps t [B] in 1..T, noise ε like x_0. */
export interface Draw {
  readonly xStart: tf.Tensor;
  readonly t: Int32Array;
  readonly noise: tf.Tensor;
}

/** What the network is given and what it should answer, both made of tensors alone: a pure function computes the loss from them. */
export interface LossInputs {
  /** x_t [B, …]. */
  readonly xt: tf.Tensor;
  /** Timesteps [B], 1..T. */
  readonly t: tf.Tensor1D;
  /** Like x_t. */
  readonly target: tf.Tensor;
}

/** x_t = √ᾱ_t x_0 + √(1 − ᾱ_t) ε and the target of the network for a draw. The caller disposes them. */
export function lossInputs(schedule: Schedule, draw: Draw, predicts: Prediction = "eps"): LossInputs {
  return tf.tidy(() => {
    const xt = qSample(schedule, draw.xStart, draw.t, draw.noise);
    const target = lossTarget(schedule, draw, xt, predicts).clone();
    return { xt, t: tf.tensor1d(draw.t, "int32"), target };
  });
}

/** The mean over batch and coordinates of (target − network(x_t, t))², a scalar that gradients can be taken of. */
export function squaredError(
  denoiser: (xt: tf.Tensor, t: tf.Tensor1D) => tf.Tensor,
  { xt, t, target }: LossInputs,
): tf.Scalar {
  return tf.tidy(() => tf.mean(tf.square(tf.sub(target, denoiser(xt, t)))));
}

/**
 * The mean over batch and coordinates of (target − network(x_t, t))², with x_t = √ᾱ_t x_0 + √(1 − ᾱ_t) ε.
 * @param predicts what the network predicts: the noise ε unless told otherwise
 * @returns a scalar that gradients can be taken of
 */
export function simpleLoss(
  schedule: Schedule,
  denoiser: (xt: tf.Tensor, t: Int32Array) => tf.Tensor,
  draw: Draw,
  predicts: Prediction = "eps",
): tf.Scalar {
  return tf.tidy(() => {
    const inputs = lossInputs(schedule, draw, predicts);
    return squaredError((xt) => denoiser(xt, draw.t), inputs);
  });
}

function lossTarget(schedule: Schedule, draw: Draw, xt: tf.Tensor, predicts: Prediction): tf.Tensor {
  const { xStart, t, noise } = draw;
  switch (predicts) {
    case "eps":
      return noise;
    case "xStart":
      return xStart;
    case "v":
      return predictV(schedule, xStart, t, noise);
    case "mean":
      return posteriorMean(schedule, xStart, xt, t);
  }
}
