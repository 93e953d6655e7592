/** What a failing step tells its reader: what failed, why as far as known, what mends it. */
import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";

/**
 * @typedef {object} FailureDetails
 * @property {string} what one sentence
 * @property {string} [why] one sentence; absent if the log says nothing we know
 * @property {string} mend the command, or the sentence, that mends it
 * @property {string} [log] the log file, absolute
 */

export class StepFailure extends Error {
  /** @param {FailureDetails} details */
  constructor(details) {
    super(details.what);
    this.name = "StepFailure";
    this.details = details;
  }
}

/**
 * The whole message, ready to print below the step's line.
 * @param {FailureDetails} details
 * @param {string} root
 */
export function explain({ what, why, mend, log }, root) {
  const lines = [`  What failed: ${what}`];
  if (why !== undefined) lines.push(`  Why: ${why}`);
  const tail = log === undefined ? [] : lastLines(log, 12);
  if (log !== undefined && tail.length > 0) {
    lines.push(`  The last lines of ${relative(root, log)}:`, ...tail.map((line) => `    | ${line}`));
  }
  lines.push(`  To mend it: ${mend}`);
  return `${lines.join("\n")}\n`;
}

/**
 * @param {string} file
 * @param {number} count
 */
export function lastLines(file, count) {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8")
    .split("\n")
    // A progress bar rewrites its line; the last state is the one that stood on the screen.
    .map((line) => line.replace(/\r$/, "").replace(/^.*\r/, "").trimEnd());
  return lines
    .filter((line) => line !== "" && !noise.test(line))
    .slice(-count)
    .map((line) => shorten(line, 200));
}

/** pip's remark on each requirement that is meant for another Python. */
const noise = /^Ignoring \S+: markers /;

/**
 * @param {string} text
 * @param {number} length at most
 */
export function shorten(text, length) {
  return text.length <= length ? text : `${text.slice(0, length - 2)} …`;
}
