/** Hashes and atomic writes. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/**
 * Every file below a folder, sorted, as paths relative to it. A folder that is missing has none.
 * @param {string} folder
 * @returns {string[]}
 */
export function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/**
 * SHA-256 over texts and over where each ends.
 * @param {readonly string[]} texts
 */
export function hashTexts(texts) {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${text.length}:`).update(text);
  return hash.digest("hex").slice(0, 16);
}

/**
 * SHA-256 over the names and contents of files; a missing one counts as such.
 * @param {string} folder
 * @param {readonly string[]} names relative to the folder
 */
export function hashFiles(folder, names) {
  return hashTexts(
    names.flatMap((name) => {
      const file = join(folder, name);
      return [name, existsSync(file) ? readFileSync(file, "latin1") : "missing"];
    }),
  );
}

/**
 * Writes a file whole or not at all: readers see the old content or the new, never a part.
 * @param {string} file
 * @param {string} text
 */
export function writeAtomically(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
}
