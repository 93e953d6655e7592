/** All that decides a training run: made from a preset and the wishes of its owner, kept in every checkpoint. */
import { createHash } from "node:crypto";
import type { Dataset } from "../data/dataset.js";
import type { Prediction } from "../diffusion/parameterization.js";
import { isLearned, type VarianceKind } from "../diffusion/variance.js";
import { InputError } from "../error.js";
import type { ModelDescription } from "../model/createModel.js";
import type { CheckpointInfo } from "./checkpoint.js";
import { presets, type TrainPreset } from "./presets.js";

/** A run by its numbers. With the data, it decides every weight. */
export interface RunConfig extends Omit<TrainPreset, "model"> {
  /** The name of the preset it was made from. */
  readonly preset: string;
  readonly model: ModelDescription;
  readonly seed: number;
  readonly predicts: Prediction;
  /** What is made small; with "vlb", t is drawn by the losses seen before. */
  readonly loss: "simple" | "vlb" | "hybrid";
  /** σ_t² of the reverse step, in the bound and in samples. */
  readonly variance: VarianceKind;
}

/** What the presets leave to the wishes. */
type Wished = "preset" | "seed" | "predicts" | "loss" | "variance";

/** What may differ from the preset. */
export interface RunWishes {
  readonly data?: string;
  readonly steps?: number;
  readonly batchSize?: number;
  readonly seed?: number;
  readonly learningRate?: number;
  /** Steps of the diffusion process. */
  readonly T?: number;
  /** Width of the network at its first level (U-Net) or in its hidden layers (MLP). */
  readonly channels?: number;
  readonly predicts?: Prediction;
  readonly loss?: RunConfig["loss"];
  /** A learned one gives the network an output of twice the size. */
  readonly variance?: VarianceKind;
}

const points = {
  data: "toy:moons",
  model: { kind: "mlp", config: { dimension: 2, width: 128, depth: 3 } },
  schedule: { name: "linear", T: 100 },
  batchSize: 128,
  steps: 3000,
  learningRate: 2e-3,
  warmUpSteps: 50,
  finalFraction: 0.02,
  emaDecay: 0.995,
  samples: 1000,
} as const satisfies Omit<RunConfig, Wished>;

/**
 * The runs that have a name: the U-Nets of `presets`, `full` also called `mnist` after its network, and `points`, an MLP
 * in the plane that takes half a minute.
 */
export const runPresets: Readonly<Record<string, Omit<RunConfig, Wished>>> = {
  ...Object.fromEntries(
    Object.entries({ ...presets, mnist: presets.full }).map(([name, preset]) => [
      name,
      { ...preset, model: { kind: "unet" as const, config: preset.model } },
    ]),
  ),
  points,
};

/** A preset with the wishes in its place. @throws InputError if there is no such preset */
export function runConfig(preset: string, wishes: RunWishes = {}): RunConfig {
  const base = Object.hasOwn(runPresets, preset) ? runPresets[preset] : undefined;
  if (base === undefined)
    throw new InputError(`preset ${preset}`, `one of ${Object.keys(runPresets).join(", ")}`, "Choose one.");
  const { T = base.schedule.T, channels, ...others } = wishes;
  const { variance = "fixedSmall" } = wishes;
  const model = channels === undefined ? base.model : widened(base.model, channels);
  return {
    preset,
    seed: 1,
    predicts: "eps",
    loss: "simple",
    ...base,
    ...others,
    schedule: { ...base.schedule, T },
    variance,
    model: isLearned(variance) ? withVariance(model) : model,
  };
}

function widened(model: ModelDescription, channels: number): ModelDescription {
  return model.kind === "mlp"
    ? { kind: "mlp", config: { ...model.config, width: channels } }
    : { kind: "unet", config: { ...model.config, channels } };
}

function withVariance(model: ModelDescription): ModelDescription {
  return model.kind === "mlp"
    ? { kind: "mlp", config: { ...model.config, learnedVariance: true } }
    : { kind: "unet", config: { ...model.config, learnedVariance: true } };
}

/** The fields of a config beside model and schedule, which a checkpoint holds anyway, and their types. */
const FIELDS = {
  preset: "string",
  data: "string",
  batchSize: "number",
  steps: "number",
  seed: "number",
  learningRate: "number",
  warmUpSteps: "number",
  finalFraction: "number",
  emaDecay: "number",
  predicts: "string",
  loss: "string",
  variance: "string",
  samples: "number",
} as const satisfies Partial<Record<keyof RunConfig, "string" | "number">>;

/** A config as the info of a checkpoint. */
export function configToInfo(config: RunConfig): CheckpointInfo {
  return Object.fromEntries(Object.keys(FIELDS).map((name) => [name, config[name as keyof typeof FIELDS]]));
}

/**
 * The config that a checkpoint was made with.
 * @param file its path, for messages
 * @throws InputError if it was not written by a run of this kind
 */
export function configFromCheckpoint(
  file: string,
  checkpoint: {
    readonly model: ModelDescription;
    readonly schedule: { readonly name: string; readonly T: number };
    readonly info: CheckpointInfo;
  },
): RunConfig {
  const { model, schedule } = checkpoint;
  // Runs of before there was a choice.
  const info: CheckpointInfo = { loss: "simple", variance: "fixedSmall", ...checkpoint.info };
  for (const [name, type] of Object.entries(FIELDS)) {
    if (typeof info[name] === type) continue;
    throw new InputError(
      `${file}: its info has no ${name}`,
      "a checkpoint that workbook train wrote",
      "It can be sampled from; to go on training it, use the program that made it.",
    );
  }
  const fields = Object.fromEntries(Object.keys(FIELDS).map((name) => [name, info[name]]));
  return {
    ...(fields as unknown as Omit<RunConfig, "model" | "schedule">),
    model: { kind: model.kind, config: model.config } as ModelDescription,
    schedule: { name: schedule.name as TrainPreset["schedule"]["name"], T: schedule.T },
  };
}

/**
 * A mark of data and their order: the SHA-256 of the first batch of a run. A run that goes on with other data than it
 * began with would not be the run that never stopped.
 */
export function dataMark(dataset: Dataset, { batchSize, seed }: RunConfig): string {
  const { x } = dataset.batch({ size: batchSize, step: 0, seed });
  return createHash("sha256")
    .update(new Uint8Array(x.buffer, x.byteOffset, x.byteLength))
    .digest("hex");
}
