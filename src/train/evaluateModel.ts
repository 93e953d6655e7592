/** The bound of a trained model on a data set, in bits per dimension: batches of `calcBpdLoop`, averaged. */
import * as tf from "@tensorflow/tfjs-core";
import type { Dataset, Split } from "../data/dataset.js";
import { calcBpdLoop } from "../diffusion/bpdLoop.js";
import { priorBpd } from "../diffusion/elbo.js";
import { rateDistortion, type RateDistortion } from "../diffusion/rateDistortion.js";
import type { VarianceKind } from "../diffusion/variance.js";
import { InputError } from "../error.js";
import { createRandom } from "../random/random.js";
import type { TrainedModel } from "./trainedModel.js";

export interface EvaluateOptions {
  readonly images: number;
  /** Of the order of the images and of the noise. */
  readonly seed: number;
  /** "test" unless told otherwise. */
  readonly split?: Split;
  /** Images that are evaluated at a time; 64 unless told otherwise. */
  readonly batchSize?: number;
  /** Instead of the variance the model was trained with; a fixed one for a fixed one. */
  readonly variance?: VarianceKind;
  /** Called after each step of each batch. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Means over the images. */
export interface Evaluation {
  readonly bitsPerDim: {
    readonly total: number;
    /** L_T */
    readonly prior: number;
    /** L_1 + … + L_{T−1} */
    readonly denoising: number;
    /** L_0 */
    readonly reconstruction: number;
    /** Entry t − 1 is L_{t−1}, for t = 1 … T. */
    readonly perStep: readonly number[];
  };
  /** The standard error of the total over the images; 0 for a single one. */
  readonly standardError: number;
  /** Entry t − 1: the mean of (x_0 − its estimate from x_t)². */
  readonly xStartMse: readonly number[];
  /** Entry t − 1: the mean of (ε − ε_θ(x_t, t))². */
  readonly mse: readonly number[];
  readonly rateDistortion: readonly RateDistortion[];
  readonly images: number;
}

/**
 * Evaluates the images of batches 0, 1, … of the split.
 * @throws InputError if the images are not of the model's size, or there are none
 */
export async function evaluateModel(
  trained: TrainedModel,
  dataset: Dataset,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const { images, seed, split = "test", batchSize = 64, onProgress } = options;
  checkImages(trained, dataset, images);
  const { T } = trained.schedule;
  const sums = { vb: new Float64Array(T), xStartMse: new Float64Array(T), mse: new Float64Array(T) };
  const [priors, totals]: [number[], number[]] = [[], []];
  const batches = Math.ceil(images / batchSize);
  const noise = createRandom(seed).fork("evaluate");
  for (let step = 0; step < batches; step += 1) {
    const size = Math.min(batchSize, images - step * batchSize);
    const { x, shape } = dataset.batch({ size: batchSize, step, seed, split });
    const each = x.length / batchSize;
    const xStart = tf.tensor(x.subarray(0, size * each), [size, ...shape.slice(1)]);
    try {
      const prior = tf.tidy(() => Array.from(priorBpd(trained.schedule, xStart).dataSync()));
      const total = Float64Array.from(prior);
      for await (const { t, ...terms } of calcBpdLoop(trained.schedule, trained.denoiser, xStart, {
        ...{ predicts: trained.predicts, variance: options.variance ?? trained.variance, clipDenoised: true },
        seed: noise.fork(step).integer(0, 2 ** 31 - 1),
      })) {
        for (const name of ["vb", "xStartMse", "mse"] as const)
          sums[name][t - 1] = (sums[name][t - 1] ?? 0) + terms[name].reduce((a, b) => a + b, 0);
        terms.vb.forEach((value, i) => (total[i] = (total[i] ?? 0) + value));
        onProgress?.(step * T + T - t + 1, batches * T);
      }
      priors.push(...prior);
      totals.push(...total);
    } finally {
      xStart.dispose();
    }
  }
  const means = Object.fromEntries(
    Object.entries(sums).map(([name, values]) => [name, Array.from(values, (sum) => sum / images)]),
  ) as Record<keyof typeof sums, number[]>;
  return summary(means, mean(priors), totals);
}

function summary(
  { vb, xStartMse, mse }: Record<"vb" | "xStartMse" | "mse", readonly number[]>,
  prior: number,
  totals: readonly number[],
): Evaluation {
  const total = mean(totals);
  const count = totals.length;
  const variance = totals.reduce((sum, value) => sum + (value - total) ** 2, 0) / Math.max(1, count - 1);
  return {
    bitsPerDim: {
      total,
      prior,
      denoising: vb.slice(1).reduce((sum, value) => sum + value, 0),
      reconstruction: vb[0] ?? NaN,
      perStep: vb,
    },
    standardError: Math.sqrt(variance / count),
    ...{ xStartMse, mse },
    // Its tables begin with an entry for t = 0.
    rateDistortion: rateDistortion({ prior, perStep: [0, ...vb], xStartMse: [0, ...xStartMse] }),
    images: count,
  };
}

function checkImages({ model }: TrainedModel, dataset: Dataset, images: number): void {
  if (model.shape.length !== 3 || dataset.shape.join() !== model.shape.join())
    throw new InputError(
      `data of shape [${dataset.shape.join(", ")}] for a model of shape [${model.shape.join(", ")}]`,
      "images of the model's size",
      "Bits per dimension are defined for images of 256 levels; give data of the model's size with --data.",
    );
  if (!(Number.isInteger(images) && images >= 1))
    throw new InputError(`images = ${images}`, "a whole number of at least 1", "Ask for one image at least.");
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
