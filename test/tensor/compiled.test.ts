import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { createUNet } from "../../src/model/unet.js";
import { flattenParams, unflattenParams } from "../../src/model/params.js";
import { useBackend } from "../../src/tensor/backend.js";
import { compiled } from "../../src/tensor/graph/compiled.js";
import { nativeBackend } from "../../src/tensor/native.js";
import { largestError } from "../support/numbers.js";

beforeAll(async () => {
  await useBackend({ WORKBOOK_BACKEND: "tensorflow" });
});

/** A network and the gradient of its mean square, of a vector of parameters. */
function gradientOfUNet(): {
  readonly vector: tf.Tensor1D;
  readonly f: (
    inputs: Readonly<Record<"params" | "x" | "t", tf.Tensor>>,
  ) => Record<"y" | "gradient", tf.Tensor>;
} {
  const model = createUNet({
    imageSize: 8,
    patchSize: 1,
    channels: 8,
    multipliers: [1, 2],
    attentionAt: [4],
    groups: 4,
  });
  const vector = tf.randomNormal<tf.Rank.R1>(
    [flattenParams(model.specs, model.init(1)).size],
    0,
    0.2,
    "float32",
    7,
  );
  return {
    vector,
    f: ({ params, x, t }) => {
      const run = (p: tf.Tensor): tf.Tensor =>
        model.apply(unflattenParams(model.specs, p as tf.Tensor1D), x, t as tf.Tensor1D);
      const { value, grad } = tf.valueAndGrad((p: tf.Tensor) => tf.mean(tf.square(run(p))))(params);
      return { y: tf.mul(value, 1), gradient: grad };
    },
  };
}

describe("a compiled function", () => {
  it("computes what the function computes: a network and its gradient, for each shape of the inputs", async () => {
    const { vector, f } = gradientOfUNet();
    const graph = compiled(f);
    for (const batch of [2, 3, 2]) {
      const inputs = {
        params: vector,
        x: tf.randomNormal([batch, 8, 8, 1], 0, 1, "float32", batch),
        t: tf.tensor1d(
          Int32Array.from({ length: batch }, (_, i) => 5 + 90 * i),
          "int32",
        ),
      };
      const [expected, found] = [f(inputs), graph.run(inputs)];
      for (const name of ["y", "gradient"] as const) {
        const values = Array.from(await expected[name].data());
        expect(largestError(Array.from(await found[name].data()), values)).toBeLessThan(
          1e-5 * Math.max(...values.map(Math.abs)),
        );
      }
    }
    graph.dispose();
  });

  it("gives the same bits in every run, the first too, and holds no tensor", async () => {
    const { vector, f } = gradientOfUNet();
    const graph = compiled(f);
    const inputs = { params: vector, x: tf.ones([2, 8, 8, 1]), t: tf.tensor1d([3, 40], "int32") };
    const bits: Float32Array[] = [];
    const counts: number[] = [];
    for (let run = 0; run < 4; run += 1) {
      const { y, gradient } = graph.run(inputs);
      bits.push((await gradient.data<"float32">()).slice());
      tf.dispose([y, gradient]);
      counts.push(tf.memory().numTensors);
    }
    expect(new Set(counts).size).toBe(1);
    for (const each of bits) expect(each).toEqual(bits[0]);
    graph.dispose();
  });

  it("takes every input anew: nothing of the first run is kept", async () => {
    const graph = compiled(({ a, b }: Readonly<Record<"a" | "b", tf.Tensor>>) => ({
      sum: tf.add(tf.mul(a, 2), b),
    }));
    const sums: number[][] = [];
    for (const [a, b] of [
      [1, 10],
      [2, 20],
    ] as const) {
      const { sum } = graph.run({ b: tf.tensor1d([b, b]), a: tf.tensor1d([a, -a]) });
      sums.push(Array.from(await sum.data()));
    }
    expect(sums).toEqual([
      [12, 8],
      [24, 16],
    ]);
    graph.dispose();
  });

  it("refuses to read a value, to use a tensor of outside, and to hand an input through", () => {
    const outside = tf.add(tf.tensor1d([1, 2]), 0);
    const x = tf.tensor1d([3, 4]);
    const real = nativeBackend().binding;
    const run = (f: (inputs: Readonly<Record<"x", tf.Tensor>>) => Record<"y", tf.Tensor>) => () =>
      compiled(f).run({ x });
    expect(run(({ x: v }) => ({ y: tf.mul(v, v.dataSync()[0] ?? 0) }))).toThrow(/must not read the value/);
    expect(run(({ x: v }) => ({ y: tf.add(v, outside) }))).toThrow(/made before the trace/);
    expect(run(({ x: v }) => ({ y: v }))).toThrow(/the result y is an input as it is/);
    expect(nativeBackend().binding).toBe(real);
    expect(Array.from(tf.add(x, outside).dataSync())).toEqual([4, 6]);
  });

  it("is the function itself on another backend", async () => {
    await useBackend({ WORKBOOK_BACKEND: "cpu" });
    try {
      const { y } = compiled(({ x }: Readonly<Record<"x", tf.Tensor>>) => ({ y: tf.square(x) })).run({
        x: tf.tensor1d([3]),
      });
      expect(Array.from(await y.data())).toEqual([9]);
    } finally {
      await useBackend({ WORKBOOK_BACKEND: "tensorflow" });
    }
  });
});
