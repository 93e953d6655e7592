import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import { calcBpd, calcBpdLoop } from "../../src/diffusion/bpdLoop.js";
import { epsLossWeight, priorBpd, vbTermsBpd } from "../../src/diffusion/elbo.js";
import { qSample } from "../../src/diffusion/forward.js";
import { discretizedGaussianLogLikelihood, standardNormalCdf } from "../../src/diffusion/likelihood.js";
import { rateDistortion } from "../../src/diffusion/rateDistortion.js";
import { type Denoiser, pMeanVariance } from "../../src/diffusion/reverse.js";
import { type Schedule, scheduleFromBetas } from "../../src/diffusion/schedule.js";
import { linearSchedule } from "../../src/diffusion/schedules.js";
import { idealDenoiser } from "../../src/model/ideal.js";
import { createRandom } from "../../src/random/random.js";
import type { Samples } from "../../src/tensor/affine.js";
import { useBackend } from "../../src/tensor/backend.js";
import { gaussianDenoiser, remainingVariance } from "../support/gaussianData.js";
import { exactReverse, type LineMixture } from "../support/mixtureData.js";
import { at, largestError } from "../support/numbers.js";
import { expectNormal } from "../support/quadrature.js";
import { refusal } from "../support/refusal.js";

beforeAll(async () => {
  await useBackend();
});

const ddpm = linearSchedule({ T: 1000 });

describe("L_T", () => {
  // Computed in float64 from KL(N(√ᾱ_T x_0, 1 − ᾱ_T) ‖ N(0, 1)) at E x_0² = 0.26 and 1.
  test("of the schedule of DDPM", () => {
    expect(priorBpd(ddpm, Math.sqrt(0.26)).toPrecision(5)).toBe("0.0000075698");
    expect(priorBpd(ddpm, 1).toPrecision(5)).toBe("0.000029113");
  });
  test("of the same range with fewer steps, not rescaled", () => {
    const bits = [50, 100, 200, 300].map((T) => priorBpd(linearSchedule({ T, rescale: false }), 1));
    expect(bits.map((value) => value.toFixed(4))).toEqual(["0.6663", "0.3260", "0.1023", "0.0355"]);
  });
  test("is the mean over the coordinates, for each sample", async () => {
    const short = linearSchedule({ T: 50, rescale: false });
    const result = priorBpd(short, tf.tensor2d([1, 1, 0, 2], [2, 2]));
    expectTypeOf(result).toEqualTypeOf<tf.Tensor1D>();
    const expected = [priorBpd(short, 1), (priorBpd(short, 0) + priorBpd(short, 2)) / 2];
    expect(largestError(await result.data(), expected)).toBeLessThan(1e-6);
    result.dispose();
  });
});

describe("the weight of the noise's error in L_{t−1}", () => {
  test("σ² = β̃_t", () => {
    const weights = [2, 3, 10, 100, 500, 1000].map((t) => epsLossWeight(ddpm, t));
    expect(weights.map((value) => value.toPrecision(6))).toEqual([
      "0.599672",
      "0.317995",
      "0.0864366",
      "0.0102670",
      "0.00550820",
      "0.0102045",
    ]);
  });
  test("σ² = β_t", () => {
    const weights = [1, 2, 10, 100, 500].map((t) => epsLossWeight(ddpm, t, "fixedLarge"));
    expect(weights.map((value) => value.toPrecision(6))).toEqual([
      "0.500050",
      "0.272692",
      "0.0737170",
      "0.0100813",
      "0.00550343",
    ]);
  });
  test("with β̃_t it is ½ (SNR_{t−1} − SNR_t)(1 − ᾱ_t)/ᾱ_t", () => {
    const t = Int32Array.from({ length: 999 }, (_, i) => i + 2);
    const { snr } = ddpm;
    const expected = Array.from(t, (step) => (0.5 * (at(snr, step - 1) - at(snr, step))) / at(snr, step));
    const weights = epsLossWeight(ddpm, t);
    weights.forEach((weight, i) => expect(Math.abs(weight / at(expected, i) - 1)).toBeLessThan(1e-10));
  });
  test("t = 1 with β̃_1 = 0 is refused", () => {
    const message =
      `t = 1 with variance "fixedSmall": expected t from 2, as the weight divides by the posterior variance, ` +
      `which is zero at t = 1. Start at t = 2, or choose "fixedLarge".`;
    expect(refusal(() => epsLossWeight(ddpm, 1))).toBe(message);
    expect(refusal(() => epsLossWeight(ddpm, Int32Array.of(5, 1)))).toBe(message);
  });
});

