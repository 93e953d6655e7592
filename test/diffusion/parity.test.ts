/** Against diffusers and torch: test/parity/schedulers.json, made by test/parity/schedulers.py. */
import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { ddimInvertStep, ddimStep } from "../../src/diffusion/ddim.js";
import { qSample } from "../../src/diffusion/forward.js";
import { normalKl } from "../../src/diffusion/kl.js";
import { discretizedGaussianLogLikelihood } from "../../src/diffusion/likelihood.js";
import { type Prediction, predictV } from "../../src/diffusion/parameterization.js";
import { qPosteriorMeanVariance } from "../../src/diffusion/posterior.js";
import { pSample } from "../../src/diffusion/reverse.js";
import type { Schedule } from "../../src/diffusion/schedule.js";
import { cosineSchedule, linearSchedule } from "../../src/diffusion/schedules.js";
import type { VarianceKind } from "../../src/diffusion/variance.js";
import { useBackend } from "../../src/tensor/backend.js";
import { adam, adamW } from "../../src/train/optimizer.js";
import { at, largestError, largestRelativeError } from "../support/numbers.js";

type Name = "linear" | "cosine";
type Numbers = readonly number[];
interface Row {
  readonly schedule: Name;
  readonly t: number;
}
interface Table {
  readonly schedules: Readonly<
    Record<
      Name,
      Readonly<Record<"t" | "beta" | "alphaBar" | "posteriorVariance" | "fixedLargeVariance", Numbers>>
    >
  >;
  readonly noising: readonly (Row & Readonly<Record<"xStart" | "noise" | "xt" | "v", Numbers>>)[];
  readonly posterior: readonly (Row & Readonly<Record<"xt" | "xStart" | "mean", Numbers>>)[];
  readonly ddpm: readonly (Row & StepRow & { readonly variance: VarianceKind })[];
  readonly ddim: readonly (Row & StepRow & { readonly s: number; readonly eta: number })[];
  readonly inversion: readonly (Row & { readonly s: number } & Readonly<
      Record<"xs" | "eps" | "sample" | "estimate", Numbers>
    >)[];
  readonly bounds: readonly Readonly<
    Record<
      | "mean1"
      | "logVariance1"
      | "mean2"
      | "logVariance2"
      | "kl"
      | "x"
      | "mean"
      | "logScale"
      | "logLikelihood",
      Numbers
    >
  >[];
  readonly optimisers: {
    readonly start: Numbers;
    readonly gradients: readonly Numbers[];
    readonly adam: readonly Numbers[];
    readonly adamW: readonly Numbers[];
  };
}
interface StepRow extends Readonly<Record<"xt" | "output" | "noise" | "sample" | "estimate", Numbers>> {
  readonly predicts: Prediction;
  readonly clipDenoised: boolean;
}

const table = JSON.parse(
  readFileSync(new URL("../parity/schedulers.json", import.meta.url), "utf8"),
) as Table;
const schedules: Readonly<Record<Name, Schedule>> = {
  linear: linearSchedule({ T: 1000 }),
  cosine: cosineSchedule({ T: 1000 }),
};
const float64 = (values: Numbers): Float64Array => Float64Array.from(values);

/** Of double precision on both sides; 1 − ᾱ_t by subtraction there has lost up to five digits at t = 1. */
const TOLERANCE = 1e-9;
const expectClose = (actual: ArrayLike<number>, expected: Numbers): void =>
  expect(largestRelativeError(actual, expected)).toBeLessThan(TOLERANCE);

