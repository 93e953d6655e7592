import * as tf from "@tensorflow/tfjs-core";

/** x as a constant: the same numbers, and no gradient flows through them. TensorFlow.js has no such operation. */
export function stopGradient(x: tf.Tensor): tf.Tensor {
  return constant(x);
}

const constant = tf.customGrad((x) => ({
  value: tf.mul(x as tf.Tensor, 1),
  gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy),
}));
