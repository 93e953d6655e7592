/** Which model a command is to use. */
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { InputError } from "../error.js";
import { latestCheckpoint } from "../train/runFolder.js";
import { disposeState } from "../train/state.js";
import { shippedModel } from "../train/trainedModel.js";
import type { CommandArguments } from "./command.js";

export const modelUsage = `MODEL is a checkpoint, a file of workbook train --export, or the folder of a run, whose last whole checkpoint is taken;
without it, the model that comes with the workbook.`;

/**
 * The file of the model that the arguments name.
 * @throws InputError if two are named, or the folder holds no checkpoint
 */
export async function modelFile({ values, positionals }: CommandArguments, cwd: string): Promise<string> {
  const option = values["checkpoint"];
  const named = [...positionals, ...(typeof option === "string" ? [option] : [])];
  const [one] = named;
  if (named.length > 1) throw new InputError(`models ${named.join(", ")}`, "one", "Name a single model.");
  if (one === undefined) return shippedModel;
  const path = resolve(cwd, one);
  if (!existsSync(path) || !statSync(path).isDirectory()) return path;
  const found = await latestCheckpoint(path);
  if (found === undefined)
    throw new InputError(`${path} holds no checkpoint`, "the folder of a run", "Name another, or a file.");
  disposeState(found.checkpoint.state);
  return found.file;
}
