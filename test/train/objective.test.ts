import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { vbTermsBpd } from "../../src/diffusion/elbo.js";
import { qSample } from "../../src/diffusion/forward.js";
import type { Prediction } from "../../src/diffusion/parameterization.js";
import { linearSchedule } from "../../src/diffusion/schedules.js";
import type { VarianceKind } from "../../src/diffusion/variance.js";
import { drawMasks } from "../../src/model/dropout.js";
import { createUNet } from "../../src/model/unet.js";
import { unetPresets } from "../../src/model/unetConfig.js";
import { createRandom } from "../../src/random/random.js";
import { useBackend } from "../../src/tensor/backend.js";
import { createObjective, type LossModel, type ObjectiveOptions } from "../../src/train/objective.js";
import { type Array64, get } from "../support/float64/array.js";
import { compareWithReference, deviation } from "../support/float64/gradients.js";
import { at, largestError } from "../support/numbers.js";
import { refusal } from "../support/refusal.js";

beforeAll(async () => {
  await useBackend();
});

const schedule = linearSchedule({ T: 10, betaStart: 0.01, betaEnd: 0.3 });
const random = createRandom("objective");
const t = Int32Array.of(1, 2, 7, 10);
/** Four samples of three grey levels, the first and the last level among them. */
const xStart = Float64Array.from({ length: 12 }, (_, i) =>
  i === 0 ? -1 : i === 1 ? 1 : (2 * random.integer(0, 255)) / 255 - 1,
);
const noise = Float64Array.from(random.normals(12));
const xt = qSample(schedule, xStart, t, noise);
const draw = (): { xStart: tf.Tensor; t: Int32Array; noise: tf.Tensor } => ({
  xStart: tf.tensor(Float32Array.from(xStart), [4, 3]),
  t,
  noise: tf.tensor(Float32Array.from(noise), [4, 3]),
});

/** A network whose output is its only parameter. */
const fixedOutput = (outputs: number): LossModel => ({
  shape: [3],
  outputShape: [outputs],
  masks: [],
  apply: (params) => params["out"] as tf.Tensor,
});

/** Rows of an output [4, 6]: the predictions, one after another, then the numbers v. */
const halves = (out: Float64Array): { prediction: Float64Array; v: Float64Array } => {
  const half = (from: number): Float64Array =>
    Float64Array.from({ length: 12 }, (_, i) => at(out, Math.floor(i / 3) * 6 + from + (i % 3)));
  return { prediction: half(0), v: half(3) };
};

const targets: Readonly<Record<Prediction, (x: number, eps: number, t: number) => number>> = {
  eps: (_, eps) => eps,
  xStart: (x) => x,
  v: (x, eps, t) => Math.sqrt(at(schedule.alphaBar, t)) * eps - Math.sqrt(1 - at(schedule.alphaBar, t)) * x,
  mean: (x, eps, t) => {
    const [alpha, alphaBar] = [at(schedule.alpha, t), at(schedule.alphaBar, t)];
    const state = Math.sqrt(alphaBar) * x + Math.sqrt(1 - alphaBar) * eps;
    return (state - ((1 - alpha) / Math.sqrt(1 - alphaBar)) * eps) / Math.sqrt(alpha);
  },
};

function squaredErrors(prediction: Float64Array, predicts: Prediction): Float64Array {
  return Float64Array.from(t, (step, sample) => {
    const errors = [0, 1, 2].map((k) => {
      const i = 3 * sample + k;
      return (targets[predicts](at(xStart, i), at(noise, i), step) - at(prediction, i)) ** 2;
    });
    return errors.reduce((sum, error) => sum + error, 0) / 3;
  });
}

/** The terms of the bound by the functions that evaluation uses, in double precision. */
function boundTerms(output: Float64Array, options: ObjectiveOptions): Float64Array {
  return vbTermsBpd(schedule, () => output, xStart, xt, t, options).bpd;
}

const array64 = (data: Float64Array): Array64 => ({ shape: [4], data });