describe("vbTermsBpd", () => {
  test.each([2, 10, 700])("from ε at t = %i it is the weight times the error of the noise", (t) => {
    const [xStart, eps, error] = [0.4, -1.1, 0.3];
    const xt = qSample(ddpm, xStart, t, eps);
    const { bpd } = vbTermsBpd(ddpm, () => eps + error, xStart, xt, t);
    const expected = (epsLossWeight(ddpm, t) * error ** 2) / Math.LN2;
    expect(Math.abs(bpd / expected - 1)).toBeLessThan(1e-9);
  });

  test("at t = 1 it is the decoder's −log₂ P", () => {
    const xStart = 2 * (100 / 255) - 1;
    const xt = qSample(ddpm, xStart, 1, 0.8);
    const { mean, logVariance } = pMeanVariance(ddpm, (x) => 0.9 * x, xt, 1);
    const { bpd } = vbTermsBpd(ddpm, (x: number) => 0.9 * x, xStart, xt, 1);
    const logScales = logVariance / 2;
    const nats = -discretizedGaussianLogLikelihood(xStart, { means: mean, logScales });
    expect(Math.abs(bpd - nats / Math.LN2)).toBeLessThan(1e-14);
  });

  test("tensors agree with float64, t = 1 beside others, for both variances and decoders", async () => {
    const random = createRandom("vb");
    const xStart = Float64Array.from({ length: 8 }, () => (2 * random.integer(0, 255)) / 255 - 1);
    const t = Int32Array.of(1, 2, 50, 1000);
    const xt = qSample(ddpm, xStart, t, Float64Array.from(random.normals(8)));
    const output = Float64Array.from(random.normals(8));
    for (const variance of ["fixedSmall", "fixedLarge"] as const) {
      for (const decoder of ["discretized", "density"] as const) {
        const options = { variance, decoder, clipDenoised: true };
        const exact = vbTermsBpd(ddpm, () => output, xStart, xt, t, options);
        const tensor = (values: Float64Array): tf.Tensor => tf.tensor(Float32Array.from(values), [4, 2]);
        const before = tf.memory().numTensors;
        const inputs = [tensor(output), tensor(xStart), tensor(xt)] as const;
        const result = vbTermsBpd(ddpm, () => inputs[0], inputs[1], inputs[2], t, options);
        expect(exact.bpd).toHaveLength(4);
        expect(tf.memory().numTensors).toBe(before + 5);
        // (x − mean)² / σ² with 1/σ² up to 18,000 and differences up to 0.05 in single precision.
        const values = await result.bpd.data();
        exact.bpd.forEach((value, i) =>
          expect(Math.abs(at(values, i) - value)).toBeLessThan(2e-4 * (1 + Math.abs(value))),
        );
        tf.dispose([...inputs, result.bpd, result.xStart]);
      }
    }
  });

  test("several t at once give what each gives alone", () => {
    const xStart = Float64Array.of(-1, 0.2, 0.4, 1);
    const xt = Float64Array.of(-0.98, 0.21, 0.3, 0.7);
    for (const decoder of ["discretized", "density"] as const) {
      const denoiser = <S extends Samples>(x: S): S => x;
      const { bpd } = vbTermsBpd(ddpm, denoiser, xStart, xt, Int32Array.of(1, 30), { decoder });
      [1, 30].forEach((t, sample) => {
        const alone = [0, 1].map((i) => {
          const place = 2 * sample + i;
          return vbTermsBpd<number>(ddpm, denoiser, at(xStart, place), at(xt, place), t, { decoder }).bpd;
        });
        expect(Math.abs(at(bpd, sample) - (at(alone, 0) + at(alone, 1)) / 2)).toBeLessThan(1e-12);
      });
    }
  });

  test("an unknown decoder is refused", () => {
    expect(refusal(() => vbTermsBpd(ddpm, (x: number) => x, 0, 0, 1, { decoder: "none" } as never))).toBe(
      `decoder = none: expected "discretized" or "density". Leave it out for images of 256 grey levels.`,
    );
  });
});

