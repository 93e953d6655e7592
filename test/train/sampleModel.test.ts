import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { Dataset } from "../../src/data/dataset.js";
import { ddimSampleLoop } from "../../src/diffusion/ddim.js";
import { calcBpd } from "../../src/diffusion/bpdLoop.js";
import { pSampleLoop } from "../../src/diffusion/sample.js";
import { linearSchedule } from "../../src/diffusion/schedules.js";
import { createMlp } from "../../src/model/mlp.js";
import { createUNet } from "../../src/model/unet.js";
import type { Model } from "../../src/model/createModel.js";
import { createRandom } from "../../src/random/random.js";
import { useBackend } from "../../src/tensor/backend.js";
import { evaluateModel } from "../../src/train/evaluateModel.js";
import { sampleModel, type SampleModelOptions } from "../../src/train/sampleModel.js";
import type { TrainedModel } from "../../src/train/trainedModel.js";
import { at, largestError } from "../support/numbers.js";
import { refusalOf } from "../support/refusal.js";

/** Not trained, but not zero either: the last layer starts at zero, so its weights are drawn. */
function untrained(model: Model, T: number): TrainedModel {
  const params = Object.fromEntries(
    model.specs.map(({ name, shape }) => [
      name,
      tf.tensor(
        createRandom(name)
          .normals(shape.reduce((a, b) => a * b, 1))
          .map((value) => 0.2 * value),
        [...shape],
      ),
    ]),
  );
  return {
    ...{ model, params, step: 0, info: {}, predicts: "eps" as const, variance: "fixedSmall" as const },
    schedule: linearSchedule({ T }),
    denoiser: (xt, t) => model.apply(params, xt, t),
    dispose: () => tf.dispose(params),
  };
}

let points: TrainedModel;
let images: TrainedModel;
beforeAll(async () => {
  await useBackend();
  points = untrained(createMlp({ width: 8, depth: 1 }), 30);
  images = untrained(
    createUNet({ imageSize: 4, channels: 4, multipliers: [1], groups: 2, attentionAt: [] }),
    25,
  );
});

async function samples(options: SampleModelOptions): Promise<number[]> {
  const all: number[] = [];
  let last = { done: 0, total: 0 };
  for await (const { t, xt, from, done, total } of sampleModel(points, options)) {
    if (t === 0) {
      expect(from).toBe(all.length / 2);
      all.push(...xt);
    }
    last = { done, total };
  }
  expect(last.done).toBe(last.total);
  return all;
}

describe("sampleModel", () => {
  it("draws many in batches: each sample once, the same whatever the count, and no tensors left", async () => {
    const { numTensors } = tf.memory();
    const seven = await samples({ count: 7, seed: 2, batchSize: 3 });
    expect(await samples({ count: 5, seed: 2, batchSize: 3 })).toEqual(seven.slice(0, 10));
    expect(new Set(seven).size).toBe(14);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it("is the loop of its sampler, with as many steps and the variance that were asked for", async () => {
    const common = { shape: [4, 2], seed: 6, clipDenoised: false };
    const last = async (loop: AsyncIterable<{ readonly xt: Float32Array }>): Promise<number[]> => {
      let found: number[] = [];
      for await (const { xt } of loop) found = Array.from(xt);
      return found;
    };
    const { schedule, denoiser } = points;
    const some = { count: 4, seed: 6, steps: 7 };
    const [ancestral, wide, ddim] = [
      await samples(some),
      await samples({ ...some, variance: "fixedLarge" }),
      await samples({ ...some, sampler: "ddim", eta: 0.5 }),
    ];
    expect(ancestral).toEqual(await last(pSampleLoop(schedule, denoiser, { ...common, steps: 7 })));
    const large = { ...common, steps: 7, variance: "fixedLarge" } as const;
    expect(wide).toEqual(await last(pSampleLoop(schedule, denoiser, large)));
    expect(ddim).toEqual(await last(ddimSampleLoop(schedule, denoiser, { ...common, steps: 7, eta: 0.5 })));
    expect(new Set([ancestral, wide, ddim].map(String)).size).toBe(3);
    // All steps, unless told otherwise.
    expect(await samples({ count: 4, seed: 6 })).toEqual(await last(pSampleLoop(schedule, denoiser, common)));
  });

  it("refuses counts that are none", async () => {
    expect(await refusalOf(samples({ count: 0, seed: 1 }))).toBe(
      "count = 0: expected a whole number of at least 1. Ask for one sample at least.",
    );
  });
});

describe("evaluateModel", () => {
  const dataset: Dataset = {
    ...{ name: "noise", shape: [4, 4, 1], size: Infinity },
    batch: ({ size, step, seed, split }) => ({
      x: createRandom(seed)
        .fork(split ?? "train", step)
        .normals(16 * size)
        .map((value) => Math.round(Math.tanh(value) * 127.5 + 127.5) / 127.5 - 1),
      labels: [],
      shape: [size, 4, 4, 1],
    }),
  };

  it("is the mean over all images of all batches, the last of which is smaller", async () => {
    const { numTensors } = tf.memory();
    const reached: number[] = [];
    const found = await evaluateModel(images, dataset, {
      ...{ images: 5, seed: 9, batchSize: 2 },
      onProgress: (done, total) => reached.push(done / total),
    });
    expect(tf.memory().numTensors).toBe(numTensors);
    expect([reached.length, reached.at(-1)]).toEqual([75, 1]);
    const perSample: number[] = [];
    const perStep = new Float64Array(25);
    for (const [step, size] of [2, 2, 1].entries()) {
      const { x } = dataset.batch({ size: 2, step, seed: 9, split: "test" });
      const xStart = tf.tensor(x.slice(0, size * 16), [size, 4, 4, 1]);
      const seed = createRandom(9)
        .fork("evaluate")
        .fork(step)
        .integer(0, 2 ** 31 - 1);
      const part = await calcBpd(images.schedule, images.denoiser, xStart, { seed, clipDenoised: true });
      perSample.push(...part.perSample);
      perStep.forEach((value, i) => (perStep[i] = value + (size / 5) * at(part.perStep, i + 1)));
      xStart.dispose();
    }
    const mean = perSample.reduce((a, b) => a + b, 0) / 5;
    const variance = perSample.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4;
    expect(found.bitsPerDim.total).toBeCloseTo(mean, 12);
    expect(found.standardError).toBeCloseTo(Math.sqrt(variance / 5), 12);
    expect(largestError(found.bitsPerDim.perStep, perStep)).toBeLessThan(1e-12);
    const { prior, denoising, reconstruction, total } = found.bitsPerDim;
    // The reference adds single-precision terms sample by sample, this one step by step.
    expect(prior + denoising + reconstruction).toBeCloseTo(total, 9);
    expect(
      at(
        found.rateDistortion.map(({ rate }) => rate),
        24,
      ),
    ).toBeCloseTo(prior + denoising, 9);
  });

  it("refuses images of another size than the model's", async () => {
    const other = { ...dataset, shape: [8, 8, 1] };
    expect(await refusalOf(evaluateModel(images, other, { images: 1, seed: 1 }))).toBe(
      "data of shape [8, 8, 1] for a model of shape [4, 4, 1]: expected images of the model's size. Bits per dimension are defined for images of 256 levels; give data of the model's size with --data.",
    );
  });
});
