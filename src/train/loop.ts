/** Algorithm 1 of Ho et al. (2020) as a generator: one step of training per item. */
import { setImmediate } from "node:timers/promises";
import * as tf from "@tensorflow/tfjs-core";
import { InputError } from "../error.js";
import type { Model } from "../model/createModel.js";
import { unflattenParams } from "../model/params.js";
import { compiled, type Compiled } from "../tensor/graph/compiled.js";
import { drawBatch } from "./draw.js";
import { createObjective, type Objective } from "./objective.js";
import { adam, globalNorm } from "./optimizer.js";
import { createPace } from "./pace.js";
import { disposeState, initTrainState, type TrainState } from "./state.js";
import { lossSecondMomentTimesteps, type TimestepSampler, uniformTimesteps } from "./timesteps.js";
import { updateState } from "./update.js";
import { trainSettings, type TrainOptions, type TrainSettings } from "./trainOptions.js";

/** One step of training, after it was made. */
export interface TrainStep {
  /** From 1 to `steps`. */
  readonly step: number;
  readonly steps: number;
  /** The loss of this step's batch, before the update. */
  readonly loss: number;
  /** The mean of the recent losses, about fifty. */
  readonly lossMean: number;
  /** The length of the gradient before clipping. */
  readonly gradientNorm: number;
  readonly learningRate: number;
  readonly secondsPerStep: number;
  readonly remainingSeconds: number;
  /** Parameters, average and optimiser after the step. Valid until the next step is asked for; the last one is yours. */
  readonly state: TrainState;
}

/**
 * Trains until `steps` steps are made. Every draw is a function of the seed and the step, so the same options
 * give the same run, and a run continued from a state is the run that never stopped.
 *
 * The latest yielded state always stays usable: after a `break`, an interrupt or an error, sample with it or save
 * it, then dispose it with `disposeState`. Between steps the event loop runs, so that progress is drawn and an
 * interrupt is heard.
 *
 * @throws InputError if an option cannot be, or if loss or gradient is not finite; that step is not applied
 */
export async function* trainLoop(options: TrainOptions): AsyncGenerator<TrainStep, void, undefined> {
  const settings = trainSettings(options);
  const { steps, learningRate, now } = settings;
  const run = prepareRun(settings);
  const pace = createPace(now);
  let state = settings.state ?? startOf(run);
  try {
    while (state.step < steps) {
      const step = state.step + 1;
      const { next, loss, gradientNorm } = await trainStep(run, state);
      disposeState(state);
      state = next;
      const { lossMean, secondsPerStep } = pace(loss);
      const remainingSeconds = secondsPerStep * (steps - step);
      const rate = learningRate(step);
      const measured = { loss, lossMean, gradientNorm, learningRate: rate, secondsPerStep, remainingSeconds };
      yield { step, steps, ...measured, state };
      await setImmediate();
    }
  } finally {
    run.gradientOf.dispose();
  }
}

/** What stays the same from step to step. */
interface Run {
  readonly settings: TrainSettings;
  readonly objective: Objective;
  readonly timesteps: TimestepSampler;
  readonly gradientOf: GradientOf;
}

function prepareRun(settings: TrainSettings): Run {
  const { model, schedule, predicts } = settings;
  const objective = createObjective(model, schedule, { ...settings.objective, predicts });
  const timesteps = settings.timesteps === "uniform" ? uniformTimesteps : lossSecondMomentTimesteps;
  return {
    settings,
    objective,
    timesteps: timesteps(schedule.T),
    gradientOf: compileGradient(model, objective),
  };
}

function startOf({ settings: { model, seed, learningRate }, timesteps }: Run): TrainState {
  return { ...initTrainState(model, adam(learningRate), seed), lossesByTime: timesteps.init() };
}

interface StepResult {
  readonly next: TrainState;
  readonly loss: number;
  readonly gradientNorm: number;
}

/** One gradient step. `state` is left as it is; the caller disposes it. */
async function trainStep(run: Run, state: TrainState): Promise<StepResult> {
  const { settings, objective, timesteps, gradientOf } = run;
  const step = state.step + 1;
  const draw = drawBatch(settings, timesteps, state.lossesByTime, step);
  const inputs = objective.inputs(draw);
  const found = gradientOf.run({ params: state.params, ...inputs });
  const { loss, losses, gradient, norm } = found;
  tf.dispose(inputs);
  const values = { loss: await readScalar(loss), gradientNorm: await readScalar(norm) };
  const broken = Object.entries(values).find(([, value]) => !Number.isFinite(value));
  if (broken !== undefined) {
    tf.dispose(found);
    throw notFinite(broken, step, settings.learningRate(step));
  }
  const lossesByTime = timesteps.record(state.lossesByTime, draw.t, await losses.data<"float32">());
  const moved = updateState(state, gradient as tf.Tensor1D, values.gradientNorm, settings);
  tf.dispose(found);
  return { next: { step, ...moved, lossesByTime }, ...values };
}

type GradientOf = Compiled<string, "loss" | "losses" | "gradient" | "norm">;

/**
 * Nearly all the work of a step, as one graph of the parameters [P] and the inputs of the loss: the loss, that of each
 * sample [B], the gradient laid out as the parameters are [P], and its length.
 */
function compileGradient(model: Model, objective: Objective): GradientOf {
  const { specs } = model;
  const names = specs.map(({ name }) => name);
  return compiled(({ params, ...inputs }) => {
    let losses: tf.Tensor | undefined;
    const withGradients = tf.valueAndGrads((...tensors: tf.Tensor[]) => {
      const values = Object.fromEntries(tensors.map((tensor, i) => [names[i] ?? "", tensor]));
      losses = tf.keep(objective.losses(values, inputs));
      return objective.mean(losses as tf.Tensor1D, inputs);
    });
    const { value, grads } = withGradients(Object.values(unflattenParams(specs, params as tf.Tensor1D)));
    const gradient = tf.concat1d(grads.map((each) => tf.reshape(each, [-1])));
    return { loss: value, losses: losses ?? value, gradient, norm: globalNorm(gradient) };
  });
}

async function readScalar(tensor: tf.Tensor): Promise<number> {
  const [value = NaN] = await tensor.data();
  return value;
}

function notFinite([name, value]: [string, number], step: number, learningRate: number): InputError {
  const words = name === "loss" ? "loss" : "length of the gradient";
  return new InputError(
    `${words} = ${value} at step ${step}, learning rate ${learningRate}`,
    "a finite number",
    `Train with a lower learning rate or a longer warm-up, and look at the data of this step; the state after step ${
      step - 1
    } and every saved checkpoint are untouched.`,
  );
}
