import { describe, expect, test } from "vitest";
import { gaussianMixture, ringMixture } from "../../src/data/mixture.js";
import { createRandom } from "../../src/random/random.js";
import { at, largestError } from "../support/numbers.js";
import { integrate, normalDensity } from "../support/quadrature.js";
import { refusal } from "../support/refusal.js";

const plain = { weights: [0.3, 0.7], means: [[-1], [0.8]], variances: [[0.04], [0.09]] };
const line = gaussianMixture(plain);
const plane = gaussianMixture({
  weights: [0.2, 0.5, 0.3],
  means: [
    [0, 1],
    [-1, 0.5],
    [2, 0],
  ],
  variances: [
    [0.1, 0.2],
    [0.3, 0.1],
    [0.5, 0.05],
  ],
});

describe("a mixture of Gaussians", () => {
  test("its density is the weighted sum, integrates to 1 and has the stated moments", () => {
    const density = (x: number): number => Math.exp(line.logDensity([x]));
    expect(density(0.3)).toBeCloseTo(
      0.3 * normalDensity(0.3, -1, 0.04) + 0.7 * normalDensity(0.3, 0.8, 0.09),
      14,
    );
    const over = (f: (x: number) => number): number => integrate((x) => f(x) * density(x), 0, 0.5);
    expect(over(() => 1)).toBeCloseTo(1, 13);
    expect(over((x) => x)).toBeCloseTo(at(line.mean, 0), 13);
    expect(over((x) => (x - at(line.mean, 0)) ** 2)).toBeCloseTo(at(line.variance, 0), 13);
  });

  test("in the plane the density is the product over the coordinates", () => {
    const expected =
      0.2 * normalDensity(0.1, 0, 0.1) * normalDensity(0.7, 1, 0.2) +
      0.5 * normalDensity(0.1, -1, 0.3) * normalDensity(0.7, 0.5, 0.1) +
      0.3 * normalDensity(0.1, 2, 0.5) * normalDensity(0.7, 0, 0.05);
    expect(plane.logDensity([0.1, 0.7])).toBeCloseTo(Math.log(expected), 13);
    expect(plane.dimension).toBe(2);
  });

  test("the log density stays finite where every density underflows", () => {
    expect(line.logDensity([60])).toBeCloseTo(
      Math.log(0.7) - 0.5 * Math.log(2 * Math.PI * 0.09) - 59.2 ** 2 / 0.18,
      8,
    );
  });

  test("the score is the gradient of the log density", () => {
    const h = 1e-5;
    for (const [x, y] of [
      [0.1, 0.7],
      [-1, 0.2],
      [1.5, -0.3],
    ] as const) {
      const difference = [
        (plane.logDensity([x + h, y]) - plane.logDensity([x - h, y])) / (2 * h),
        (plane.logDensity([x, y + h]) - plane.logDensity([x, y - h])) / (2 * h),
      ];
      expect(largestError(plane.score([x, y]), difference)).toBeLessThan(1e-7); // h² times a third derivative
    }
  });

  test("diffused, its density is the integral over x_0 of q(x_t | x_0)", () => {
    for (const alphaBar of [0.99, 0.5, 0.01]) {
      const diffused = line.diffused(alphaBar);
      for (const x of [-1.2, 0, 0.9]) {
        const expected = integrate(
          (x0) => Math.exp(line.logDensity([x0])) * normalDensity(x, Math.sqrt(alphaBar) * x0, 1 - alphaBar),
          0,
          0.5,
        );
        expect(Math.exp(diffused.logDensity([x]))).toBeCloseTo(expected, 13);
      }
    }
    expect(line.diffused(1).logDensity([0.2])).toBeCloseTo(line.logDensity([0.2]), 14);
    expect(line.diffused(0).logDensity([0.2])).toBeCloseTo(Math.log(normalDensity(0.2, 0, 1)), 14);
  });

  test("a point has no density, but a diffused one", () => {
    const point = gaussianMixture({ weights: [1], means: [[0.5]], variances: [[0]] });
    expect(point.diffused(0.36).logDensity([1])).toBeCloseTo(Math.log(normalDensity(1, 0.3, 0.64)), 14);
  });

  test("draws have its moments and the shares of its components", () => {
    const random = createRandom("mixture");
    const count = 20_000;
    const draws = Array.from({ length: count }, () => plane.sample(random));
    [0, 1].forEach((axis) => {
      const values = draws.map(({ x }) => at(x, axis));
      const mean = values.reduce((sum, value) => sum + value, 0) / count;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
      const expected = at(plane.variance, axis);
      // Four standard errors of a mean; the fourth moment of these marginals is at most 3 σ⁴.
      expect(Math.abs(mean - at(plane.mean, axis))).toBeLessThan(4 * Math.sqrt(expected / count));
      expect(Math.abs(variance - expected)).toBeLessThan(4 * expected * Math.sqrt(2 / count));
    });
    plane.weights.forEach((weight, k) => {
      const share = draws.filter(({ component }) => component === k).length / count;
      expect(Math.abs(share - weight)).toBeLessThan(4 * Math.sqrt((weight * (1 - weight)) / count));
    });
  });

  test("a ring", () => {
    const ring = ringMixture({ count: 4, radius: 2, standardDeviation: 0.1 });
    expect(ring.means.flat().map((value) => Math.round(value * 1e9) / 1e9 + 0)).toEqual([
      2, 0, 0, 2, -2, 0, 0, -2,
    ]);
    expect(largestError(ring.variance, [2.01, 2.01])).toBeLessThan(1e-12);
  });
});

describe("what is no mixture is refused", () => {
  test("weights", () => {
    for (const weights of [
      [0.3, 0.6],
      [1.5, -0.5],
      [NaN, 1],
    ]) {
      expect(refusal(() => gaussianMixture({ ...plain, weights }))).toBe(
        `weights = [${weights.join(", ")}]: expected numbers of at least 0 that sum to 1. Divide them by their sum.`,
      );
    }
  });
  test("lengths", () => {
    for (const means of [[[1]], [[1], [1, 2]], []]) {
      expect(refusal(() => gaussianMixture({ ...plain, means }))).toBe(
        `${means.length} means and 2 variances for 2 weights: expected one mean and one list of variances for each ` +
          "weight, all of the same length. Give d numbers for each component in d dimensions.",
      );
    }
  });
  test("variances", () => {
    expect(refusal(() => gaussianMixture({ ...plain, variances: [[0.1], [-1]] }))).toBe(
      "variances = [[0.1],[-1]], means = [[-1],[0.8]]: expected finite numbers, and no negative variance. " +
        "Variances are squares of standard deviations.",
    );
  });
  test("a point of another dimension, and ᾱ outside [0, 1]", () => {
    for (const call of [() => line.logDensity([1, 2]), () => line.score([1, 2])]) {
      expect(refusal(call)).toBe(
        "x has length 2: expected the dimension of the mixture, 1. Give one point at a time.",
      );
    }
    for (const alphaBar of [-0.1, 1.1, NaN]) {
      expect(refusal(() => line.diffused(alphaBar))).toBe(
        `alphaBar = ${alphaBar}: expected a number from 0 to 1. Take it from a schedule: schedule.alphaBar[t].`,
      );
    }
  });
});
