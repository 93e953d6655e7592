/** Samples of a trained model, as many as are wanted in bounded memory. */
import { ddimSampleLoop } from "../diffusion/ddim.js";
import { pSampleLoop, type SampleState } from "../diffusion/sample.js";
import type { VarianceKind } from "../diffusion/variance.js";
import { InputError } from "../error.js";
import { createRandom } from "../random/random.js";
import type { TrainedModel } from "./trainedModel.js";

export interface SampleModelOptions {
  readonly count: number;
  readonly seed: number;
  /** "ddpm" is Algorithm 2 of Ho et al. (2020), "ddim" the sampler of Song et al. (2021); "ddpm" unless told otherwise. */
  readonly sampler?: "ddpm" | "ddim";
  /** From 1 to T; T unless told otherwise. Fewer steps of "ddpm" are those of the process with only these times in it. */
  readonly steps?: number;
  /** The noise of "ddim", from 0 (none, the default) to 1. */
  readonly eta?: number;
  /** Of "ddpm": σ² = β̃_t ("fixedSmall"), β_t ("fixedLarge") or learned; as in training unless told otherwise. */
  readonly variance?: VarianceKind;
  /** Samples that are drawn at a time; 64 unless told otherwise. */
  readonly batchSize?: number;
}

/** Where sampling is. */
export interface SampleModelState extends SampleState {
  /** Which samples these are: `from` … `from` + shape[0] − 1. */
  readonly from: number;
  /** How many steps of all batches are done, and of how many: for progress displays. */
  readonly done: number;
  readonly total: number;
}

/**
 * Samples batch after batch, and yields every state of each; those with t = 0 are samples. Images are kept in
 * [−1, 1] by clipping the estimate of x_0, as in DDPM's code. Sample i depends on seed and batch size alone, not on `count`.
 * @throws InputError if an option cannot be
 */
export async function* sampleModel(
  trained: TrainedModel,
  options: SampleModelOptions,
): AsyncGenerator<SampleModelState, void, void> {
  const { count, seed, batchSize = 64 } = options;
  const { steps = trained.schedule.T } = options;
  checkCount("count", count);
  checkCount("batchSize", batchSize);
  const total = Math.ceil(count / batchSize) * steps;
  let done = 0;
  for (let from = 0; from < count; from += batchSize) {
    const shape = [Math.min(batchSize, count - from), ...trained.model.shape];
    const own =
      from === 0
        ? seed
        : createRandom(seed)
            .fork("batch", from / batchSize)
            .integer(0, 2 ** 31 - 1);
    for await (const state of loopOf(trained, options, shape, own, steps)) {
      yield { ...state, from, done, total };
      done += state.t > 0 ? 1 : 0;
    }
  }
}

function loopOf(
  { schedule, denoiser, predicts, model, ...trained }: TrainedModel,
  { sampler = "ddpm", eta = 0, variance = trained.variance }: SampleModelOptions,
  shape: readonly number[],
  seed: number,
  steps: number,
): AsyncGenerator<SampleState, void, void> {
  const common = { shape, seed, predicts, variance, steps, clipDenoised: model.shape.length === 3 };
  return sampler === "ddpm"
    ? pSampleLoop(schedule, denoiser, common)
    : ddimSampleLoop(schedule, denoiser, { ...common, eta });
}

function checkCount(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new InputError(`${name} = ${value}`, "a whole number of at least 1", "Ask for one sample at least.");
}
