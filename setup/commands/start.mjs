/**
 * `npm start`: sets up, runs all notebooks, writes the report and says where it is. What follows `--`
 * goes to `workbook run`: `npm start -- --profile full --data mnist:DIR --out DIR notebooks/01-….ipynb`.
 */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { setUp } from "../all.mjs";
import { createContext } from "../context.mjs";
import { runShown } from "../shown.mjs";

/** @typedef {import("../context.mjs").Context} Context */

/** @param {readonly string[]} options */
export async function start(options) {
  const context = createContext();
  process.exitCode = (await setUp(context)) ? await runAndReport(context, options) : 1;
}

/**
 * A notebook that fails is part of the report, too; a call that cannot be understood has none.
 * @param {Context} context
 * @param {readonly string[]} options
 * @returns {Promise<number>} the exit status
 */
export async function runAndReport(context, options) {
  const out = outFolder(options);
  const begun = Date.now();
  // The last of two values counts, so the user's come after ours.
  const ran = await workbook(context, ["run", "--profile", "quick", "--out", out, ...options]);
  if (ran > 1) return ran;
  const notebooks = writtenSince(resolve(context.root, out), begun).map((file) =>
    relative(context.root, file),
  );
  const report = resolve(context.root, out, "report.html");
  const reported = await workbook(context, ["report", ...notebooks, "--out", relative(context.root, report)]);
  if (existsSync(report) && reported === 0)
    context.write(`\nThe report: ${report}\n            ${pathToFileURL(report).href}\n`);
  return Math.max(ran, reported);
}

/**
 * @param {Context} context
 * @param {readonly string[]} args
 */
function workbook(context, args) {
  return runShown(context, process.execPath, [join("bin", "workbook.mjs"), ...args]);
}

/**
 * @param {readonly string[]} options
 * @returns {string} relative to the project, or absolute
 */
function outFolder(options) {
  const joined = options.filter((option) => option.startsWith("--out=")).at(-1);
  const apart = options.lastIndexOf("--out");
  return (apart < 0 ? joined?.slice("--out=".length) : options[apart + 1]) ?? "out";
}

/**
 * The executed notebooks of this run, in the order of their names; older ones belong to other runs.
 * @param {string} folder
 * @param {number} begun milliseconds
 */
function writtenSince(folder, begun) {
  if (!existsSync(folder)) return [];
  return (
    readdirSync(folder)
      .filter((name) => name.endsWith(".ipynb"))
      .map((name) => join(folder, name))
      // File systems keep times in steps of up to 2 s.
      .filter((file) => statSync(file).mtimeMs >= begun - 2000)
      .sort()
  );
}
