import * as tf from "@tensorflow/tfjs-core";
import { dense } from "./dense.js";
import { groupNorm } from "./groupNorm.js";
import type { Layer } from "./layer.js";

/**
 * Self-attention over the pixels of an image with one head, around which the input is added:
 * x + proj(softmax(q kᵀ / √C) v), with q, k, v of the normalised x. [B, H, W, C] → the same shape.
 * As `attn_block` of the DDPM code, with products of matrices in place of einsum, which has no gradient
 * in TensorFlow.js. Memory grows with (H·W)².
 */
export function attention(name: string, channels: number, groups: number): Layer {
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
      const q = tf.mul(query.apply(params, h), 1 / Math.sqrt(channels));
      const weights = tf.softmax(tf.matMul(q, key.apply(params, h), false, true)); // [B, HW, HW], rows sum to 1
      const mixed = projection.apply(params, tf.matMul(weights, value.apply(params, h)));
      return tf.add(x, tf.reshape(mixed, x.shape));
    },
  };
}