describe("losses of each sample, and their gradients, against double precision", () => {
  const predictions = ["eps", "xStart", "v", "mean"] as const;
  const fixed = ["fixedSmall", "fixedLarge"] as const satisfies readonly VarianceKind[];
  const learned = ["learned", "learnedRange"] as const satisfies readonly VarianceKind[];

  it.each(predictions)("L_simple of a network that predicts %s, with weights", async (predicts) => {
    const weight = (step: number): number => 1 / step;
    const objective = createObjective(fixedOutput(3), schedule, { predicts, weight });
    const inputs = objective.inputs(draw());
    const { forward, gradients } = await compareWithReference({
      shapes: { out: [4, 3] },
      apply: ({ out }) => objective.losses({ out: out as tf.Tensor }, inputs),
      reference: (arrays) => {
        const errors = squaredErrors(get(arrays, "out").data, predicts);
        return array64(errors.map((error, i) => error * weight(at(t, i))));
      },
    });
    expect(forward).toBeLessThan(2e-6);
    expect(at([gradients["out"] ?? NaN], 0)).toBeLessThan(2e-6);
  });

  const fixedCases = predictions.flatMap((predicts) =>
    fixed.flatMap((variance) =>
      (["discretized", "density"] as const).map((decoder) => ({ predicts, variance, decoder })),
    ),
  );
  it.each(fixedCases)("L_vlb, %j", async (options) => {
    const objective = createObjective(fixedOutput(3), schedule, { ...options, loss: "vlb" });
    const inputs = objective.inputs(draw());
    const { forward, gradients } = await compareWithReference({
      shapes: { out: [4, 3] },
      apply: ({ out }) => objective.losses({ out: out as tf.Tensor }, inputs),
      reference: (arrays) =>
        array64(boundTerms(get(arrays, "out").data, options).map((term) => schedule.T * term)),
    });
    // The squares of (x − mean)/σ with 1/σ up to 14, and the tails of erf and tanh, in single precision.
    expect(forward).toBeLessThan(2e-5);
    expect(at([gradients["out"] ?? NaN], 0)).toBeLessThan(1e-4);
  });

  const learnedCases = predictions.flatMap((predicts) => learned.map((variance) => ({ predicts, variance })));
  it.each(learnedCases)("L_vlb, %j", async (options) => {
    const objective = createObjective(fixedOutput(6), schedule, { ...options, loss: "vlb" });
    const inputs = objective.inputs(draw());
    const { forward, gradients } = await compareWithReference({
      shapes: { out: [4, 6] },
      apply: ({ out }) => objective.losses({ out: out as tf.Tensor }, inputs),
      reference: (arrays) => {
        const { prediction, v } = halves(get(arrays, "out").data);
        const terms = boundTerms(Float64Array.of(...prediction, ...v), options);
        return array64(terms.map((term) => schedule.T * term));
      },
    });
    expect(forward).toBeLessThan(2e-5);
    expect(at([gradients["out"] ?? NaN], 0)).toBeLessThan(1e-4);
  });

  it.each(learned)("L_hybrid with variance %s: the bound moves v alone", async (variance) => {
    const options = { predicts: "eps", variance, lambda: 0.25 } as const;
    const objective = createObjective(fixedOutput(6), schedule, { ...options, loss: "hybrid" });
    const inputs = objective.inputs(draw());
    let held: Float64Array | undefined;
    const { forward, gradients } = await compareWithReference({
      shapes: { out: [4, 6] },
      apply: ({ out }) => objective.losses({ out: out as tf.Tensor }, inputs),
      reference: (arrays) => {
        const { prediction, v } = halves(get(arrays, "out").data);
        held ??= prediction;
        const terms = boundTerms(Float64Array.of(...held, ...v), options);
        const errors = squaredErrors(prediction, "eps");
        return array64(errors.map((error, i) => error + 0.25 * schedule.T * at(terms, i)));
      },
    });
    expect(forward).toBeLessThan(2e-5);
    expect(at([gradients["out"] ?? NaN], 0)).toBeLessThan(1e-4);
  });
});

