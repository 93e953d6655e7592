import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Dataset } from "../../src/data/dataset.js";
import { openDataset } from "../../src/data/openDataset.js";
import { InputError } from "../../src/error.js";
import { useBackend } from "../../src/tensor/backend.js";
import { trainLoop } from "../../src/train/loop.js";
import { presetLearningRate, presetSchedule } from "../../src/train/presets.js";
import { createModel } from "../../src/model/createModel.js";
import { loadCheckpoint } from "../../src/train/checkpoint.js";
import { type RunOptions, type RunStep, trainRun } from "../../src/train/run.js";
import { configFromCheckpoint, type RunConfig, runConfig } from "../../src/train/runConfig.js";
import { checkpointPath, latestCheckpoint } from "../../src/train/runFolder.js";
import { readRunLog } from "../../src/train/runLog.js";
import { disposeState } from "../../src/train/state.js";

const config: RunConfig = runConfig("points", { steps: 12, channels: 8, batchSize: 16, seed: 6 });
let folder: string;
let dataset: Dataset;

beforeEach(async () => {
  await useBackend();
  dataset = await openDataset(config.data);
  folder = mkdtempSync(join(tmpdir(), "run-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function run(given: Partial<RunOptions> = {}): Promise<RunStep[]> {
  const steps: RunStep[] = [];
  const options = { folder, config, dataset, every: 5, keep: 2, ...given };
  for await (const step of trainRun(options)) steps.push(step);
  return steps;
}

/** Everything a checkpoint holds, its numbers as bits. */
async function contents(file: string): Promise<unknown> {
  const { state, info, schedule } = await loadCheckpoint(file);
  const vectors = [state.params, state.ema, state.optimizer.mu, state.optimizer.nu];
  const bits = vectors.map((vector) => Buffer.from(vector.dataSync().slice().buffer).toString("hex"));
  disposeState(state);
  return {
    bits,
    schedule,
    step: state.step,
    optimizerStep: state.optimizer.step,
    info: { ...info, seconds: 0 },
  };
}

function logged(path = folder): unknown {
  return readRunLog(join(path, "log.csv")).map((row) => ({ ...row, seconds: 0 }));
}

/** The error of a run that must fail. */
async function failure(given: Partial<RunOptions>): Promise<string> {
  const outcome = await run(given).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(InputError);
  return (outcome as InputError).message;
}

describe("a training run", () => {
  it("makes the steps of trainLoop, logs them in full, and leaves the last checkpoints and no tensors", async () => {
    const { numTensors } = tf.memory();
    const steps: RunStep[] = [];
    for await (const step of trainRun({ folder, config, dataset, every: 5, keep: 2 })) {
      steps.push(step);
      // Parameters, average and two moments: neither steps nor checkpoints leave more.
      expect(tf.memory().numTensors).toBe(numTensors + 4);
    }
    expect(tf.memory().numTensors).toBe(numTensors);
    const losses: number[] = [];
    for await (const made of trainLoop({
      model: createModel(config.model),
      schedule: presetSchedule(config),
      dataset,
      steps: 12,
      batchSize: 16,
      learningRate: presetLearningRate(config),
      emaDecay: config.emaDecay,
      seed: 6,
    })) {
      losses.push(made.loss);
      if (made.step === 12) {
        expect((await latestCheckpoint(folder))?.checkpoint.state.params.dataSync()).toEqual(
          made.state.params.dataSync(),
        );
        disposeState(made.state);
      }
    }
    expect(steps.map(({ loss }) => loss)).toEqual(losses);
    expect(logged()).toEqual(
      steps.map(({ step, loss, lossMean, gradientNorm, learningRate }) => ({
        ...{ step, loss, lossMean, gradientNorm, learningRate },
        seconds: 0,
      })),
    );
    expect(steps.flatMap(({ checkpoint }) => checkpoint ?? [])).toEqual(
      [5, 10, 12].map((step) => checkpointPath(folder, step)),
    );
    expect(readdirSync(folder).filter((name) => !name.startsWith("events"))).toEqual([
      "log.csv",
      "step-00000010.safetensors",
      "step-00000012.safetensors",
    ]);
    const { info, model, schedule, state } = await loadCheckpoint(checkpointPath(folder, 12));
    disposeState(state);
    expect(configFromCheckpoint("f", { info, model, schedule })).toEqual(config);
  });

  it("that was broken off goes on as the run that never stopped: losses, their mean, weights, bit for bit", async () => {
    const other = join(folder, "whole");
    await run({ folder: other });
    const stop = new AbortController();
    for await (const { step } of trainRun({
      folder,
      config,
      dataset,
      every: 5,
      keep: 2,
      signal: stop.signal,
    }))
      if (step === 7) stop.abort();
    // The signal came after step 7 was made: step 8 is the last, and it is saved.
    const from = await latestCheckpoint(folder);
    expect(from?.step).toBe(8);
    if (from === undefined) return;
    // As if it had been killed after step 10, in the middle of a line.
    const log = join(folder, "log.csv");
    writeFileSync(log, `${readFileSync(log, "utf8")}9,1,1,1,1,1\n10,2,2,2,2,2\n11,0.3`);
    writeFileSync(join(folder, ".step-00000010.safetensors.99.part"), "piece");
    const rest = await run({ from });
    expect(rest.map(({ step }) => step)).toEqual([9, 10, 11, 12]);
    expect(logged()).toEqual(logged(other));
    expect(await contents(checkpointPath(folder, 12))).toEqual(await contents(checkpointPath(other, 12)));
    expect(readdirSync(folder).some((name) => name.endsWith(".part"))).toBe(false);
  });

  it("counts the seconds of all its sessions", async () => {
    let ms = 0;
    const now = (): number => (ms += 1000);
    for await (const { step } of trainRun({ folder, config, dataset, every: 5, keep: 1, now })) {
      if (step === 10) break;
    }
    const first = readRunLog(join(folder, "log.csv"));
    const from = await latestCheckpoint(folder);
    expect(from?.step).toBe(10);
    if (from === undefined) return;
    ms += 1e9; // a long pause
    await run({ from, now });
    const all = readRunLog(join(folder, "log.csv"));
    expect(all.slice(0, 10)).toEqual(first);
    const seconds = all.map((row) => row.seconds);
    expect(seconds.at(-1)).toBeGreaterThan(seconds.at(-3) ?? NaN);
    expect(seconds.at(-1)).toBeLessThan(60);
  });

  it("refuses to go on with other data than it began with", async () => {
    await run();
    const from = await latestCheckpoint(folder);
    if (from === undefined) throw new Error("no checkpoint");
    const circles = await openDataset("toy:circles");
    expect(await failure({ from, dataset: circles, config: { ...config, steps: 20 } })).toBe(
      "toy:circles: its first batch of seed 6 differs from the one this run began with: expected the same data. Give the data it was begun with, or begin another run with --out.",
    );
    disposeState(from.checkpoint.state);
  });

  it("stops at a loss that is not finite, and names step, batch, seed and the last good checkpoint", async () => {
    const { numTensors } = tf.memory();
    // Adam's steps are as long as the learning rate: after the fifth the weights are far away.
    const message = await failure({ config: { ...config, learningRate: 1e30, warmUpSteps: 1 }, every: 1 });
    const match =
      /^(?:loss|length of the gradient) = (?:NaN|Infinity) at step (?<step>\d+), learning rate \S+ \(step \k<step>, batch (?<batch>\d+) of 16 samples of toy:moons under seed 6\): expected a finite number\. Train with a lower learning rate .* The last good checkpoint is (?<file>\S+)\.$/.exec(
        message,
      );
    const { step, batch, file } = match?.groups ?? {};
    expect(message).toMatch(/The last good checkpoint/);
    expect([Number(batch), file]).toEqual([Number(step) - 1, checkpointPath(folder, Number(step) - 1)]);
    const found = await latestCheckpoint(folder);
    expect(found?.file).toBe(file);
    if (found) disposeState(found.checkpoint.state);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it("stops at data that are not finite, and says that there is no checkpoint yet", async () => {
    const broken: Dataset = {
      ...dataset,
      batch: (request) => {
        const batch = dataset.batch(request);
        if (request.step === 2) batch.x[5] = NaN;
        return batch;
      },
    };
    expect(await failure({ dataset: broken })).toBe(
      "toy:moons: value 1 of sample 2 in batch 2 of seed 6 is NaN (step 3, batch 2 of 16 samples of toy:moons under seed 6): expected a finite number. Correct the data. No checkpoint was written yet.",
    );
  });

  it("refuses what cannot be before it makes a file", async () => {
    expect(await failure({ folder: join(folder, "new"), config: { ...config, batchSize: 0 } })).toMatch(
      /^batchSize = 0: expected /,
    );
    expect(readdirSync(folder)).toEqual([]);
  });
});
