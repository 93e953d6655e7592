/** A U-Net in a folder as the Python package diffusers writes and reads it: config.json and the weights beside it. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { InputError } from "../error.js";
import { writeFileWhole } from "../files/writeFileWhole.js";
import type { Model } from "../model/createModel.js";
import { fromDiffusers, type NamedArray, toDiffusers } from "../model/diffusers.js";
import { type DiffusersConfig, diffusersConfig, unetConfigFromDiffusers } from "../model/diffusersConfig.js";
import { param, type Params } from "../model/layer.js";
import { createUNet } from "../model/unet.js";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.js";

/** The name that `save_pretrained` gives to the weights. */
const WEIGHTS = "diffusion_pytorch_model.safetensors";

/** A U-Net and its weights. */
export interface UNetWithParams {
  readonly model: ReturnType<typeof createUNet>;
  /** The caller disposes them. */
  readonly params: Params;
}

/**
 * Writes a folder that `UNet2DModel.from_pretrained` reads.
 * @param params e.g. `emaParams` of a checkpoint's state; stay the caller's
 * @throws InputError if the model is no U-Net, has no counterpart there, or the folder cannot be written
 */
export async function saveDiffusers(folder: string, model: Model, params: Params): Promise<void> {
  if (model.kind !== "unet")
    throw new InputError(`a model of kind ${model.kind}`, "a U-Net", "diffusers has no such network.");
  const config = diffusersConfig(model.config);
  const arrays = await Promise.all(
    model.specs.map(async ({ name, shape }): Promise<[string, NamedArray]> => {
      const data = await param(params, name).data<"float32">();
      return [name, { shape, data }];
    }),
  );
  const tensors = toDiffusers(model.config, Object.fromEntries(arrays));
  // The metadata tells Python's reader whose layout the tensors have.
  await writeFileWhole(join(folder, WEIGHTS), encodeSafetensors({ tensors, metadata: { format: "pt" } }));
  await writeFileWhole(join(folder, "config.json"), `${JSON.stringify(config, null, 2)}\n`);
}

/**
 * Reads a folder that `UNet2DModel.save_pretrained` wrote, weights in single precision.
 * @throws InputError if a file is missing or damaged, or there is no such network here
 */
export async function loadDiffusers(folder: string): Promise<UNetWithParams> {
  const config = unetConfigFromDiffusers(await readConfig(join(folder, "config.json")));
  const file = join(folder, WEIGHTS);
  const { tensors } = decodeSafetensors(await read(file), file);
  const arrays = Object.entries(fromDiffusers(config, tensors));
  const params = arrays.map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape])]);
  return { model: createUNet(config), params: Object.fromEntries(params) as Params };
}

async function readConfig(file: string): Promise<DiffusersConfig> {
  const text = (await read(file)).toString("utf8");
  try {
    return JSON.parse(text) as DiffusersConfig;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InputError(`${file}: ${error.message}`, "JSON", "Write the folder again.", { cause: error });
  }
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    throw new InputError(
      `cannot read ${file} (${error.message})`,
      `config.json and ${WEIGHTS} in one folder`,
      "Give the folder that save_pretrained of diffusers wrote.",
      { cause: error },
    );
  }
}
