/** Reading what a person named: every failure says which file, and what to do. */
import { readdir, readFile } from "node:fs/promises";
import { InputError } from "../error.js";

/**
 * The names in a folder, sorted.
 * @param what how the person named it
 * @throws InputError with `expected` and `remedy` if it cannot be read
 */
export async function listFolder(
  what: string,
  folder: string,
  expected: string,
  remedy: string,
): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (cause) {
    throw new InputError(`${what} cannot be read (${reason(cause)})`, expected, remedy, { cause });
  }
}

/** The bytes of a file. @throws InputError if it cannot be read */
export async function readBytes(file: string): Promise<Buffer> {
  return readFile(file).catch((cause: unknown) => {
    throw new InputError(
      `${file} cannot be read (${reason(cause)})`,
      "a readable file",
      "Check the path and its permissions.",
      { cause },
    );
  });
}

/** What an error says, whatever was thrown. */
export function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
