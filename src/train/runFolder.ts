/** The checkpoints of a run in its folder: numbered by step, the last few kept, damaged ones passed over. */
import { open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../error.js";
import type { FileEffects } from "../files/writeFileWhole.js";
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from "./checkpoint.js";

/** One checkpoint of a folder. */
export interface CheckpointFile {
  readonly file: string;
  readonly step: number;
}

/** What {@link latestCheckpoint} found. */
export interface LatestCheckpoint extends CheckpointFile {
  readonly checkpoint: Checkpoint;
  /** The messages of the newer ones that are damaged, newest first. */
  readonly refused: readonly string[];
}

const NAME = /^step-(?<step>\d{8,})\.safetensors$/;
/** What a killed process leaves of a file that it was writing. */
const PIECE = /^\.step-\d+\.safetensors\.\d+\.part$/;

/** Where the checkpoint of a step lies: `step-00000500.safetensors`. */
export function checkpointPath(folder: string, step: number): string {
  return join(folder, `step-${String(step).padStart(8, "0")}.safetensors`);
}

/** The checkpoints of a folder, newest first; none if there is no such folder. Nothing is opened. */
export async function listCheckpoints(folder: string): Promise<readonly CheckpointFile[]> {
  return (await namesIn(folder))
    .flatMap((name) => {
      const step = NAME.exec(name)?.groups?.["step"];
      return step === undefined ? [] : [{ file: join(folder, name), step: Number(step) }];
    })
    .sort((a, b) => b.step - a.step);
}

/**
 * The newest checkpoint that is whole. Damaged ones before it are named in `refused` and left where they are. The
 * caller disposes its state.
 * @returns undefined if the folder holds none at all
 * @throws InputError if there are some and all are damaged
 */
export async function latestCheckpoint(folder: string): Promise<LatestCheckpoint | undefined> {
  const refused: string[] = [];
  for (const { file, step } of await listCheckpoints(folder)) {
    try {
      return { file, step, checkpoint: await loadCheckpoint(file), refused };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      refused.push(error.message);
    }
  }
  if (refused.length === 0) return undefined;
  throw new InputError(
    `${folder}: none of its checkpoints can be used.\n${refused.join("\n")}\n`,
    "one that is whole",
    "Train again into another folder.",
  );
}

/**
 * Writes the checkpoint of its step and removes all but the `keep` newest. Nothing is removed before the new one is
 * whole on the disk.
 * @returns its path
 * @throws InputError as `saveCheckpoint` does
 */
export async function saveAndRotate(
  folder: string,
  checkpoint: Checkpoint,
  keep: number,
  effects?: FileEffects,
): Promise<string> {
  const { step } = checkpoint.state;
  const file = checkpointPath(folder, step);
  await saveCheckpoint(file, checkpoint, effects);
  await syncFolder(folder);
  // One of a later step is damaged, or the run would have begun there: it must not push out those that are whole.
  const [later, earlier] = partition(await listCheckpoints(folder), (one) => one.step > step);
  for (const { file } of [...later, ...earlier.slice(keep)]) await rm(file, { force: true });
  return file;
}

/** Puts the names in a folder on the disk: after a power cut the new file must be there before the old ones are gone. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes what a killed process left of the file it was writing. */
export async function removePieces(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    if (PIECE.test(name)) await rm(join(folder, name), { force: true });
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(
      `${folder} cannot be read (${reason})`,
      "the folder of a training run",
      "Give another.",
      {
        cause: error,
      },
    );
  }
}

function partition<T>(items: readonly T[], belongs: (item: T) => boolean): [T[], T[]] {
  return [items.filter(belongs), items.filter((item) => !belongs(item))];
}
