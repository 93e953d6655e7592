/**
 * Optimisers as pairs of pure functions, `init` and `update`, on all parameters laid out as one vector [P]:
 * a dozen operations in place of a dozen for each of hundreds of tensors.
 */
import * as tf from "@tensorflow/tfjs-core";
import { InputError } from "../error.js";
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
  /** @param params the parameters [P], which weight decay needs; without it they may be left out */
  update(
    gradient: tf.Tensor1D,
    state: OptimizerState,
    params?: tf.Tensor1D,
  ): { readonly update: tf.Tensor1D; readonly state: OptimizerState };
}

/** The constants of Adam; those of DDPM unless told otherwise. */
export interface AdamOptions {
  /** .9 */
  readonly beta1?: number;
  /** .999 */
  readonly beta2?: number;
  /** 1e-8 */
  readonly epsilon?: number;
}

/**
 * Adam (Kingma & Ba, 2015, Algorithm 1), with DDPM's constants.
 * @param learningRate a number, or a function of the step
 */
export function adam(learningRate: number | LearningRate, options: AdamOptions = {}): Optimizer {
  return adamW(learningRate, { ...options, weightDecay: 0 });
}

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter, 2019, Algorithm 2, as in PyTorch): the parameters also shrink by
 * the factor 1 − rate · weightDecay. Improved DDPM trains with this and a decay of 0.
 * @param learningRate a number, or a function of the step
 * @param options.weightDecay at least 0; 0.01 by default
 * @throws InputError if weightDecay cannot be; `update` if there is weight decay and no parameters are given
 */
export function adamW(
  learningRate: number | LearningRate,
  { weightDecay = 0.01, ...options }: AdamOptions & { readonly weightDecay?: number } = {},
): Optimizer {
  checkWeightDecay(weightDecay);
  const rate = typeof learningRate === "number" ? constantRate(learningRate) : learningRate;
  return {
    init: (size) => ({ step: 0, mu: tf.zeros([size]), nu: tf.zeros([size]) }),
    update: (gradient, state, params) => {
      const step = state.step + 1;
      const { mu, nu, update } = adamChange(gradient, state, adamScalars(rate(step), step, options), options);
      if (weightDecay === 0) return { update, state: { step, mu, nu } };
      if (params === undefined) throw withoutParams(weightDecay);
      const whole = tf.tidy(() => tf.sub<tf.Tensor1D>(update, tf.mul(params, rate(step) * weightDecay)));
      update.dispose();
      return { update: whole, state: { step, mu, nu } };
    },
  };
}

export const adamDefaults = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

/** The numbers of Adam that change from step to step; as tensors they are inputs of a step that is traced once. */
export interface AdamScalars<N = number> {
  /** −rate / (1 − β₁^step) */
  readonly ofMu: N;
  /** 1 / (1 − β₂^step) */
  readonly ofNu: N;
}

/** The numbers of step `step`, counted from 1. */
export function adamScalars(
  rate: number,
  step: number,
  { beta1 = adamDefaults.beta1, beta2 = adamDefaults.beta2 }: AdamOptions = {},
): AdamScalars {
  return { ofMu: -rate / (1 - beta1 ** step), ofNu: 1 / (1 - beta2 ** step) };
}

/** The moments after `gradient` [P], and what to add to the parameters: a pure function of tensors. */
export function adamChange(
  gradient: tf.Tensor1D,
  before: Pick<OptimizerState, "mu" | "nu">,
  { ofMu, ofNu }: AdamScalars<number | tf.Scalar>,
  options: AdamOptions = {},
): { readonly mu: tf.Tensor1D; readonly nu: tf.Tensor1D; readonly update: tf.Tensor1D } {
  const { beta1, beta2, epsilon } = { ...adamDefaults, ...options };
  return tf.tidy(() => {
    const mu = tf.add<tf.Tensor1D>(tf.mul(before.mu, beta1), tf.mul(gradient, 1 - beta1));
    const nu = tf.add<tf.Tensor1D>(tf.mul(before.nu, beta2), tf.mul(tf.square(gradient), 1 - beta2));
    const update = tf.div<tf.Tensor1D>(tf.mul(mu, ofMu), tf.add(tf.sqrt(tf.mul(nu, ofNu)), epsilon));
    return { mu, nu, update };
  });
}

function checkWeightDecay(weightDecay: number): void {
  if (weightDecay >= 0 && weightDecay < Infinity) return;
  throw new InputError(`weightDecay = ${weightDecay}`, "a number of at least 0", "Leave it out to get 0.01.");
}

function withoutParams(weightDecay: number): InputError {
  return new InputError(
    `an update with weightDecay = ${weightDecay} and without the parameters`,
    "the parameters [P] as the third argument",
    "Give them to update, or use adam.",
  );
}

/** The Euclidean length of a gradient [P], a scalar. */
export function globalNorm(gradient: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() => tf.sqrt(tf.sum<tf.Scalar>(tf.square(gradient))));
}

/** Shortens `gradient` to length `maxNorm` if `norm`, its length, is above it (Pascanu et al., 2013). */
export function clipByGlobalNorm(gradient: tf.Tensor1D, norm: tf.Scalar, maxNorm: number): tf.Tensor1D {
  return tf.tidy(() => tf.mul(gradient, tf.minimum(tf.div(maxNorm, tf.maximum(norm, 1e-12)), 1)));
}
