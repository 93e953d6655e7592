/** A file that grows while a run goes on: what is written is with the system at once, so that a killed process loses none of it. */
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { InputError } from "../error.js";

export interface AppendFile {
  readonly path: string;
  /** @throws InputError if there is no space left, or the file cannot be written */
  readonly write: (data: string | Uint8Array) => void;
  /** Waits until all of it is on the disk. */
  readonly sync: () => void;
  readonly close: () => void;
}

/** Opens a file to write at its end, making it and its folder. @throws InputError if that cannot be */
export function openAppend(path: string): AppendFile {
  const attempt = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw writeRefusal(error, path);
    }
  };
  const descriptor = attempt(() => {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, "a");
  });
  return {
    path,
    write: (data) =>
      attempt(() => {
        const bytes = typeof data === "string" ? Buffer.from(data) : data;
        // A disk that fills up takes a part, and refuses the next call.
        for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
      }),
    sync: () => attempt(() => fsyncSync(descriptor)),
    close: () => closeSync(descriptor),
  };
}

function writeRefusal(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  const isFull = error.code === "ENOSPC" || error.code === "EDQUOT";
  return new InputError(
    `cannot write ${path} (${error.message})`,
    isFull ? "free space on its disk" : "a file that can be written",
    isFull ? "Free some space, then go on with --resume." : "Choose another folder with --out.",
    { cause: error },
  );
}
