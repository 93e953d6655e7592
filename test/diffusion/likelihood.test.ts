import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import {
  approxStandardNormalCdf,
  discretizedGaussianLogLikelihood,
  standardNormalCdf,
} from "../../src/diffusion/likelihood.js";
import { linearSchedule } from "../../src/diffusion/schedules.js";
import { useBackend } from "../../src/tensor/backend.js";
import { at, largestError } from "../support/numbers.js";
import { expectNormal, integrate, normalDensity } from "../support/quadrature.js";

beforeAll(async () => {
  await useBackend();
});

const levels = Float64Array.from({ length: 256 }, (_, k) => (2 * k) / 255 - 1);

describe("the normal distribution function", () => {
  test("agrees with the integral of the density", () => {
    for (const x of [-3, -1, -0.1, 0, 0.7, 2.592]) {
      // From 24 standard deviations below up to x, in pieces so that the trapezoid's ends matter little.
      const points = 200_000;
      const step = (x + 12) / points;
      let sum = (normalDensity(-12, 0, 1) + normalDensity(x, 0, 1)) / 2;
      for (let i = 1; i < points; i += 1) sum += normalDensity(-12 + i * step, 0, 1);
      expect(Math.abs(standardNormalCdf(x) - sum * step)).toBeLessThan(1e-9); // the trapezoid's error, step²/12 · φ′
    }
  });
  test("the tanh form is off by 1.789e-4 at most, at |x| = 2.592", () => {
    const grid = Array.from({ length: 10_001 }, (_, i) => (i - 5000) / 1000);
    const errors = grid.map((x) => Math.abs(approxStandardNormalCdf(x) - standardNormalCdf(x)));
    const worst = Math.max(...errors);
    expect(worst.toPrecision(4)).toBe("0.0001789");
    expect(Math.abs(at(grid, errors.indexOf(worst)))).toBe(2.592);
  });
  test("tensors agree with float64", async () => {
    const x = [-4, -1, 0, 0.3, 2.5];
    const input = tf.tensor1d(x);
    const [exact, approx] = [standardNormalCdf(input), approxStandardNormalCdf(input)] as const;
    expect(
      largestError(
        await exact.data(),
        x.map((value) => standardNormalCdf(value)),
      ),
    ).toBeLessThan(2e-7);
    expect(
      largestError(
        await approx.data(),
        x.map((value) => approxStandardNormalCdf(value)),
      ),
    ).toBeLessThan(2e-7);
    tf.dispose([input, exact, approx]);
  });
});

