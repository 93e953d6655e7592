/** Child processes whose output goes to a log file. */
import { spawn, spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { basename, dirname } from "node:path";
import { recogniseCause } from "./causes.mjs";
import { logFile } from "./context.mjs";
import { StepFailure, shorten } from "./failure.mjs";

/** @typedef {import("./context.mjs").Context} Context */

/**
 * Runs a command to its end with its output appended to the step's log.
 *
 * The child leads a process group of its own: when set-up is stopped, the whole group (npm and pip
 * start helpers of theirs) can be stopped with it, see `lock.mjs`.
 *
 * @param {Context} context
 * @param {string} step names the log
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{cwd?: string, env?: Readonly<Record<string, string | undefined>>}} [options]
 * @returns {Promise<void>}
 * @throws {StepFailure} if the command cannot be started or does not end with status 0
 */
export async function runLogged(context, step, command, args, options = {}) {
  const log = logFile(context, step);
  mkdirSync(dirname(log), { recursive: true });
  const file = openSync(log, "a");
  const shown = shorten([basename(command), ...args].join(" "), 120);
  try {
    if (context.isStopped())
      throw new StepFailure({ what: `${shown} was not begun.`, mend: "npm run setup" });
    writeSync(file, `$ ${command} ${args.join(" ")}\n`);
    const ended = await ending(context, command, args, file, options);
    if (ended !== "with status 0") throw failureOf(`${shown} ended ${ended}.`, step, log);
  } finally {
    closeSync(file);
  }
}

/**
 * @param {Context} context
 * @param {string} command
 * @param {readonly string[]} args
 * @param {number} file
 * @param {{cwd?: string, env?: Readonly<Record<string, string | undefined>>}} options
 * @returns {Promise<string>} how it ended, in words
 */
function ending(context, command, args, file, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? context.root,
      env: { ...(options.env ?? context.env) },
      stdio: ["ignore", file, file],
      detached: true,
    });
    context.onChild(child.pid);
    child.once("error", (error) => {
      context.onChild(undefined);
      resolve(`before it began: ${error.message}`);
    });
    child.once("close", (status, signal) => {
      context.onChild(undefined);
      resolve(signal === null ? `with status ${status}` : `by signal ${signal}`);
    });
  });
}

/**
 * @param {string} what
 * @param {string} step
 * @param {string} log
 */
function failureOf(what, step, log) {
  const cause = recogniseCause(step, log);
  const mend = cause?.mend ?? `read ${log}, remove the cause, then npm run setup`;
  return new StepFailure({ what, log, mend, ...(cause === undefined ? {} : { why: cause.why }) });
}

/**
 * Starts a new log for a step, so that its last lines belong to this attempt.
 * @param {Context} context
 * @param {string} step
 */
export function clearLog(context, step) {
  rmSync(logFile(context, step), { force: true });
}

/**
 * Standard output of a quick question to a program; undefined if it cannot be run or fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {string | undefined}
 */
export function ask(command, args, env) {
  const { status, stdout, error } = spawnSync(command, args, {
    env: { ...env },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 20_000,
  });
  return error === undefined && status === 0 ? stdout : undefined;
}