describe("the bound of Gaussian data under the ideal denoiser", () => {
  const data = { mean: 0.3, variance: 0.5 };

  /**
   * E over x_0 and x_t of one term: a polynomial of degree 2 in x_0 and ε, so that the Gauss–Hermite
   * rule with three points in each is exact.
   */
  function expectedTerm(schedule: Schedule, t: number): number {
    const denoiser = gaussianDenoiser(schedule, data);
    const rule = [
      [-Math.sqrt(3), 1 / 6],
      [0, 2 / 3],
      [Math.sqrt(3), 1 / 6],
    ] as const;
    let sum = 0;
    for (const [z, weight] of rule) {
      const xStart = data.mean + Math.sqrt(data.variance) * z;
      for (const [noise, noiseWeight] of rule) {
        const xt = qSample(schedule, xStart, t, noise);
        const { bpd } = vbTermsBpd(schedule, denoiser, xStart, xt, t, { decoder: "density" });
        sum += weight * noiseWeight * bpd;
      }
    }
    return sum;
  }

  /** The same in closed form, from what x_t leaves open about x_0. */
  function closedTerm(schedule: Schedule, t: number): number {
    const left = remainingVariance(schedule, t, data);
    if (t > 1) {
      const weight = at(schedule.posteriorMeanCoefXStart, t) ** 2 / (2 * at(schedule.posteriorVariance, t));
      return (weight * left) / Math.LN2;
    }
    const sigma2 = at(schedule.posteriorVariance, 2);
    return (0.5 * (Math.log(2 * Math.PI * sigma2) + left / sigma2)) / Math.LN2;
  }

  test("each term is its closed form", () => {
    const schedule = linearSchedule({ T: 40 });
    for (let t = 1; t <= 40; t += 1) {
      expect(Math.abs(expectedTerm(schedule, t) - closedTerm(schedule, t))).toBeLessThan(1e-12);
    }
  });

  test("with the exact p(x_0 | x_1) the sum falls to the entropy of the data, as 1/T", () => {
    // Evenly spaced log SNR, so that all steps become small; with β_1 ∝ 1/T the first would not.
    const gaps = [50, 100, 200, 400].map((T) => {
      const schedule = logSnrSchedule(T);
      const bits = (variance: number): number => 0.5 * Math.log2(2 * Math.PI * Math.E * variance);
      const prior = expectNormal((x) => priorBpd(schedule, x), data.mean, Math.sqrt(data.variance));
      const reconstruction = bits(remainingVariance(schedule, 1, data));
      const terms = Array.from({ length: T - 1 }, (_, i) => expectedTerm(schedule, i + 2));
      const bound = terms.reduce((sum, value) => sum + value, prior + reconstruction);
      return bound - bits(data.variance);
    });
    for (const [i, gap] of gaps.entries()) {
      expect(gap).toBeGreaterThan(0);
      if (i > 0) expect(Math.abs(at(gaps, i - 1) / gap - 2)).toBeLessThan(0.2); // terms of the next order
    }
    expect(at(gaps, 3)).toBeLessThan(0.15); // bits; 18/400 of log SNR a step
  });

  /** log SNR from 9 down to −9 in equal steps. */
  function logSnrSchedule(T: number): Schedule {
    const bar = (t: number): number => (t === 0 ? 1 : 1 / (1 + Math.exp((18 * (t - 1)) / (T - 1) - 9)));
    return scheduleFromBetas(
      "log SNR",
      Array.from({ length: T }, (_, i) => 1 - bar(i + 1) / bar(i)),
    );
  }
});

