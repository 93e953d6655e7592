import * as tf from "@tensorflow/tfjs-core";

/**
 * The decay of the moving average after `step` updates: min(decay, (1 + step) / (10 + step)). The average of the
 * DDPM code (a constant .9999) still holds a third of its random start after 10,000 steps; with this warm-up it
 * forgets the start at once and is useful after a thousand (as in TensorFlow's ExponentialMovingAverage).
 */
export function emaDecayAt(decay: number, step: number): number {
  return Math.min(decay, (1 + step) / (10 + step));
}

/** The average moved towards `params`: ema + (1 − decay)(params − ema), vectors [P]. */
export function updateEma(ema: tf.Tensor1D, params: tf.Tensor1D, decay: number): tf.Tensor1D {
  return moveEma(ema, params, 1 - decay);
}

/**
 * The same by the share 1 − decay, which may be a tensor: a step that is traced once takes it as an input. It is not
 * the decay, because 1 − .9999 in single precision is off by one part in ten thousand.
 */
export function moveEma(ema: tf.Tensor1D, params: tf.Tensor1D, share: number | tf.Scalar): tf.Tensor1D {
  return tf.tidy(() => tf.add(ema, tf.mul(tf.sub(params, ema), share)));
}
