import { beforeAll, describe, expect, it } from "vitest";
import type * as tf from "@tensorflow/tfjs-core";
import { attention } from "../../src/model/attention.js";
import { conv } from "../../src/model/conv.js";
import { dense } from "../../src/model/dense.js";
import { timeEmbedding } from "../../src/model/embedding.js";
import { groupNorm } from "../../src/model/groupNorm.js";
import type { Layer } from "../../src/model/layer.js";
import { fromPatches, toPatches } from "../../src/model/patches.js";
import { downsample, upsample } from "../../src/model/resample.js";
import { resBlock, type ResBlockSizes } from "../../src/model/resBlock.js";
import { silu } from "../../src/model/silu.js";
import { useBackend } from "../../src/tensor/backend.js";
import type { Array64, Params64 } from "../support/float64/array.js";
import { compareWithReference, type Deviations } from "../support/float64/gradients.js";
import {
  attention64,
  conv64,
  dense64,
  double64,
  fromPatches64,
  groupNorm64,
  silu64,
  timeEmbedding64,
  toPatches64,
} from "../support/float64/layers.js";
import { resBlock64 } from "../support/float64/networks.js";

/** Single precision has 6e-8; sums of some hundred products and the square roots of norms leave about 1e-6. */
const TOLERANCE = 1e-5;

const IMAGES = [2, 4, 6, 8];

interface Case {
  readonly name: string;
  readonly layer: Layer<readonly tf.Tensor[]>;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly reference: (params: Params64, x: Array64, y: Array64) => Array64;
}

const anyLayer = (layer: unknown): Layer<readonly tf.Tensor[]> => layer as Layer<readonly tf.Tensor[]>;
const block = (
  inputs: number,
  outputs: number,
  more: Partial<ResBlockSizes> = {},
): Layer<readonly tf.Tensor[]> => anyLayer(resBlock("l", { inputs, outputs, time: 6, groups: 2, ...more }));

const cases: readonly Case[] = [
  {
    name: "dense on rows",
    layer: anyLayer(dense("l", 5, 3)),
    inputs: { x: [4, 5] },
    reference: (params, x) => dense64(params, "l", x),
  },
  {
    name: "dense on the pixels of images",
    layer: anyLayer(dense("l", 8, 3)),
    inputs: { x: IMAGES },
    reference: (params, x) => dense64(params, "l", x),
  },
  {
    name: "3×3 convolution",
    layer: anyLayer(conv("l", 8, 5)),
    inputs: { x: IMAGES },
    reference: (params, x) => conv64(params, "l", x),
  },
  {
    name: "GroupNorm with several channels per group",
    layer: anyLayer(groupNorm("l", 8, 2)),
    inputs: { x: IMAGES },
    reference: (params, x) => groupNorm64(params, "l", x, 2),
  },
  {
    name: "GroupNorm with one channel per group",
    layer: anyLayer(groupNorm("l", 8, 8)),
    inputs: { x: IMAGES },
    reference: (params, x) => groupNorm64(params, "l", x, 8),
  },
  {
    name: "SiLU",
    layer: { specs: [], apply: (_, ...inputs) => silu(inputs[0] as tf.Tensor) },
    inputs: { x: IMAGES },
    reference: (_, x) => silu64(x),
  },
  {
    name: "self-attention",
    layer: anyLayer(attention("l", 8, 2)),
    inputs: { x: [2, 3, 4, 8] },
    reference: (params, x) => attention64(params, "l", x, 2),
  },
  {
    name: "self-attention with several heads",
    layer: anyLayer(attention("l", 12, 2, 3)),
    inputs: { x: [2, 3, 2, 12] },
    reference: (params, x) => attention64(params, "l", x, 2, 3),
  },
  {
    name: "the embedding of t",
    layer: anyLayer(timeEmbedding("l", 6, 10)),
    inputs: { x: [3, 6] },
    reference: (params, x) => timeEmbedding64(params, "l", x),
  },
  {
    name: "halving",
    layer: anyLayer(downsample("l", 8)),
    inputs: { x: IMAGES },
    reference: (params, x) => conv64(params, "l", x, 2),
  },
  {
    name: "halving with zeros on every side",
    layer: anyLayer(downsample("l", 8, "around")),
    inputs: { x: IMAGES },
    reference: (params, x) => conv64(params, "l", x, 2, true),
  },
  {
    name: "doubling",
    layer: anyLayer(upsample("l", 8)),
    inputs: { x: [2, 2, 3, 8] },
    reference: (params, x) => conv64(params, "l", double64(x)),
  },
  {
    name: "patches",
    layer: { specs: [], apply: (_, ...inputs) => toPatches(inputs[0] as tf.Tensor, 2) },
    inputs: { x: IMAGES },
    reference: (_, x) => toPatches64(x, 2),
  },
  {
    name: "images from patches",
    layer: { specs: [], apply: (_, ...inputs) => fromPatches(inputs[0] as tf.Tensor, 2) },
    inputs: { x: [2, 2, 3, 8] },
    reference: (_, x) => fromPatches64(x, 2),
  },
  {
    name: "residual block that keeps its width",
    layer: block(8, 8),
    inputs: { x: [2, 3, 3, 8], time: [2, 6] },
    reference: (params, x, time) => resBlock64(params, "l", x, time, 2),
  },
  {
    name: "residual block that changes its width",
    layer: block(8, 4),
    inputs: { x: [2, 3, 3, 8], time: [2, 6] },
    reference: (params, x, time) => resBlock64(params, "l", x, time, 2),
  },
  {
    name: "residual block with scale and shift",
    layer: block(8, 4, { scaleShift: true }),
    inputs: { x: [2, 3, 3, 8], time: [2, 6] },
    reference: (params, x, time) => resBlock64(params, "l", x, time, 2, { scaleShift: true }),
  },
  {
    name: "residual block with dropout, whose mask is any factor",
    layer: block(8, 4, { scaleShift: true, dropout: { rate: 0.3, side: 3 } }),
    inputs: { x: [2, 3, 3, 8], time: [2, 6], "l.dropout": [2, 3, 3, 4] },
    reference: (params, x, time) => resBlock64(params, "l", x, time, 2, { scaleShift: true, rate: 0.3 }),
  },
];

function deviationsOf({ layer, inputs, reference }: Case): Promise<Deviations> {
  const names = Object.keys(inputs);
  const parameters = Object.fromEntries(layer.specs.map(({ name, shape }) => [name, shape]));
  return compareWithReference({
    shapes: { ...inputs, ...parameters },
    apply: (arrays) => layer.apply(arrays, ...names.map((name) => arrays[name] as tf.Tensor)),
    reference: (arrays) => {
      const [x, y] = names.map((name) => arrays[name]);
      return reference(arrays, x as Array64, (y ?? x) as Array64);
    },
  });
}

describe("layers against plain loops in double precision and central differences", () => {
  beforeAll(async () => {
    await useBackend();
  });

  it.each(cases)("$name", async (layerCase) => {
    const { forward, gradients } = await deviationsOf(layerCase);
    const arrays = [...Object.keys(layerCase.inputs), ...layerCase.layer.specs.map(({ name }) => name)];
    expect(Object.keys(gradients)).toEqual(arrays);
    expect(forward).toBeLessThan(TOLERANCE);
    for (const [name, deviation] of Object.entries(gradients))
      expect(deviation, `gradient of ${name}`).toBeLessThan(TOLERANCE);
  });
});
