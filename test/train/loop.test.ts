import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { Dataset } from "../../src/data/dataset.js";
import { glyphs } from "../../src/data/glyphs.js";
import { mixtureDataset, ringOfGaussians } from "../../src/data/toy.js";
import { cosineSchedule, linearSchedule } from "../../src/diffusion/schedules.js";
import { createMlp } from "../../src/model/mlp.js";
import { flattenParams } from "../../src/model/params.js";
import { createUNet } from "../../src/model/unet.js";
import { useBackend } from "../../src/tensor/backend.js";
import { drawBatch } from "../../src/train/draw.js";
import { trainLoop, type TrainStep } from "../../src/train/loop.js";
import { uniformTimesteps } from "../../src/train/timesteps.js";
import { disposeState, emaParams } from "../../src/train/state.js";
import type { TrainOptions } from "../../src/train/trainOptions.js";
import { largestError } from "../support/numbers.js";
import { refusalOf } from "../support/refusal.js";

const points: TrainOptions = {
  model: createMlp({ width: 32, depth: 2 }),
  schedule: linearSchedule({ T: 100 }),
  dataset: mixtureDataset("ring", ringOfGaussians),
  steps: 12,
  batchSize: 64,
  learningRate: 2e-3,
  seed: 3,
};

const images: TrainOptions = {
  model: createUNet({ patchSize: 1, channels: 8, multipliers: [1, 1, 2], groups: 4 }),
  schedule: cosineSchedule({ T: 100 }),
  dataset: glyphs(),
  steps: 50,
  batchSize: 8,
  learningRate: 2e-3,
  seed: 1,
};

beforeAll(async () => {
  await useBackend();
});

/** Every item, and the last state, which is the caller's. */
async function collect(options: TrainOptions): Promise<{ steps: TrainStep[]; last: TrainStep }> {
  const steps: TrainStep[] = [];
  for await (const step of trainLoop(options)) steps.push(step);
  const last = steps.at(-1);
  if (last === undefined) throw new Error("no step");
  return { steps, last };
}

async function vectorAtStart(): Promise<Float32Array> {
  const params = points.model.init(points.seed);
  const vector = flattenParams(points.model.specs, params);
  const data = await vector.data<"float32">();
  tf.dispose([params, vector]);
  return data;
}

