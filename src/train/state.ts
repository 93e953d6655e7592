import * as tf from "@tensorflow/tfjs-core";
import type { Params } from "../model/layer.js";
import type { Model } from "../model/createModel.js";
import { disposeParams, flattenParams, unflattenParams } from "../model/params.js";
import type { Optimizer, OptimizerState } from "./optimizer.js";
import type { LossesByTime } from "./timesteps.js";

/** All that training changes: with it and the seed, a run continues as if it had not stopped. */
export interface TrainState {
  /** How many steps were made. */
  readonly step: number;
  /** The parameters in the order of `model.specs`, as one vector [P]. */
  readonly params: tf.Tensor1D;
  /** Their moving average, [P]: what samples are drawn with. */
  readonly ema: tf.Tensor1D;
  readonly optimizer: OptimizerState;
  /** The last losses at each t, where they decide which t come next; empty where all t are as likely. */
  readonly lossesByTime: LossesByTime;
}

/** The state before the first step. The caller disposes it with {@link disposeState}. */
export function initTrainState(model: Model, optimizer: Optimizer, seed: number): TrainState {
  const start = model.init(seed);
  const params = flattenParams(model.specs, start);
  disposeParams(start);
  return { step: 0, params, ema: params.clone(), optimizer: optimizer.init(params.size), lossesByTime: [] };
}

/** The averaged parameters of a state as the model wants them. The caller disposes them. */
export function emaParams(model: Model, state: TrainState): Params {
  return unflattenParams(model.specs, state.ema);
}

/** Frees the tensors of a state. */
export function disposeState({ params, ema, optimizer }: TrainState): void {
  tf.dispose([params, ema, optimizer.mu, optimizer.nu]);
}
