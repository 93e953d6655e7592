import * as tf from "@tensorflow/tfjs-core";
import { conv } from "./conv.js";
import type { Layer } from "./layer.js";

/** Halves an image by a 3×3 convolution of stride 2: [B, H, W, C] → [B, H/2, W/2, C]. */
export function downsample(name: string, channels: number): Layer {
  return conv(name, channels, channels, { stride: 2 });
}

/** Doubles an image: each pixel four times, then a 3×3 convolution. [B, H, W, C] → [B, 2H, 2W, C]. */
export function upsample(name: string, channels: number): Layer {
  const smooth = conv(name, channels, channels);
  return { specs: smooth.specs, apply: (params, x) => smooth.apply(params, repeatPixels(x)) };
}

/**
 * Nearest-neighbour enlargement by two, made of joining and reshaping: in the cpu backend of TensorFlow.js 4.22
 * the gradient of resizeNearestNeighbor is wrong from the second image of a batch on.
 */
function repeatPixels(x: tf.Tensor): tf.Tensor {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const wide = tf.reshape(tf.concat([x, x], 3), [batch, height, 2 * width * channels]);
  return tf.reshape(tf.concat([wide, wide], 2), [batch, 2 * height, 2 * width, channels]);
}
