import type * as tf from "@tensorflow/tfjs-core";
import type { Timesteps } from "./embedding.js";
import type { ParamSpec, Params } from "./layer.js";

/**
 * A network as a record of pure functions: nothing is hidden, the parameters are an argument.
 * `apply` with its parameters given is the Denoiser of src/diffusion.
 */
export interface ModelOf<Kind extends string, Config> {
  readonly kind: Kind;
  readonly config: Config;
  /** The shape of one sample, without the batch: [28, 28, 1] or [2]. */
  readonly shape: readonly number[];
  /** Name, shape and start of every parameter, in a fixed order. */
  readonly specs: readonly ParamSpec[];
  /** Fresh parameters; the same seed gives the same numbers. The caller disposes them. */
  init(seed: number): Params;
  /**
   * Prediction for x_t [B, ...shape] at timesteps t [B] (1..T): [B, ...shape]. By default the network is
   * trained to predict the noise ε.
   */
  apply(params: Params, xt: tf.Tensor, t: Timesteps): tf.Tensor;
}
