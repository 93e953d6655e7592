/** The C++ compiler: $CXX, or the first of the usual names that runs. */
import { ask } from "./run.mjs";

/** @typedef {import("./context.mjs").Context} Context */

export const compilerNames = ["c++", "g++", "clang++"];

/**
 * A command that is there but only offers to install a compiler (macOS without its tools) does not run.
 * @param {Context} context
 * @returns {string | undefined}
 */
export function compiler({ env }) {
  const wanted = env["CXX"];
  const names = wanted === undefined || wanted === "" ? compilerNames : [wanted];
  return names.find((name) => ask(name, ["--version"], env) !== undefined);
}
