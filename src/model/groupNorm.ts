import * as tf from "@tensorflow/tfjs-core";
import { InputError } from "../error.js";
import { fusedGroupNorm } from "../tensor/kernels.js";
import { param, type Layer } from "./layer.js";
import { silu } from "./silu.js";

/** Added to the variance, as in the DDPM code (TensorFlow's and PyTorch's default is 1e-5 or 1e-6). */
const EPSILON = 1e-6;

/**
 * Group normalisation (Wu & He, 2018, Eq. 1–6): the channels of each image are cut into `groups`, each
 * group is brought to mean 0 and variance 1 over its pixels and channels, then scaled by γ and
 * shifted by β per channel. [B, H, W, C] → the same shape; `groups` must divide C. With `activated`, SiLU
 * follows at once, as it does nearly everywhere in the network: one kernel does both where there is one.
 */
export function groupNorm(
  name: string,
  channels: number,
  groups: number,
  { activated = false }: { readonly activated?: boolean } = {},
): Layer {
  if (channels % groups !== 0)
    throw new InputError(
      `groups = ${groups} for ${channels} channels in ${name}`,
      "a divisor of the number of channels",
      "Choose groups so that every width of the network is a multiple of it.",
    );
  const scale = `${name}.scale`;
  const shift = `${name}.shift`;
  return {
    specs: [
      { name: scale, shape: [channels], initializer: { kind: "ones" } },
      { name: shift, shape: [channels], initializer: { kind: "zeros" } },
    ],
    apply: (params, x) => {
      const [batch = 0, height = 0, width = 0] = x.shape;
      const [gamma, beta] = [param(params, scale), param(params, shift)];
      const fused = fusedGroupNorm(x, gamma, beta, { groups, epsilon: EPSILON, activated });
      if (fused !== undefined) return fused;
      const pixels = tf.reshape(x, [batch, height * width, channels]);
      const y = tf.reshape(normalize(pixels, gamma, beta, groups), x.shape);
      return activated ? silu(y) : y;
    },
  };
}

/** x [B, N, C], γ [C], β [C] → [B, N, C], with the gradient written out below. */
function normalize(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, groups: number): tf.Tensor {
  const op = tf.customGrad((...args) => {
    const [x, gamma, beta, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const pool = groupMean(x.shape, groups);
    const mean = pool(tf.sum(x, 1, true));
    const centred = tf.sub(x, mean);
    const variance = pool(tf.sum(tf.square(centred), 1, true));
    const rstd = tf.rsqrt(tf.add(variance, EPSILON)); // [B, 1, C], equal within a group
    save([centred, rstd, gamma]);
    return {
      value: tf.add(tf.mul(centred, tf.mul(rstd, gamma)), beta),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => gradients(dy, saved, pool),
    };
  });
  return op(x, gamma, beta);
}

/**
 * With x̂ = (x − m) r, r = 1/√(v + ε), and ⟨·⟩ the mean over a group:
 * ∂x = r (γ∂y − ⟨γ∂y⟩ − x̂⟨γ∂y x̂⟩), ∂γ = Σ ∂y x̂, ∂β = Σ ∂y.
 * Both means need only the sums over pixels of ∂y and ∂y (x − m), which ∂γ and ∂β need as well.
 */
function gradients(dy: tf.Tensor, saved: tf.Tensor[], pool: (sums: tf.Tensor) => tf.Tensor): tf.Tensor[] {
  const [centred, rstd, gamma] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
  const sumDy = tf.sum(dy, 1, true); // [B, 1, C]
  const sumDyXHat = tf.mul(tf.sum(tf.mul(dy, centred), 1, true), rstd);
  const constant = tf.mul(rstd, pool(tf.mul(sumDy, gamma)));
  const slope = tf.mul(tf.square(rstd), pool(tf.mul(sumDyXHat, gamma)));
  const dx = tf.sub(tf.mul(dy, tf.mul(rstd, gamma)), tf.add(tf.mul(centred, slope), constant));
  return [dx, tf.sum(sumDyXHat, [0, 1]), tf.sum(sumDy, [0, 1])];
}

/**
 * From sums over pixels per channel [B, 1, C] to the mean of each channel's group [B, 1, C]. Pooling the
 * small sums instead of the image itself keeps the image in its own layout, with channels last.
 */
function groupMean(shape: readonly number[], groups: number): (sums: tf.Tensor) => tf.Tensor {
  const [batch = 0, pixels = 0, channels = 0] = shape;
  const width = channels / groups;
  return (sums) => {
    const grouped = tf.sum(tf.reshape(sums, [batch, groups, width]), 2, true);
    const spread = tf.tile(tf.div(grouped, pixels * width), [1, 1, width]);
    return tf.reshape(spread, [batch, 1, channels]);
  };
}
