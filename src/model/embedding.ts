import { types } from "node:util";
import * as tf from "@tensorflow/tfjs-core";
import { dense } from "./dense.js";
import type { Layer } from "./layer.js";
import { silu } from "./silu.js";

/** The timesteps of a batch, t = 1..T as in the paper; fractions are allowed. */
export type Timesteps = Int32Array | tf.Tensor1D;

/** How t becomes features; what is left out is as in the DDPM code. */
export interface TimeFeatures {
  /**
   * "sinCos": `size`/2 sines, then as many cosines, of t·10000^(−i / (size/2 − 1)), as in the DDPM code; "cosSin": the
   * cosines first, of t·10000^(−i / (size/2)), as in Improved DDPM.
   */
  readonly order?: "sinCos" | "cosSin";
  /** The features are those of scale·(t + offset); 1 and 0 unless told otherwise. */
  readonly scale?: number;
  readonly offset?: number;
}

/** Sinusoidal features of t (Vaswani et al., 2017, section 3.5). [B] → [B, size]; `size` even and at least 4. */
export function timestepFeatures(
  t: Timesteps,
  size: number,
  { order = "sinCos", scale = 1, offset = 0 }: TimeFeatures = {},
): tf.Tensor2D {
  return tf.tidy(() => {
    const half = size / 2;
    const step = Math.log(10_000) / (order === "sinCos" ? half - 1 : half);
    const frequencies = Float32Array.from({ length: half }, (_, i) => scale * Math.exp(-step * i));
    const times = tf.reshape(tf.cast(types.isInt32Array(t) ? tf.tensor1d(t) : t, "float32"), [-1, 1]);
    const counted = offset === 0 ? times : tf.add(times, offset);
    const angles = tf.mul(counted, tf.tensor2d(frequencies, [1, half]));
    const parts = [tf.sin(angles), tf.cos(angles)] as tf.Tensor2D[];
    return tf.concat2d(order === "sinCos" ? parts : parts.reverse(), 1);
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
