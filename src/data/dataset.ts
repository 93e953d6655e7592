/** What every data set offers: batches that depend on the request alone. */
import { InputError } from "../error.js";

export type Split = "train" | "test";

/** Which samples: the same request returns the same batch on every call, so resuming needs no state. */
export interface BatchRequest {
  /** The number of samples, at least 1. */
  readonly size: number;
  /** The number of the batch, from 0; batches of one seed and size follow one another. */
  readonly step: number;
  /** The seed of the order, or of the samples themselves where they are drawn. */
  readonly seed: number;
  /** "train" unless told otherwise; no sample is in both. */
  readonly split?: Split;
}

export interface Batch {
  /** The samples row by row, `shape` gives their axes. Images lie in [−1, 1]. */
  readonly x: Float32Array;
  /** What each sample shows: "7", "B", "moon 2". */
  readonly labels: readonly string[];
  /** [B, …shape of a sample]. */
  readonly shape: readonly number[];
}

export interface Dataset {
  /** Says what the data are, to a reader: "glyphs: 0123…" */
  readonly name: string;
  /** Of one sample: [height, width, channels] for images, [2] for points. */
  readonly shape: readonly number[];
  /** The number of training samples; Infinity if they are drawn without end. */
  readonly size: number;
  /** @throws InputError if the request is not one of a positive size and a step of at least 0 */
  batch(request: BatchRequest): Batch;
}

/** Checks a request and fills in its split. @throws InputError that names the field */
export function checkRequest(request: BatchRequest): Required<BatchRequest> {
  const { size, step, seed, split = "train" } = request;
  if (!(Number.isSafeInteger(size) && size >= 1)) {
    throw new InputError(`size = ${String(size)}`, "a positive integer", "Ask for at least one sample.");
  }
  if (!(Number.isSafeInteger(step) && step >= 0)) {
    throw new InputError(`step = ${String(step)}`, "an integer of at least 0", "Batches count from 0.");
  }
  if (typeof seed !== "number" || !Number.isFinite(seed)) {
    throw new InputError(`seed = ${String(seed)}`, "a finite number", "Choose any, e.g. 0.");
  }
  if (!["train", "test"].includes(split)) {
    throw new InputError(`split = ${split}`, `"train" or "test"`, "Leave split out to train.");
  }
  return { size, step, seed, split };
}

/**
 * The same data set, every batch of which is looked through: what is not finite, or for images not in [−1, 1], stops
 * the run that would have learned it.
 */
export function checkedDataset(dataset: Dataset): Dataset {
  const limit = dataset.shape.length === 3 ? 1 : Infinity;
  return {
    ...dataset,
    batch: (request) => {
      const batch = dataset.batch(request);
      const place = batch.x.findIndex((value) => !(Math.abs(value) <= limit && Number.isFinite(value)));
      if (place === -1) return batch;
      const each = dataset.shape.reduce((product, n) => product * n, 1);
      throw new InputError(
        `${dataset.name}: value ${place % each} of sample ${Math.floor(place / each)} in batch ${request.step} of seed ${request.seed} is ${batch.x[place] ?? NaN}`,
        limit === 1 ? "a number in [−1, 1]" : "a finite number",
        limit === 1 ? "Scale bytes by x / 127.5 − 1." : "Correct the data.",
      );
    },
  };
}
