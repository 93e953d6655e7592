import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { MaskSpec } from "../../src/model/layer.js";
import { createModel, type ModelDescription } from "../../src/model/createModel.js";
import { dropout, drawMasks } from "../../src/model/dropout.js";
import { createMlp } from "../../src/model/mlp.js";
import { timestepFeatures } from "../../src/model/embedding.js";
import { countParameters, disposeParams, flattenParams, unflattenParams } from "../../src/model/params.js";
import { createUNet } from "../../src/model/unet.js";
import { unetPresets, type UNetConfig } from "../../src/model/unetConfig.js";
import { createRandom } from "../../src/random/random.js";
import { useBackend } from "../../src/tensor/backend.js";
import { get } from "../support/float64/array.js";
import { compareWithReference, deviation } from "../support/float64/gradients.js";
import { timestepFeatures64 } from "../support/float64/layers.js";
import { mlp64, unet64 } from "../support/float64/networks.js";
import { refusal } from "../support/refusal.js";

/** Single precision through some thirty layers. */
const TOLERANCE = 3e-5;

const smallUNet: UNetConfig = {
  ...unetPresets.tiny,
  imageSize: 4,
  imageChannels: 1,
  patchSize: 1,
  channels: 4,
  multipliers: [1, 1],
  blocks: 1,
  attentionAt: [2],
  middleAttention: true,
  groups: 2,
};

beforeAll(async () => {
  await useBackend();
});

describe("whole networks against plain loops in double precision and central differences", () => {
  const t = Int32Array.from([3, 250]);

  it("a small U-Net: values, and the gradient of x_t and of every parameter", async () => {
    const model = createUNet(smallUNet);
    const { forward, gradients } = await compareWithReference({
      shapes: { xt: [1, 4, 4, 1], ...shapesOf(model.specs) },
      apply: (arrays) => model.apply(arrays, arrays["xt"] as tf.Tensor, t.subarray(1)),
      reference: (arrays) => unet64(arrays, smallUNet, get(arrays, "xt"), t.subarray(1)),
    });
    expect(Object.keys(gradients)).toHaveLength(1 + model.specs.length);
    expect(forward).toBeLessThan(TOLERANCE);
    for (const [name, value] of Object.entries(gradients)) expect(value, name).toBeLessThan(TOLERANCE);
  });

  it("a small U-Net with all that Improved DDPM changed, and dropout", async () => {
    const config: UNetConfig = {
      ...unetPresets.improved,
      ...{ imageSize: 4, imageChannels: 1, channels: 4, multipliers: [1, 1], blocks: 1 },
      ...{ attentionAt: [2], groups: 2, heads: 2 },
    };
    const model = createUNet(config);
    expect(model.masks.map(({ name }) => name)).toEqual([
      ...["down.0.0", "down.1.0"].map((name) => `${name}.block.dropout`),
      ...["middle.block1.dropout", "middle.block2.dropout"],
      ...["up.1.0", "up.1.1", "up.0.0", "up.0.1"].map((name) => `${name}.block.dropout`),
    ]);
    expect(model.outputShape).toEqual([4, 4, 2]);
    const { forward, gradients } = await compareWithReference({
      // The masks are factors like any other, and wrong ones show better than zeros and ones.
      shapes: { xt: [1, 4, 4, 1], ...shapesOf(model.specs), ...batchesOf(model.masks, 1) },
      apply: (arrays) => model.apply(arrays, arrays["xt"] as tf.Tensor, t.subarray(1)),
      reference: (arrays) => unet64(arrays, config, get(arrays, "xt"), t.subarray(1)),
    });
    expect(Object.keys(gradients)).toHaveLength(1 + model.specs.length + model.masks.length);
    expect(forward).toBeLessThan(TOLERANCE);
    for (const [name, value] of Object.entries(gradients)) expect(value, name).toBeLessThan(TOLERANCE);
  });

  it("a larger U-Net: values", async () => {
    const config = {
      ...smallUNet,
      imageSize: 16,
      imageChannels: 3,
      patchSize: 2,
      channels: 8,
      multipliers: [1, 2, 3],
      blocks: 2,
    };
    const model = createUNet(config);
    const { forward } = await compareWithReference({
      shapes: { xt: [2, 16, 16, 3], ...shapesOf(model.specs) },
      apply: (arrays) => model.apply(arrays, arrays["xt"] as tf.Tensor, t),
      reference: (arrays) => unet64(arrays, config, get(arrays, "xt"), t),
      gradientsOf: [],
    });
    expect(forward).toBeLessThan(TOLERANCE);
  });

  it("a small MLP: values, and the gradient of x_t and of every parameter", async () => {
    const model = createMlp({ dimension: 2, width: 8, depth: 2 });
    const { forward, gradients } = await compareWithReference({
      shapes: { xt: [2, 2], ...shapesOf(model.specs) },
      apply: (arrays) => model.apply(arrays, arrays["xt"] as tf.Tensor, t),
      reference: (arrays) => mlp64(arrays, model.config, get(arrays, "xt"), t),
    });
    expect(Object.keys(gradients)).toHaveLength(1 + model.specs.length);
    expect(forward).toBeLessThan(TOLERANCE);
    for (const [name, value] of Object.entries(gradients)) expect(value, name).toBeLessThan(TOLERANCE);
  });

  it("the features of t, from an Int32Array and from a tensor", async () => {
    const steps = Int32Array.from([1, 2, 500, 1000]);
    const expected = timestepFeatures64(steps, 32).data;
    const fromArray = await timestepFeatures(steps, 32).data();
    const fromTensor = await timestepFeatures(tf.tensor1d([1, 2, 500, 1000]), 32).data();
    // At t = 1000 an angle is off by half a unit of its last place, 3e-5.
    expect(deviation(fromArray, expected)).toBeLessThan(1e-4);
    expect(deviation(fromTensor, expected)).toBeLessThan(1e-4);
    const told = timestepFeatures64([0, 0.25, 124.75, 249.75], 32, true).data;
    const improved = await timestepFeatures(steps, 32, { order: "cosSin", scale: 0.25, offset: -1 }).data();
    expect(deviation(improved, told)).toBeLessThan(3e-5);
  });
});

