import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { denoiserOf } from "../../src/model/denoiser.js";
import { createUNet } from "../../src/model/unet.js";
import { useBackend } from "../../src/tensor/backend.js";
import { largestError } from "../support/numbers.js";

beforeAll(async () => {
  await useBackend({ WORKBOOK_BACKEND: "tensorflow" });
});

it("is the network at its parameters, for batches of any size, and leaves no tensor behind", async () => {
  const model = createUNet({
    imageSize: 8,
    patchSize: 1,
    channels: 8,
    multipliers: [1, 2],
    attentionAt: [],
    groups: 4,
  });
  // The last convolution starts at zero; without it every network would be the same.
  const params = Object.fromEntries(
    model.specs.map(({ name, shape }, i) => [name, tf.randomNormal([...shape], 0, 0.3, "float32", i)]),
  );
  const held = tf.memory().numTensors;
  const { denoise, dispose } = denoiserOf(model, params);
  for (const batch of [1, 3, 1]) {
    const xt = tf.randomNormal([batch, 8, 8, 1], 0, 1, "float32", batch);
    const t = Int32Array.from({ length: batch }, (_, i) => 1 + 300 * i);
    const [found, expected] = [denoise(xt, t), tf.tidy(() => model.apply(params, xt, t))];
    const values = Array.from(await expected.data());
    expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(1);
    expect(largestError(Array.from(await found.data()), values)).toBeLessThan(
      1e-4 * Math.max(...values.map(Math.abs)),
    );
    tf.dispose([xt, found, expected]);
  }
  dispose();
  expect(tf.memory().numTensors).toBe(held);
});
