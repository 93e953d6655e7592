import * as tf from "@tensorflow/tfjs-core";
import type { Random } from "../random/random.js";
import type { MaskSpec, Params } from "./layer.js";
import { sizeOf } from "./params.js";

/**
 * Drops the elements of x where `mask` is 0 and enlarges the others by 1/(1 − rate), so that the mean stays
 * (Srivastava et al., 2014, "inverted"). Without a mask, as in sampling, x is left as it is.
 * @param mask zeros and ones of the shape of x, of any type
 */
export function dropout(x: tf.Tensor, mask: tf.Tensor | undefined, rate: number): tf.Tensor {
  return mask === undefined ? x : tf.mul(x, tf.mul(tf.cast(mask, "float32"), 1 / (1 - rate)));
}

/**
 * Draws the masks of one step of training, as booleans: a byte for each element. Each has its own stream, named after
 * it. They are drawn here and not by the backend, so that a step is a pure function of its inputs and the same on
 * every backend.
 * @param masks `model.masks`
 * @param batch the number of samples, B
 * @returns by name, each of shape [B, ...shape]; the caller disposes them
 */
export function drawMasks(masks: readonly MaskSpec[], batch: number, random: Random): Params {
  return Object.fromEntries(
    masks.map(({ name, shape, rate }) => {
      const { uniform } = random.fork(name);
      const kept = new Uint8Array(batch * sizeOf(shape));
      for (let i = 0; i < kept.length; i += 1) kept[i] = uniform() < rate ? 0 : 1;
      return [name, tf.tensor(kept, [batch, ...shape], "bool")];
    }),
  );
}
