import * as tf from "@tensorflow/tfjs-core";
import { conv } from "./conv.js";
import { dense } from "./dense.js";
import { dropout } from "./dropout.js";
import { groupNorm } from "./groupNorm.js";
import type { Layer, Params } from "./layer.js";
import { silu } from "./silu.js";

/** What decides a residual block. */
export interface ResBlockSizes {
  /** Channels that come in and go out. */
  readonly inputs: number;
  readonly outputs: number;
  /** Width of the embedding of t. */
  readonly time: number;
  readonly groups: number;
  /** Whether the embedding also scales the normalised image (Improved DDPM); `false` if left out. */
  readonly scaleShift?: boolean;
  /** Dropout before the second convolution, on images of side `side`; none if left out. */
  readonly dropout?: { readonly rate: number; readonly side: number };
}

/**
 * Residual block of the DDPM code: x and the activated embedding of t, e = silu(timeEmbedding) [B, E] →
 * shortcut(x) + conv2(dropout(silu(norm2(conv1(silu(norm1(x))) + dense(e))))), or with scale and shift
 * (s, b) = dense(e), as in Improved DDPM, … conv2(dropout(silu((1 + s) norm2(conv1(silu(norm1(x)))) + b))).
 * [B, H, W, inputs] → [B, H, W, outputs]. The shortcut is the identity, or a dense layer per pixel where the
 * widths differ; conv2 starts at zero, so the block starts as its shortcut.
 */
export function resBlock(name: string, sizes: ResBlockSizes): Layer<readonly [tf.Tensor, tf.Tensor]> {
  const { inputs, outputs, time, groups, scaleShift = false } = sizes;
  const { rate, side } = sizes.dropout ?? { rate: 0, side: 0 };
  const norm1 = groupNorm(`${name}.norm1`, inputs, groups, { activated: true });
  const conv1 = conv(`${name}.conv1`, inputs, outputs);
  const ofTime = dense(`${name}.time`, time, scaleShift ? 2 * outputs : outputs);
  // Scale and shift stand between the norm and its SiLU.
  const norm2 = groupNorm(`${name}.norm2`, outputs, groups, { activated: !scaleShift });
  const conv2 = conv(`${name}.conv2`, outputs, outputs, { zero: true });
  const shortcut = inputs === outputs ? undefined : dense(`${name}.shortcut`, inputs, outputs);
  const mask = `${name}.dropout`;

  const withTime = (params: Params, h: tf.Tensor, embedding: tf.Tensor): tf.Tensor => {
    const perChannel = tf.reshape(ofTime.apply(params, embedding), [
      -1,
      1,
      1,
      scaleShift ? 2 * outputs : outputs,
    ]);
    if (!scaleShift) return norm2.apply(params, tf.add(h, perChannel));
    const [scale, shift] = tf.split(perChannel, 2, 3) as [tf.Tensor, tf.Tensor];
    return silu(tf.add(tf.mul(norm2.apply(params, h), tf.add(scale, 1)), shift));
  };
  return {
    specs: [norm1, conv1, ofTime, norm2, conv2, ...(shortcut ? [shortcut] : [])].flatMap(
      ({ specs }) => specs,
    ),
    masks: rate === 0 ? [] : [{ name: mask, shape: [side, side, outputs], rate }],
    apply: (params, x, embedding) => {
      const h = withTime(params, conv1.apply(params, norm1.apply(params, x)), embedding);
      const residual = conv2.apply(params, dropout(h, params[mask], rate));
      return tf.add(shortcut ? shortcut.apply(params, x) : x, residual);
    },
  };
}