describe("a training run", () => {
  it("learns a mixture in the plane: L_simple on seed 3 falls from 1 to below 0.3", async () => {
    const { steps, last } = await collect({ ...points, steps: 400 });
    const mean = (from: number, to: number): number =>
      steps.slice(from, to).reduce((sum, { loss }) => sum + loss, 0) / (to - from);
    expect(mean(0, 5)).toBeGreaterThan(0.9);
    expect(mean(300, 400)).toBeLessThan(0.3);
    expect(Math.abs(last.lossMean - mean(300, 400))).toBeLessThan(0.05);
    disposeState(last.state);
  });

  it("learns glyphs with a small U-Net: L_simple on seed 1 falls from 1 to below 0.27 in 50 steps, in constant memory", async () => {
    const before = tf.memory();
    const memory: number[][] = [];
    const losses: number[] = [];
    let last: TrainStep | undefined;
    for await (const step of trainLoop(images)) {
      const { numTensors, numBytes, numDataBuffers } = tf.memory();
      memory.push([numTensors, numBytes, numDataBuffers]);
      losses.push(step.loss);
      last = step;
    }
    expect(memory).toHaveLength(50);
    expect(new Set(memory.map(String)).size).toBe(1);
    expect(memory[0]?.[0]).toBe(before.numTensors + 4);
    expect(losses[0]).toBeGreaterThan(0.95);
    expect(losses.slice(-10).reduce((sum, loss) => sum + loss, 0) / 10).toBeLessThan(0.27);
    if (last) disposeState(last.state);
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numBytes).toBe(before.numBytes);
  });

  it.each([
    ["MLP", points],
    ["U-Net", { ...images, steps: 4 }],
  ])("is the same for the same seed, bit for bit, and another for another (%s)", async (_, options) => {
    const [first, again, other] = [
      await collect(options),
      await collect(options),
      await collect({ ...options, seed: 99 }),
    ];
    expect(again.steps.map(({ loss }) => loss)).toEqual(first.steps.map(({ loss }) => loss));
    expect(await again.last.state.params.data()).toEqual(await first.last.state.params.data());
    expect(await again.last.state.ema.data()).toEqual(await first.last.state.ema.data());
    expect(other.last.loss).not.toBe(first.last.loss);
    for (const { last } of [first, again, other]) disposeState(last.state);
  });

  it("that is stopped and continued equals the one that was not", async () => {
    const whole = await collect(points);
    const begun = await collect({ ...points, steps: 5 });
    const continued = await collect({ ...points, state: begun.last.state });
    expect(continued.steps.map(({ step }) => step)).toEqual([6, 7, 8, 9, 10, 11, 12]);
    expect(continued.steps.map(({ loss }) => loss)).toEqual(whole.steps.slice(5).map(({ loss }) => loss));
    expect(await continued.last.state.params.data()).toEqual(await whole.last.state.params.data());
    for (const { last } of [whole, continued]) {
      expect([last.state.step, last.state.optimizer.step]).toEqual([12, 12]);
      disposeState(last.state);
    }
  });

  it("with dropout, learned variances and t by their losses is continued as exactly", async () => {
    const bound: TrainOptions = {
      ...images,
      model: createUNet({
        ...{ patchSize: 1, channels: 8, multipliers: [1, 2], groups: 4, attentionAt: [] },
        ...{ dropout: 0.2, learnedVariance: true },
      }),
      // So few times that each soon has the ten losses that importance sampling waits for.
      schedule: linearSchedule({ T: 2, betaStart: 0.3, betaEnd: 0.5 }),
      objective: { loss: "hybrid", variance: "learnedRange" },
      timesteps: "lossSecondMoment",
      steps: 8,
    };
    const whole = await collect(bound);
    const begun = await collect({ ...bound, steps: 5 });
    expect(begun.last.state.lossesByTime.map((losses) => losses.length)).toEqual([10, 10]);
    const continued = await collect({ ...bound, state: begun.last.state });
    expect(continued.steps.map(({ loss }) => loss)).toEqual(whole.steps.slice(5).map(({ loss }) => loss));
    expect(await continued.last.state.params.data()).toEqual(await whole.last.state.params.data());
    expect(continued.last.state.lossesByTime).toEqual(whole.last.state.lossesByTime);
    const uniform = await collect({ ...bound, timesteps: "uniform" });
    expect(uniform.last.loss).not.toBe(whole.last.loss);
    for (const { last } of [whole, continued, uniform]) disposeState(last.state);
  });

  it("draws every t from 1 to T, and no other, and new noise at every step", () => {
    const draws = Array.from({ length: 12 }, (_, i) =>
      drawBatch({ ...points, batchSize: 64 }, uniformTimesteps(5), [], i + 1),
    );
    const drawn = draws.flatMap(({ t }) => [...t]);
    const noise = draws.flatMap((draw) => [...draw.noise.dataSync()]);
    const counts = [1, 2, 3, 4, 5].map((t) => drawn.filter((value) => value === t).length);
    expect(counts.reduce((sum, count) => sum + count)).toBe(12 * 64);
    // 154 expected of each; five standard deviations are 55.
    for (const count of counts) expect(Math.abs(count - drawn.length / 5)).toBeLessThan(55);
    expect(new Set(noise).size).toBeGreaterThan(0.99 * noise.length);
    tf.dispose(draws.map(({ xStart, noise }) => [xStart, noise]));
  });

  it("shortens gradients that are longer than maxGradientNorm", async () => {
    // So short that Adam's ε = 1e-8 outweighs it: every change is below the learning rate times 1e-12 / 1e-8.
    const { last } = await collect({ ...points, steps: 1, maxGradientNorm: 1e-12 });
    const start = await vectorAtStart();
    const params = await last.state.params.data();
    expect(Math.max(...params.map((value, i) => Math.abs(value - (start[i] ?? NaN))))).toBeLessThan(1e-6);
    expect(last.gradientNorm).toBeGreaterThan(0.1);
    disposeState(last.state);
  });

  it("moves the average as its warm-up says", async () => {
    const { last } = await collect({ ...points, steps: 1 });
    const start = await vectorAtStart();
    const [params, ema] = [await last.state.params.data(), await last.state.ema.data()];
    const expected = params.map((value, i) => (2 / 11) * (start[i] ?? NaN) + (9 / 11) * value);
    expect(largestError(ema, expected)).toBeLessThan(1e-7);
    expect(largestError(params, start)).toBeGreaterThan(1e-3);
    disposeState(last.state);
  });

  it("leaves its latest state to whoever breaks off", async () => {
    const { numTensors } = tf.memory();
    for await (const { step, state } of trainLoop(points)) {
      if (step < 3) continue;
      const params = emaParams(points.model, state);
      expect(await params["output.bias"]?.data()).toHaveLength(2);
      tf.dispose(params);
      disposeState(state);
      break;
    }
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it("lets timers run between its steps, and says how long it will take", async () => {
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 0);
    let time = 0;
    const { steps, last } = await collect({ ...points, now: () => (time += 500) });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(3);
    expect(last).toMatchObject({
      step: 12,
      steps: 12,
      learningRate: 2e-3,
      secondsPerStep: 0.5,
      remainingSeconds: 0,
    });
    expect(steps[3]).toMatchObject({ step: 4, remainingSeconds: 4 });
    disposeState(last.state);
  });
});

