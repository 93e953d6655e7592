/** Shaped standard normal noise from a seeded stream. */
import * as tf from "@tensorflow/tfjs-core";
import type { Random } from "../random/random.js";

/** A tensor of independent draws of N(0, 1), filled row by row: sample i does not depend on B. */
export function normalTensor(random: Random, shape: readonly number[]): tf.Tensor {
  const dimensions = [...shape];
  return tf.tensor(random.normals(tf.util.sizeFromShape(dimensions)), dimensions);
}
