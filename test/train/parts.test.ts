import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { Prediction } from "../../src/diffusion/parameterization.js";
import { linearSchedule } from "../../src/diffusion/schedules.js";
import { createRandom } from "../../src/random/random.js";
import { useBackend } from "../../src/tensor/backend.js";
import { emaDecayAt, moveEma, updateEma } from "../../src/train/ema.js";
import { constantRate, cosineDecay, warmUp } from "../../src/train/learningRate.js";
import { simpleLoss } from "../../src/train/loss.js";
import {
  adam,
  adamChange,
  adamScalars,
  adamW,
  clipByGlobalNorm,
  globalNorm,
} from "../../src/train/optimizer.js";
import { createPace } from "../../src/train/pace.js";
import { at, largestError } from "../support/numbers.js";
import { refusal } from "../support/refusal.js";

beforeAll(async () => {
  await useBackend();
});

describe("the learning rate", () => {
  it("rises in a line, then falls along half a cosine", () => {
    const rate = warmUp(cosineDecay(constantRate(2), 101, 0.1), 4);
    expect([1, 2, 4, 51, 101, 500].map((step) => Number(rate(step).toFixed(6)))).toEqual([
      0.5, 0.999778, 1.996006, 1.1, 0.2, 0.2,
    ]);
  });

  it("is the base rate without warm-up", () => expect(warmUp(constantRate(3), 0)(1)).toBe(3));
});

describe("Adam", () => {
  it("makes the steps of Kingma & Ba, Algorithm 1, computed in double precision", async () => {
    const { normal } = createRandom(4);
    const gradients = Array.from({ length: 5 }, () => Float32Array.from({ length: 6 }, normal));
    const [mu, nu] = [new Float64Array(6), new Float64Array(6)];
    const optimizer = adam((step) => 0.01 * step, { beta1: 0.8, beta2: 0.95, epsilon: 1e-3 });
    let state = optimizer.init(6);
    for (const [i, gradient] of gradients.entries()) {
      const expected = Float64Array.from(gradient, (g, k) => {
        mu[k] = 0.8 * at(mu, k) + 0.2 * g;
        nu[k] = 0.95 * at(nu, k) + 0.05 * g * g;
        const muHat = at(mu, k) / (1 - 0.8 ** (i + 1));
        const nuHat = at(nu, k) / (1 - 0.95 ** (i + 1));
        return (-0.01 * (i + 1) * muHat) / (Math.sqrt(nuHat) + 1e-3);
      });
      const change = optimizer.update(tf.tensor1d(gradient), state);
      state = change.state;
      // Updates are at most 0.05; single precision leaves a few 1e-9.
      expect(largestError(await change.update.data(), expected)).toBeLessThan(2e-8);
      expect(state.step).toBe(i + 1);
    }
  });

  it("with decoupled weight decay shrinks the parameters too, by rate · decay", async () => {
    const params = tf.tensor1d([2, -3, 0.5]);
    const gradient = tf.tensor1d([0.3, -0.1, 0.2]);
    const [plain, decayed] = [adam(0.01), adamW(0.01, { weightDecay: 0.1 })];
    const without = await plain.update(gradient, plain.init(3)).update.data();
    const { update } = decayed.update(gradient, decayed.init(3), params);
    const expected = Array.from(await params.data(), (value, i) => at(without, i) - 0.01 * 0.1 * value);
    expect(largestError(await update.data(), expected)).toBeLessThan(1e-8);
    expect(refusal(() => decayed.update(gradient, decayed.init(3)))).toBe(
      "an update with weightDecay = 0.1 and without the parameters: expected the parameters [P] as the third argument. " +
        "Give them to update, or use adam.",
    );
    expect(refusal(() => adamW(0.01, { weightDecay: -1 }))).toBe(
      "weightDecay = -1: expected a number of at least 0. Leave it out to get 0.01.",
    );
  });

  it("takes its numbers as tensors, for a step that is traced once", async () => {
    const gradient = tf.tensor1d([0.3, -0.1, 0.2]);
    const state = { step: 6, mu: tf.tensor1d([0.1, 0.2, 0.3]), nu: tf.tensor1d([0.4, 0.5, 0.6]) };
    const { ofMu, ofNu } = adamScalars(0.02, 7);
    const traced = adamChange(gradient, state, { ofMu: tf.scalar(ofMu), ofNu: tf.scalar(ofNu) });
    const expected = adam(0.02).update(gradient, state);
    expect(await traced.update.data()).toEqual(await expected.update.data());
    expect(await traced.mu.data()).toEqual(await expected.state.mu.data());
    expect(await traced.nu.data()).toEqual(await expected.state.nu.data());
  });

  it("clips by the global norm, and only what is longer", async () => {
    const gradient = tf.tensor1d([3, 0, -4]);
    const norm = globalNorm(gradient);
    expect(Array.from(await norm.data())).toEqual([5]);
    const clipped = await clipByGlobalNorm(gradient, norm, 1).data();
    expect(largestError(clipped, [0.6, 0, -0.8])).toBeLessThan(1e-7);
    expect(Array.from(await clipByGlobalNorm(gradient, norm, 6).data())).toEqual([3, 0, -4]);
    const zero = tf.zeros<tf.Rank.R1>([3]);
    expect(Array.from(await clipByGlobalNorm(zero, globalNorm(zero), 1).data())).toEqual([0, 0, 0]);
  });
});