describe("a run that cannot go on", () => {
  const broken = (from: number): Dataset => ({
    ...points.dataset,
    batch: (request) => {
      const batch = points.dataset.batch(request);
      return request.step < from ? batch : { ...batch, x: batch.x.fill(Infinity) };
    },
  });

  it("stops at a loss that is not finite, and leaves the state before it", async () => {
    const { numTensors } = tf.memory();
    const seen: TrainStep[] = [];
    const run = async (): Promise<void> => {
      for await (const step of trainLoop({ ...points, dataset: broken(3) })) seen.push(step);
    };
    expect(await refusalOf(run())).toBe(
      "loss = NaN at step 4, learning rate 0.002: expected a finite number. Train with a lower learning rate or a longer warm-up, and look at the data of this step; the state after step 3 and every saved checkpoint are untouched.",
    );
    const last = seen.at(-1);
    expect(last?.step).toBe(3);
    expect((await last?.state.params.data())?.every(Number.isFinite)).toBe(true);
    if (last) disposeState(last.state);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  const option = "Correct this option of the training run.";
  it.each<[Partial<TrainOptions>, string]>([
    [{ steps: 0 }, `steps = 0: expected a whole number of at least 1. ${option}`],
    [{ batchSize: 2.5 }, `batchSize = 2.5: expected a whole number of at least 1. ${option}`],
    [{ emaDecay: 1 }, `emaDecay = 1: expected a number from 0 to below 1. ${option}`],
    [{ maxGradientNorm: 0 }, `maxGradientNorm = 0: expected a positive number. ${option}`],
    [{ learningRate: NaN }, `learningRate = NaN at step 1: expected a finite positive number. ${option}`],
    [
      { dataset: glyphs() },
      "data of shape [28, 28, 1] for a model of shape [2]: expected the same shape. Make the model for these data, or open other data.",
    ],
  ])("refuses %j", async (options, message) => {
    expect(await refusalOf(trainLoop({ ...points, ...options }).next())).toBe(message);
  });
});
