/** Algorithm 1 of Ho et al. (2020) as a generator: one step of training per item. */
import { setImmediate } from "node:timers/promises";
import * as tf from "@tensorflow/tfjs-core";
import { InputError } from "../error.js";
import type { Model } from "../model/createModel.js";
import { unflattenParams } from "../model/params.js";
import { createRandom } from "../random/random.js";
import { emaDecayAt, updateEma } from "./ema.js";
import { simpleLoss, type Draw } from "./loss.js";
import { adam, clipByGlobalNorm, globalNorm, type Optimizer } from "./optimizer.js";
import { createPace } from "./pace.js";
import { disposeState, initTrainState, type TrainState } from "./state.js";
import { trainSettings, type TrainOptions, type TrainSettings } from "./trainOptions.js";

/** One step of training, after it was made. */
export interface TrainStep {
  /** From 1 to `steps`. */
  readonly step: number;
  readonly steps: number;
  /** L_simple of this step's batch, before the update. */
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
  const { model, steps, seed, learningRate, now } = settings;
  const optimizer = adam(learningRate);
  const pace = createPace(now);
  let state = settings.state ?? initTrainState(model, optimizer, seed);
  while (state.step < steps) {
    const step = state.step + 1;
    const { next, loss, gradientNorm } = await trainStep(settings, optimizer, state);
    disposeState(state);
    state = next;
    const { lossMean, secondsPerStep } = pace(loss);
    const remainingSeconds = secondsPerStep * (steps - step);
    const rate = learningRate(step);
    yield {
      step,
      steps,
      loss,
      lossMean,
      gradientNorm,
      learningRate: rate,
      secondsPerStep,
      remainingSeconds,
      state,
    };
    await setImmediate();
  }
}

interface StepResult {
  readonly next: TrainState;
  readonly loss: number;
  readonly gradientNorm: number;
}

/** One gradient step. `state` is left as it is; the caller disposes it. */
async function trainStep(
  settings: TrainSettings,
  optimizer: Optimizer,
  state: TrainState,
): Promise<StepResult> {
  const { model, schedule, predicts, maxGradientNorm, emaDecay, learningRate } = settings;
  const step = state.step + 1;
  const draw = drawBatch(settings, step);
  const [loss, gradient] = lossAndGradient(model, state.params, (params) =>
    simpleLoss(schedule, (xt, t) => model.apply(params, xt, t), draw, predicts),
  );
  tf.dispose([draw.xStart, draw.noise]);
  const norm = globalNorm(gradient);
  const values = { loss: await readScalar(loss), gradientNorm: await readScalar(norm) };
  const broken = Object.entries(values).find(([, value]) => !Number.isFinite(value));
  if (broken !== undefined) {
    tf.dispose([loss, gradient, norm]);
    throw notFinite(broken, step, learningRate(step));
  }
  const clipped = clipByGlobalNorm(gradient, norm, maxGradientNorm);
  const change = optimizer.update(clipped, state.optimizer);
  const params = tf.add<tf.Tensor1D>(state.params, change.update);
  const ema = updateEma(state.ema, params, emaDecayAt(emaDecay, step));
  tf.dispose([loss, gradient, norm, clipped, change.update]);
  return { next: { step, params, ema, optimizer: change.state }, ...values };
}

/** x_0 from the data, t uniform in 1..T, ε normal: functions of the seed and the step alone. */
function drawBatch({ dataset, schedule, batchSize, seed }: TrainSettings, step: number): Draw {
  const random = createRandom(seed).fork("train", step);
  const batch = dataset.batch({ size: batchSize, step: step - 1, seed });
  const shape = [...batch.shape];
  const times = random.fork("t");
  return {
    xStart: tf.tensor(batch.x, shape),
    t: Int32Array.from({ length: batchSize }, () => times.integer(1, schedule.T)),
    noise: tf.tensor(random.fork("noise").normals(batch.x.length), shape),
  };
}

/** A loss of the parameters, and its gradient laid out as they are: [scalar, [P]]. */
function lossAndGradient(
  { specs }: Model,
  vector: tf.Tensor1D,
  loss: (params: Record<string, tf.Tensor>) => tf.Scalar,
): [tf.Scalar, tf.Tensor1D] {
  return tf.tidy(() => {
    const names = specs.map(({ name }) => name);
    const values = unflattenParams(specs, vector);
    const withGradients = tf.valueAndGrads((...tensors: tf.Tensor[]) =>
      loss(Object.fromEntries(tensors.map((tensor, i) => [names[i] ?? "", tensor]))),
    );
    const { value, grads } = withGradients(Object.values(values));
    return [value, tf.concat1d(grads.map((gradient) => tf.reshape(gradient, [-1])))];
  });
}

async function readScalar(tensor: tf.Scalar): Promise<number> {
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
