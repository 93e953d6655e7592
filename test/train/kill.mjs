/**
 * Kills a training run with SIGKILL at random moments, resumes it each time, and compares it with a run that was never
 * disturbed: every loss of the log and every bit of the final weights, moving average and optimiser.
 *
 *   npm run build && node test/train/kill.mjs [KILLS] [SEED]      (50 kills unless told otherwise: about four minutes)
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath, pathToFileURL } from "node:url";
import { setTimeout as wait } from "node:timers/promises";
import { createRandom } from "../../dist/index.js";

const workbook = fileURLToPath(new URL("../../bin/workbook.mjs", import.meta.url));

/**
 * @typedef {object} KillReport
 * @property {number} kills how many sessions were ended by SIGKILL
 * @property {number} steps of the run
 * @property {number[]} killedAt the last step in the log at each kill
 * @property {number} midWrite kills that left a piece of a checkpoint behind
 * @property {boolean} sameLosses
 * @property {boolean} sameWeights
 * @property {string} weights SHA-256 of the final tensors
 */

/**
 * @param {{ kills: number, seed: number, stepsPerKill?: number }} options
 * @returns {Promise<KillReport>}
 */
export async function killAndResume({ kills, seed, stepsPerKill = 4 }) {
  const folder = mkdtempSync(join(tmpdir(), "kill-"));
  const [whole, hurt] = [join(folder, "whole"), join(folder, "hurt")];
  const steps = kills * stepsPerKill + 8;
  // A checkpoint after every step, so that many of the moments lie within its writing.
  const command = (/** @type {string} */ out) =>
    `train --preset tiny --channels 8 --T 25 --batch 8 --steps ${steps} --seed 5 --every 1 --keep 2 --samples 0 --resume --out ${out}`.split(
      " ",
    );
  try {
    const begin = performance.now();
    if ((await session(command(whole))) !== 0) throw new Error("the undisturbed run failed");
    const perStep = lastSeconds(whole) / steps;
    const startUp = (performance.now() - begin) / 1000 - perStep * steps;
    const random = createRandom(seed);
    const killedAt = [];
    let midWrite = 0;
    while (killedAt.length < kills) {
      // A fifth of the moments lie in the start of the process; the others within a step, some steps on.
      const early = random.uniform() < 0.2;
      const status = await session(command(hurt), async (ended) => {
        const target = lastStep(hurt) + random.integer(0, 2 * stepsPerKill - 2);
        while (!early && !ended() && lastStep(hurt) < target) await wait(2);
        await wait(1000 * random.uniform() * (early ? startUp : perStep));
      });
      if (status === 0) throw new Error(`the run ended after ${killedAt.length} kills: raise stepsPerKill`);
      if (status !== "SIGKILL") throw new Error(`a session ended with ${status}`);
      killedAt.push(lastStep(hurt));
      midWrite += existsSync(hurt) && readdirSync(hurt).some((name) => name.endsWith(".part")) ? 1 : 0;
    }
    if ((await session(command(hurt))) !== 0) throw new Error("the last session failed");
    const [expected, found] = [whole, hurt].map((run) => ({
      losses: losses(run),
      weights: weights(run, steps),
    }));
    return {
      ...{ kills, steps, killedAt, midWrite },
      sameLosses: expected?.losses.length === steps && String(expected?.losses) === String(found?.losses),
      sameWeights: expected?.weights === found?.weights,
      weights: found?.weights ?? "",
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * One process, killed as soon as `moment` is over, if it is given.
 * @param {string[]} args
 * @param {(ended: () => boolean) => Promise<void>} [moment]
 * @returns {Promise<number | string>} its exit status or the signal that ended it
 */
async function session(args, moment) {
  const child = spawn(process.execPath, [workbook, ...args], { stdio: ["ignore", "ignore", "inherit"] });
  let hasEnded = false;
  const ended = new Promise((resolve) =>
    child.on("exit", (status, signal) => {
      hasEnded = true;
      resolve(signal ?? status ?? -1);
    }),
  );
  await moment?.(() => hasEnded);
  if (moment !== undefined) child.kill("SIGKILL");
  return ended;
}

/**
 * The complete lines of a log, without its header.
 * @param {string} run
 */
function rows(run) {
  const path = join(run, "log.csv");
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(1, -1) : [];
}

/** @param {string} run */
function losses(run) {
  return rows(run).map((row) => row.split(",").slice(0, 5).join());
}

/** @param {string} run */
function lastStep(run) {
  return Number(rows(run).at(-1)?.split(",")[0] ?? 0);
}

/** @param {string} run */
function lastSeconds(run) {
  return Number(rows(run).at(-1)?.split(",")[5]);
}

/**
 * Of all numbers of a checkpoint; its header also says how long the training took, which differs.
 * @param {string} run
 * @param {number} step
 */
function weights(run, step) {
  const bytes = readFileSync(join(run, `step-${String(step).padStart(8, "0")}.safetensors`));
  const numbers = bytes.subarray(8 + Number(bytes.readBigUInt64LE(0)));
  return createHash("sha256").update(numbers).digest("hex");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [kills = 50, seed = 1] = process.argv.slice(2).map(Number);
  const report = await killAndResume({ kills, seed });
  console.log(JSON.stringify(report, undefined, 1));
  process.exitCode = report.sameLosses && report.sameWeights ? 0 : 1;
}