describe("the loss of a batch", () => {
  it("is the mean of importance · losses", async () => {
    const objective = createObjective(fixedOutput(3), schedule, {});
    const importance = [0.5, 2, 0, 3];
    const out = tf.tensor(Float32Array.from(random.normals(12)), [4, 3]);
    const inputs = objective.inputs({ ...draw(), importance });
    const losses = await objective.losses({ out }, inputs).data();
    const expected = importance.reduce((sum, factor, i) => sum + (factor * at(losses, i)) / 4, 0);
    const [loss = NaN] = await objective.loss({ out }, inputs).data();
    expect(Math.abs(loss - expected)).toBeLessThan(1e-6 * expected);
  });

  it("over every t once, L_vlb is the sum of the terms that evaluation adds up", async () => {
    const all = Int32Array.from({ length: 10 }, (_, i) => i + 1);
    const level = Float64Array.from(all, () => 2 * (100 / 255) - 1);
    const eps = Float64Array.from(random.normals(10));
    const output = Float64Array.from(random.normals(10));
    const objective = createObjective(
      { shape: [1], outputShape: [1], masks: [], apply: () => tf.tensor(Float32Array.from(output), [10, 1]) },
      schedule,
      { loss: "vlb" },
    );
    const column = (values: Float64Array): tf.Tensor => tf.tensor(Float32Array.from(values), [10, 1]);
    const inputs = objective.inputs({ xStart: column(level), t: all, noise: column(eps) });
    const states = qSample(schedule, level, all, eps);
    const { bpd } = vbTermsBpd(schedule, () => output, level, states, all);
    const sum = bpd.reduce((total, term) => total + term, 0);
    expect(Math.abs(at(await objective.loss({}, inputs).data(), 0) / sum - 1)).toBeLessThan(1e-5);
  });

  it("has inputs of the same names and shapes whatever t is, t and the coefficients among them", () => {
    const objective = createObjective(fixedOutput(6), schedule, { variance: "learnedRange", loss: "hybrid" });
    const shapes = (steps: Int32Array): Record<string, readonly number[]> =>
      Object.fromEntries(
        Object.entries(objective.inputs({ ...draw(), t: steps })).map(([name, { shape }]) => [name, shape]),
      );
    const perSample = Object.fromEntries(
      [
        ...["signal", "spread", "targetOfXStart", "targetOfNoise", "qMeanOfXStart", "qMeanOfXt"],
        ...["qLogVariance", "meanOfXt", "meanOfPrediction", "isFirst", "logVariance", "logVarianceOfV"],
      ].map((name) => [name, [4, 1]]),
    );
    const given = { xStart: [4, 3], noise: [4, 3], t: [4], importance: [4], weight: [4] };
    expect(shapes(t)).toEqual({ ...given, ...perSample });
    expect(shapes(Int32Array.of(3, 3, 3, 1))).toEqual(shapes(t));
  });

  it("leaves no tensor behind, and hands masks of dropout to the network", async () => {
    const model = createUNet({
      ...unetPresets.tiny,
      ...{
        imageSize: 4,
        patchSize: 1,
        channels: 4,
        multipliers: [1],
        attentionAt: [],
        groups: 2,
        dropout: 0.5,
      },
    });
    const params = Object.fromEntries(
      model.specs.map(({ name, shape }) => [
        name,
        tf.tensor(
          createRandom(3)
            .fork(name)
            .normals(shape.reduce((a, b) => a * b, 1)),
          [...shape],
        ),
      ]),
    );
    const objective = createObjective(model, schedule);
    const image = { xStart: tf.zeros([2, 4, 4, 1]), t: Int32Array.of(3, 9), noise: tf.ones([2, 4, 4, 1]) };
    const masks = drawMasks(model.masks, 2, createRandom(1));
    const [with1, without] = [objective.inputs({ ...image, masks }), objective.inputs(image)];
    const before = tf.memory().numTensors;
    const dropped = objective.losses(params, with1);
    const whole = objective.losses(params, without);
    expect(tf.memory().numTensors).toBe(before + 2);
    expect(deviation(await dropped.data(), await whole.data())).toBeGreaterThan(1e-3);
    const direct = model.apply(
      { ...params, ...masks },
      tf.mul(image.noise, without["spread"] as tf.Tensor),
      image.t,
    );
    const expected = await tf.mean(tf.square(tf.sub(1, direct)), [1, 2, 3]).data();
    expect(largestError(await dropped.data(), expected)).toBeLessThan(1e-4);
  });
});

describe("objectives that cannot be are refused", () => {
  it.each([
    [3, { loss: "mse" }, `loss = mse: expected "simple", "vlb" or "hybrid". Leave it out to get simple.`],
    [3, { lambda: -1 }, "lambda = -1: expected a number of at least 0. Leave it out to get 0.001."],
    [
      3,
      { variance: "learned" },
      "variance = learned with an output of shape [3] for samples of shape [3]: expected a last axis twice as long " +
        "if the variance is learned, else as long. Make the model with learnedVariance as the variance needs it.",
    ],
    [
      6,
      { variance: "fixedLarge" },
      "variance = fixedLarge with an output of shape [6] for samples of shape [3]: expected a last axis twice as long " +
        "if the variance is learned, else as long. Make the model with learnedVariance as the variance needs it.",
    ],
    [
      3,
      { loss: "hybrid" },
      "loss = hybrid with variance = fixedSmall: expected a learned variance, as the bound would move nothing else. " +
        `Choose "simple" or "vlb", or "learnedRange" with a model that has learnedVariance.`,
    ],
  ])("%s outputs, %j", (outputs, options, message) => {
    expect(refusal(() => createObjective(fixedOutput(outputs), schedule, options as ObjectiveOptions))).toBe(
      message,
    );
  });

  it("t outside the schedule", () => {
    const objective = createObjective(fixedOutput(3), schedule);
    expect(refusal(() => objective.inputs({ ...draw(), t: Int32Array.of(1, 2, 3, 11) }))).toContain(
      "t[3] = 11: expected an integer from 1 to T = 10.",
    );
  });
});
