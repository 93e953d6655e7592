import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { qSample } from "../../src/diffusion/forward.js";
import * as convert from "../../src/diffusion/parameterization.js";
import { qPosteriorMeanVariance } from "../../src/diffusion/posterior.js";
import { cosineSchedule, linearSchedule } from "../../src/diffusion/schedules.js";
import type { Timestep } from "../../src/diffusion/timestep.js";
import { createRandom } from "../../src/random/random.js";
import { useBackend } from "../../src/tensor/backend.js";
import { at, largestError } from "../support/numbers.js";
import { refusal } from "../support/refusal.js";

beforeAll(async () => {
  await useBackend();
});

const schedule = linearSchedule({ T: 1000 });
const random = createRandom("parameterization");
const noiseOf = (n: number): Float64Array => Float64Array.from(random.normals(n));

/** All four quantities of the same x_0 and ε, each from its definition. */
function worldAt(t: Timestep, xStart: Float64Array, eps: Float64Array, of = schedule) {
  const xt = qSample(of, xStart, t, eps);
  const steps = typeof t === "number" ? Int32Array.of(t) : t;
  const bar = (i: number): number => at(of.alphaBar, at(steps, Math.floor((i * steps.length) / xt.length)));
  const v = eps.map((e, i) => Math.sqrt(bar(i)) * e - Math.sqrt(1 - bar(i)) * at(xStart, i));
  return { xt, xStart, eps, v, mean: qPosteriorMeanVariance(of, xStart, xt, t).mean };
}

describe.each([2, 17, 500, 1000])("at t = %i each prediction gives the others", (t) => {
  const { xt, xStart, eps, v, mean } = worldAt(t, noiseOf(50), noiseOf(50));
  // x_0 from ε divides by √ᾱ_t, down to 1/157 at T: 160 · 4 · 1e-16 ≈ 1e-13. ε from the mean divides by
  // β_t/√(1 − ᾱ_t), about 1/90 at t = 2.
  const bound = 1e-12;
  test("x_0 from ε", () => {
    expect(largestError(convert.predictXStartFromEps(schedule, xt, t, eps), xStart)).toBeLessThan(bound);
  });
  test("ε from x_0", () => {
    expect(largestError(convert.predictEpsFromXStart(schedule, xt, t, xStart), eps)).toBeLessThan(bound);
  });
  test("v from x_0 and ε", () => {
    expect(largestError(convert.predictV(schedule, xStart, t, eps), v)).toBeLessThan(bound);
  });
  test("x_0 from v", () => {
    expect(largestError(convert.predictXStartFromV(schedule, xt, t, v), xStart)).toBeLessThan(bound);
  });
  test("ε from v", () => {
    expect(largestError(convert.predictEpsFromV(schedule, xt, t, v), eps)).toBeLessThan(bound);
  });
  test("x_0 from the mean", () => {
    // The mean holds x_0 with the weight √ᾱ_{t−1} β_t/(1 − ᾱ_t), 1/7700 at T.
    expect(largestError(convert.predictXStartFromMean(schedule, xt, t, mean), xStart)).toBeLessThan(
      10 * bound,
    );
  });
  test("the mean from x_0", () => {
    expect(largestError(convert.predictMeanFromXStart(schedule, xt, t, xStart), mean)).toBeLessThan(bound);
  });
  test("the mean from ε, Eq. 11", () => {
    expect(largestError(convert.predictMeanFromEps(schedule, xt, t, eps), mean)).toBeLessThan(bound);
  });
  test("ε from the mean", () => {
    expect(largestError(convert.predictEpsFromMean(schedule, xt, t, mean), eps)).toBeLessThan(bound);
  });
});

test("at t = 1 the mean is x_0", () => {
  expect(convert.predictXStartFromMean(schedule, 0.7, 1, 0.3)).toBe(0.3);
  expect(convert.predictMeanFromXStart(schedule, 0.7, 1, 0.3)).toBe(0.3);
});

test("tensors agree with float64, one t for each sample", async () => {
  // The cosine schedule up to t = 40 of 50 keeps the amplification 1/√ᾱ_t below 4.
  const of = cosineSchedule({ T: 50 });
  const t = Int32Array.of(2, 5, 10, 40);
  const world = worldAt(t, noiseOf(12), noiseOf(12), of);
  const tensor = (values: Float64Array): tf.Tensor => tf.tensor(Float32Array.from(values), [4, 3]);
  const results = {
    xStart: [
      convert.predictXStartFromEps(of, tensor(world.xt), t, tensor(world.eps)),
      convert.predictXStartFromV(of, tensor(world.xt), t, tensor(world.v)),
      convert.predictXStartFromMean(of, tensor(world.xt), t, tensor(world.mean)),
    ],
    eps: [
      convert.predictEpsFromXStart(of, tensor(world.xt), t, tensor(world.xStart)),
      convert.predictEpsFromV(of, tensor(world.xt), t, tensor(world.v)),
      convert.predictEpsFromMean(of, tensor(world.xt), t, tensor(world.mean)),
    ],
    v: [convert.predictV(of, tensor(world.xStart), t, tensor(world.eps))],
    mean: [
      convert.predictMeanFromEps(of, tensor(world.xt), t, tensor(world.eps)),
      convert.predictMeanFromXStart(of, tensor(world.xt), t, tensor(world.xStart)),
    ],
  };
  for (const [name, tensors] of Object.entries(results)) {
    for (const result of tensors) {
      // 2⁻²⁴ times numbers up to 4, divided by weights down to 1/40: 1e-5.
      expect(largestError(await result.data(), world[name as keyof typeof world]), name).toBeLessThan(1e-5);
    }
  }
});

test("every conversion refuses t = 0 and another shape", () => {
  const x = Float64Array.of(1, 2);
  const short = Float64Array.of(1);
  for (const [name, call] of Object.entries(convert)) {
    expect(
      refusal(() => call(schedule, x, 0, x)),
      name,
    ).toBe(
      "t = 0: expected an integer from 1 to T = 1000. " +
        "Steps count from 1 as in the paper; no step leads to t = 0 but the one from t = 1.",
    );
    expect(
      refusal(() => call(schedule, x, 5, short)),
      name,
    ).toMatch(
      /^\w+ is a Float64Array of length \d: expected the kind and shape of \w+, a Float64Array of length \d\. Give \w+ and \w+ the same kind and shape\.$/,
    );
  }
  expect(Object.keys(convert)).toHaveLength(9);
});
