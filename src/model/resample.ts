import * as tf from "@tensorflow/tfjs-core";
import { conv } from "./conv.js";
import type { Layer } from "./layer.js";

/** Where the zeros go that a 3×3 convolution of stride 2 needs around an image. */
export type HalvingPadding = "after" | "around";

/**
 * Halves an image of even sides by a 3×3 convolution of stride 2: [B, H, W, C] → [B, H/2, W/2, C].
 * @param padding "after": a row below and a column on the right, TensorFlow's "same", as in the DDPM code; "around": on
 *   all sides, as in Improved DDPM, which moves every window by one pixel
 */
export function downsample(name: string, channels: number, padding: HalvingPadding = "after"): Layer {
  const halve = conv(name, channels, channels, { stride: 2 });
  if (padding === "after") return halve;
  return {
    specs: halve.specs,
    apply: (params, x) => {
      const [batch = 0, height = 0, width = 0] = x.shape;
      // The padded image is even again, so "same" adds one row and column more, and with them a last window of no use.
      const y = halve.apply(params, tf.pad(x, [NONE, BOTH, BOTH, NONE]));
      return tf.slice(y, [0, 0, 0, 0], [batch, height / 2, width / 2, channels]);
    },
  };
}

const NONE: [number, number] = [0, 0];
const BOTH: [number, number] = [1, 1];

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