describe("calcBpdLoop and calcBpd", () => {
  const schedule = linearSchedule({ T: 40 });
  const law = { weights: [1], means: [[0.3, 0.3]], variances: [[0.5, 0.5]] };
  const options = { seed: 5, decoder: "density" } as const;
  const data = (count: number): tf.Tensor => {
    const random = createRandom("data");
    return tf.tensor(
      random.normals(2 * count).map((z) => 0.3 + Math.sqrt(0.5) * z),
      [count, 2],
    );
  };

  test("the errors of x_0 and of ε are those that the posterior leaves", async () => {
    const xStart = data(4000);
    for await (const step of calcBpdLoop(schedule, idealDenoiser(schedule, law), xStart, options)) {
      const left = remainingVariance(schedule, step.t, { mean: 0.3, variance: 0.5 });
      const ofEps = (left * at(schedule.alphaBar, step.t)) / at(schedule.oneMinusAlphaBar, step.t);
      // Five standard errors of a mean of 8000 squares of Gaussians.
      const bound = 5 * Math.sqrt(2 / 8000);
      expect(Math.abs(average(step.xStartMse) / left - 1)).toBeLessThan(bound);
      expect(Math.abs(average(step.mse) / ofEps - 1)).toBeLessThan(bound);
    }
    xStart.dispose();
  });

  test("the total is the sum of its parts, reproducible by seed, and no tensor is left", async () => {
    const xStart = data(3);
    const before = tf.memory().numTensors;
    const bpd = await calcBpd(schedule, idealDenoiser(schedule, law), xStart, options);
    const again = await calcBpd(schedule, idealDenoiser(schedule, law), xStart, options);
    const other = await calcBpd(schedule, idealDenoiser(schedule, law), xStart, { ...options, seed: 6 });
    expect(again).toEqual(bpd);
    expect(other.denoising).not.toBe(bpd.denoising);
    expect(tf.memory().numTensors).toBe(before);
    expect(bpd.total).toBeCloseTo(bpd.prior + bpd.denoising + bpd.reconstruction, 12);
    expect(bpd.reconstruction).toBe(bpd.perStep[1]);
    expect(bpd.denoising).toBeCloseTo(
      bpd.perStep.subarray(2).reduce((sum, value) => sum + value, 0),
      12,
    );
    expect([bpd.perStep.length, bpd.perStep[0], bpd.perSample.length]).toEqual([41, 0, 3]);
    expect(bpd.total).toBeCloseTo(average(bpd.perSample), 12);
    xStart.dispose();
  });

  test("in chunks it is the same, and the network sees no more than a chunk", async () => {
    const xStart = data(5);
    const ideal = idealDenoiser(schedule, law);
    const sizes = new Set<number>();
    const watched: Denoiser = (xt, t) => {
      sizes.add(t.length);
      return ideal(xt, t);
    };
    const whole = await calcBpd(schedule, ideal, xStart, options);
    const before = tf.memory().numTensors;
    expect(await calcBpd(schedule, watched, xStart, { ...options, chunk: 2 })).toEqual(whole);
    expect([...sizes]).toEqual([2, 1]);
    expect(tf.memory().numTensors).toBe(before);
    xStart.dispose();
  });

  test("rate and distortion by reverse step are those of the Gaussian in closed form", async () => {
    const xStart = data(4000);
    const bpd = await calcBpd(schedule, idealDenoiser(schedule, law), xStart, options);
    const table = rateDistortion(bpd);
    expect(table.map(({ reverseSteps, t }) => [reverseSteps, t])).toEqual(
      Array.from({ length: 40 }, (_, i) => [i + 1, 40 - i]),
    );
    let rate = expectNormal((x) => priorBpd(schedule, x), 0.3, Math.sqrt(0.5));
    for (const row of table) {
      const left = remainingVariance(schedule, row.t, { mean: 0.3, variance: 0.5 });
      // Both within five standard errors of means of 8000 squares of Gaussians.
      expect(Math.abs(row.rate / rate - 1)).toBeLessThan(5 * Math.sqrt(2 / 8000));
      expect(Math.abs(row.rmse / (127.5 * Math.sqrt(left)) - 1)).toBeLessThan(2.5 * Math.sqrt(2 / 8000));
      if (row.t === 1) continue;
      const weight =
        at(schedule.posteriorMeanCoefXStart, row.t) ** 2 / (2 * at(schedule.posteriorVariance, row.t));
      rate += (weight * left) / Math.LN2;
    }
    expect(table.at(-1)?.rate).toBeCloseTo(bpd.prior + bpd.denoising, 12);
    xStart.dispose();
  });

  test("a mixture: the total is that by quadrature over x_0 and ε, within its standard error", async () => {
    const mixture = { weights: [0.4, 0.6], means: [-1, 0.8], variances: [0.04, 0.16] };
    const onLine = { ...mixture, means: [[-1], [0.8]], variances: [[0.04], [0.16]] };
    // ε by the trapezoid rule, all points in one array; x_0 component by component.
    const eps = Float64Array.from({ length: 49 }, (_, i) => (i - 24) / 4);
    const weights = eps.map((e) => Math.exp((-e * e) / 2) / Math.sqrt(2 * Math.PI) / 4);
    const exact = exactReverse(mixture, schedule);
    const best = (x: Float64Array, s: Int32Array): Float64Array => exact(x, s).subarray(0, x.length);
    const term = (x0: number, t: number): number => {
      const point = new Float64Array(eps.length).fill(x0);
      const xt = qSample(schedule, point, t, eps);
      const steps = new Int32Array(eps.length).fill(t);
      const { bpd } = vbTermsBpd(schedule, best, point, xt, steps, { decoder: "density" });
      return bpd.reduce((sum, value, i) => sum + value * at(weights, i), 0);
    };
    const times = Array.from({ length: schedule.T }, (_, i) => i + 1);
    const expected = expectMixture(mixture, (x0) =>
      times.reduce((sum, t) => sum + term(x0, t), priorBpd(schedule, x0)),
    );
    const random = createRandom("mixture");
    const count = 20_000;
    const points = Float32Array.from({ length: count }, () => {
      const k = random.uniform() < 0.4 ? 0 : 1;
      return at(mixture.means, k) + Math.sqrt(at(mixture.variances, k)) * random.normal();
    });
    const xStart = tf.tensor2d(points, [count, 1]);
    const bpd = await calcBpd(schedule, idealDenoiser(schedule, onLine), xStart, options);
    const spread = Math.sqrt(average(bpd.perSample.map((value) => (value - bpd.total) ** 2)));
    expect(Math.abs(bpd.total - expected)).toBeLessThan((4 * spread) / Math.sqrt(count));
    // The error that this would not see is small beside the bound itself.
    expect(spread / Math.sqrt(count)).toBeLessThan(0.012 * Math.abs(expected));
    xStart.dispose();
  });

  test("steps run from T to 1 and hold nothing between them", async () => {
    const xStart = data(2);
    const before = tf.memory().numTensors;
    const seen: [number, number][] = [];
    for await (const { t } of calcBpdLoop(schedule, idealDenoiser(schedule, law), xStart, options)) {
      seen.push([t, tf.memory().numTensors - before]);
    }
    expect(seen).toEqual(Array.from({ length: 40 }, (_, i) => [40 - i, 0]));
    xStart.dispose();
  });
});