describe("the moving average", () => {
  it("warms up to its decay", () => {
    expect([0, 1, 8, 90, 1e6].map((step) => emaDecayAt(0.9, step))).toEqual([0.1, 2 / 11, 0.5, 0.9, 0.9]);
  });

  it("moves towards the parameters", async () => {
    const ema = updateEma(tf.tensor1d([1, 2]), tf.tensor1d([5, -2]), 0.75);
    expect(Array.from(await ema.data())).toEqual([2, 1]);
    const share = tf.scalar(0.25);
    const moved = moveEma(tf.tensor1d([1, 2]), tf.tensor1d([5, -2]), share);
    expect(Array.from(await moved.data())).toEqual([2, 1]);
  });
});

describe("the loss", () => {
  const schedule = linearSchedule({ T: 10, betaStart: 0.01, betaEnd: 0.3 });
  const [xStart, noise, output] = ["x", "noise", "output"].map((label) =>
    Array.from({ length: 6 }, createRandom(8).fork(label).normal),
  ) as [number[], number[], number[]];
  const t = [1, 4, 10];

  /** What each element of the network's output should be, by the formulas of the papers. */
  const targets: Readonly<Record<Prediction, (x: number, eps: number, t: number) => number>> = {
    eps: (_, eps) => eps,
    xStart: (x) => x,
    v: (x, eps, t) => Math.sqrt(at(schedule.alphaBar, t)) * eps - Math.sqrt(1 - at(schedule.alphaBar, t)) * x,
    mean: (x, eps, t) => {
      const [alpha, alphaBar] = [at(schedule.alpha, t), at(schedule.alphaBar, t)];
      const xt = Math.sqrt(alphaBar) * x + Math.sqrt(1 - alphaBar) * eps;
      return (xt - ((1 - alpha) / Math.sqrt(1 - alphaBar)) * eps) / Math.sqrt(alpha);
    },
  };

  it.each(Object.keys(targets) as Prediction[])(
    "is the mean squared error of a network that predicts %s",
    async (predicts) => {
      const expected =
        xStart.reduce((sum, x, i) => {
          const step = at(t, Math.floor(i / 2));
          return sum + (targets[predicts](x, at(noise, i), step) - at(output, i)) ** 2;
        }, 0) / 6;
      const seen: number[] = [];
      const denoiser = (xt: tf.Tensor, steps: Int32Array): tf.Tensor => {
        seen.push(...steps, ...xt.dataSync());
        return tf.tensor(output, [3, 2]);
      };
      const draw = {
        xStart: tf.tensor(xStart, [3, 2]),
        t: Int32Array.from(t),
        noise: tf.tensor(noise, [3, 2]),
      };
      const [loss = NaN] = await simpleLoss(schedule, denoiser, draw, predicts).data();
      expect(Math.abs(loss - expected)).toBeLessThan(1e-6 * expected);
      const xt = xStart.map((x, i) => {
        const alphaBar = at(schedule.alphaBar, at(t, Math.floor(i / 2)));
        return Math.sqrt(alphaBar) * x + Math.sqrt(1 - alphaBar) * at(noise, i);
      });
      expect(largestError(seen, [...t, ...xt])).toBeLessThan(1e-6);
    },
  );
});

describe("the pace", () => {
  it("forgets the first step's time and weighs recent losses most", () => {
    const clock = [0, 5000, 5200, 5400];
    const pace = createPace(() => clock.shift() ?? NaN);
    expect(pace(2)).toEqual({ lossMean: 2, secondsPerStep: 5 });
    const second = pace(1);
    expect(second.secondsPerStep).toBeCloseTo(0.2, 12);
    expect(second.lossMean).toBeCloseTo((2 * 0.98 + 1) / 1.98, 12);
    expect(pace(1).secondsPerStep).toBeCloseTo(0.2, 12);
  });
});