describe("parameters", () => {
  it("counts those of DDPM's CIFAR-10 network, 35.7 million, and of Improved DDPM's", () => {
    // DDPM (Ho et al., 2020), appendix B: 35.7M; w86763777/pytorch-ddpm prints 35746307 for the same network.
    expect(countParameters(createUNet(unetPresets.cifar10).specs)).toBe(35_746_307);
    // Its checkpoints are named "50M"; test/parity/unet.py counts this number with diffusers, and 35746307 above.
    expect(countParameters(createUNet(unetPresets.improved).specs)).toBe(52_546_438);
    expect(countParameters(createUNet(unetPresets.mnist).specs)).toBe(773_377);
    expect(countParameters(createUNet(unetPresets.tiny).specs)).toBe(703_076);
  });

  it("start by their seed: biases zero, scales one, kernels within their limit, last layers zero", async () => {
    const model = createUNet({ ...smallUNet, channels: 8 });
    const [first, again, other] = [model.init(1), model.init(1), model.init(2)];
    const kernel = await first["down.0.0.block.conv1.kernel"]?.data();
    expect(kernel).toEqual(await again["down.0.0.block.conv1.kernel"]?.data());
    expect(kernel).not.toEqual(await other["down.0.0.block.conv1.kernel"]?.data());
    // Every tensor has its own numbers, also those of one shape.
    expect(kernel).not.toEqual(await first["middle.block1.conv1.kernel"]?.data());
    const limit = Math.sqrt(6 / (2 * 9 * 8));
    const values = Array.from(kernel ?? []);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(limit);
    // Variance of a uniform distribution on ±limit, here of 576 numbers: standard error 4 %.
    expect(values.reduce((sum, x) => sum + x * x, 0) / values.length).toBeCloseTo(limit ** 2 / 3, 2);
    for (const name of ["conv2.kernel", "conv2.bias", "conv1.bias"])
      expect(await first[`middle.block1.${name}`]?.data(), name).toEqual(
        new Float32Array(first[`middle.block1.${name}`]?.size ?? -1),
      );
    expect(await first["output.norm.scale"]?.data()).toEqual(new Float32Array(8).fill(1));
    for (const params of [first, again, other]) disposeParams(params);
  });

  it("make a fresh network that predicts exactly zero", async () => {
    const model = createUNet(smallUNet);
    const params = model.init(5);
    const y = model.apply(params, tf.ones([2, 4, 4, 1]), Int32Array.from([1, 9]));
    expect(await y.data()).toEqual(new Float32Array(2 * 4 * 4));
  });

  it("survive being laid out as one vector", async () => {
    const model = createMlp({ width: 4, depth: 1 });
    const params = model.init(3);
    const vector = flattenParams(model.specs, params);
    expect(vector.shape).toEqual([countParameters(params)]);
    const back = unflattenParams(model.specs, vector);
    expect(Object.keys(back)).toEqual(Object.keys(params));
    for (const [name, tensor] of Object.entries(params)) {
      expect(back[name]?.shape, name).toEqual(tensor.shape);
      expect(await back[name]?.data(), name).toEqual(await tensor.data());
    }
  });
});