describe("the published evaluation of DDPM on CIFAR-10", () => {
  test("RMSE 0.95136 and rate 1.77581 make L_0 = 1.977 and 3.753 bits per dimension in all", () => {
    const residual = 0.95136 / 127.5;
    // Residuals of a Gaussian at its quantiles around inner grey levels; the network's x̂_0 is off by them.
    const xStart = Float64Array.from({ length: 100_000 }, (_, i) => (2 * (100 + (i % 50))) / 255 - 1);
    const estimate = xStart.map((x, i) => x + residual * normalQuantile((i + 0.5) / xStart.length));
    const { bpd } = vbTermsBpd(ddpm, () => estimate, xStart, xStart, 1, { predicts: "xStart" });
    const reconstruction = at(bpd, 0);
    expect(reconstruction.toFixed(3)).toBe("1.977");
    const table = rateDistortion({
      prior: 0,
      perStep: Float64Array.of(0, reconstruction, 1.77581 - 0.11994, 0.11994),
      xStartMse: Float64Array.of(0, residual ** 2, (12.02277 / 127.5) ** 2, 1),
    });
    expect(table.map(({ rate, rmse }) => [rate.toFixed(5), rmse.toFixed(5)])).toEqual([
      ["0.00000", "127.50000"],
      ["0.11994", "12.02277"],
      ["1.77581", "0.95136"],
    ]);
    expect(((table.at(-1)?.rate ?? NaN) + reconstruction).toFixed(3)).toBe("3.753");
  });

  /** Φ⁻¹(p) by bisection. */
  function normalQuantile(p: number): number {
    let [low, high] = [-9, 9];
    for (let i = 0; i < 50; i += 1) {
      const middle = (low + high) / 2;
      if (standardNormalCdf(middle) < p) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  }
});

/** E f(x) over a mixture, component by component. */
function expectMixture(law: LineMixture, f: (x: number) => number): number {
  return law.weights.reduce(
    (sum, weight, k) => sum + weight * expectNormal(f, at(law.means, k), Math.sqrt(at(law.variances, k)), 60),
    0,
  );
}

function average(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}
