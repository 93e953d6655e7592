import { types } from "node:util";
import * as tf from "@tensorflow/tfjs-core";
import { dense } from "./dense.js";
import type { Layer } from "./layer.js";
import { silu } from "./silu.js";

/** The timesteps of a batch, t = 1..T as in the paper; fractions are allowed. */
export type Timesteps = Int32Array | tf.Tensor1D;

/**
 * Sinusoidal features of t (Vaswani et al., 2017, section 3.5, in the order of the DDPM code): `size`/2 sines,
 * then `size`/2 cosines, of t·10000^(−i / (size/2 − 1)). [B] → [B, size]; `size` even and at least 4.
 */
export function timestepFeatures(t: Timesteps, size: number): tf.Tensor2D {
  return tf.tidy(() => {
    const half = size / 2;
    const step = Math.log(10_000) / (half - 1);
    const frequencies = Float32Array.from({ length: half }, (_, i) => Math.exp(-step * i));
    const times = tf.reshape(tf.cast(types.isInt32Array(t) ? tf.tensor1d(t) : t, "float32"), [-1, 1]);
    const angles = tf.mul(times, tf.tensor2d(frequencies, [1, half]));
    return tf.concat2d([tf.sin(angles), tf.cos(angles)] as tf.Tensor2D[], 1);
  });
}

/** Features of t [B, inputs] → embedding [B, outputs]: dense, SiLU, dense. */
export function timeEmbedding(name: string, inputs: number, outputs: number): Layer {
  const first = dense(`${name}.dense1`, inputs, outputs);
  const second = dense(`${name}.dense2`, outputs, outputs);
  return {
    specs: [...first.specs, ...second.specs],
    apply: (params, features) => second.apply(params, silu(first.apply(params, features))),
  };
}
