/** A training run on disk: weights, moving average and optimiser as safetensors, all else as its metadata. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import * as tf from "@tensorflow/tfjs-core";
import { type Schedule, scheduleFromBetas } from "../diffusion/schedule.js";
import { InputError } from "../error.js";
import { createModel, type Model, type ModelDescription } from "../model/createModel.js";
import type { ParamSpec } from "../model/layer.js";
import { sizeOf } from "../model/params.js";
import { decodeSafetensors, encodeSafetensors, type Safetensors, type StoredTensor } from "./safetensors.js";
import type { TrainState } from "./state.js";
import type { LossesByTime } from "./timesteps.js";
import { writeFileWhole, type FileEffects } from "../files/writeFileWhole.js";

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

const FORMAT = "diffusion-workbook checkpoint 1";

/** The vectors of a state, by the first part of their tensors' names in the file. */
const VECTORS = ["params", "ema", "adam.mu", "adam.nu"] as const;
type VectorName = (typeof VECTORS)[number];

/**
 * Writes a checkpoint. The file appears whole or not at all: an earlier one of that name is replaced at the very end.
 * @throws InputError that names path and remedy if the file cannot be written
 */
export async function saveCheckpoint(
  file: string,
  checkpoint: Checkpoint,
  effects?: FileEffects,
): Promise<void> {
  const { model, schedule, state, info } = checkpoint;
  const vectors = await readVectors(state);
  const tensors = Object.fromEntries(
    VECTORS.flatMap((vector) => namedTensors(vector, model.specs, vectors[vector])),
  );
  const metadata = {
    format: FORMAT,
    model: JSON.stringify({ kind: model.kind, config: model.config }),
    schedule: JSON.stringify({ name: schedule.name, betas: Array.from(schedule.beta.subarray(1)) }),
    progress: JSON.stringify({
      step: state.step,
      optimizerStep: state.optimizer.step,
      lossesByTime: state.lossesByTime,
    }),
    info: JSON.stringify(info),
  };
  const sha256 = checksum({ tensors, metadata });
  await writeFileWhole(file, encodeSafetensors({ tensors, metadata: { ...metadata, sha256 } }), effects);
}

/**
 * Reads a checkpoint. The caller disposes its state.
 * @throws InputError if there is no such file, or it is cut short, changed, or not a checkpoint of ours
 */
export async function loadCheckpoint(file: string): Promise<Checkpoint> {
  const { tensors, metadata: all } = decodeSafetensors(await readBytes(file), file);
  const { sha256, ...metadata } = all;
  if (metadata["format"] !== FORMAT)
    throw notOurs(file, `its format is ${metadata["format"] ?? "not stated"}`);
  if (sha256 !== checksum({ tensors, metadata }))
    throw notOurs(file, "its content does not match its checksum");
  const model = createModel(field(metadata, "model") as ModelDescription);
  const { name, betas } = field(metadata, "schedule") as { name: string; betas: number[] };
  const progress = field(metadata, "progress") as Progress;
  const info = field(metadata, "info") as CheckpointInfo;
  const [params, ema, mu, nu] = VECTORS.map((vector) => joinTensors(vector, model.specs, tensors, file)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const state: TrainState = {
    step: progress.step,
    params: tf.tensor1d(params),
    ema: tf.tensor1d(ema),
    optimizer: { step: progress.optimizerStep, mu: tf.tensor1d(mu), nu: tf.tensor1d(nu) },
    lossesByTime: progress.lossesByTime ?? [],
  };
  return { model, schedule: scheduleFromBetas(name, betas), state, info };
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

/** `lossesByTime` is missing in checkpoints of before there was importance sampling. */
interface Progress {
  readonly step: number;
  readonly optimizerStep: number;
  readonly lossesByTime?: LossesByTime;
}

/** Cuts a vector [P] into the tensors of the model, so that the file can be read without it. */
function namedTensors(
  vector: VectorName,
  specs: readonly ParamSpec[],
  data: Float32Array,
): [string, StoredTensor][] {
  let from = 0;
  return specs.map(({ name, shape }) => {
    const piece = data.subarray(from, (from += sizeOf(shape)));
    return [`${vector}.${name}`, { shape, data: piece }];
  });
}

/** The inverse of {@link namedTensors}. */
function joinTensors(
  vector: VectorName,
  specs: readonly ParamSpec[],
  tensors: Readonly<Record<string, StoredTensor>>,
  file: string,
): Float32Array {
  const joined = new Float32Array(specs.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
  let at = 0;
  for (const { name, shape } of specs) {
    const stored = tensors[`${vector}.${name}`];
    if (stored?.shape.join() !== shape.join())
      throw notOurs(
        file,
        `${vector}.${name} is ${stored ? `of shape [${stored.shape.join(", ")}]` : "missing"}, the model's is of shape [${shape.join(", ")}]`,
      );
    joined.set(stored.data, at);
    at += stored.data.length;
  }
  return joined;
}

/** Over names, shapes, numbers and metadata, so that no byte of the file can change unnoticed. */
function checksum({ tensors, metadata }: Safetensors): string {
  const hash = createHash("sha256").update(JSON.stringify(metadata));
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    hash.update(`${name} ${shape.join()}\n`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex");
}

/** A part of the metadata; the checksum has shown that it is as we wrote it. */
function field(metadata: Readonly<Record<string, string>>, name: string): unknown {
  return JSON.parse(metadata[name] ?? "null");
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    throw new InputError(
      `cannot read ${file} (${error.message})`,
      "a checkpoint, a file that ends in .safetensors",
      "Give the path of a checkpoint that training wrote.",
      { cause: error },
    );
  }
}

function notOurs(file: string, why: string): InputError {
  return new InputError(
    `${file}: ${why}`,
    "a checkpoint of this version of the workbook",
    "Use another checkpoint, or train again.",
  );
}
