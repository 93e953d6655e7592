/** Files that exist whole or not at all: written beside their place, forced to the disk, then renamed. */
import * as fs from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError } from "../error.js";

/** What the writer asks of the file system; tests pass one that fails. */
export interface FileEffects {
  mkdir(path: string, options: { readonly recursive: true }): Promise<unknown>;
  open(path: string, flags: string): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
  rm(path: string, options: { readonly force: true }): Promise<void>;
}

/** The part of Node's FileHandle that is used. */
export interface OpenFile {
  writeFile(data: Uint8Array): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Writes `file`, making its folder. Whatever goes wrong, an earlier file of that name stays as it was and no partial
 * file is left.
 * @param contents text (as UTF-8), bytes, or pieces of bytes one after another
 * @throws InputError that names the path and the remedy: no space, no permission, no such folder
 */
export async function writeFileWhole(
  file: string,
  contents: string | Uint8Array | readonly Uint8Array[],
  effects: FileEffects = fs,
): Promise<void> {
  const chunks = chunksOf(contents);
  try {
    await effects.mkdir(dirname(file), { recursive: true });
    await writeAndRename(file, chunks, effects);
  } catch (error) {
    throw writeError(error, file, chunks);
  }
}

function chunksOf(contents: string | Uint8Array | readonly Uint8Array[]): readonly Uint8Array[] {
  if (typeof contents === "string") return [Buffer.from(contents)];
  return contents instanceof Uint8Array ? [contents] : contents;
}

async function writeAndRename(
  file: string,
  chunks: readonly Uint8Array[],
  effects: FileEffects,
): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}.part`);
  const handle = await effects.open(temporary, "w");
  try {
    await writeAndSync(handle, chunks);
    await effects.rename(temporary, file);
  } catch (error) {
    await effects.rm(temporary, { force: true });
    throw error;
  }
}

async function writeAndSync(handle: OpenFile, chunks: readonly Uint8Array[]): Promise<void> {
  try {
    for (const chunk of chunks) await handle.writeFile(chunk);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Turns the system's error into one that says what to do; anything that is not the system's stays as it is. */
function writeError(error: unknown, file: string, chunks: readonly Uint8Array[]): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  const megabytes = (chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0) / 1e6).toFixed(1);
  const [expected, remedy] = advice(String(error.code), dirname(file), megabytes);
  const untouched = "An earlier file of this name is untouched.";
  return new InputError(`cannot write ${file} (${error.message})`, expected, `${remedy} ${untouched}`, {
    cause: error,
  });
}

function advice(code: string, folder: string, megabytes: string): [string, string] {
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return [
        `${megabytes} MB of free space`,
        `Free some space on the disk of ${folder}, or choose another folder.`,
      ];
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return [
        "a folder that may be written to",
        `Give yourself write permission for ${folder}, or choose another folder.`,
      ];
    case "ENOTDIR":
    case "EEXIST":
      return [`${folder} to be a folder`, "Choose another folder: a file stands in its place."];
    case "EISDIR":
      return ["a file", "Choose another name: a folder stands in its place."];
    default:
      return ["a file that can be written", `Look at the disk of ${folder}, or choose another folder.`];
  }
}
