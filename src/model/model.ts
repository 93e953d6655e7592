import type * as tf from "@tensorflow/tfjs-core";
import type { Timesteps } from "./embedding.js";
import type { MaskSpec, ParamSpec, Params } from "./layer.js";

/**
 * A network as a record of pure functions: nothing is hidden, the parameters are an argument.
 * `apply` with its parameters given is the Denoiser of src/diffusion.
 */
export interface ModelOf<Kind extends string, Config> {
  readonly kind: Kind;
  readonly config: Config;
  /** The shape of one sample, without the batch: [28, 28, 1] or [2]. */
  readonly shape: readonly number[];
  /**
   * The shape of one output: that of a sample, or with the last axis twice as long where the network also says how wide
   * the reverse step is; then the prediction is the first half, and the variance's number v the second.
   */
  readonly outputShape: readonly number[];
  /** The masks of dropout that training draws with `drawMasks`; empty if nothing is dropped. */
  readonly masks: readonly MaskSpec[];
  /** Name, shape and start of every parameter, in a fixed order. */
  readonly specs: readonly ParamSpec[];
  /** Fresh parameters; the same seed gives the same numbers. The caller disposes them. */
  init(seed: number): Params;
  /**
   * Prediction for x_t [B, ...shape] at timesteps t [B] (1..T): [B, ...outputShape]. By default the network is
   * trained to predict the noise ε. Dropout happens where `params` holds its masks, and nowhere else.
   */
  apply(params: Params, xt: tf.Tensor, t: Timesteps): tf.Tensor;
}
