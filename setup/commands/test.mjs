/**
 * `npm test`: sets up, then every check that package.json names, then the tests. All run even if an
 * earlier one fails. What follows `--` goes to vitest: `npm test -- test/tex`.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setUp } from "../all.mjs";
import { provideBrowser } from "../browser.mjs";
import { createContext } from "../context.mjs";
import { perform } from "../engine.mjs";
import { movingLine, resultLine } from "../lines.mjs";
import { withLock } from "../lock.mjs";
import { runShown } from "../shown.mjs";
import { nodeVersions } from "../steps/nodes.mjs";

/** @typedef {import("../context.mjs").Context} Context */
/** @typedef {{name: string, script: string}} Check a script of package.json and what it is called here */

/** @type {readonly Check[]} */
const checks = [
  { name: "format", script: "check:format" },
  { name: "lint", script: "check:lint" },
  { name: "types", script: "check:types" },
  { name: "imports", script: "check:imports" },
  { name: "notebooks", script: "check:notebooks" },
];

/** @param {readonly string[]} options */
export async function test(options) {
  const context = createContext();
  if (!(await setUp(context))) {
    process.exitCode = 1;
    return;
  }
  // A browser or a Node that cannot be had stops nothing: the tests that need it will say so.
  await withLock(context, (locked) => perform(locked, nodeVersions));
  const browser = await provideBrowser(context);
  const env = {
    ...context.env,
    PATH: [join(context.root, "node_modules", ".bin"), context.env["PATH"]].join(delimiter),
    ...(browser === undefined ? {} : { WORKBOOK_CHROMIUM: browser }),
  };
  const scripts = JSON.parse(readFileSync(join(context.root, "package.json"), "utf8")).scripts;
  process.exitCode = await runChecks({ ...context, env }, scripts, options);
}

/**
 * The tests come last, so that the line they end with, their counts, is the last of all.
 * @param {Context} context
 * @param {Readonly<Record<string, string>>} scripts
 * @param {readonly string[]} options for the tests
 * @returns {Promise<number>} 0 if everything is green, else 1
 */
export async function runChecks(context, scripts, options) {
  const red = [];
  for (const { name, script } of checks) {
    if (!(await runCheck(context, name, scripts[script] ?? "false"))) red.push(name);
  }
  if (red.length > 0) context.write(`\nFailed: ${red.join(", ")}. The tests run all the same.\n`);
  const unit = `${scripts["unit"]} ${options.map(quote).join(" ")}`;
  const tests = await runShown(context, "sh", ["-c", unit]);
  return red.length === 0 && tests === 0 ? 0 : 1;
}

/**
 * One line if it is green, the line and its whole output if it is red.
 * @param {Context} context
 * @param {string} name
 * @param {string} command for the shell
 */
async function runCheck(context, name, command) {
  const begun = performance.now();
  const clear = movingLine(context, name, command);
  const { status, output } = await collect(context, command);
  clear();
  context.write(resultLine(status === 0, name, performance.now() - begun, status === 0 ? "" : command));
  if (status !== 0) context.write(`${output.trimEnd().replace(/^/gm, "  ")}\n`);
  return status === 0;
}

/**
 * @param {Context} context
 * @param {string} command
 * @returns {Promise<{status: number, output: string}>}
 */
function collect({ root, env }, command) {
  return new Promise((resolve, reject) => {
    const child = spawn("sh", ["-c", command], {
      cwd: root,
      env: { ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (output += text));
    child.once("error", reject);
    child.once("close", (status) => resolve({ status: status ?? 1, output }));
  });
}

/** @param {string} argument */
function quote(argument) {
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}
