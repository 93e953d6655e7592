/** The kernels of setup/native/kernels.cc against the same formulas in double precision. */
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../src/random/random.js";
import { useBackend } from "../../src/tensor/backend.js";
import { biasAdd, fusedGroupNorm } from "../../src/tensor/kernels.js";
import { largestError } from "../support/numbers.js";

beforeAll(async () => {
  await useBackend({ WORKBOOK_BACKEND: "tensorflow" });
});

interface Case {
  readonly shape: readonly [images: number, pixels: number, channels: number];
  readonly groups: number;
  readonly activated: boolean;
  /** Added to every pixel: where the mean is large beside the deviation, squares cancel. */
  readonly offset?: number;
}

const epsilon = 1e-6;
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const at = (values: ArrayLike<number>, i: number): number => values[i] ?? NaN;

/** Group normalisation and SiLU in double precision, straight from their definition. */
function reference(
  { shape: [images, pixels, channels], groups, activated }: Case,
  x: ArrayLike<number>,
  gamma: ArrayLike<number>,
  beta: ArrayLike<number>,
): number[] {
  const width = channels / groups;
  const y = new Array<number>(images * pixels * channels).fill(NaN);
  for (let image = 0; image < images; image += 1)
    for (let group = 0; group < groups; group += 1) {
      const places = Array.from({ length: pixels * width }, (_, i) => {
        const channel = group * width + (i % width);
        return { channel, place: (image * pixels + Math.floor(i / width)) * channels + channel };
      });
      const mean = places.reduce((sum, { place }) => sum + at(x, place), 0) / places.length;
      const variance = places.reduce((sum, { place }) => sum + (at(x, place) - mean) ** 2, 0) / places.length;
      for (const { place, channel } of places) {
        const u =
          ((at(x, place) - mean) / Math.sqrt(variance + epsilon)) * at(gamma, channel) + at(beta, channel);
        y[place] = activated ? u * sigmoid(u) : u;
      }
    }
  return y;
}

const cases: readonly Case[] = [
  { shape: [3, 49, 32], groups: 8, activated: false },
  { shape: [3, 49, 32], groups: 8, activated: true },
  { shape: [2, 1, 6], groups: 3, activated: true },
  { shape: [1, 200, 5], groups: 5, activated: true },
  { shape: [5, 7, 64], groups: 1, activated: true },
  { shape: [2, 64, 8], groups: 2, activated: true, offset: 300 },
];

describe.each(cases)(
  "group normalisation of $shape in $groups groups, SiLU $activated, offset $offset",
  (given) => {
    const [images, pixels, channels] = given.shape;
    const random = createRandom(5);
    const normals = (name: string, size: number): Float32Array =>
      Float32Array.from(random.fork(name).normals(size));
    const x = normals("x", images * pixels * channels).map((value) => 2 * value + (given.offset ?? 0.5));
    const [gamma, beta, dy] = [
      normals("gamma", channels),
      normals("beta", channels),
      normals("dy", x.length),
    ];
    const { groups, activated } = given;

    const fused = (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor): tf.Tensor => {
      const y = fusedGroupNorm(a, b, c, { groups, epsilon, activated });
      if (y === undefined) throw new Error("no kernel");
      return y;
    };
    const tensors = (): [tf.Tensor, tf.Tensor, tf.Tensor] => [
      tf.tensor(x, [images, pixels, 1, channels]),
      tf.tensor1d(gamma),
      tf.tensor1d(beta),
    ];

    it("has the values of the definition", async () => {
      const y = await fused(...tensors()).data();
      // With an offset of 300 the numbers x themselves carry an error of 1e-5 of their deviation.
      expect(largestError(Array.from(y), reference(given, x, gamma, beta))).toBeLessThan(
        given.offset ? 3e-4 : 1e-5,
      );
    });

    it("has the gradients of the definition, by central differences in double precision", async () => {
      const gradients = tf.grads((...args: tf.Tensor[]) =>
        tf.sum(
          tf.mul(
            fused(...(args as [tf.Tensor, tf.Tensor, tf.Tensor])),
            tf.tensor(dy, [images, pixels, 1, channels]),
          ),
        ),
      )(tensors());
      const given64 = [x, gamma, beta].map((values) => Float64Array.from(values));
      const loss = ([a = [], b = [], c = []]: readonly ArrayLike<number>[]): number =>
        reference(given, a, b, c).reduce((sum, value, i) => sum + value * at(dy, i), 0);
      for (const [which, gradient] of gradients.entries()) {
        const found = await gradient.data();
        const values = given64[which] ?? new Float64Array();
        // A prime stride meets every channel and group.
        for (let i = 0; i < values.length; i += which === 0 ? 37 : 1) {
          const h = 1e-5 * Math.max(1, Math.abs(at(values, i)));
          const moved = (by: number): number => {
            const kept = at(values, i);
            values[i] = kept + by;
            const result = loss(given64);
            values[i] = kept;
            return result;
          };
          const slope = (moved(h) - moved(-h)) / (2 * h);
          expect(Math.abs(at(found, i) - slope)).toBeLessThan(
            (given.offset ? 3e-3 : 2e-4) * (1 + Math.abs(slope)),
          );
        }
      }
    });

    it("gives the same bits every time", async () => {
      const once = async (): Promise<Float32Array[]> => {
        const results = tf.grads((...args: tf.Tensor[]) =>
          tf.sum(tf.square(fused(...(args as [tf.Tensor, tf.Tensor, tf.Tensor])))),
        )(tensors());
        return Promise.all(results.map(async (tensor) => (await tensor.data<"float32">()).slice()));
      };
      expect(await once()).toEqual(await once());
    });
  },
);

