/** Algorithm 1 of Ho et al. (2020) as a generator: one step of training per item. */
import { setImmediate } from "node:timers/promises";
import * as tf from "@tensorflow/tfjs-core";
import { InputError } from "../error.js";
import type { Model } from "../model/createModel.js";
import { unflattenParams } from "../model/params.js";
import { compiled, type Compiled } from "../tensor/graph/compiled.js";
import { emaDecayAt, updateEma } from "./ema.js";
import { drawBatch } from "./draw.js";
import { lossInputs, squaredError } from "./loss.js";
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
  const gradientOf = compileGradient(model);
  let state = settings.state ?? initTrainState(model, optimizer, seed);
  try {
    while (state.step < steps) {
      const step = state.step + 1;
      const { next, loss, gradientNorm } = await trainStep(settings, optimizer, gradientOf, state);
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
    gradientOf.dispose();
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
  gradientOf: GradientOf,
  state: TrainState,
): Promise<StepResult> {
  const { schedule, predicts, maxGradientNorm, emaDecay, learningRate } = settings;
  const step = state.step + 1;
  const draw = drawBatch(settings, step);
  const inputs = lossInputs(schedule, draw, predicts);
  const { loss, gradient, norm } = gradientOf.run({ params: state.params, ...inputs }) as GradientResult;
  tf.dispose([draw.xStart, draw.noise, inputs.xt, inputs.t, inputs.target]);
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

type GradientOf = Compiled<"params" | "xt" | "t" | "target", "loss" | "gradient" | "norm">;

interface GradientResult {
  readonly loss: tf.Scalar;
  /** Laid out as the parameters are: [P]. */
  readonly gradient: tf.Tensor1D;
  /** The length of the gradient. */
  readonly norm: tf.Scalar;
}

/** Nearly all the work of a step, as one graph: the loss at a vector of parameters [P], its gradient and that one's length. */
function compileGradient(model: Model): GradientOf {
  const { specs } = model;
  return compiled(({ params, xt, t, target }) => {
    const names = specs.map(({ name }) => name);
    const given = { xt, t: t as tf.Tensor1D, target };
    const withGradients = tf.valueAndGrads((...tensors: tf.Tensor[]) => {
      const values = Object.fromEntries(tensors.map((tensor, i) => [names[i] ?? "", tensor]));
      return squaredError((x, times) => model.apply(values, x, times), given);
    });
    const { value, grads } = withGradients(Object.values(unflattenParams(specs, params as tf.Tensor1D)));
    const gradient = tf.concat1d(grads.map((each) => tf.reshape(each, [-1])));
    return { loss: value, gradient, norm: globalNorm(gradient) };
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
