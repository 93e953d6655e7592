import type { Dataset } from "../data/dataset.js";
import type { Prediction } from "../diffusion/parameterization.js";
import type { Schedule } from "../diffusion/schedule.js";
import { InputError } from "../error.js";
import type { Model } from "../model/createModel.js";
import { constantRate, type LearningRate } from "./learningRate.js";
import type { ObjectiveOptions } from "./objective.js";
import type { TrainState } from "./state.js";

/** What a training run is made of. */
export interface TrainOptions {
  readonly model: Model;
  readonly schedule: Schedule;
  readonly dataset: Dataset;
  /** The step to train up to, counted from the very first, also when a run is continued. */
  readonly steps: number;
  /** Samples per step; 32 unless told otherwise. */
  readonly batchSize?: number;
  /** A number or a function of the step; 2e-4 unless told otherwise, as in DDPM. */
  readonly learningRate?: number | LearningRate;
  /** Decay of the moving average of the parameters, in [0, 1); .9999 unless told otherwise. */
  readonly emaDecay?: number;
  /** The gradient is shortened to this length; 1 unless told otherwise, as in DDPM's code; Infinity leaves it. */
  readonly maxGradientNorm?: number;
  /** What the network predicts; the noise ε unless told otherwise. */
  readonly predicts?: Prediction;
  /** What is made small; L_simple unless told otherwise. */
  readonly objective?: Omit<ObjectiveOptions, "predicts">;
  /** Which t a step looks at: each as often, or more often where the loss is large, which suits L_vlb; "uniform" unless told otherwise. */
  readonly timesteps?: "uniform" | "lossSecondMoment";
  /** Weight decay of AdamW; 0 unless told otherwise, which is Adam. */
  readonly weightDecay?: number;
  /** Decides the start, the order of the data, every t and every ε. */
  readonly seed: number;
  /** Where to continue, e.g. from a checkpoint. The run takes it over and disposes it. */
  readonly state?: TrainState;
  /** A clock in milliseconds; `performance.now` unless told otherwise. */
  readonly now?: () => number;
}

/** The options with every default filled in; `state` alone may be missing, for a fresh run. */
export type TrainSettings = Required<Omit<TrainOptions, "learningRate" | "state">> & {
  readonly learningRate: LearningRate;
  readonly state: TrainState | undefined;
};

/** Fills in the defaults. @throws InputError that names the option that cannot be */
export function trainSettings(options: TrainOptions): TrainSettings {
  const { learningRate = 2e-4, ...given } = options;
  const rate = typeof learningRate === "number" ? constantRate(learningRate) : learningRate;
  const settings: TrainSettings = {
    batchSize: 32,
    emaDecay: 0.9999,
    maxGradientNorm: 1,
    predicts: "eps",
    objective: {},
    timesteps: "uniform",
    weightDecay: 0,
    now: () => performance.now(),
    ...given,
    state: given.state,
    learningRate: rate,
  };
  checkSettings(settings);
  return settings;
}

function checkSettings(settings: TrainSettings): void {
  const { model, dataset, steps, batchSize, emaDecay, maxGradientNorm, learningRate, state } = settings;
  refuseUnless(isCount(steps), `steps = ${steps}`, "a whole number of at least 1");
  refuseUnless(isCount(batchSize), `batchSize = ${batchSize}`, "a whole number of at least 1");
  refuseUnless(emaDecay >= 0 && emaDecay < 1, `emaDecay = ${emaDecay}`, "a number from 0 to below 1");
  refuseUnless(maxGradientNorm > 0, `maxGradientNorm = ${maxGradientNorm}`, "a positive number");
  const rate = learningRate(1);
  refuseUnless(rate >= 0 && rate < Infinity, `learningRate = ${rate} at step 1`, "a finite positive number");
  refuseUnless(
    dataset.shape.join() === model.shape.join(),
    `data of shape [${dataset.shape.join(", ")}] for a model of shape [${model.shape.join(", ")}]`,
    "the same shape",
    "Make the model for these data, or open other data.",
  );
  refuseUnless(
    state === undefined || state.step < steps,
    `steps = ${steps} when ${state?.step ?? 0} steps are done`,
    "more steps than the state has",
    "Raise steps: it counts from the very first step.",
  );
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}

function refuseUnless(
  ok: boolean,
  what: string,
  expected: string,
  remedy = "Correct this option of the training run.",
): void {
  if (!ok) throw new InputError(what, expected, remedy);
}
