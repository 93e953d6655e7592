/**
 * A stamp says which inputs a finished product was made from. It lies beside the product, so that
 * deleting the product deletes it, and it is written last, so that an interrupted step has none.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { writeAtomically } from "./files.mjs";

/** @typedef {Readonly<Record<string, string>>} Inputs what a product depends on, named for its reader */

/**
 * Why a product with this stamp has to be made again, in words; undefined if it is up to date.
 * @param {string} file
 * @param {Inputs} inputs
 * @returns {string | undefined}
 */
export function staleness(file, inputs) {
  const recorded = readStamp(file);
  if (recorded === undefined) return "not finished yet";
  const names = [...new Set([...Object.keys(inputs), ...Object.keys(recorded)])];
  const changed = names.filter((name) => inputs[name] !== recorded[name]);
  return changed.length === 0 ? undefined : `changed: ${changed.join(", ")}`;
}

/**
 * @param {string} file
 * @param {Inputs} inputs
 */
export function writeStamp(file, inputs) {
  writeAtomically(file, `${JSON.stringify({ inputs }, null, 2)}\n`);
}

/** @param {string} file */
export function removeStamp(file) {
  rmSync(file, { force: true });
}

/**
 * The recorded inputs; undefined if there is no stamp or it is no stamp of ours.
 * @param {string} file
 * @returns {Inputs | undefined}
 */
export function readStamp(file) {
  if (!existsSync(file)) return undefined;
  try {
    const inputs = JSON.parse(readFileSync(file, "utf8"))?.inputs;
    return typeof inputs === "object" && inputs !== null ? inputs : undefined;
  } catch (error) {
    // Whoever damaged it, the answer is to make the product again.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
