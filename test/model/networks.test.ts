import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { createMlp } from "../../src/model/mlp.js";
import { timestepFeatures } from "../../src/model/embedding.js";
import { countParameters, disposeParams, flattenParams, unflattenParams } from "../../src/model/params.js";
import { createUNet } from "../../src/model/unet.js";
import { unetPresets, type UNetConfig } from "../../src/model/unetConfig.js";
import { useBackend } from "../../src/tensor/backend.js";
import { get } from "../support/float64/array.js";
import { compareWithReference, deviation } from "../support/float64/gradients.js";
import { timestepFeatures64 } from "../support/float64/layers.js";
import { mlp64, unet64 } from "../support/float64/networks.js";
import { refusal } from "../support/refusal.js";

/** Single precision through some thirty layers. */
const TOLERANCE = 3e-5;

const smallUNet: UNetConfig = {
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
  });
});

describe("parameters", () => {
  it("counts those of DDPM's CIFAR-10 network: 35.7 million", () => {
    // DDPM (Ho et al., 2020), appendix B: 35.7M; w86763777/pytorch-ddpm prints 35746307 for the same network.
    expect(countParameters(createUNet(unetPresets.cifar10).specs)).toBe(35_746_307);
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
    [{ blocks: 0 }, `blocks = 0: expected a whole number of at least 1. ${remedy}`],
  ])("%j", (options, message) => {
    expect(refusal(() => createUNet({ ...unetPresets.mnist, ...options }))).toBe(message);
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

function shapesOf(specs: readonly { readonly name: string; readonly shape: readonly number[] }[]) {
  return Object.fromEntries(specs.map(({ name, shape }) => [name, shape]));
}
