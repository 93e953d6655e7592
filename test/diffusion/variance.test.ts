import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { vbTermsBpd, priorBpd } from "../../src/diffusion/elbo.js";
import { qSample } from "../../src/diffusion/forward.js";
import { pMeanVariance, pSample } from "../../src/diffusion/reverse.js";
import { type Schedule, scheduleFromBetas } from "../../src/diffusion/schedule.js";
import { linearSchedule } from "../../src/diffusion/schedules.js";
import { createRandom } from "../../src/random/random.js";
import { useBackend } from "../../src/tensor/backend.js";
import { exactReverse, type LineMixture, mixtureDensity, mixturePosterior } from "../support/mixtureData.js";
import { at, largestError } from "../support/numbers.js";
import { integrate } from "../support/quadrature.js";
import { refusal } from "../support/refusal.js";

beforeAll(async () => {
  await useBackend();
});

const ddpm = linearSchedule({ T: 1000 });
const random = createRandom("variance");

describe("what the network says of the variance", () => {
  const xt = Float64Array.from(random.normals(6));
  const eps = Float64Array.from(random.normals(6));
  const t = Int32Array.of(1, 400, 1000);

  test("learnedRange: log β̃_t at −1, log β_t at 1, a straight line between and beyond", () => {
    const v = Float64Array.of(-1, 1, 0, -1, 1, 3);
    const p = pMeanVariance(ddpm, () => Float64Array.of(...eps, ...v), xt, t, { variance: "learnedRange" });
    const [low, high] = [ddpm.posteriorLogVarianceClipped, ddpm.beta.map(Math.log)];
    const expected = v.map((value, i) => {
      const step = at(t, i >> 1);
      const share = (value + 1) / 2;
      return share * at(high, step) + (1 - share) * at(low, step);
    });
    expect(largestError(p.logVariance as Float64Array, expected)).toBeLessThan(1e-14);
    expect(largestError(p.variance as Float64Array, expected.map(Math.exp))).toBeLessThan(1e-15);
  });

  test("learned: the logarithm itself; the mean is that of the prediction alone", () => {
    const v = Float64Array.from(random.normals(6));
    const p = pMeanVariance(ddpm, () => Float64Array.of(...eps, ...v), xt, t, { variance: "learned" });
    expect(largestError(p.logVariance as Float64Array, v)).toBe(0);
    expect(largestError(p.variance as Float64Array, v.map(Math.exp))).toBe(0);
    const fixed = pMeanVariance(ddpm, () => eps, xt, t);
    expect(largestError(p.mean, fixed.mean)).toBe(0);
    expect(largestError(p.xStart, fixed.xStart)).toBe(0);
  });

  test("a step adds that much noise, and none at t = 1", () => {
    const v = Float64Array.from(random.normals(6));
    const z = Float64Array.from(random.normals(6));
    const denoiser = (): Float64Array => Float64Array.of(...eps, ...v);
    const options = { variance: "learned" } as const;
    const { mean } = pMeanVariance(ddpm, denoiser, xt, t, options);
    const { sample } = pSample(ddpm, denoiser, xt, t, z, options);
    const expected = mean.map((m, i) => m + (i < 2 ? 0 : Math.exp(at(v, i) / 2) * at(z, i)));
    expect(largestError(sample, expected)).toBeLessThan(1e-14);
  });

  test.each(["learned", "learnedRange"] as const)(
    "%s: tensors agree with float64, term of the bound too",
    async (variance) => {
      const v = Float64Array.from(random.normals(6));
      const z = Float64Array.from(random.normals(6));
      const xStart = Float64Array.from({ length: 6 }, (_, i) => (2 * (40 * i)) / 255 - 1);
      const options = { variance, clipDenoised: true };
      const exact = (): Float64Array => Float64Array.of(...eps, ...v);
      const tensor = (values: ArrayLike<number>): tf.Tensor => tf.tensor(Float32Array.from(values), [3, 2]);
      // Along the last axis: two predictions, then two numbers v, for each sample.
      const output = tf.concat([tensor(eps), tensor(v)], 1);
      const before = tf.memory().numTensors;
      const inputs = [tensor(xt), tensor(z), tensor(xStart)] as const;
      const [step, vb] = [
        pSample(ddpm, () => output, inputs[0], t, inputs[1], options),
        vbTermsBpd(ddpm, () => output, inputs[2], inputs[0], t, options),
      ];
      expect(tf.memory().numTensors).toBe(before + 7);
      expect(
        largestError(await step.sample.data(), pSample(ddpm, exact, xt, t, z, options).sample),
      ).toBeLessThan(1e-5);
      const expected = vbTermsBpd(ddpm, exact, xStart, xt, t, options).bpd;
      const values = await vb.bpd.data();
      // (x − mean)²/σ² with 1/σ² up to 18,000 and differences up to 0.05 in single precision.
      expected.forEach((value, i) =>
        expect(Math.abs(at(values, i) - value)).toBeLessThan(2e-4 * (1 + Math.abs(value))),
      );
    },
  );

  test("an output that is not of twice the size is refused", () => {
    const remedy = "Make the network with learnedVariance, or choose a fixed variance.";
    expect(refusal(() => pMeanVariance(ddpm, () => eps, xt, t, { variance: "learned" }))).toBe(
      `the network's output is a Float64Array of length 6: expected twice the size of x_t, a Float64Array of length 6, along the last axis. ${remedy}`,
    );
    const x = tf.zeros([2, 3]);
    expect(
      refusal(() => pMeanVariance(ddpm, () => tf.zeros([4, 3]), x, 5, { variance: "learnedRange" })),
    ).toBe(
      `the network's output is a tensor of shape [4, 3]: expected twice the size of x_t, a tensor of shape [2, 3], along the last axis. ${remedy}`,
    );
  });
});

