/** A training run on disk: weights, moving average and optimiser as safetensors, all else as its metadata. */
import * as tf from "@tensorflow/tfjs-core";
import { type Schedule, scheduleFromBetas } from "../diffusion/schedule.js";
import { InputError } from "../error.js";
import { createModel, type Model, type ModelDescription } from "../model/createModel.js";
import type { FileEffects } from "../files/writeFileWhole.js";
import type { TrainState } from "./state.js";
import type { LossesByTime } from "./timesteps.js";
import {
  joinTensors,
  jsonField,
  namedTensors,
  notOurs,
  readTensorFile,
  writeTensorFile,
} from "./tensorFile.js";

/** Everything that sampling and continuing need. */
export interface Checkpoint {
  readonly model: Model;
  readonly schedule: Schedule;
  readonly state: TrainState;
  /** What else is worth knowing: data set, seed, batch size, learning rate … */
  readonly info: CheckpointInfo;
}

/** Facts about a run, for people and for continuing it. */
export type CheckpointInfo = Readonly<Record<string, string | number | boolean>>;

export const checkpointFormat = "diffusion-workbook checkpoint 1";
/** The format of a file of {@link saveTrainedModel}: as a checkpoint, but of all vectors only the moving average. */
export const modelFormat = "diffusion-workbook model 1";

/** The vectors of a state, by the first part of their tensors' names in the file. */
const VECTORS = ["params", "ema", "adam.mu", "adam.nu"] as const;
type VectorName = (typeof VECTORS)[number];

/**
 * Writes a checkpoint. The file appears whole or not at all: an earlier one of that name is replaced at the very end.
 * @throws InputError that names path and remedy if the file cannot be written, or if a number of the state is not finite
 */
export async function saveCheckpoint(
  file: string,
  checkpoint: Checkpoint,
  effects?: FileEffects,
): Promise<void> {
  const { model, state } = checkpoint;
  const vectors = await readVectors(state);
  for (const name of VECTORS) checkFinite(vectors[name], `${name} at step ${state.step}`, file);
  const tensors = Object.fromEntries(
    VECTORS.flatMap((vector) => namedTensors(vector, model.specs, vectors[vector])),
  );
  const { step, optimizer, lossesByTime } = state;
  const progress = { step, optimizerStep: optimizer.step, lossesByTime };
  const metadata = { format: checkpointFormat, ...describe(checkpoint), progress: JSON.stringify(progress) };
  await writeTensorFile(file, { tensors, metadata }, effects);
}

/** Model, schedule and info as the metadata of a file. */
export function describe({
  model,
  schedule,
  info,
}: Pick<Checkpoint, "model" | "schedule" | "info">): Record<"model" | "schedule" | "info", string> {
  return {
    model: JSON.stringify({ kind: model.kind, config: model.config }),
    schedule: JSON.stringify({ name: schedule.name, betas: Array.from(schedule.beta.subarray(1)) }),
    info: JSON.stringify(info),
  };
}

/** The inverse of {@link describe}, with the number of steps that were made. */
export function readDescription(metadata: Readonly<Record<string, string>>): Pick<
  Checkpoint,
  "model" | "schedule" | "info"
> & {
  readonly step: number;
  readonly optimizerStep: number;
  readonly lossesByTime: LossesByTime;
} {
  // Losses are missing in files of before there was importance sampling.
  const { step, optimizerStep, lossesByTime = [] } = jsonField(metadata, "progress") as Progress;
  const { name, betas } = jsonField(metadata, "schedule") as { name: string; betas: number[] };
  return {
    model: createModel(jsonField(metadata, "model") as ModelDescription),
    schedule: scheduleFromBetas(name, betas),
    info: jsonField(metadata, "info") as CheckpointInfo,
    step,
    optimizerStep,
    lossesByTime,
  };
}

/**
 * Reads a checkpoint. The caller disposes its state.
 * @throws InputError if there is no such file, or it is cut short, changed, or not a checkpoint of ours
 */
export async function loadCheckpoint(file: string): Promise<Checkpoint> {
  const { tensors, metadata } = await readTensorFile(file, [checkpointFormat, modelFormat]);
  if (metadata["format"] === modelFormat)
    throw notOurs(file, "it holds a trained model alone, without the state of a training run");
  const { model, schedule, info, step, optimizerStep, lossesByTime } = readDescription(metadata);
  const [params, ema, mu, nu] = VECTORS.map((vector) => joinTensors(vector, model.specs, tensors, file)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const state: TrainState = {
    step,
    params: tf.tensor1d(params),
    ema: tf.tensor1d(ema),
    optimizer: { step: optimizerStep, mu: tf.tensor1d(mu), nu: tf.tensor1d(nu) },
    lossesByTime,
  };
  return { model, schedule, state, info };
}

async function readVectors(state: TrainState): Promise<Record<VectorName, Float32Array>> {
  const read = async (vector: tf.Tensor1D): Promise<Float32Array> => (await vector.data()) as Float32Array;
  return {
    params: await read(state.params),
    ema: await read(state.ema),
    "adam.mu": await read(state.optimizer.mu),
    "adam.nu": await read(state.optimizer.nu),
  };
}

/** Where a run stands, as stored. */
interface Progress {
  readonly step: number;
  readonly optimizerStep: number;
  readonly lossesByTime?: LossesByTime;
}

/** A file of NaNs would push good ones out of the last k that are kept. */
function checkFinite(values: Float32Array, name: string, file: string): void {
  const place = values.findIndex((value) => !Number.isFinite(value));
  if (place === -1) return;
  throw new InputError(
    `${name}: entry ${place} is ${values[place] ?? NaN}`,
    "finite numbers",
    `${file} is not written. Train again from an earlier checkpoint with a lower learning rate.`,
  );
}
