/** The Kullback–Leibler divergence of two Gaussians with independent coordinates. */
import * as tf from "@tensorflow/tfjs-core";
import type { SameKind, Samples } from "../tensor/affine.js";
import { elementwiseWith, type PerElement } from "./perElement.js";

/**
 * KL(N(m₁, e^{l₁}) ‖ N(m₂, e^{l₂})) = ½ (−1 + l₂ − l₁ + e^{l₁−l₂} + (m₁ − m₂)² e^{−l₂}), in nats, for each
 * coordinate.
 * @param mean1 m₁, samples of shape [B, …]
 * @param logVariance1 l₁, one for all samples, one for each, or one for each element
 * @param mean2 m₂, of the kind and shape of mean1
 * @throws InputError if the shapes do not fit
 */
export function normalKl<S extends Samples>(
  mean1: S,
  logVariance1: PerElement<S>,
  mean2: S,
  logVariance2: PerElement<S>,
): SameKind<S> {
  return elementwiseWith<S>(
    { mean1, mean2 },
    { logVariance1, logVariance2 },
    {
      float64: ([m1 = NaN, m2 = NaN], [l1 = NaN, l2 = NaN]) =>
        // e^d − 1 − d by expm1: the divergence of two close Gaussians keeps its digits.
        0.5 * (Math.expm1(l1 - l2) - (l1 - l2) + (m1 - m2) ** 2 * Math.exp(-l2)),
      tensor: ([m1, m2], [l1 = NaN, l2 = NaN]) => {
        const d = tf.sub(l1, l2);
        const shift = tf.mul(tf.squaredDifference(m1 as tf.Tensor, m2 as tf.Tensor), tf.exp(tf.neg(l2)));
        return tf.mul(0.5, tf.add(tf.sub(tf.expm1(d), d), shift));
      },
    },
  );
}
