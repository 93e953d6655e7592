import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import { qSample } from "../../src/diffusion/forward.js";
import { predictV } from "../../src/diffusion/parameterization.js";
import { posteriorMean } from "../../src/diffusion/posterior.js";
import { pMeanVariance, pSample, type ReverseOptions } from "../../src/diffusion/reverse.js";
import { linearSchedule } from "../../src/diffusion/schedules.js";
import { createRandom } from "../../src/random/random.js";
import { useBackend } from "../../src/tensor/backend.js";
import { at, largestError } from "../support/numbers.js";
import { refusal } from "../support/refusal.js";

beforeAll(async () => {
  await useBackend();
});

const schedule = linearSchedule({ T: 1000 });
const random = createRandom("reverse");

describe("pMeanVariance", () => {
  test.each([1, 2, 400, 1000])("four predictions of one truth give one mean, t = %i", (t) => {
    const xStart = Float64Array.from(random.normals(20));
    const eps = Float64Array.from(random.normals(20));
    const xt = qSample(schedule, xStart, t, eps);
    const mean = posteriorMean(schedule, xStart, xt, t);
    const outputs = { eps, xStart, v: predictV(schedule, xStart, t, eps), mean };
    for (const [predicts, output] of Object.entries(outputs)) {
      const p = pMeanVariance(schedule, () => output, xt, t, { predicts } as ReverseOptions);
      expect(largestError(p.mean, mean), predicts).toBeLessThan(1e-13);
      expect(largestError(p.xStart, xStart), predicts).toBeLessThan(1e-11); // amplified up to 7700 times, see parameterization
    }
  });

  test("from ε, the mean is that of Algorithm 2", () => {
    const { alpha, alphaBar } = schedule;
    for (const t of [1, 2, 400, 1000]) {
      const [xt, eps] = [random.normal(), random.normal()];
      const printed =
        (xt - ((1 - at(alpha, t)) / Math.sqrt(1 - at(alphaBar, t))) * eps) / Math.sqrt(at(alpha, t));
      const p = pMeanVariance(schedule, () => eps, xt, t);
      expectTypeOf(p.mean).toEqualTypeOf<number>();
      expect(Math.abs(p.mean - printed)).toBeLessThan(1e-12);
    }
  });

  test("the denoiser sees x_t and one t for each sample", () => {
    const seen: Int32Array[] = [];
    const record = <S>(xt: S, t: Int32Array): S => {
      seen.push(t);
      return xt;
    };
    const xt = tf.ones([3, 2]);
    tf.tidy(() => pMeanVariance(schedule, record, xt, 5).mean);
    tf.tidy(() => pMeanVariance(schedule, record, xt, Int32Array.of(7, 8, 9)).mean);
    pMeanVariance<number>(schedule, record, 0.5, 6);
    expect(seen).toEqual([Int32Array.of(5, 5, 5), Int32Array.of(7, 8, 9), Int32Array.of(6)]);
    xt.dispose();
  });

  test("the two fixed variances", () => {
    const zero = (xt: number): number => xt;
    const small = (t: number) => pMeanVariance(schedule, zero, 0, t);
    const large = (t: number) => pMeanVariance(schedule, zero, 0, t, { variance: "fixedLarge" });
    const { beta, posteriorVariance } = schedule;
    expect([small(1).variance, small(1).logVariance]).toEqual([0, Math.log(at(posteriorVariance, 2))]);
    expect([small(9).variance, small(9).logVariance]).toEqual([
      at(posteriorVariance, 9),
      Math.log(at(posteriorVariance, 9)),
    ]);
    expect([large(1).variance, large(1).logVariance]).toEqual([
      at(posteriorVariance, 2),
      Math.log(at(posteriorVariance, 2)),
    ]);
    expect([large(9).variance, large(9).logVariance]).toEqual([at(beta, 9), Math.log(at(beta, 9))]);
  });

  test("clipDenoised bounds x_0 before the mean is taken, and leaves a predicted mean alone", () => {
    const xt = Float64Array.of(0.5, 0.5, 0.5);
    const xStart = Float64Array.of(-3, 0.25, 2);
    const clipped = Float64Array.of(-1, 0.25, 1);
    const p = pMeanVariance(schedule, () => xStart, xt, 400, { predicts: "xStart", clipDenoised: true });
    expect(p.xStart).toEqual(clipped);
    expect(p.mean).toEqual(posteriorMean(schedule, clipped, xt, 400));
    const free = pMeanVariance(schedule, () => xStart, xt, 400, { predicts: "xStart" });
    expect(free.xStart).toEqual(xStart);
    const mean = posteriorMean(schedule, xStart, xt, 400);
    const m = pMeanVariance(schedule, () => mean, xt, 400, { predicts: "mean", clipDenoised: true });
    expect(m.mean).toEqual(mean);
    expect(largestError(m.xStart, clipped)).toBeLessThan(1e-12);
  });

  test("tensors agree with float64, and two are left behind", async () => {
    const [x, eps] = [random.normals(12), random.normals(12)];
    const t = Int32Array.of(1, 3, 100, 300);
    const exact = pMeanVariance(schedule, () => Float64Array.from(eps), Float64Array.from(x), t);
    const xt = tf.tensor(x, [4, 3]);
    const before = tf.memory().numTensors;
    const p = pMeanVariance(schedule, () => tf.tensor(eps, [4, 3]), xt, t);
    expect(tf.memory().numTensors).toBe(before + 2);
    expect(largestError(await p.mean.data(), exact.mean)).toBeLessThan(1e-6); // single precision, numbers up to 4
    expect(largestError(await p.xStart.data(), exact.xStart)).toBeLessThan(3e-6); // amplified up to 1.6 times
    expect(p.variance).toEqual(exact.variance);
    tf.dispose([xt, p.mean, p.xStart]);
  });
});

