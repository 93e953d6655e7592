/** What a gradient does to the state of a run. */
import * as tf from "@tensorflow/tfjs-core";
import { fusedAdam } from "../tensor/kernels.js";
import { emaDecayAt, updateEma } from "./ema.js";
import { adamDefaults, adamScalars, adamW, clipByGlobalNorm } from "./optimizer.js";
import type { TrainState } from "./state.js";
import type { TrainSettings } from "./trainOptions.js";

type Changed = Pick<TrainState, "params" | "ema" | "optimizer">;
type Settings = Pick<TrainSettings, "learningRate" | "weightDecay" | "maxGradientNorm" | "emaDecay">;

/**
 * The parameters after one step of AdamW along the gradient [P], shortened where it is longer than `maxGradientNorm`, and
 * their average moved after them. `state` stays as it is; the caller disposes both.
 * @param norm the length of the gradient
 */
export function updateState(
  state: TrainState,
  gradient: tf.Tensor1D,
  norm: number,
  settings: Settings,
): Changed {
  return inOneKernel(state, gradient, norm, settings) ?? updateInSteps(state, gradient, norm, settings);
}

function inOneKernel(
  { params, ema, optimizer: { mu, nu, ...optimizer }, step: before }: TrainState,
  gradient: tf.Tensor1D,
  norm: number,
  { learningRate, weightDecay, maxGradientNorm, emaDecay }: Settings,
): Changed | undefined {
  const step = optimizer.step + 1;
  const rate = learningRate(step);
  const made = fusedAdam(
    gradient,
    { params, ema, mu, nu },
    {
      ...adamDefaults,
      ...adamScalars(rate, step),
      gradientFactor: Math.min(maxGradientNorm / Math.max(norm, 1e-12), 1),
      decay: rate * weightDecay,
      emaShare: 1 - emaDecayAt(emaDecay, before + 1),
    },
  );
  if (made === undefined) return undefined;
  const vectors = made as Readonly<Record<keyof typeof made, tf.Tensor1D>>;
  return {
    params: vectors.params,
    ema: vectors.ema,
    optimizer: { step, mu: vectors.mu, nu: vectors.nu },
  };
}

/** The same, composed of operations that every backend has. */
export function updateInSteps(
  state: TrainState,
  gradient: tf.Tensor1D,
  norm: number,
  { learningRate, weightDecay, maxGradientNorm, emaDecay }: Settings,
): Changed {
  const length = tf.scalar(norm);
  const clipped = clipByGlobalNorm(gradient, length, maxGradientNorm);
  const change = adamW(learningRate, { weightDecay }).update(clipped, state.optimizer, state.params);
  const params = tf.add<tf.Tensor1D>(state.params, change.update);
  const ema = updateEma(state.ema, params, emaDecayAt(emaDecay, state.step + 1));
  tf.dispose([length, clipped, change.update]);
  return { params, ema, optimizer: change.state };
}
