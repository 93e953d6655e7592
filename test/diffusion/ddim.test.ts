import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { ddimInvertLoop, ddimInvertStep, ddimSampleLoop, ddimStep } from "../../src/diffusion/ddim.js";
import { qSample } from "../../src/diffusion/forward.js";
import { type Denoiser, pSample } from "../../src/diffusion/reverse.js";
import type { SampleState } from "../../src/diffusion/sample.js";
import { cosineSchedule, linearSchedule } from "../../src/diffusion/schedules.js";
import { idealDenoiser } from "../../src/model/ideal.js";
import { createRandom } from "../../src/random/random.js";
import { useBackend } from "../../src/tensor/backend.js";
import { gaussianDenoiser } from "../support/gaussianData.js";
import { at, largestError } from "../support/numbers.js";
import { refusal } from "../support/refusal.js";

beforeAll(async () => {
  await useBackend();
});

const schedule = linearSchedule({ T: 1000 });
const random = createRandom("ddim");
const normals = (): Float64Array => Float64Array.from(random.normals(20));

async function collect(states: AsyncIterable<SampleState>): Promise<SampleState[]> {
  const result: SampleState[] = [];
  for await (const state of states) result.push(state);
  return result;
}

describe("ddimStep", () => {
  test.each([1, 2, 500, 1000])("η = 1 and s = t − 1 is Algorithm 2 with β̃_t, t = %i", (t) => {
    const [xt, z] = [normals(), normals()];
    const denoiser = (x: Float64Array): Float64Array => x.map((value) => 0.4 * value - 0.1);
    for (const clipDenoised of [false, true]) {
      const ddpm = pSample(schedule, denoiser, xt, t, z, { clipDenoised });
      const ddim = ddimStep(schedule, denoiser, xt, t, t - 1, z, { eta: 1, clipDenoised });
      expect(largestError(ddim.xStart, ddpm.xStart)).toBe(0);
      // √ᾱ_s x̂_0 + √(…) ε̂ takes two numbers of size 1/√ᾱ_t, up to 157, from one another.
      expect(largestError(ddim.sample, ddpm.sample)).toBeLessThan(1e-12);
    }
  });

  test("η = 0 with the true noise stays on its path", () => {
    const [xStart, eps, unused] = [normals(), normals(), normals()];
    for (const [t, s] of [
      [1000, 0],
      [1000, 700],
      [300, 299],
      [2, 1],
    ] as const) {
      const xt = qSample(schedule, xStart, t, eps);
      const { sample } = ddimStep(schedule, () => eps, xt, t, s, unused);
      expect(largestError(sample, qSample(schedule, xStart, s, eps))).toBeLessThan(1e-11);
    }
  });

  test("σ is η times that of Algorithm 2", () => {
    for (const eta of [0, 0.25, 0.5, 1]) {
      const { sample } = ddimStep(schedule, (x: number) => x, 0, 500, 499, 1, { eta });
      expect(Math.abs(sample - eta * Math.sqrt(at(schedule.posteriorVariance, 500)))).toBeLessThan(1e-14);
    }
  });

  test("whatever η, the step has the variance of q(x_s) if x_t has that of q(x_t)", () => {
    // Data of variance 1 keep it: then ε̂ = √(1 − ᾱ_t) x_t and x̂_0 = √ᾱ_t x_t, and one step is linear.
    const denoiser = gaussianDenoiser(schedule, { mean: 0, variance: 1 });
    for (const eta of [0, 0.5, 1]) {
      const slope = ddimStep(schedule, denoiser, 1, 500, 499, 0, { eta }).sample;
      const scale = ddimStep(schedule, denoiser, 0, 500, 499, 1, { eta }).sample;
      expect(Math.abs(slope ** 2 + scale ** 2 - 1)).toBeLessThan(2e-4); // exact as the step shrinks: β_500² = 1e-4
    }
  });
});

describe("ddimSampleLoop", () => {
  test("visits evenly spaced times, reproducibly, and leaves no tensor behind", async () => {
    const half = (xt: tf.Tensor): tf.Tensor => tf.mul(xt, 0.5);
    const before = tf.memory().numTensors;
    const run = (seed: number, eta: number): Promise<SampleState[]> =>
      collect(ddimSampleLoop(schedule, half, { shape: [2, 2], seed, eta, steps: 8 }));
    const states = await run(1, 0.5);
    expect(states.map(({ t }) => t)).toEqual([1000, 875, 750, 625, 500, 375, 250, 125, 0]);
    expect(await run(1, 0.5)).toEqual(states);
    expect(await run(2, 0.5)).not.toEqual(states);
    expect((await run(1, 0)).at(0)).toEqual(states.at(0));
    expect((await run(1, 0)).at(-1)).not.toEqual(states.at(-1));
    expect(tf.memory().numTensors).toBe(before);
  });

  test("without noise it carries the law of x_T to that of the data", async () => {
    // The exact flow of a Gaussian maps x_T to m + s x_T; 50 steps of DDIM come close.
    const of = cosineSchedule({ T: 400 });
    const law = { weights: [1], means: [[0.7]], variances: [[0.25]] };
    const states = await collect(
      ddimSampleLoop(of, idealDenoiser(of, law), { shape: [5, 1], seed: 1, steps: 50 }),
    );
    const [first, last] = [states.at(0)?.xt, states.at(-1)?.xt];
    const expected = Float64Array.from(first ?? [], (x) => 0.7 + 0.5 * x);
    expect(largestError(last ?? [], expected)).toBeLessThan(0.03);
  });
});