describe("pSample", () => {
  test("adds σ_t z to the mean, and nothing at t = 1", () => {
    const denoiser = (xt: Float64Array): Float64Array => xt.map((value) => 0.3 * value);
    const xt = Float64Array.from(random.normals(4));
    const z = Float64Array.from(random.normals(4));
    const t = Int32Array.of(1, 2, 500, 1000);
    for (const variance of ["fixedSmall", "fixedLarge"] as const) {
      const { mean } = pMeanVariance(schedule, denoiser, xt, t);
      const table = variance === "fixedSmall" ? schedule.posteriorVariance : schedule.beta;
      const { sample } = pSample(schedule, denoiser, xt, t, z, { variance });
      const expected = mean.map((m, i) => (i === 0 ? m : m + Math.sqrt(at(table, at(t, i))) * at(z, i)));
      expect(largestError(sample, expected)).toBeLessThan(1e-15);
      expect(sample[0]).toBe(mean[0]);
    }
  });

  test("tensors: two are left behind", async () => {
    const xt = tf.ones([2, 2]);
    const before = tf.memory().numTensors;
    const { sample, xStart } = pSample(schedule, (x) => tf.mul(x, 0.3), xt, Int32Array.of(1, 2), xt);
    expect(tf.memory().numTensors).toBe(before + 2);
    const exact = pSample(
      schedule,
      (x) => x.map((value) => 0.3 * value),
      Float64Array.of(1, 1, 1, 1),
      Int32Array.of(1, 2),
      Float64Array.of(1, 1, 1, 1),
    );
    expect(largestError(await sample.data(), exact.sample)).toBeLessThan(1e-6);
    tf.dispose([xt, sample, xStart]);
  });
});

describe("what does not fit is refused", () => {
  const x = Float64Array.of(1, 2);
  const identity = (xt: Float64Array): Float64Array => xt;
  test("t outside 1 … T", () => {
    for (const t of [0, 1001]) {
      expect(refusal(() => pSample(schedule, identity, x, t, x))).toBe(
        `t = ${t}: expected an integer from 1 to T = 1000. ` +
          "Steps count from 1 as in the paper; no step leads to t = 0 but the one from t = 1.",
      );
    }
  });
  test("a denoiser that returns another shape", () => {
    for (const [predicts, name] of [
      ["eps", "eps"],
      ["xStart", "xStart"],
      ["v", "v"],
      ["mean", "mean"],
    ] as const) {
      expect(refusal(() => pMeanVariance(schedule, () => Float64Array.of(1), x, 5, { predicts }))).toBe(
        `${name} is a Float64Array of length 1: expected the kind and shape of xt, a Float64Array of length 2. ` +
          `Give xt and ${name} the same kind and shape.`,
      );
    }
  });
  test("unknown options", () => {
    expect(refusal(() => pMeanVariance(schedule, identity, x, 5, { predicts: "noise" } as never))).toBe(
      `predicts = noise: expected "eps", "xStart", "v" or "mean". Say what the network was trained to predict.`,
    );
    expect(refusal(() => pSample(schedule, identity, x, 5, x, { variance: "large" } as never))).toBe(
      `variance = large: expected "fixedSmall", "fixedLarge", "learned" or "learnedRange". Leave it out to get fixedSmall.`,
    );
  });
});
