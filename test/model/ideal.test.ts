import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { gaussianMixture, ringMixture } from "../../src/data/mixture.js";
import { cosineSchedule, linearSchedule } from "../../src/diffusion/schedules.js";
import { idealDenoiser } from "../../src/model/ideal.js";
import { createRandom } from "../../src/random/random.js";
import { useBackend } from "../../src/tensor/backend.js";
import { at, largestError } from "../support/numbers.js";
import { integrate, normalDensity } from "../support/quadrature.js";
import { refusal } from "../support/refusal.js";

beforeAll(async () => {
  await useBackend();
});

const schedule = cosineSchedule({ T: 100 });

describe("idealDenoiser", () => {
  test("is E[ε | x_t] as integration over x_0 gives it", async () => {
    const law = { weights: [0.3, 0.7], means: [[-1], [0.8]], variances: [[0.04], [0.09]] };
    const { logDensity } = gaussianMixture(law);
    const t = Int32Array.of(1, 20, 60, 100);
    const xt = [-0.9, 0.1, 0.4, 1.3];
    const expected = xt.map((x, i) => {
      const bar = at(schedule.alphaBar, at(t, i));
      const posterior = (x0: number): number =>
        Math.exp(logDensity([x0])) * normalDensity(x, Math.sqrt(bar) * x0, 1 - bar);
      const eps = (x0: number): number => (x - Math.sqrt(bar) * x0) / Math.sqrt(1 - bar);
      // As a density of x_0 the likelihood is no wider than the range of the data, [−3, 3].
      const width = Math.min(0.25, Math.sqrt((1 - bar) / bar));
      const over = (f: (x0: number) => number): number => integrate(f, width < 0.25 ? x : 0, width, 20_000);
      return over((x0) => eps(x0) * posterior(x0)) / over(posterior);
    });
    const result = idealDenoiser(schedule, law)(tf.tensor(xt, [4, 1]), t);
    expect(result.shape).toEqual([4, 1]);
    // Single precision; at t = 1 the difference x − √ᾱ m is divided by √(1 − ᾱ) = 0.016.
    expect(largestError(await result.data(), expected)).toBeLessThan(2e-5);
    result.dispose();
  });

  test("is −√(1 − ᾱ) times the score of the diffused mixture, for every shape of a sample", async () => {
    const ring = ringMixture({ count: 5, radius: 1, standardDeviation: 0.2 });
    const t = Int32Array.of(3, 50, 99);
    const x = createRandom(5).normals(6);
    const expected = Array.from(t).flatMap((step, i) => {
      const bar = at(schedule.alphaBar, step);
      const score = ring.diffused(bar).score(x.subarray(2 * i, 2 * i + 2));
      return Array.from(score, (value) => -Math.sqrt(1 - bar) * value);
    });
    const before = tf.memory().numTensors;
    const result = idealDenoiser(schedule, ring)(tf.tensor(x, [3, 1, 2]), t);
    expect(tf.memory().numTensors).toBe(before + 2); // the input and the result
    expect(result.shape).toEqual([3, 1, 2]);
    // Single precision; far from the ring at t = 3 the result is about 20.
    expect(largestError(await result.data(), expected)).toBeLessThan(2e-5);
  });

  test("of a finite data set, the noise from the nearest point once little is left", async () => {
    const points = {
      weights: [0.5, 0.5],
      means: [
        [-1, 0],
        [1, 0],
      ],
      variances: [
        [0, 0],
        [0, 0],
      ],
    };
    const ddpm = linearSchedule({ T: 1000 });
    const result = idealDenoiser(ddpm, points)(tf.tensor([0.99, 0.01], [1, 2]), Int32Array.of(1));
    const noise = Math.sqrt(1e-4);
    expect(
      largestError(await result.data(), [(0.99 - Math.sqrt(0.9999)) / noise, 0.01 / noise]),
    ).toBeLessThan(1e-5);
  });

  test("refuses what does not fit the law", () => {
    const law = { weights: [1], means: [[0, 0]], variances: [[1, 1]] };
    const denoiser = idealDenoiser(schedule, law);
    expect(refusal(() => denoiser(tf.ones([4, 3]), new Int32Array(4).fill(1)))).toBe(
      "xt of shape [4, 3] has 3 numbers per sample: expected the dimension of the law, 2. " +
        "Give samples of the law that the denoiser was made for.",
    );
    expect(refusal(() => denoiser(tf.ones([4, 2]), Int32Array.of(1)))).toBe(
      "t has 1 entries: expected one for each sample of xt, which is a tensor of shape [4, 2]. " +
        "Give one t for all samples, or an Int32Array with one t for each.",
    );
  });
});