describe("discretizedGaussianLogLikelihood", () => {
  const cases = [
    [0, 0.3],
    [0.999, 0.01],
    [-1.4, 0.5],
    [0.2, 3],
    [0.0017, 0.0074],
  ] as const;

  test.each(cases)("the 256 probabilities around %d with σ = %d sum to 1", (mean, sigma) => {
    for (const cdf of ["approx", "exact"] as const) {
      const means = new Float64Array(256).fill(mean);
      const log = discretizedGaussianLogLikelihood(levels, { means, logScales: Math.log(sigma), cdf });
      const sum = log.reduce((total, value) => total + Math.exp(value), 0);
      expect(Math.abs(sum - 1)).toBeLessThan(256 * 1e-12 + 1e-13); // each bin is taken for 1e-12 at least
    }
  });

  test("each probability is the integral of the density over its bin", () => {
    const [mean, sigma] = [0.1, 0.05];
    for (const k of [127, 140, 150, 170]) {
      const x = at(levels, k);
      const points = 2000;
      const step = 2 / 255 / points;
      const midpoints = Array.from({ length: points }, (_, i) => x - 1 / 255 + (i + 0.5) * step);
      const p = midpoints.reduce((sum, y) => sum + normalDensity(y, mean, sigma ** 2) * step, 0);
      const log = discretizedGaussianLogLikelihood(x, {
        means: mean,
        logScales: Math.log(sigma),
        cdf: "exact",
      });
      expect(Math.abs(log - Math.log(p))).toBeLessThan(1e-6); // the midpoint rule's error, below 1e-8, and erf's in the tail
    }
  });

  test("the first and the last bin are open", () => {
    const options = { means: 0.4, logScales: Math.log(0.5), cdf: "exact" } as const;
    const first = discretizedGaussianLogLikelihood(-1, options);
    const last = discretizedGaussianLogLikelihood(1, options);
    expect(Math.abs(Math.exp(first) - standardNormalCdf((-1 + 1 / 255 - 0.4) / 0.5))).toBeLessThan(1e-15);
    expect(Math.abs(Math.exp(last) - (1 - standardNormalCdf((1 - 1 / 255 - 0.4) / 0.5)))).toBeLessThan(1e-15);
  });

  test("a level that cannot be is taken for 1e-12", () => {
    expect(discretizedGaussianLogLikelihood(0, { means: 0.9, logScales: -5 })).toBe(Math.log(1e-12));
  });

  test("tensors agree with float64, also where the probability is below 1e-6", async () => {
    const x = Float64Array.of(-1, -1, at(levels, 100), at(levels, 130), at(levels, 140), 1);
    const means = Float64Array.of(-0.98, 0.1, at(levels, 101), at(levels, 126), at(levels, 150), 0.95);
    const logScales = Float64Array.of(-2, -4, -4.2); // one for each of three samples of two coordinates
    const exact = discretizedGaussianLogLikelihood(x, { means, logScales });
    expect(at(exact, 4)).toBeLessThan(-6);
    const result = discretizedGaussianLogLikelihood(tf.tensor(Float32Array.from(x), [3, 2]), {
      means: tf.tensor(Float32Array.from(means), [3, 2]),
      logScales,
    });
    // The argument of Φ, up to 5 here, carries 2⁻²⁴ of x / σ; the logarithm's slope there is about 5.
    expect(largestError(await result.data(), exact)).toBeLessThan(1e-4);
    result.dispose();
  });

  test("has a gradient with respect to the means", async () => {
    const levels = [-1, 2 * (153 / 255) - 1, 1];
    const x = tf.tensor1d(levels);
    const log = (means: number, i: number): number =>
      discretizedGaussianLogLikelihood(at(levels, i), { means, logScales: -3 });
    const means = [-0.97, 0.15, 0.96];
    const gradient = tf.grad((m: tf.Tensor) =>
      discretizedGaussianLogLikelihood<tf.Tensor>(x, { means: m, logScales: -3 }),
    );
    const result = gradient(tf.tensor1d(means));
    const difference = means.map((m, i) => (log(m + 1e-5, i) - log(m - 1e-5, i)) / 2e-5);
    expect(largestError(await result.data(), difference)).toBeLessThan(2e-3); // values up to 30, single precision
    tf.dispose([x, result]);
  });
});

describe("L_0 of the published model, from its RMSE of 0.95136 grey levels", () => {
  // A Gaussian residual is assumed: E −log₂ P over the residual, by quadrature; 1.97 is the paper's figure.
  const { posteriorVariance, beta } = linearSchedule({ T: 1000 });
  const residual = 0.95136 / 127.5;
  const l0 = (variance: number, cdf: "approx" | "exact"): number =>
    expectNormal(
      (r) =>
        -discretizedGaussianLogLikelihood(0, { means: r, logScales: Math.log(variance) / 2, cdf }) / Math.LN2,
      0,
      residual,
    );
  test("with σ² = β̃_2, exact and with the tanh form", () => {
    expect(l0(at(posteriorVariance, 2), "exact").toFixed(5)).toBe("1.97685");
    expect(l0(at(posteriorVariance, 2), "approx").toFixed(5)).toBe("1.97683");
  });
  test("with σ² = β_1", () => {
    expect(l0(at(beta, 1), "exact").toFixed(4)).toBe("2.0945");
  });
  test("by the density times the width of a bin", () => {
    const variance = at(posteriorVariance, 2);
    const bits = expectNormal((r) => -Math.log2(normalDensity(r, 0, variance) * (2 / 255)), 0, residual);
    expect(bits.toFixed(5)).toBe("1.97532");
    expect(Math.abs(integrate((r) => normalDensity(r, 0, variance), 0, residual) - 1)).toBeLessThan(1e-12);
  });
});
