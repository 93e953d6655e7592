import * as tf from "@tensorflow/tfjs-core";
import { conv } from "./conv.js";
import { dense } from "./dense.js";
import { groupNorm } from "./groupNorm.js";
import type { Layer } from "./layer.js";

/**
 * Residual block of the DDPM code: x and the activated embedding of t, e = silu(timeEmbedding) [B, E] →
 * shortcut(x) + conv2(silu(norm2(conv1(silu(norm1(x))) + dense(e)))).
 * [B, H, W, inputs] → [B, H, W, outputs]. The shortcut is the identity, or a dense layer per pixel where the
 * widths differ; conv2 starts at zero, so the block starts as its shortcut.
 */
export function resBlock(
  name: string,
  sizes: {
    readonly inputs: number;
    readonly outputs: number;
    readonly time: number;
    readonly groups: number;
  },
): Layer<readonly [tf.Tensor, tf.Tensor]> {
  const { inputs, outputs, time, groups } = sizes;
  const norm1 = groupNorm(`${name}.norm1`, inputs, groups, { activated: true });
  const conv1 = conv(`${name}.conv1`, inputs, outputs);
  const shift = dense(`${name}.time`, time, outputs);
  const norm2 = groupNorm(`${name}.norm2`, outputs, groups, { activated: true });
  const conv2 = conv(`${name}.conv2`, outputs, outputs, { zero: true });
  const shortcut = inputs === outputs ? undefined : dense(`${name}.shortcut`, inputs, outputs);
  return {
    specs: [norm1, conv1, shift, norm2, conv2, ...(shortcut ? [shortcut] : [])].flatMap(({ specs }) => specs),
    apply: (params, x, embedding) => {
      const perChannel = tf.reshape(shift.apply(params, embedding), [-1, 1, 1, outputs]);
      const h = tf.add(conv1.apply(params, norm1.apply(params, x)), perChannel);
      const residual = conv2.apply(params, norm2.apply(params, h));
      return tf.add(shortcut ? shortcut.apply(params, x) : x, residual);
    },
  };
}
