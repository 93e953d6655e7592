/** Data sets by name: `glyphs`, `glyphs:ABC`, `mnist:DIR`, `toy:moons`. */
import { resolve } from "node:path";
import { InputError } from "../error.js";
import type { Dataset } from "./dataset.js";
import { glyphs } from "./glyphs.js";
import { openMnist } from "./mnist.js";
import { toy, toyNames } from "./toy.js";

const KNOWN = [
  "glyphs",
  "glyphs:digits",
  "glyphs:letters",
  "glyphs:CHARACTERS",
  "mnist:DIR",
  ...toyNames.map((name) => `toy:${name}`),
].join(", ");

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
  if (kind === "mnist" && rest !== undefined && rest !== "") return openMnist(rest);
  const found = kind === "toy" && rest !== undefined ? toy(rest) : undefined;
  if (found !== undefined) return found;
  throw new InputError(`data set "${name}"`, `one of ${KNOWN}`, "Choose one of these names.");
}

/** The same data set named from anywhere: a folder in the name becomes an absolute path, seen from `cwd`. */
export function absoluteDatasetName(name: string, cwd: string): string {
  const folder = /^mnist:(?<folder>.+)$/s.exec(name)?.groups?.["folder"];
  return folder === undefined ? name : `mnist:${resolve(cwd, folder)}`;
}