describe("a configuration from before there was a choice", () => {
  it("means what it meant: one head, t as the papers count, no dropout, no learned variance", () => {
    const { imageSize, imageChannels, patchSize, channels } = unetPresets.cifar10;
    const { multipliers, blocks, attentionAt, middleAttention, groups } = unetPresets.cifar10;
    const old = { imageSize, imageChannels, patchSize, channels, multipliers, blocks, attentionAt };
    const description = { kind: "unet", config: { ...old, middleAttention, groups } } as unknown;
    const model = createModel(description as ModelDescription);
    expect(model.config).toEqual({ ...unetPresets.cifar10, dropout: 0, firstTime: 1 });
    expect(model.masks).toEqual([]);
    expect(model.outputShape).toEqual(model.shape);
  });
});

describe("dropout", () => {
  const masks = [
    { name: "a", shape: [8, 8, 4], rate: 0.3 },
    { name: "b", shape: [8, 8, 4], rate: 0.3 },
  ];

  it("draws masks by seed, each of its own, with the rate as the share of zeros", async () => {
    const drawn = drawMasks(masks, 16, createRandom(1));
    const again = drawMasks(masks, 16, createRandom(1));
    const [a, b] = [await drawn["a"]?.data(), await drawn["b"]?.data()];
    expect(drawn["a"]?.shape).toEqual([16, 8, 8, 4]);
    expect(await again["a"]?.data()).toEqual(a);
    expect(b).not.toEqual(a);
    const zeros = Array.from(a ?? []).filter((kept) => kept === 0).length / 4096;
    expect(Math.abs(zeros - 0.3)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / 4096));
    for (const params of [drawn, again]) disposeParams(params);
  });

  it("drops by a boolean mask, keeps the mean, and does nothing without one", async () => {
    const x = tf.tensor1d([1, 2, 3, 4]);
    const mask = tf.tensor1d([1, 0, 1, 0], "bool");
    expect(Array.from(await dropout(x, mask, 0.5).data())).toEqual([2, 0, 6, 0]);
    expect(dropout(x, undefined, 0.5)).toBe(x);
  });
});

describe("configurations that cannot be are refused", () => {
  const remedy = "Correct the configuration of the U-Net.";
  it.each([
    [
      { imageSize: 30, multipliers: [1, 2, 4] },
      `imageSize = 30 with patchSize = 1 and 3 levels: expected a multiple of 4, because each level after the first halves the image. ${remedy}`,
    ],
    [
      { channels: 20, groups: 8 },
      `groups = 8 with channels = 20: expected a divisor of the number of channels. ${remedy}`,
    ],
    [{ attentionAt: [16] }, `attentionAt contains 16: expected sides of feature maps: 28, 14, 7. ${remedy}`],
    [{ multipliers: [] }, `multipliers = []: expected one whole number of at least 1 per level. ${remedy}`],
    [
      { heads: 3 },
      "heads = 3 for 32 channels in down.1.0.attention: expected a divisor of the number of channels. Choose heads so that every width with attention is a multiple of it.",
    ],
    [{ dropout: 1 }, `dropout = 1: expected a number from 0 to below 1. ${remedy}`],
    [{ timeScale: 0 }, `timeScale = 0: expected a positive number, 1000/T or 1. ${remedy}`],
    [{ halvingPadding: "both" }, `halvingPadding = both: expected after or around. ${remedy}`],
    [{ timeOrder: "cos" }, `timeOrder = cos: expected sinCos or cosSin. ${remedy}`],
    [{ firstTime: 2 }, `firstTime = 2: expected 0 or 1. ${remedy}`],
    [{ blocks: 0 }, `blocks = 0: expected a whole number of at least 1. ${remedy}`],
  ])("%j", (options, message) => {
    expect(refusal(() => createUNet({ ...unetPresets.mnist, ...(options as object) }))).toBe(message);
  });

  it("images of another size", () => {
    const model = createUNet(smallUNet);
    const params = model.init(1);
    expect(refusal(() => model.apply(params, tf.zeros([2, 8, 8, 1]), Int32Array.from([1, 1])))).toBe(
      "x_t of shape [2, 8, 8, 1]: expected [B, 4, 4, 1]. Give images of the size that the U-Net was made for, or make one for these images.",
    );
  });

  it("an MLP of odd width", () => {
    expect(refusal(() => createMlp({ width: 5 }))).toBe(
      "width = 5: expected an even number of at least 4, half sines and half cosines of t. Choose another width for the MLP.",
    );
  });
});

/** The shapes of masks for a batch. */
function batchesOf(masks: readonly MaskSpec[], batch: number): Record<string, readonly number[]> {
  return Object.fromEntries(masks.map(({ name, shape }) => [name, [batch, ...shape]]));
}

function shapesOf(specs: readonly { readonly name: string; readonly shape: readonly number[] }[]) {
  return Object.fromEntries(specs.map(({ name, shape }) => [name, shape]));
}
