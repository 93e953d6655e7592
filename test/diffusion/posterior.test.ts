import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { posteriorMean, qPosteriorMeanVariance } from "../../src/diffusion/posterior.js";
import type { Schedule } from "../../src/diffusion/schedule.js";
import { cosineSchedule, linearSchedule } from "../../src/diffusion/schedules.js";
import { createRandom } from "../../src/random/random.js";
import { useBackend } from "../../src/tensor/backend.js";
import { at, largestError } from "../support/numbers.js";
import { integrate, normalDensity } from "../support/quadrature.js";
import { refusal } from "../support/refusal.js";

beforeAll(async () => {
  await useBackend();
});

interface Moments {
  readonly mean: number;
  readonly variance: number;
}

/** Bayes: q(x_{t−1} | x_t, x_0) ∝ q(x_t | x_{t−1}) q(x_{t−1} | x_0), integrated numerically. */
function byIntegration({ alpha, beta, alphaBar }: Schedule, t: number, xStart: number, xt: number): Moments {
  const [a, b, bar] = [at(alpha, t), at(beta, t), at(alphaBar, t - 1)];
  const joint = (x: number): number =>
    normalDensity(xt, Math.sqrt(a) * x, b) * normalDensity(x, Math.sqrt(bar) * xStart, 1 - bar);
  // Seen as a density of x_{t−1}, the first factor has its centre at x_t/√α and the width √(β/α).
  const over = (f: (x: number) => number): number => integrate(f, xt / Math.sqrt(a), Math.sqrt(b / a));
  const mass = over(joint);
  const mean = over((x) => x * joint(x)) / mass;
  return { mean, variance: over((x) => (x - mean) ** 2 * joint(x)) / mass };
}

/** The joint Gaussian of (x_{t−1}, x_t) given x_0, from the noises z_1 … z_t, conditioned on x_t. */
function byConditioning({ alpha, beta }: Schedule, t: number, xStart: number, xt: number): Moments {
  // Row s of the map from (x_0, z_1, …, z_t): x_s = √α_s x_{s−1} + √β_s z_s.
  let previous = new Float64Array(t + 1);
  previous[0] = 1;
  let row = previous;
  for (let s = 1; s <= t; s += 1) {
    previous = row;
    row = previous.map((value) => Math.sqrt(at(alpha, s)) * value);
    row[s] = Math.sqrt(at(beta, s));
  }
  const covariance = (u: Float64Array, v: Float64Array): number =>
    u.reduce((sum, value, i) => (i === 0 ? 0 : sum + value * at(v, i)), 0);
  const gain = covariance(previous, row) / covariance(row, row);
  return {
    mean: at(previous, 0) * xStart + gain * (xt - at(row, 0) * xStart),
    variance: covariance(previous, previous) - gain * covariance(row, previous),
  };
}

const ddpm = linearSchedule({ T: 1000 });
const random = createRandom("posterior");
const cases = [
  ...[2, 3, 10, 100, 500, 999, 1000].map((t) => ({ schedule: ddpm, t })),
  ...[2, 25, 49].map((t) => ({ schedule: cosineSchedule({ T: 50 }), t })),
].map(({ schedule, t }) => {
  const xStart = random.normal();
  const xt =
    Math.sqrt(at(schedule.alphaBar, t)) * xStart + Math.sqrt(1 - at(schedule.alphaBar, t)) * random.normal();
  return { name: schedule.name, T: schedule.T, schedule, t, xStart, xt };
});

describe.each(cases)("q(x_{t−1} | x_t, x_0), $name, T = $T, t = $t", ({ schedule, t, xStart, xt }) => {
  const { mean, variance, logVariance } = qPosteriorMeanVariance(schedule, xStart, xt, t);

  test("agrees with direct integration", () => {
    const direct = byIntegration(schedule, t, xStart, xt);
    expect(Math.abs(mean / direct.mean - 1)).toBeLessThan(1e-10);
    expect(Math.abs(variance / direct.variance - 1)).toBeLessThan(1e-10);
  });
  test("agrees with the conditional of the joint Gaussian", () => {
    const conditional = byConditioning(schedule, t, xStart, xt);
    expect(Math.abs(mean / conditional.mean - 1)).toBeLessThan(1e-10);
    // The conditional's variance is a difference that cancels to β/(1 − ᾱ), 1/1000 or so of its terms.
    expect(Math.abs(variance / conditional.variance - 1)).toBeLessThan(1e-10);
  });
  test("has the logarithm of its variance", () => {
    expect(logVariance).toBe(Math.log(variance));
  });
});

test("at t = 1 the posterior is x_0 itself", () => {
  expect(qPosteriorMeanVariance(ddpm, 0.3, 0.9, 1)).toEqual({
    mean: 0.3,
    variance: 0,
    logVariance: Math.log(at(ddpm.posteriorVariance, 2)),
  });
});

test("tensors agree with float64, one t for each sample", async () => {
  const t = Int32Array.of(1, 2, 500, 1000);
  const [xStart, xt] = [random.normals(12), random.normals(12)];
  const exact = qPosteriorMeanVariance(ddpm, Float64Array.from(xStart), Float64Array.from(xt), t);
  const inTensors = qPosteriorMeanVariance(ddpm, tf.tensor(xStart, [4, 3]), tf.tensor(xt, [4, 3]), t);
  expect(largestError(await inTensors.mean.data(), exact.mean)).toBeLessThan(1e-6); // single precision, numbers up to 4
  expect(inTensors.variance).toEqual(exact.variance);
  expect(exact.variance).toEqual(Float64Array.from(t, (step) => at(ddpm.posteriorVariance, step)));
  inTensors.mean.dispose();
});

test("steps outside 1 … T are refused", () => {
  const message = (t: number): string =>
    `t = ${t}: expected an integer from 1 to T = 1000. ` +
    "Steps count from 1 as in the paper; no step leads to t = 0 but the one from t = 1.";
  for (const t of [0, -1, 1001, 0.5]) {
    expect(refusal(() => posteriorMean(ddpm, 0, 0, t))).toBe(message(t));
    expect(refusal(() => qPosteriorMeanVariance(ddpm, 0, 0, t))).toBe(message(t));
  }
});
