/**
 * Optimisers as pairs of pure functions, `init` and `update`, on all parameters laid out as one vector [P]:
 * a dozen operations in place of a dozen for each of hundreds of tensors.
 */
import * as tf from "@tensorflow/tfjs-core";
import { constantRate, type LearningRate } from "./learningRate.js";

/** What an optimiser remembers. Its tensors are replaced, never changed; who holds the state disposes it. */
export interface OptimizerState {
  /** How many updates were made. */
  readonly step: number;
  /** First moment m, the running mean of the gradient: [P]. */
  readonly mu: tf.Tensor1D;
  /** Second moment v, the running mean of its square: [P]. */
  readonly nu: tf.Tensor1D;
}

/** `update` says what to add to the parameters, and the state after it. */
export interface Optimizer {
  init(size: number): OptimizerState;
  update(
    gradient: tf.Tensor1D,
    state: OptimizerState,
  ): { readonly update: tf.Tensor1D; readonly state: OptimizerState };
}

/**
 * Adam (Kingma & Ba, 2015, Algorithm 1), with DDPM's constants.
 * @param learningRate a number, or a function of the step
 */
export function adam(
  learningRate: number | LearningRate,
  {
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-8,
  }: { readonly beta1?: number; readonly beta2?: number; readonly epsilon?: number } = {},
): Optimizer {
  const rate = typeof learningRate === "number" ? constantRate(learningRate) : learningRate;
  return {
    init: (size) => ({ step: 0, mu: tf.zeros([size]), nu: tf.zeros([size]) }),
    update: (gradient, state) => {
      const step = state.step + 1;
      const [mu, nu, update] = tf.tidy(() => {
        const mu = tf.add(tf.mul(state.mu, beta1), tf.mul(gradient, 1 - beta1));
        const nu = tf.add(tf.mul(state.nu, beta2), tf.mul(tf.square(gradient), 1 - beta2));
        const muHat = tf.mul(mu, -rate(step) / (1 - beta1 ** step));
        const nuHat = tf.div(nu, 1 - beta2 ** step);
        return [mu, nu, tf.div(muHat, tf.add(tf.sqrt(nuHat), epsilon))];
      }) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
      return { update, state: { step, mu, nu } };
    },
  };
}

/** The Euclidean length of a gradient [P], a scalar. */
export function globalNorm(gradient: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() => tf.sqrt(tf.sum<tf.Scalar>(tf.square(gradient))));
}

/** Shortens `gradient` to length `maxNorm` if `norm`, its length, is above it (Pascanu et al., 2013). */
export function clipByGlobalNorm(gradient: tf.Tensor1D, norm: tf.Scalar, maxNorm: number): tf.Tensor1D {
  return tf.tidy(() => tf.mul(gradient, tf.minimum(tf.div(maxNorm, tf.maximum(norm, 1e-12)), 1)));
}
