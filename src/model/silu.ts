import * as tf from "@tensorflow/tfjs-core";

/**
 * SiLU (swish): y = x σ(x), elementwise. dy/dx = σ + y (1 − σ).
 *
 * The gradient is written out because the product rule on the tape would keep x, σ and y and walk over
 * the image twice as often.
 */
export function silu(x: tf.Tensor): tf.Tensor {
  return siluOp(x);
}

const siluOp = tf.customGrad((x, save) => {
  const input = x as tf.Tensor;
  const s = tf.sigmoid(input);
  const y = tf.mul(input, s);
  (save as tf.GradSaveFunc)([s, y]);
  return {
    value: y,
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [s, y] = saved as [tf.Tensor, tf.Tensor];
      return tf.mul(dy, tf.add(s, tf.mul(y, tf.sub(1, s))));
    },
  };
});
