/** Runs steps: each is done only if its stamp says so, and stamped only once its product is there. */
import { mkdirSync } from "node:fs";
import { dirname, relative } from "node:path";
import { logFile } from "./context.mjs";
import { StepFailure, explain } from "./failure.mjs";
import { movingLine, resultLine } from "./lines.mjs";
import { clearLog } from "./run.mjs";
import { removeStamp, staleness, writeStamp } from "./stamp.mjs";

/** @typedef {import("./context.mjs").Context} Context */
/** @typedef {import("./stamp.mjs").Inputs} Inputs */

/**
 * @typedef {object} Step
 * @property {string} name what its reader calls it
 * @property {string} log the name of its log, and of its section in causes.mjs
 * @property {(context: Context) => string} stamp the stamp's file, beside the product
 * @property {(context: Context) => Inputs} inputs quick to find
 * @property {(context: Context) => string | undefined} missing what of the product is not there, in words
 * @property {(context: Context) => Promise<string | void>} make makes the product; may return a note for its line
 */

/** @typedef {{name: string, reason?: string}} State of a step; with a reason it has to be done */

/**
 * Why a step has to be done; undefined if its product is whole and up to date.
 * @param {Context} context
 * @param {Step} step
 * @returns {string | undefined}
 */
export function reasonToMake(context, step) {
  return staleness(step.stamp(context), step.inputs(context)) ?? step.missing(context);
}

/**
 * Does one step and prints its line.
 * @param {Context} context
 * @param {Step} step
 * @returns {Promise<boolean>} whether its product stands now
 */
export async function perform(context, step) {
  const begun = performance.now();
  const reason = reasonToMake(context, step);
  if (reason === undefined) {
    context.write(resultLine(true, step.name, performance.now() - begun, "up to date"));
    return true;
  }
  const log = logFile(context, step.log);
  const clear = movingLine(context, step.name, relative(context.root, log));
  try {
    const note = await makeAndStamp(context, step, log);
    clear();
    context.write(resultLine(true, step.name, performance.now() - begun, note));
    return true;
  } catch (error) {
    clear();
    if (!(error instanceof StepFailure)) throw error;
    const stopped = context.isStopped();
    context.write(resultLine(false, step.name, performance.now() - begun, stopped ? "stopped" : "failed"));
    if (!stopped) context.write(explain(error.details, context.root));
    return false;
  }
}

/**
 * @param {Context} context
 * @param {Step} step
 * @param {string} log
 */
async function makeAndStamp(context, step, log) {
  removeStamp(step.stamp(context));
  mkdirSync(dirname(log), { recursive: true });
  clearLog(context, step.log);
  // Taken before the work: an input that changes meanwhile leaves a stamp that is out of date.
  const inputs = step.inputs(context);
  const note = await step.make(context);
  const missing = step.missing(context);
  if (missing !== undefined) {
    throw new StepFailure({
      what: `${step.name}: every command ended well, and yet ${missing}.`,
      mend: "npm run setup; if it happens again, this is a mistake of the set-up worth reporting",
      log,
    });
  }
  writeStamp(step.stamp(context), inputs);
  return note ?? "";
}
