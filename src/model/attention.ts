import * as tf from "@tensorflow/tfjs-core";
import { InputError } from "../error.js";
import { dense } from "./dense.js";
import { groupNorm } from "./groupNorm.js";
import type { Layer } from "./layer.js";

/**
 * Self-attention over the pixels of an image, around which the input is added:
 * x + proj(softmax(q kᵀ / √D) v), with q, k, v of the normalised x. [B, H, W, C] → the same shape.
 * As `attn_block` of the DDPM code, with products of matrices in place of einsum, which has no gradient
 * in TensorFlow.js. Memory grows with heads·(H·W)². The projection starts at zero.
 * @param heads how many parts of D = C/heads channels attend on their own (Improved DDPM has 4, DDPM 1); divides C
 * @throws InputError if `heads` or `groups` does not divide the channels
 */
export function attention(name: string, channels: number, groups: number, heads = 1): Layer {
  if (channels % heads !== 0)
    throw new InputError(
      `heads = ${heads} for ${channels} channels in ${name}`,
      "a divisor of the number of channels",
      "Choose heads so that every width with attention is a multiple of it.",
    );
  const norm = groupNorm(`${name}.norm`, channels, groups);
  const query = dense(`${name}.query`, channels, channels);
  const key = dense(`${name}.key`, channels, channels);
  const value = dense(`${name}.value`, channels, channels);
  const projection = dense(`${name}.projection`, channels, channels, { zero: true });
  return {
    specs: [norm, query, key, value, projection].flatMap((layer) => layer.specs),
    apply: (params, x) => {
      const [batch = 0, height = 0, width = 0] = x.shape;
      const h = tf.reshape(norm.apply(params, x), [batch, height * width, channels]);
      const q = tf.mul(query.apply(params, h), 1 / Math.sqrt(channels / heads));
      const [k, v] = [key.apply(params, h), value.apply(params, h)];
      const split = (part: tf.Tensor): tf.Tensor => splitHeads(part, heads);
      // [B, HW, HW] or [B, heads, HW, HW]; rows sum to 1
      const weights = tf.softmax(tf.matMul(split(q), split(k), false, true));
      const mixed = joinHeads(tf.matMul(weights, split(v)));
      return tf.add(x, tf.reshape(projection.apply(params, mixed), x.shape));
    },
  };
}

/** [B, N, C] → [B, heads, N, C/heads]; one head is left as it is, which saves the transpositions. */
function splitHeads(x: tf.Tensor, heads: number): tf.Tensor {
  if (heads === 1) return x;
  const [batch = 0, pixels = 0, channels = 0] = x.shape;
  return tf.transpose(tf.reshape(x, [batch, pixels, heads, channels / heads]), [0, 2, 1, 3]);
}

/** The inverse of {@link splitHeads}. */
function joinHeads(x: tf.Tensor): tf.Tensor {
  if (x.rank === 3) return x;
  const [batch = 0, heads = 0, pixels = 0, width = 0] = x.shape;
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch, pixels, heads * width]);
}
