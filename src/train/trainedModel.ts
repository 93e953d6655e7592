/** A trained model to sample from and to evaluate: the moving average of a run without the rest of its state. */
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs-core";
import type { Denoiser } from "../diffusion/reverse.js";
import type { Prediction } from "../diffusion/parameterization.js";
import type { VarianceKind } from "../diffusion/variance.js";
import type { FileEffects } from "../files/writeFileWhole.js";
import { denoiserOf } from "../model/denoiser.js";
import type { Params } from "../model/layer.js";
import { disposeParams, unflattenParams } from "../model/params.js";
import { type Checkpoint, checkpointFormat, describe, modelFormat, readDescription } from "./checkpoint.js";
import { joinTensors, namedTensors, readTensorFile, writeTensorFile } from "./tensorFile.js";

/** What sampling and evaluation need. */
export interface TrainedModel extends Pick<Checkpoint, "model" | "schedule" | "info"> {
  /** The averaged parameters. */
  readonly params: Params;
  /** How many steps of training were made. */
  readonly step: number;
  /** What the network was trained to predict. */
  readonly predicts: Prediction;
  /** The variance of the reverse step that it was trained with. */
  readonly variance: VarianceKind;
  /** The network with its parameters. */
  readonly denoiser: Denoiser;
  /** Frees the parameters. */
  readonly dispose: () => void;
}

/** The path of the model that comes with the workbook; its `info` says how it was made. */
export const shippedModel = fileURLToPath(new URL("../../models/glyphs.safetensors", import.meta.url));

/**
 * Reads the averaged parameters of a checkpoint or of a file of {@link saveTrainedModel}.
 * @param file the model that comes with the workbook unless told otherwise
 * @throws InputError if there is no such file, or it is cut short, changed, or not one of ours
 */
export async function loadTrainedModel(file: string = shippedModel): Promise<TrainedModel> {
  const { tensors, metadata } = await readTensorFile(file, [checkpointFormat, modelFormat]);
  const { model, schedule, info, step } = readDescription(metadata);
  const ema = tf.tensor1d(joinTensors("ema", model.specs, tensors, file));
  const params = unflattenParams(model.specs, ema);
  ema.dispose();
  const { denoise, dispose } = denoiserOf(model, params);
  return {
    ...{ model, schedule, info, step, params },
    predicts: (info["predicts"] ?? "eps") as Prediction,
    variance: (info["variance"] ?? "fixedSmall") as VarianceKind,
    denoiser: denoise,
    dispose: () => {
      dispose();
      disposeParams(params);
    },
  };
}

/**
 * Writes the moving average of a checkpoint alone, a quarter of its size: enough to sample and to evaluate, not to go on
 * training. The file appears whole or not at all.
 * @throws InputError that names path and remedy if the file cannot be written
 */
export async function saveTrainedModel(
  file: string,
  checkpoint: Checkpoint,
  effects?: FileEffects,
): Promise<void> {
  const { model, state } = checkpoint;
  const ema = (await state.ema.data()) as Float32Array;
  const tensors = Object.fromEntries(namedTensors("ema", model.specs, ema));
  const progress = { step: state.step, optimizerStep: state.optimizer.step };
  const metadata = { format: modelFormat, ...describe(checkpoint), progress: JSON.stringify(progress) };
  await writeTensorFile(file, { tensors, metadata }, effects);
}
