import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import { qMeanVariance, qSample } from "../../src/diffusion/forward.js";
import { linearSchedule } from "../../src/diffusion/schedules.js";
import { createRandom } from "../../src/random/random.js";
import { useBackend } from "../../src/tensor/backend.js";
import { at, largestError } from "../support/numbers.js";
import { refusal } from "../support/refusal.js";

const schedule = linearSchedule({ T: 1000 });
const random = createRandom("forward");

beforeAll(async () => {
  await useBackend();
});

describe("qSample", () => {
  test("is the product of single steps x_t = √α_t x_{t−1} + √β_t z_t", () => {
    // With one noise for all steps, √(1 − ᾱ_t) ε stands for the sum of the single noises' contributions.
    for (const t of [1, 2, 10, 500, 1000]) {
      const z = Array.from({ length: t }, () => random.normal());
      const xStart = random.normal();
      let xt = xStart;
      z.forEach(
        (value, i) =>
          (xt = Math.sqrt(at(schedule.alpha, i + 1)) * xt + Math.sqrt(at(schedule.beta, i + 1)) * value),
      );
      const accumulated = z.reduce((sum, value, i) => {
        const later = schedule.alpha.subarray(i + 2, t + 1).reduce((product, alpha) => product * alpha, 1);
        return sum + Math.sqrt(at(schedule.beta, i + 1) * later) * value;
      }, 0);
      const noise = accumulated / Math.sqrt(1 - at(schedule.alphaBar, t));
      expect(Math.abs(qSample(schedule, xStart, t, noise) - xt)).toBeLessThan(1e-12);
    }
  });

  test("tensors agree with float64, one t for each sample", async () => {
    const shape: [number, number, number, number] = [5, 4, 4, 2];
    const t = Int32Array.of(0, 1, 37, 500, 1000);
    const [xStart, noise] = [random.normals(160), random.normals(160)];
    const exact = qSample(schedule, Float64Array.from(xStart), t, Float64Array.from(noise));
    const result = qSample(schedule, tf.tensor4d(xStart, shape), t, tf.tensor4d(noise, shape));
    expectTypeOf(result).toEqualTypeOf<tf.Tensor4D>();
    expect(result.shape).toEqual(shape);
    // Two products and a sum of numbers up to 4 in single precision: 4 · 3 · 2⁻²⁴ ≈ 7e-7.
    expect(largestError(await result.data(), exact)).toBeLessThan(1e-6);
    expect(exact.slice(0, 32)).toEqual(Float64Array.from(xStart.subarray(0, 32)));
    result.dispose();
  });

  test("one t for all is the same as that t for each", async () => {
    const [xStart, noise] = [tf.tensor2d(random.normals(6), [3, 2]), tf.tensor2d(random.normals(6), [3, 2])];
    const one = qSample(schedule, xStart, 300, noise);
    const each = qSample(schedule, xStart, Int32Array.of(300, 300, 300), noise);
    expect(await one.data()).toEqual(await each.data());
    tf.dispose([xStart, noise, one, each]);
  });

  test("leaves one tensor behind", () => {
    const x = tf.ones([3, 2]);
    const before = tf.memory().numTensors;
    const result = qSample(schedule, x, Int32Array.of(1, 2, 3), x);
    expect(tf.memory().numTensors).toBe(before + 1);
    tf.dispose([x, result]);
  });
});

test("qMeanVariance: the mean shrinks, the variance grows", () => {
  const { mean, variance, logVariance } = qMeanVariance(schedule, 2, 1000);
  expect(mean).toBeCloseTo(2 * Math.sqrt(4.035829765e-5), 11);
  expect(variance).toBeCloseTo(1 - 4.035829765e-5, 12);
  expect(logVariance).toBe(Math.log(at(schedule.oneMinusAlphaBar, 1000)));
  expect(qMeanVariance(schedule, 2, 0)).toEqual({ mean: 2, variance: 0, logVariance: -Infinity });
  const each = qMeanVariance(schedule, Float64Array.of(1, 1, 2, 2), Int32Array.of(0, 1));
  expect(each.mean).toEqual(Float64Array.of(1, 1, 2 * Math.sqrt(0.9999), 2 * Math.sqrt(0.9999)));
  expect(each.variance).toEqual(Float64Array.of(0, 1e-4));
});

describe("what does not fit is refused", () => {
  const step = (name: string, value: string): string =>
    `${name} = ${value}: expected an integer from 0 to T = 1000. Steps count from 1 as in the paper; 0 is clean data.`;

  test.each([-1, 1001, 2.5, NaN])("t = %s", (t) => {
    expect(refusal(() => qSample(schedule, 0.5, t, 0.1))).toBe(step("t", String(t)));
    expect(refusal(() => qMeanVariance(schedule, 0.5, t))).toBe(step("t", String(t)));
  });
  test("one bad t of several is named by its place", () => {
    const x = Float64Array.of(1, 2, 3);
    expect(refusal(() => qSample(schedule, x, Int32Array.of(1, 1001, 3), x))).toBe(step("t[1]", "1001"));
  });
  test("something else in place of t", () => {
    expect(refusal(() => qSample(schedule, 0.5, "3" as unknown as number, 0.1))).toBe(step("t", "3"));
    expect(refusal(() => qSample(schedule, 0.5, [3] as unknown as number, 0.1))).toBe(step("t", "3"));
  });
  test("as many t as there are no samples", () => {
    const x = tf.ones([4, 2]);
    expect(refusal(() => qSample(schedule, x, Int32Array.of(1, 2, 3), x))).toBe(
      "t has 3 entries: expected one for each sample of xStart, which is a tensor of shape [4, 2]. " +
        "Give one t for all samples, or an Int32Array with one t for each.",
    );
    x.dispose();
  });
  test("noise of another shape", () => {
    expect(refusal(() => qSample(schedule, tf.ones([4, 2]), 3, tf.ones([4, 3])))).toBe(
      "noise is a tensor of shape [4, 3]: expected the kind and shape of xStart, a tensor of shape [4, 2]. " +
        "Give xStart and noise the same kind and shape.",
    );
  });
});
