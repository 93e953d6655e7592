/** Commands whose output the reader sees as it comes. */
import { spawn } from "node:child_process";

/** @typedef {import("./context.mjs").Context} Context */

/**
 * Runs a command in the foreground. Ctrl-C reaches it through the terminal; we wait for its own end.
 * @param {Context} context
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string | undefined>>} [env]
 * @returns {Promise<number>} its exit status, 128 + the signal's number if a signal ended it
 */
export function runShown({ root, env: own }, command, args, env = own) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env: { ...env }, stdio: "inherit" });
    const forward = (/** @type {NodeJS.Signals} */ signal) => void child.kill(signal);
    const wait = () => undefined;
    process.on("SIGINT", wait);
    process.on("SIGTERM", forward);
    child.once("error", reject);
    child.once("close", (status, signal) => {
      process.off("SIGINT", wait);
      process.off("SIGTERM", forward);
      resolve(status ?? (signal === "SIGINT" ? 130 : 143));
    });
  });
}
