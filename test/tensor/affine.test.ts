import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import { clip, combine, meanPerSample, type Samples, tidySamples } from "../../src/tensor/affine.js";
import { useBackend } from "../../src/tensor/backend.js";
import { refusal } from "../support/refusal.js";

beforeAll(async () => {
  await useBackend();
});

describe("combine", () => {
  test("a number comes out where numbers go in", () => {
    const result = combine({ x: [2, 3], y: [-0.5, 4] });
    expectTypeOf(result).toEqualTypeOf<number>();
    expect(result).toBe(4);
  });

  test("arrays, with one coefficient for all and one for each sample of the leading axis", () => {
    const x = Float64Array.of(1, 2, 3, 4, 5, 6);
    const y = Float64Array.of(10, 20, 30, 40, 50, 60);
    const result: Float64Array = combine({ x: [Float64Array.of(1, 100, 1000), x], y: [2, y] });
    expect(result).toEqual(Float64Array.of(21, 42, 360, 480, 5100, 6120));
    expect(x).toEqual(Float64Array.of(1, 2, 3, 4, 5, 6));
  });

  test("tensors, whose rank and shape stay, with the coefficients of their samples", async () => {
    const x = tf.tensor3d([1, 2, 3, 4], [2, 2, 1]);
    const y = tf.tensor3d([10, 20, 30, 40], [2, 2, 1]);
    const result = combine({ x: [Float64Array.of(1, 100), x], y: [0.5, y] });
    expectTypeOf(result).toEqualTypeOf<tf.Tensor3D>();
    expect(result.shape).toEqual([2, 2, 1]);
    expect(await result.data()).toEqual(Float32Array.of(6, 12, 315, 420));
    tf.dispose([x, y, result]);
  });

  test("a tensor of rank 0 counts as one sample", async () => {
    const result = combine({ x: [3, tf.scalar(2)] });
    expect([result.shape, ...(await result.data())]).toEqual([[], 6]);
    result.dispose();
  });

  test("intermediate tensors are disposed", () => {
    const x = tf.ones([3, 2]);
    const before = tf.memory().numTensors;
    const result = combine({ x: [Float64Array.of(1, 2, 3), x], y: [2, x], z: [1, x] });
    expect(tf.memory().numTensors).toBe(before + 1);
    tf.dispose([result, x]);
  });

  test("the gradient flows through to every tensor", async () => {
    const gradient = tf.grad((x: tf.Tensor) => combine({ x: [Float64Array.of(2, 5), x] }));
    const result = gradient(tf.ones([2, 2]));
    expect(await result.data()).toEqual(Float32Array.of(2, 2, 5, 5));
    result.dispose();
  });
});

describe("what does not fit is refused", () => {
  const x: Samples = Float64Array.of(1, 2, 3);
  test("another length", () => {
    expect(refusal(() => combine({ x: [1, x], noise: [1, Float64Array.of(1, 2)] }))).toBe(
      "noise is a Float64Array of length 2: expected the kind and shape of x, a Float64Array of length 3. " +
        "Give x and noise the same kind and shape.",
    );
  });
  test("another kind", () => {
    expect(refusal(() => combine<Samples>({ x: [1, x], noise: [1, 0.5] }))).toBe(
      "noise is the number 0.5: expected the kind and shape of x, a Float64Array of length 3. " +
        "Give x and noise the same kind and shape.",
    );
  });
  test("another shape of the same size", () => {
    expect(refusal(() => combine({ x: [1, tf.ones([4, 2])], noise: [1, tf.ones([2, 4])] }))).toBe(
      "noise is a tensor of shape [2, 4]: expected the kind and shape of x, a tensor of shape [4, 2]. " +
        "Give x and noise the same kind and shape.",
    );
  });
  test("no samples at all", () => {
    const plain = [1, 2] as unknown as Float64Array;
    expect(refusal(() => combine({ x: [1, plain] }))).toBe(
      "x is a plain array: expected a number, a Float64Array or a tensor. " +
        "Convert it, e.g. with Float64Array.from(…) or tf.tensor(…).",
    );
  });
  test("coefficients that do not match the samples", () => {
    expect(refusal(() => combine({ x: [Float64Array.of(1, 2), tf.ones([3, 2])] }))).toBe(
      "2 coefficients for a tensor of shape [3, 2]: expected one coefficient per sample of the leading axis. " +
        "Give one coefficient for all samples, or one for each.",
    );
    expect(refusal(() => combine({ x: [Float64Array.of(1, 2), x] }))).toBe(
      "2 coefficients for a Float64Array of length 3: expected one coefficient per sample of the leading axis. " +
        "Give one coefficient for all samples, or one for each.",
    );
  });
});

test("clip moves what lies outside to the ends", async () => {
  expect([clip(-3, -1, 1), clip(0.25, -1, 1), clip(3, -1, 1)]).toEqual([-1, 0.25, 1]);
  expect(clip(Float64Array.of(-3, 0.25, 3), -1, 1)).toEqual(Float64Array.of(-1, 0.25, 1));
  const clipped = clip(tf.tensor1d([-3, 0.25, 3]), -1, 1);
  expect(await clipped.data()).toEqual(Float32Array.of(-1, 0.25, 1));
  clipped.dispose();
});

test("meanPerSample averages the coordinates of each sample", async () => {
  expect(meanPerSample(7, 1)).toBe(7);
  expect(meanPerSample(Float64Array.of(1, 3, 5, 9), 2)).toEqual(Float64Array.of(2, 7));
  const mean = meanPerSample(tf.tensor3d([1, 3, 5, 9], [2, 1, 2]), 2);
  expectTypeOf(mean).toEqualTypeOf<tf.Tensor1D>();
  expect(await mean.data()).toEqual(Float32Array.of(2, 7));
  mean.dispose();
});

test("tidySamples keeps what is returned and nothing else", () => {
  const before = tf.memory().numTensors;
  const kept = tidySamples(() => {
    const x = tf.ones([2]);
    return { double: tf.mul(x, 2), half: 0.5, table: Float64Array.of(1) };
  });
  expect(tf.memory().numTensors).toBe(before + 1);
  expect([kept.half, kept.table]).toEqual([0.5, Float64Array.of(1)]);
  kept.double.dispose();
});
