import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { ringMixture } from "../../src/data/mixture.js";
import { respace, spaceTimesteps } from "../../src/diffusion/respace.js";
import { type Denoiser, pMeanVariance } from "../../src/diffusion/reverse.js";
import { pSampleLoop, type SampleState } from "../../src/diffusion/sample.js";
import { cosineSchedule, linearSchedule } from "../../src/diffusion/schedules.js";
import { idealDenoiser } from "../../src/model/ideal.js";
import { createRandom } from "../../src/random/random.js";
import { useBackend } from "../../src/tensor/backend.js";
import { chainMoments } from "../support/gaussianData.js";
import { at, largestError } from "../support/numbers.js";
import { refusal, refusalOf } from "../support/refusal.js";

beforeAll(async () => {
  await useBackend();
});

async function collect(states: AsyncIterable<SampleState>): Promise<SampleState[]> {
  const result: SampleState[] = [];
  for await (const state of states) result.push(state);
  return result;
}

async function last(states: AsyncIterable<SampleState>): Promise<Float32Array> {
  return (await collect(states)).at(-1)?.xt ?? new Float32Array();
}

const half: Denoiser = (xt) => tf.mul(xt, 0.5);

describe("pSampleLoop", () => {
  const schedule = linearSchedule({ T: 30 });

  test("yields every x_t from T to 0, x_0 as its own estimate", async () => {
    const states = await collect(pSampleLoop(schedule, half, { shape: [2, 3], seed: 1 }));
    expect(states.map(({ t }) => t)).toEqual(Array.from({ length: 31 }, (_, i) => 30 - i));
    expect(states.every(({ xt, xStart }) => xt.length === 6 && xStart.length === 6)).toBe(true);
    expect(states.at(-1)?.xStart).toEqual(states.at(-1)?.xt);
    expect(states.at(0)?.shape).toEqual([2, 3]);
  });

  test("follows Algorithm 2 with the noise of its seed", async () => {
    const states = await collect(pSampleLoop(schedule, half, { shape: [2, 3], seed: 1 }));
    const random = createRandom(1);
    let xt = Float64Array.from(random.fork("start").normals(6));
    for (const state of states) {
      expect(largestError(state.xt, xt)).toBeLessThan(1e-5); // 30 steps in single precision, numbers up to 4
      if (state.t === 0) break;
      const { mean, variance } = pMeanVariance(schedule, (x) => x.map((value) => value / 2), xt, state.t);
      const z = random.fork("noise", state.t).normals(6);
      xt = mean.map((value, i) => value + (state.t > 1 ? Math.sqrt(variance) * at(z, i) : 0));
    }
  });

  test("the same seed gives the same bits, another seed does not, and sample i does not depend on B", async () => {
    const run = (seed: number, count: number): Promise<Float32Array> =>
      last(pSampleLoop(schedule, half, { shape: [count, 4], seed }));
    const first = await run(7, 3);
    expect(await run(7, 3)).toEqual(first);
    expect((await run(7, 5)).subarray(0, 12)).toEqual(first);
    expect(largestError(await run(8, 3), first)).toBeGreaterThan(0.1);
  });

  test("the arrays belong to the receiver", async () => {
    const scribbled: SampleState[] = [];
    for await (const state of pSampleLoop(schedule, half, { shape: [2, 3], seed: 1 })) {
      if (state.t > 0) state.xt.fill(1e6);
      scribbled.push(state);
    }
    expect(scribbled.at(-1)?.xt).toEqual(await last(pSampleLoop(schedule, half, { shape: [2, 3], seed: 1 })));
  });

  test("holds x_t alone between the yields, and nothing at the end", async () => {
    const before = tf.memory().numTensors;
    const held: number[] = [];
    for await (const state of pSampleLoop(schedule, half, { shape: [2, 3], seed: 1 })) {
      held.push(tf.memory().numTensors - before);
      if (state.t === 0) break;
    }
    expect(held).toEqual(Array<number>(31).fill(1));
    expect(tf.memory().numTensors).toBe(before);
  });

  test("frees its memory when it is left early, and when the denoiser fails", async () => {
    const before = tf.memory().numTensors;
    for await (const state of pSampleLoop(schedule, half, { shape: [2, 3], seed: 1 })) {
      if (state.t === 20) break;
    }
    const failing: Denoiser = (xt, t) => {
      if (t[0] === 20) throw new Error("out of luck");
      return tf.mul(xt, 0.5);
    };
    await expect(collect(pSampleLoop(schedule, failing, { shape: [2, 3], seed: 1 }))).rejects.toThrow(
      "out of luck",
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  test("a batch in chunks gives the same samples, and the network sees no more than a chunk", async () => {
    const whole = await collect(pSampleLoop(schedule, half, { shape: [7, 3], seed: 1 }));
    const sizes: number[] = [];
    const watched: Denoiser = (xt, t) => {
      sizes.push(t.length);
      return half(xt, t);
    };
    const before = tf.memory().numTensors;
    const states = await collect(pSampleLoop(schedule, watched, { shape: [7, 3], seed: 1, chunk: 3 }));
    expect(states).toEqual(whole);
    expect(sizes).toEqual(Array.from({ length: 30 }, () => [3, 3, 1]).flat());
    expect(tf.memory().numTensors).toBe(before);
    // By default 131,072 numbers: 128 images of 32×32.
    sizes.length = 0;
    const short = linearSchedule({ T: 1, betaEnd: 0.5, betaStart: 0.5 });
    await collect(pSampleLoop(short, watched, { shape: [130, 32, 32, 1], seed: 1 }));
    expect(sizes).toEqual([128, 2]);
  });

  test("memory of the network's own is bounded by the chunk, not by the batch", async () => {
    const peak = async (count: number): Promise<number> => {
      let most = 0;
      const wide: Denoiser = (xt) => {
        const layer = tf.tile(xt, [1, 1000]);
        most = Math.max(most, tf.memory().numBytes);
        return tf.mul(xt, tf.mean(layer));
      };
      await collect(pSampleLoop(schedule, wide, { shape: [count, 4], seed: 1, chunk: 8 }));
      return most;
    };
    const [small, large] = [await peak(8), await peak(80)];
    // A layer of 8 samples has 128 kB; 72 samples more have 1.2 kB each of x_t, noise and result.
    expect(large - small).toBeLessThan(20_000);
  });

  test("begins where it is told to, and leaves that to the caller", async () => {
    const start = tf.tensor2d([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [3, 2]);
    const options = { shape: [3, 2], seed: 1, start, chunk: 2 };
    const [first] = await collect(pSampleLoop(schedule, half, options));
    expect(first?.xt).toEqual(await start.data());
    expect(start.isDisposed).toBe(false);
    expect(await refusalOf(collect(pSampleLoop(schedule, half, { ...options, shape: [2, 3] })))).toBe(
      "start of shape [3, 2]: expected the shape of the samples, [2, 3]. Give both the same shape.",
    );
    expect(await refusalOf(collect(pSampleLoop(schedule, half, { ...options, chunk: 0 })))).toBe(
      "chunk = 0: expected a positive integer, the most samples that the network sees at once. Leave it out to get a fitting one.",
    );
    start.dispose();
  });

  test("in fewer steps visits evenly spaced times, and the network is told those", async () => {
    const told: number[] = [];
    const watched: Denoiser = (xt, t) => {
      told.push(...t);
      return half(xt, t);
    };
    const states = await collect(pSampleLoop(schedule, watched, { shape: [1, 2], seed: 1, steps: 4 }));
    expect(states.map(({ t }) => t)).toEqual([30, 20, 11, 1, 0]);
    expect(told).toEqual([30, 20, 11, 1]);
    const all = await collect(pSampleLoop(schedule, half, { shape: [1, 2], seed: 1, steps: 30 }));
    expect(all).toEqual(await collect(pSampleLoop(schedule, half, { shape: [1, 2], seed: 1 })));
    expect(refusal(() => pSampleLoop(schedule, half, { shape: [1, 2], seed: 1, steps: 31 }))).toContain(
      "31 steps of 30 times: expected an integer from 1 to 30.",
    );
  });

  test("lets timers run between the steps", async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 0);
    const slow: Denoiser = (xt) => {
      const start = performance.now();
      while (performance.now() - start < 2);
      return half(xt, new Int32Array());
    };
    await collect(pSampleLoop(schedule, slow, { shape: [1, 1], seed: 1 }));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(15);
  });

  test("a shape that is none is refused", async () => {
    for (const [shape, text] of [
      [[], ""],
      [[0, 2], "0, 2"],
      [[2.5], "2.5"],
    ] as const) {
      expect(await refusalOf(collect(pSampleLoop(schedule, half, { shape, seed: 1 })))).toBe(
        `shape = [${text}]: expected positive integers, the number of samples first. ` +
          "Give e.g. [16, 28, 28, 1] for sixteen images.",
      );
    }
  });
});

describe("with the ideal denoiser the samples have the law of the data", () => {
  const data = { mean: 0.7, variance: 0.25 };

  test("a Gaussian: the chain's error of mean and variance falls as 1/T", () => {
    const errors = [125, 250, 500, 1000].map((T) => {
      const chain = chainMoments(linearSchedule({ T }), data);
      return { mean: chain.mean - data.mean, variance: chain.variance / data.variance - 1 };
    });
    for (const [i, error] of errors.entries()) {
      const finer = errors[i + 1];
      if (finer === undefined) continue;
      // Half the error for twice the steps, up to terms of the next order, about 1/T again.
      expect(Math.abs(error.variance / finer.variance - 2)).toBeLessThan(0.2);
    }
    expect(Math.abs(errors.at(-1)?.variance ?? NaN)).toBeLessThan(0.02);
    // What is left of x_T's mean, √ᾱ_T 0.7 ≈ 0.0044, is lost at the start; hardly any of it arrives.
    expect(Math.abs(errors.at(-1)?.mean ?? NaN)).toBeLessThan(0.005);
  });

  test("a Gaussian: samples have the chain's mean and variance", async () => {
    const schedule = linearSchedule({ T: 60 });
    const { mean, variance } = chainMoments(schedule, data);
    const count = 4000;
    const denoiser = idealDenoiser(schedule, { weights: [1], means: [[0.7]], variances: [[0.25]] });
    const samples = await last(pSampleLoop(schedule, denoiser, { shape: [count, 1], seed: 3 }));
    const sampleMean = samples.reduce((sum, x) => sum + x, 0) / count;
    const sampleVariance = samples.reduce((sum, x) => sum + (x - sampleMean) ** 2, 0) / count;
    // Four standard errors of a mean and of a variance of Gaussian draws.
    expect(Math.abs(sampleMean - mean)).toBeLessThan(4 * Math.sqrt(variance / count));
    expect(Math.abs(sampleVariance - variance)).toBeLessThan(4 * variance * Math.sqrt(2 / count));
  });

  test("a Gaussian in 40 of 400 steps: samples have the mean and variance of the strided chain", async () => {
    const schedule = linearSchedule({ T: 400 });
    const spaced = respace(schedule, spaceTimesteps(400, 40));
    const { mean, variance } = chainMoments(spaced.schedule, data);
    const count = 4000;
    const denoiser = idealDenoiser(schedule, { weights: [1], means: [[0.7]], variances: [[0.25]] });
    const samples = await last(pSampleLoop(schedule, denoiser, { shape: [count, 1], seed: 3, steps: 40 }));
    const sampleMean = samples.reduce((sum, x) => sum + x, 0) / count;
    const sampleVariance = samples.reduce((sum, x) => sum + (x - sampleMean) ** 2, 0) / count;
    // Four standard errors of a mean and of a variance of Gaussian draws.
    expect(Math.abs(sampleMean - mean)).toBeLessThan(4 * Math.sqrt(variance / count));
    expect(Math.abs(sampleVariance - variance)).toBeLessThan(4 * variance * Math.sqrt(2 / count));
  });

  test("a ring of eight Gaussians: every one is reached, and its width kept", async () => {
    const schedule = cosineSchedule({ T: 150 });
    const ring = ringMixture({ count: 8, radius: 1.4, standardDeviation: 0.1 });
    const count = 2000;
    const x = await last(
      pSampleLoop(schedule, idealDenoiser(schedule, ring), { shape: [count, 2], seed: 4 }),
    );
    const points = Array.from({ length: count }, (_, i) => [at(x, 2 * i), at(x, 2 * i + 1)] as const);
    const counts = new Array<number>(8).fill(0);
    let square = 0;
    for (const [px, py] of points) {
      const nearest = (Math.round((Math.atan2(py, px) * 8) / (2 * Math.PI)) + 8) % 8;
      counts[nearest] = (counts[nearest] ?? 0) + 1;
      const [mx = 0, my = 0] = ring.means[nearest] ?? [];
      square += ((px - mx) ** 2 + (py - my) ** 2) / (2 * count);
    }
    // 250 ± 4 standard deviations of a binomial count, √(2000 · 1/8 · 7/8) = 14.8.
    counts.forEach((value) => expect(Math.abs(value - count / 8)).toBeLessThan(60));
    // Near its Gaussian a point moves as if the others were not there. Four standard errors of 1/√2000.
    const { variance } = chainMoments(schedule, { mean: 0, variance: 0.01 });
    expect(Math.abs(square / variance - 1)).toBeLessThan(4 / Math.sqrt(count));
  });
});
