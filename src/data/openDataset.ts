/** Data sets by name: `glyphs`, `glyphs:ABC`, `mnist:DIR`, `cifar10:DIR`, `folder:DIR`, `toy:moons`. */
import { resolve } from "node:path";
import { InputError } from "../error.js";
import { openCifar10 } from "./cifar.js";
import type { Dataset } from "./dataset.js";
import { glyphs } from "./glyphs.js";
import { openImageFolder } from "./imageFolder.js";
import { openMnist } from "./mnist.js";
import { toy, toyNames } from "./toy.js";

const KNOWN = [
  "glyphs",
  "glyphs:digits",
  "glyphs:letters",
  "glyphs:CHARACTERS",
  "mnist:DIR",
  "cifar10:DIR",
  "folder:DIR",
  ...toyNames.map((name) => `toy:${name}`),
].join(", ");

/** The kinds that read a folder. */
const FOLDERS: Readonly<Record<string, (directory: string) => Promise<Dataset>>> = {
  mnist: openMnist,
  cifar10: openCifar10,
  folder: openImageFolder,
};

/**
 * Opens a data set.
 * @param name the kind, and after a colon what it needs: an alphabet, a folder, the name of a toy set
 * @throws InputError if there is no such data set, or its files are not what they should be
 */
export async function openDataset(name: string): Promise<Dataset> {
  const colon = name.indexOf(":");
  const kind = colon === -1 ? name : name.slice(0, colon);
  const rest = colon === -1 ? undefined : name.slice(colon + 1);
  if (kind === "glyphs" && rest !== "") return glyphs(rest);
  const open = Object.hasOwn(FOLDERS, kind) ? FOLDERS[kind] : undefined;
  if (open !== undefined && rest !== undefined && rest !== "") return open(rest);
  const found = kind === "toy" && rest !== undefined ? toy(rest) : undefined;
  if (found !== undefined) return found;
  throw new InputError(`data set "${name}"`, `one of ${KNOWN}`, "Choose one of these names.");
}

/** The same data set named from anywhere: a folder in the name becomes an absolute path, seen from `cwd`. */
export function absoluteDatasetName(name: string, cwd: string): string {
  const { kind, folder } = /^(?<kind>[^:]+):(?<folder>.+)$/s.exec(name)?.groups ?? {};
  if (kind === undefined || folder === undefined || !Object.hasOwn(FOLDERS, kind)) return name;
  return `${kind}:${resolve(cwd, folder)}`;
}