describe("inversion", () => {
  const of = cosineSchedule({ T: 400 });
  const law = { weights: [0.4, 0.6], means: [[-1], [0.8]], variances: [[0.04], [0.16]] };
  const invert = async (xStart: tf.Tensor, denoiser: Denoiser, steps: number): Promise<SampleState[]> =>
    collect(ddimInvertLoop(of, denoiser, xStart, { steps }));

  test("a step with the true noise stays on its path, from clean data too", () => {
    const [xStart, eps] = [normals(), normals()];
    for (const [s, t] of [
      [0, 1000],
      [0, 1],
      [299, 300],
      [700, 1000],
    ] as const) {
      const xs = qSample(schedule, xStart, s, eps);
      const { sample } = ddimInvertStep(schedule, () => eps, xs, s, t);
      expect(largestError(sample, qSample(schedule, xStart, t, eps))).toBeLessThan(1e-11);
    }
  });

  test("yields every x_t from 0 to T, the data first and as their own estimate", async () => {
    const xStart = tf.tensor2d([0.5, -1, 0.2], [3, 1]);
    const before = tf.memory().numTensors;
    const states = await invert(xStart, idealDenoiser(of, law), 8);
    expect(states.map(({ t }) => t)).toEqual([0, 50, 100, 150, 200, 250, 300, 350, 400]);
    expect(states.at(0)?.xt).toEqual(await xStart.data());
    expect(states.at(0)?.xStart).toEqual(states.at(0)?.xt);
    expect(tf.memory().numTensors).toBe(before);
    xStart.dispose();
  });

  test("a Gaussian: data at m + s z go to z, with an error of 1/steps", async () => {
    const gaussian = { weights: [1], means: [[0.7]], variances: [[0.25]] };
    const z = [-2, -0.5, 0, 1, 2];
    const xStart = tf.tensor2d(
      z.map((value) => 0.7 + 0.5 * value),
      [5, 1],
    );
    const errors: number[] = [];
    for (const steps of [50, 100, 200]) {
      const states = await invert(xStart, idealDenoiser(of, gaussian), steps);
      errors.push(largestError(states.at(-1)?.xt ?? [], z));
    }
    expect(Math.abs(at(errors, 0) / at(errors, 1) - 2)).toBeLessThan(0.4);
    expect(Math.abs(at(errors, 1) / at(errors, 2) - 2)).toBeLessThan(0.4);
    expect(at(errors, 2)).toBeLessThan(0.03);
    xStart.dispose();
  });

  test("there and back again: the samples of the inverted noise are the data, with an error of 1/steps", async () => {
    const xStart = tf.tensor2d([-1.2, -0.9, 0.1, 0.8, 1.3], [5, 1]);
    const errors: number[] = [];
    for (const steps of [50, 100, 200]) {
      const denoiser = idealDenoiser(of, law);
      const noise = (await invert(xStart, denoiser, steps)).at(-1)?.xt ?? new Float32Array();
      const start = tf.tensor2d(noise, [5, 1]);
      const back = await collect(ddimSampleLoop(of, denoiser, { shape: [5, 1], seed: 1, start, steps }));
      errors.push(largestError(back.at(-1)?.xt ?? [], await xStart.data()));
      start.dispose();
    }
    expect(at(errors, 0) / at(errors, 1)).toBeGreaterThan(1.5);
    expect(at(errors, 1) / at(errors, 2)).toBeGreaterThan(1.5);
    expect(at(errors, 2)).toBeLessThan(0.02);
    xStart.dispose();
  });

  test("times that are not in order are refused", () => {
    expect(refusal(() => ddimInvertStep(schedule, (x: number) => x, 0, 7, 5))).toBe(
      "s = 7: expected an integer from 0 to t − 1 = 4. A step leads from one time to another, and s is the earlier.",
    );
    expect(refusal(() => ddimInvertStep(schedule, (x: number) => x, 0, 7, 1001))).toContain("t = 1001");
  });
});

describe("a network that says its variance", () => {
  test("is used for its prediction alone", () => {
    const [xt, eps, v, z] = [normals(), normals(), normals(), normals()];
    const both = ddimStep(schedule, () => Float64Array.of(...eps, ...v), xt, 500, 300, z, {
      variance: "learnedRange",
      eta: 0.5,
    });
    const alone = ddimStep(schedule, () => eps, xt, 500, 300, z, { eta: 0.5 });
    expect(both).toEqual(alone);
  });
});

describe("what does not fit is refused", () => {
  const x = Float64Array.of(1, 2);
  const identity = (xt: Float64Array): Float64Array => xt;
  test("times and η", () => {
    for (const s of [5, 6, -1, 0.5]) {
      expect(refusal(() => ddimStep(schedule, identity, x, 5, s, x))).toBe(
        `s = ${s}: expected an integer from 0 to t − 1 = 4. A step leads from one time to another, and s is the earlier.`,
      );
    }
    for (const eta of [-0.1, 1.5, NaN]) {
      expect(refusal(() => ddimStep(schedule, identity, x, 5, 4, x, { eta }))).toBe(
        `eta = ${eta}: expected a number from 0 to 1. 0 adds no noise, 1 as much as DDPM.`,
      );
    }
    expect(refusal(() => ddimStep(schedule, identity, x, 0, 0, x))).toBe(
      "t = 0: expected an integer from 1 to T = 1000. " +
        "Steps count from 1 as in the paper; no step leads to t = 0 but the one from t = 1.",
    );
  });
  test("the number of steps", () => {
    for (const steps of [0, 1001, 2.5]) {
      expect(refusal(() => ddimSampleLoop(schedule, (xt) => xt, { shape: [1], seed: 0, steps }))).toBe(
        `steps = ${steps}: expected an integer from 1 to T = 1000. Ask for at most T steps.`,
      );
    }
  });
});
