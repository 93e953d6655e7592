import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { normalKl } from "../../src/diffusion/kl.js";
import { useBackend } from "../../src/tensor/backend.js";
import { largestError } from "../support/numbers.js";
import { expectNormal } from "../support/quadrature.js";

beforeAll(async () => {
  await useBackend();
});

test.each([
  [0, 1, 0, 1],
  [0.3, 0.5, -0.2, 0.7],
  [1, 2, 1, 0.4],
  [-2, 0.1, 0.5, 3],
])("KL(N(%d, %d²) ‖ N(%d, %d²)) is E log p/q by quadrature", (m1, s1, m2, s2) => {
  const logDensity = (x: number, m: number, s: number): number => -0.5 * ((x - m) / s) ** 2 - Math.log(s);
  const logRatio = (x: number): number => logDensity(x, m1, s1) - logDensity(x, m2, s2);
  const expected = expectNormal(logRatio, m1, s1);
  expect(Math.abs(normalKl(m1, 2 * Math.log(s1), m2, 2 * Math.log(s2)) - expected)).toBeLessThan(1e-11);
});

test("keeps its digits for Gaussians that are close", () => {
  // With d = 1e-6 the divergence is (e^d − 1 − d)/2 = d²/4 + d³/12 + …
  expect(Math.abs(normalKl(0, 1e-6, 0, 0) / (1e-12 / 4 + 1e-18 / 12) - 1)).toBeLessThan(1e-9);
});

test("tensors agree with float64, with one log variance for each sample", async () => {
  const [m1, m2] = [Float32Array.of(0, 1, -1, 2), Float32Array.of(0.5, -1, 0, 0)];
  const [l1, l2] = [Float64Array.of(-1, 0.5), Float64Array.of(0, -0.5)];
  const exact = normalKl(Float64Array.from(m1), l1, Float64Array.from(m2), l2);
  const kl = normalKl(tf.tensor(m1, [2, 2]), l1, tf.tensor(m2, [2, 2]), l2);
  expect(largestError(await kl.data(), exact)).toBeLessThan(2e-6); // single precision, values up to 5
  kl.dispose();
});

test("the gradient with respect to the second mean is (m₂ − m₁) e^{−l₂}", async () => {
  const m1 = tf.tensor1d([0, 1]);
  const gradient = tf.grad((m2: tf.Tensor) => normalKl(m1, -1, m2, 0.5))(tf.tensor1d([0.4, -1]));
  expect(
    largestError(
      await gradient.data(),
      [0.4, -2].map((x) => x * Math.exp(-0.5)),
    ),
  ).toBeLessThan(1e-6);
  tf.dispose([m1, gradient]);
});
