/** Makes everything the workbook needs, and only what is not there yet. */
import { createContext } from "./context.mjs";
import { perform, reasonToMake } from "./engine.mjs";
import { killGroup, withLock } from "./lock.mjs";
import { nativeBinding } from "./steps/binding.mjs";
import { typescriptBuild } from "./steps/build.mjs";
import { nativeKernels } from "./steps/kernels.mjs";
import { kernelspec } from "./steps/kernelspec.mjs";
import { npmPackages } from "./steps/npm.mjs";
import { checkPrerequisites, lacking } from "./steps/prerequisites.mjs";
import { pythonEnvironment } from "./steps/venv.mjs";

/** @typedef {import("./context.mjs").Context} Context */
/** @typedef {import("./engine.mjs").Step} Step */
/** @typedef {import("./engine.mjs").State} State */

/** In the order in which each may rely on those before it. */
const steps = [npmPackages, pythonEnvironment, nativeBinding, nativeKernels, typescriptBuild, kernelspec];

/**
 * Does every step that is not done. Prints one line per step; stops at the first that fails.
 * @param {Context} [context]
 * @returns {Promise<boolean>} whether everything stands
 */
export async function setUp(context = createContext()) {
  return await withLock(context, (locked) => stoppable(locked, allSteps));
}

/**
 * What each step would do, without doing it.
 * @param {Context} context
 * @returns {State[]}
 */
export function check(context) {
  const lacks = lacking(context, neededFor(context)).map(({ what }) => `needed: ${what}`);
  return [
    { name: "prerequisites", ...(lacks.length === 0 ? {} : { reason: lacks.join("; ") }) },
    ...steps.map((step) => {
      const reason = reasonToMake(context, step);
      return { name: step.name, ...(reason === undefined ? {} : { reason }) };
    }),
  ];
}

/** @param {Context} context */
async function allSteps(context) {
  if (!checkPrerequisites(context, () => neededFor(context))) return false;
  for (const step of steps) if (context.isStopped() || !(await perform(context, step))) return false;
  return true;
}

/**
 * A product that stands needs no tools any more: a finished workbook starts without a compiler.
 * @param {Context} context
 */
function neededFor(context) {
  return {
    python: reasonToMake(context, pythonEnvironment) !== undefined,
    compiler: [nativeBinding, nativeKernels].some((step) => reasonToMake(context, step) !== undefined),
  };
}

/**
 * Runs work that starts commands so that Ctrl-C, or a request to end, stops the command as well:
 * commands lead process groups of their own, which the terminal does not reach.
 * @param {Context} context
 * @param {(context: Context) => Promise<boolean>} work
 */
async function stoppable(context, work) {
  /** @type {number | undefined} */
  let child;
  /** @type {NodeJS.Signals | undefined} */
  let stopped;
  const stop = (/** @type {NodeJS.Signals} */ signal) => {
    stopped = signal;
    if (child !== undefined) killGroup(child, "SIGTERM");
  };
  const signals = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);
  for (const signal of signals) process.on(signal, stop);
  try {
    const onChild = (/** @type {number | undefined} */ pid) => {
      child = pid;
      context.onChild(pid);
      if (stopped !== undefined && pid !== undefined) killGroup(pid, "SIGTERM");
    };
    return await work({ ...context, onChild, isStopped: () => stopped !== undefined });
  } finally {
    for (const signal of signals) process.off(signal, stop);
    if (stopped !== undefined) context.write(`Stopped by ${stopped}. The same command goes on from here.\n`);
  }
}