describe("in double precision", () => {
  test.each(["linear", "cosine"] as const)("the tables of the %s schedule", (name) => {
    const { t, beta, alphaBar, posteriorVariance, fixedLargeVariance } = table.schedules[name];
    const schedule = schedules[name];
    const ours = (values: Float64Array): number[] => t.map((step) => at(values, step));
    expectClose(ours(schedule.beta), beta);
    expectClose(ours(schedule.alphaBar), alphaBar);
    expectClose(ours(schedule.posteriorVariance), posteriorVariance);
    // At t = 1 DDPM's code has β̃_2 where diffusers has β_1; neither is used, as that step adds no noise.
    expectClose(ours(schedule.fixedLargeVariance).slice(1), fixedLargeVariance.slice(1));
  });

  test("x_t and v from x_0 and ε", () => {
    for (const { schedule, t, xStart, noise, xt, v } of table.noising) {
      expectClose(qSample(schedules[schedule], float64(xStart), t, float64(noise)), xt);
      expectClose(predictV(schedules[schedule], float64(xStart), t, float64(noise)), v);
    }
    expect(table.noising).toHaveLength(10);
  });

  test("the mean of the posterior", () => {
    for (const { schedule, t, xt, xStart, mean } of table.posterior)
      expectClose(qPosteriorMeanVariance(schedules[schedule], float64(xStart), float64(xt), t).mean, mean);
    expect(table.posterior).toHaveLength(10);
  });

  test("steps of DDPM: three predictions, three variances, x_0 clipped or not", () => {
    for (const row of table.ddpm) {
      const denoiser = (): Float64Array => float64(row.output);
      const { sample, xStart } = pSample(
        schedules[row.schedule],
        denoiser,
        float64(row.xt),
        row.t,
        float64(row.noise),
        row,
      );
      expectClose(sample, row.sample);
      expectClose(xStart, row.estimate);
    }
    expect(table.ddpm).toHaveLength(2 * 3 * 3 * 2 * 5);
  });

  test("steps of DDIM: three predictions, η of 0, ½ and 1, short and long, x_0 clipped or not", () => {
    for (const row of table.ddim) {
      const denoiser = (): Float64Array => float64(row.output);
      const { schedule, xt, t, s, noise } = row;
      const { sample, xStart } = ddimStep(
        schedules[schedule],
        denoiser,
        float64(xt),
        t,
        s,
        float64(noise),
        row,
      );
      expectClose(sample, row.sample);
      expectClose(xStart, row.estimate);
    }
    expect(table.ddim).toHaveLength(2 * 3 * 2 * 2 * 3 * 3);
  });

  test("steps of DDIM inversion, from clean data too", () => {
    for (const { schedule, s, t, xs, eps, sample, estimate } of table.inversion) {
      const step = ddimInvertStep(schedules[schedule], () => float64(eps), float64(xs), s, t);
      expectClose(step.sample, sample);
      expectClose(step.xStart, estimate);
    }
    expect(table.inversion.filter(({ s }) => s === 0)).toHaveLength(4);
  });

  test("divergences of Gaussians and probabilities of grey levels", () => {
    for (const row of table.bounds) {
      const kl = normalKl(
        float64(row.mean1),
        float64(row.logVariance1),
        float64(row.mean2),
        float64(row.logVariance2),
      );
      expectClose(kl, row.kl);
      const logLikelihood = discretizedGaussianLogLikelihood(float64(row.x), {
        means: float64(row.mean),
        logScales: float64(row.logScale),
        cdf: "exact",
      });
      // mathjs' erf is good to 1e-15 of 1, and torch takes differences of numbers near 1 in the right tail.
      expect(largestError(logLikelihood, row.logLikelihood)).toBeLessThan(1e-7);
    }
    expect(table.bounds).toHaveLength(20);
  });
});

describe("in single precision, with tensors", () => {
  beforeAll(async () => {
    await useBackend();
  });
  const tensor = (values: Numbers): tf.Tensor => tf.tensor(Float32Array.from(values), [1, values.length]);

  test("steps of DDPM and DDIM", async () => {
    for (const row of [...table.ddpm, ...table.ddim]) {
      const [xt, output, noise] = [row.xt, row.output, row.noise].map(tensor) as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      const schedule = schedules[row.schedule];
      const { sample } =
        "eta" in row
          ? ddimStep(schedule, () => output, xt, row.t, row.s, noise, row)
          : pSample(schedule, () => output, xt, row.t, noise, row);
      // A unit in the last place of the estimate of x_0 goes into the sample: 6e-8 of a number up to 2e4.
      const scale = 1 + Math.max(...row.estimate.map(Math.abs));
      expect(largestError(await sample.data(), row.sample)).toBeLessThan(1e-6 * scale);
    }
  });

  test.each(["adam", "adamW"] as const)("five steps of torch's %s", async (name) => {
    const { start, gradients } = table.optimisers;
    const optimizer = name === "adam" ? adam(0.02) : adamW(0.02, { weightDecay: 0.1 });
    let params = tf.tensor1d([...start]);
    let state = optimizer.init(start.length);
    for (const [i, gradient] of gradients.entries()) {
      const change = optimizer.update(tf.tensor1d([...gradient]), state, params);
      params = tf.add(params, change.update);
      state = change.state;
      expect(largestRelativeError(await params.data(), table.optimisers[name][i] ?? [])).toBeLessThan(1e-6);
    }
  });
});