it("gives the same bits wherever its scratch memory lies", () => {
  const random = createRandom(8);
  const [x, gamma, beta] = [16, 8, 8].map((size, i) => random.fork(i).normals(size));
  const inputs = [tf.tensor(x ?? [], [1, 2, 8]), tf.tensor1d(gamma ?? []), tf.tensor1d(beta ?? [])] as const;
  // Blocks of many sizes come and go, so that each run finds its scratch memory at another address. With fused products
  // a few in a thousand runs of so small an image differed.
  const blocks: ArrayBuffer[] = [];
  let first: Float32Array | undefined;
  let differing = 0;
  for (let k = 0; k < 60_000; k += 1) {
    for (let j = 0; j < 3; j += 1)
      blocks[random.integer(0, 49)] = new ArrayBuffer(16 * random.integer(1, 20));
    const y = fusedGroupNorm(...inputs, { groups: 8, epsilon, activated: true });
    const values = y?.dataSync<"float32">() ?? new Float32Array();
    first ??= values.slice();
    if (values.some((value, i) => value !== first?.[i])) differing += 1;
    y?.dispose();
  }
  expect(first).toHaveLength(16);
  expect(differing).toBe(0);
});

describe("SiLU in the kernel", () => {
  it("is that of double precision over the whole range of u, to 3e-7 of its size, and finite at both ends", async () => {
    // One group with γ = 0 and β = u: the kernel's u is β itself.
    const u = Float32Array.from({ length: 4001 }, (_, i) => (i - 2000) / 20);
    const ends = Float32Array.of(-3e38, -1000, 1000, 3e38);
    for (const beta of [u, ends]) {
      const x = tf.randomNormal([1, 3, beta.length], 0, 1, "float32", 1);
      const options = { groups: 1, epsilon, activated: true };
      const y = await fusedGroupNorm(x, tf.zeros([beta.length]), tf.tensor1d(beta), options)?.data();
      for (const [i, value] of beta.entries()) {
        const expected = value * sigmoid(value);
        const error = Math.abs(at(y ?? [], i) - expected);
        // Below -87 the kernel's e^87 stands for what single precision cannot hold: a y of the order of 1e-36.
        expect(error).toBeLessThan(
          3e-7 * Math.abs(expected) + (value < -80 ? 1.1e-37 * Math.abs(value) : 0) + 1e-38,
        );
      }
    }
  });

  it("refuses a shape that does not fit, in words", () => {
    const x = tf.ones([2, 4, 6]);
    const options = { groups: 4, epsilon, activated: false };
    expect(() => fusedGroupNorm(x, tf.ones([6]), tf.ones([6]), options)).toThrow(/group norm: .*groups 4/);
    expect(() => fusedGroupNorm(x, tf.ones([5]), tf.ones([6]), { ...options, groups: 1 })).toThrow(
      /group norm/,
    );
    expect(() => fusedGroupNorm(x, tf.ones([6]), tf.ones([5]), { ...options, groups: 1 })).toThrow(
      /group norm/,
    );
  });
});

describe("biasAdd", () => {
  it("adds to the last axis, and its gradient sums over all others", async () => {
    const x = tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]);
    const bias = tf.tensor1d([10, 20]);
    expect(Array.from(await biasAdd(x, bias).data())).toEqual([11, 22, 13, 24, 15, 26, 17, 28]);
    const weights = x.clone();
    const [dx, dbias] = tf.grads((a, b) => tf.sum(tf.mul(biasAdd(a, b), weights)))([x, bias]);
    expect(Array.from((await dx?.data()) ?? [])).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(Array.from((await dbias?.data()) ?? [])).toEqual([16, 20]);
  });
});
