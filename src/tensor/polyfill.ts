import util from "node:util";

/**
 * What tfjs-node 4.22 calls on `node:util` and newer versions of Node lack: gone since Node 23, and
 * on Node 22 still there but each writes its deprecation (DEP0044, DEP0051) to standard error once.
 */
const replacements: Readonly<Record<string, (value: unknown) => boolean>> = {
  isNullOrUndefined: (value) => value === null || value === undefined,
  isArray: (value) => Array.isArray(value),
};

/**
 * Puts plain functions in the place of the removed ones; must run before tfjs-node is called.
 * Only these names change, so every other deprecation is still reported.
 */
export function restoreRemovedUtilities(): void {
  for (const [name, replacement] of Object.entries(replacements)) Reflect.set(util, name, replacement);
}
