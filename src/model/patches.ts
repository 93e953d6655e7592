import * as tf from "@tensorflow/tfjs-core";

/**
 * Cuts images into square patches and turns the pixels of a patch into channels ("space to depth"):
 * [B, H, W, C] → [B, H/size, W/size, size·size·C]. With size 1 nothing changes.
 */
export function toPatches(x: tf.Tensor, size: number): tf.Tensor {
  if (size === 1) return x;
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const [rows, columns] = [height / size, width / size];
  const cut = tf.reshape(x, [batch, rows, size, columns, size, channels]);
  return tf.reshape(tf.transpose(cut, SWAP), [batch, rows, columns, size * size * channels]);
}

/** The inverse of {@link toPatches}: [B, h, w, size·size·C] → [B, h·size, w·size, C]. */
export function fromPatches(x: tf.Tensor, size: number): tf.Tensor {
  if (size === 1) return x;
  const [batch = 0, rows = 0, columns = 0, depth = 0] = x.shape;
  const channels = depth / size ** 2;
  const cut = tf.reshape(x, [batch, rows, columns, size, size, channels]);
  return tf.reshape(tf.transpose(cut, SWAP), [batch, rows * size, columns * size, channels]);
}

/** Exchanges the rows inside a patch with the columns of patches; its own inverse. TensorFlow.js has no gradient for
 * its depthToSpace. */
const SWAP = [0, 1, 3, 2, 4, 5];
