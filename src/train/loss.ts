/** The training objective L_simple of Ho et al. (2020), Eq. 14, for any function of x_t and t. */
import * as tf from "@tensorflow/tfjs-core";
import type { Prediction } from "../diffusion/parameterization.js";
import type { Schedule } from "../diffusion/schedule.js";
import { createObjective, type Draw } from "./objective.js";

export type { Draw } from "./objective.js";

/**
 * The mean over batch and coordinates of (target − network(x_t, t))², with x_t = √ᾱ_t x_0 + √(1 − ᾱ_t) ε.
 * `createObjective` has the other objectives, and the form that a step of training is traced from.
 * @param predicts what the network predicts: the noise ε unless told otherwise
 * @returns a scalar that gradients can be taken of
 */
export function simpleLoss(
  schedule: Schedule,
  denoiser: (xt: tf.Tensor, t: Int32Array) => tf.Tensor,
  draw: Draw,
  predicts: Prediction = "eps",
): tf.Scalar {
  const shape = draw.xStart.shape.slice(1);
  const model = {
    shape,
    outputShape: shape,
    masks: [],
    apply: (_: unknown, xt: tf.Tensor) => denoiser(xt, draw.t),
  };
  const objective = createObjective(model, schedule, { predicts });
  return tf.tidy(() => objective.loss({}, objective.inputs(draw)));
}
