/** Algorithm 2 of Ho et al. 2020: from noise to a sample, as a generator that can be followed and left. */
import { setImmediate } from "node:timers/promises";
import * as tf from "@tensorflow/tfjs-core";
import { InputError } from "../error.js";
import { createRandom } from "../random/random.js";
import { normalTensor } from "./normals.js";
import { type Denoiser, pSample, type ReverseOptions } from "./reverse.js";
import type { Schedule } from "./schedule.js";

export interface SampleLoopOptions extends ReverseOptions {
  /** The shape of the samples, [B, …]. Sample i is the same for every B > i. */
  readonly shape: readonly number[];
  /** The same seed gives the same samples, bit for bit, on the same backend. */
  readonly seed: number;
}

/** Where the process is. The arrays belong to the receiver. */
export interface SampleState {
  /** T at first (pure noise), 0 at last. */
  readonly t: number;
  /** x_t, row by row; the finished samples at t = 0. */
  readonly xt: Float32Array;
  /** The network's estimate of x_0 from x_t; x_0 itself at t = 0. */
  readonly xStart: Float32Array;
  readonly shape: readonly number[];
}

/** One step of a sampler, from x_from to x_to. */
export interface Step {
  readonly from: number;
  readonly to: number;
}

/**
 * Samples with Algorithm 2 and yields T + 1 states, t = T … 0. Between the yields it holds one tensor,
 * the next x_t; breaking off frees that too.
 * @throws InputError if the shape is not one of positive integers, or as `pMeanVariance` does
 */
export function pSampleLoop(
  schedule: Schedule,
  denoiser: Denoiser,
  options: SampleLoopOptions,
): AsyncGenerator<SampleState, void, void> {
  const steps = Array.from({ length: schedule.T }, (_, i) => ({
    from: schedule.T - i,
    to: schedule.T - i - 1,
  }));
  return followSteps(steps, options, (xt, { from }, noise) =>
    pSample(schedule, denoiser, xt, from, noise, options),
  );
}

/**
 * The loop of every sampler: pure noise at the first step's `from`, then step after step. The noise of a
 * step is named by its `from`, and is zero where the step leads to t = 0.
 * @param take one step; its two tensors are disposed by the loop
 */
export async function* followSteps(
  steps: readonly Step[],
  { shape, seed }: Pick<SampleLoopOptions, "shape" | "seed">,
  take: (xt: tf.Tensor, step: Step, noise: tf.Tensor) => { sample: tf.Tensor; xStart: tf.Tensor },
): AsyncGenerator<SampleState, void, void> {
  checkShape(shape);
  const random = createRandom(seed);
  let xt = normalTensor(random.fork("start"), shape);
  try {
    for (const step of steps) {
      const { sample, xStart } = tf.tidy(() => {
        const noise = step.to > 0 ? normalTensor(random.fork("noise", step.from), shape) : tf.zerosLike(xt);
        return take(xt, step, noise);
      });
      const state = { t: step.from, xt: await floats(xt), xStart: await floats(xStart), shape };
      tf.dispose([xt, xStart]);
      xt = sample;
      yield state;
      // Reading from a native backend never waits: without this no timer or interrupt would get a turn.
      await setImmediate();
    }
    const sample = await floats(xt);
    yield { t: 0, xt: sample, xStart: sample.slice(), shape };
  } finally {
    xt.dispose();
  }
}

/** A copy: what a backend hands out may be its own memory. */
async function floats(tensor: tf.Tensor): Promise<Float32Array> {
  return (await tensor.data<"float32">()).slice();
}

function checkShape(shape: readonly number[]): void {
  if (shape.length > 0 && shape.every((size) => Number.isSafeInteger(size) && size > 0)) return;
  throw new InputError(
    `shape = [${shape.join(", ")}]`,
    "positive integers, the number of samples first",
    "Give e.g. [16, 28, 28, 1] for sixteen images.",
  );
}