/** E over ε of one term given x_0: quadratic in ε for a Gaussian, so three points of Gauss–Hermite are exact. */
function expectedTerm(schedule: Schedule, law: LineMixture, x0: number, t: number): number {
  const nodes = Float64Array.of(-Math.sqrt(3), 0, Math.sqrt(3));
  const xStart = new Float64Array(3).fill(x0);
  const xt = qSample(schedule, xStart, t, nodes);
  const steps = new Int32Array(3).fill(t);
  const { bpd } = vbTermsBpd(schedule, exactReverse(law, schedule), xStart, xt, steps, {
    variance: "learned",
    decoder: "density",
  });
  return at(bpd, 0) / 6 + (2 * at(bpd, 1)) / 3 + at(bpd, 2) / 6;
}

describe("with the exact reverse process the bound is −log₂ p(x_0) itself", () => {
  test("Gaussian data, for each x_0 and any number of steps", () => {
    const law = { weights: [1], means: [0.3], variances: [0.5] };
    // ᾱ_T = 2e-9: x_T is N(0, 1) to that order, which is all that p(x_T) gets wrong.
    for (const betas of [
      [0.3, 0.9999, 0.99997],
      [0.01, 0.05, 0.2, 0.5, 0.9, 0.999, 0.99995],
    ]) {
      const schedule = scheduleFromBetas("steep", betas);
      for (const x0 of [-1.5, 0.3, 2]) {
        const terms = betas.map((_, i) => expectedTerm(schedule, law, x0, i + 1));
        const total = terms.reduce((sum, term) => sum + term, priorBpd(schedule, x0));
        expect(Math.abs(total + Math.log2(mixtureDensity(law, schedule, 0, x0)))).toBeLessThan(1e-6);
      }
    }
  });
});

