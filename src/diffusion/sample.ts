/** Algorithm 2 of Ho et al. 2020: from noise to a sample, as a generator that can be followed and left. */
import { setImmediate } from "node:timers/promises";
import * as tf from "@tensorflow/tfjs-core";
import { InputError } from "../error.js";
import { createRandom } from "../random/random.js";
import { chunkShapes, cutIntoChunks, readAll } from "./chunks.js";
import { normalTensor } from "./normals.js";
import { respace, spaceTimesteps } from "./respace.js";
import { type Denoiser, pSample, type ReverseOptions } from "./reverse.js";
import type { Schedule } from "./schedule.js";

/** What every sampler needs. */
export interface LoopOptions {
  /** The shape of the samples, [B, …]. Sample i is the same for every B > i. */
  readonly shape: readonly number[];
  /** The same seed gives the same samples, bit for bit, on the same backend. */
  readonly seed: number;
  /** Where to begin, of that shape, in place of noise; stays the caller's. */
  readonly start?: tf.Tensor;
  /**
   * The most samples that the network sees at once; a larger batch is cut, so that memory stays bounded. By default as
   * many as have 131,072 numbers.
   */
  readonly chunk?: number;
}

export interface SampleLoopOptions extends ReverseOptions, LoopOptions {
  /** How many of the T times to visit, evenly spaced and the last among them (`respace`); all of them by default. */
  readonly steps?: number;
}

/** Where the process is. The arrays belong to the receiver. */
export interface SampleState {
  /** T at first (pure noise), 0 at last; the other way in an inversion. */
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
 * One step for one chunk. `noise` draws z of the shape of xt, each time anew; zeros where the step leads to t = 0.
 * The loop disposes both tensors.
 */
export type TakeStep = (
  xt: tf.Tensor,
  step: Step,
  noise: () => tf.Tensor,
) => { readonly sample: tf.Tensor; readonly xStart: tf.Tensor };

/**
 * Samples with Algorithm 2 and yields T + 1 states, t = T … 0, or `steps` + 1. Between the yields it holds
 * the next x_t alone, one tensor for each chunk; breaking off frees that too.
 * @throws InputError if the shape is not one of positive integers, `steps` is not from 1 to T, or as
 *   `pMeanVariance` does
 */
export function pSampleLoop(
  schedule: Schedule,
  denoiser: Denoiser,
  options: SampleLoopOptions,
): AsyncGenerator<SampleState, void, void> {
  const all = options.steps === undefined || options.steps === schedule.T;
  const spaced = all ? undefined : respace(schedule, spaceTimesteps(schedule.T, options.steps));
  const own = spaced?.schedule ?? schedule;
  const network = spaced?.denoiser(denoiser) ?? denoiser;
  const steps = Array.from({ length: own.T }, (_, i) => ({ from: own.T - i, to: own.T - i - 1 }));
  const take: TakeStep = (xt, { from }, noise) => pSample(own, network, xt, from, noise(), options);
  const states = followSteps(steps, options, take);
  return spaced === undefined ? states : atOldTimes(states, spaced.timesteps);
}

/**
 * The loop of every sampler: pure noise at the first step's `from`, then step after step, each chunk after
 * chunk. The noise of a step is named by its `from`, and is the same however the batch is cut.
 */
export async function* followSteps(
  steps: readonly Step[],
  { shape, seed, start, chunk }: LoopOptions,
  take: TakeStep,
): AsyncGenerator<SampleState, void, void> {
  const shapes = chunkShapes(shape, chunk);
  checkStart(start, shape);
  const random = createRandom(seed);
  const first = random.fork("start");
  let xs =
    start === undefined ? shapes.map((piece) => normalTensor(first, piece)) : cutIntoChunks(start, chunk);
  let estimate: Float32Array = new Float32Array();
  try {
    for (const step of steps) {
      const stream = random.fork("noise", step.from);
      const noiseLike = (x: tf.Tensor): tf.Tensor =>
        step.to > 0 ? normalTensor(stream, x.shape) : tf.zerosLike(x);
      const taken = tf.tidy(() => xs.map((x) => tf.tidy(() => take(x, step, () => noiseLike(x)))));
      const [samples, estimates] = [taken.map(({ sample }) => sample), taken.map(({ xStart }) => xStart)];
      const xt = await readAll(xs);
      estimate = await readAll(estimates);
      tf.dispose([xs, estimates]);
      xs = samples;
      yield { t: step.from, xt, xStart: estimate.slice(), shape };
      // Reading from a native backend never waits: without this no timer or interrupt would get a turn.
      await setImmediate();
    }
    const xt = await readAll(xs);
    const t = steps.at(-1)?.to ?? 0;
    yield { t, xt, xStart: t === 0 ? xt.slice() : estimate, shape };
  } finally {
    tf.dispose(xs);
  }
}

async function* atOldTimes(
  states: AsyncIterable<SampleState>,
  timesteps: Int32Array,
): AsyncGenerator<SampleState, void, void> {
  for await (const state of states) yield { ...state, t: timesteps[state.t] ?? NaN };
}

function checkStart(start: tf.Tensor | undefined, shape: readonly number[]): void {
  if (start === undefined || start.shape.join() === shape.join()) return;
  throw new InputError(
    `start of shape [${start.shape.join(", ")}]`,
    `the shape of the samples, [${shape.join(", ")}]`,
    "Give both the same shape.",
  );
}