describe("a mixture of two Gaussians, by quadrature over x_0 and ε", () => {
  const law = { weights: [0.4, 0.6], means: [-1, 0.8], variances: [0.04, 0.16] };

  /** log SNR from 9 down to −9 in equal steps. */
  function logSnrSchedule(T: number): Schedule {
    const bar = (t: number): number => (t === 0 ? 1 : 1 / (1 + Math.exp((18 * (t - 1)) / (T - 1) - 9)));
    const betas = Array.from({ length: T }, (_, i) => 1 - bar(i + 1) / bar(i));
    return scheduleFromBetas("log SNR", betas);
  }

  /** Points and weights of a product rule for x_0 of the mixture and ε normal; its error is far below 1e-6. */
  function rule(): {
    readonly xStart: Float64Array;
    readonly eps: Float64Array;
    readonly weights: Float64Array;
  } {
    const points: [number, number, number][] = [];
    const [stepX, stepE] = [0.05, 0.4];
    for (let x = -3; x <= 3; x += stepX)
      for (let e = -6; e <= 6; e += stepE) {
        const density = mixtureDensity(law, ddpm, 0, x) * Math.exp((-e * e) / 2);
        points.push([x, e, (density * stepX * stepE) / Math.sqrt(2 * Math.PI)]);
      }
    const column = (k: 0 | 1 | 2): Float64Array => Float64Array.from(points, (point) => point[k]);
    return { xStart: column(0), eps: column(1), weights: column(2) };
  }

  /** Σ over t ≥ 2 of E KL(q(x_{t−1} | x_t, x_0) ‖ p): with the exact mean, and the variance `variance`. */
  function denoisingBits(schedule: Schedule, variance: "fixedSmall" | "learned"): number {
    const { xStart, eps, weights } = rule();
    let total = 0;
    for (let t = 2; t <= schedule.T; t += 1) {
      const xt = qSample(schedule, xStart, t, eps);
      const steps = new Int32Array(xt.length).fill(t);
      const exact = exactReverse(law, schedule);
      const denoiser =
        variance === "learned"
          ? exact
          : (x: Float64Array, s: Int32Array) => exact(x, s).subarray(0, x.length);
      const { bpd } = vbTermsBpd(schedule, denoiser, xStart, xt, steps, { variance });
      total += bpd.reduce((sum, term, i) => sum + term * at(weights, i), 0);
    }
    return total;
  }

  test("the whole bound falls to the entropy of the data: as 1/T with β̃_t, as 1/T² with the exact variance", () => {
    const entropy = integrate(
      (x) => {
        const p = mixtureDensity(law, ddpm, 0, x);
        return p < 1e-300 ? 0 : -p * Math.log2(p);
      },
      0,
      0.5,
    );
    const gaps = [30, 60, 120].map((T) => {
      const schedule = logSnrSchedule(T);
      const { xStart, eps, weights } = rule();
      const prior = xStart.reduce((sum, x, i) => sum + priorBpd(schedule, x) * at(weights, i), 0);
      // −log₂ p(x_0 | x_1), p having the exact mean and variance.
      const x1 = qSample(schedule, xStart, 1, eps);
      const reconstruction = x1.reduce((sum, x, i) => {
        const { mean, variance } = mixturePosterior(law, schedule, 1, x);
        const nats = 0.5 * (Math.log(2 * Math.PI * variance) + (at(xStart, i) - mean) ** 2 / variance);
        return sum + (nats / Math.LN2) * at(weights, i);
      }, 0);
      const rest = prior + reconstruction - entropy;
      return {
        fixed: denoisingBits(schedule, "fixedSmall") + rest,
        exact: denoisingBits(schedule, "learned") + rest,
      };
    });
    for (const [i, { fixed, exact }] of gaps.entries()) {
      expect(exact).toBeGreaterThan(0);
      expect(exact).toBeLessThan(fixed);
      const before = gaps[i - 1];
      if (before === undefined) continue;
      // Up to terms of the next order in 1/T.
      expect(Math.abs(before.fixed / fixed - 2)).toBeLessThan(0.3);
      expect(Math.abs(before.exact / exact - 4)).toBeLessThan(0.8);
    }
    expect(gaps.at(-1)?.exact).toBeLessThan(0.003); // bits
  });
});
