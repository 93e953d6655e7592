import { describe, expect, test } from "vitest";
import { gaussianMixture } from "../../src/data/mixture.js";
import { openDataset } from "../../src/data/openDataset.js";
import { mixtureDataset, ringOfGaussians, toy, toyNames } from "../../src/data/toy.js";
import { at } from "../support/numbers.js";

describe.each(toyNames)("toy:%s", (name) => {
  test("is a pure function of the request", async () => {
    const dataset = await openDataset(`toy:${name}`);
    expect([dataset.name, dataset.shape, dataset.size]).toEqual([`toy:${name}`, [2], Infinity]);
    const batch = dataset.batch({ size: 10, step: 2, seed: 1 });
    expect([batch.shape, batch.x.length, batch.labels.length]).toEqual([[10, 2], 20, 10]);
    expect(dataset.batch({ size: 10, step: 2, seed: 1 })).toEqual(batch);
    for (const other of [{ step: 3 }, { seed: 2 }, { split: "test" }] as const) {
      expect(dataset.batch({ size: 10, step: 2, seed: 1, ...other }).x).not.toEqual(batch.x);
    }
  });

  test("has mean 0 and mean square 1", () => {
    const count = 100_000;
    const { x } = toy(name)?.batch({ size: count, step: 0, seed: 0 }) ?? { x: new Float32Array() };
    const mean = [0, 1].map(
      (axis) => Array.from({ length: count }, (_, i) => at(x, 2 * i + axis)).reduce(add, 0) / count,
    );
    // Four standard errors of a mean with variance 1 to 1.5: 0.0155.
    for (const value of mean) expect(Math.abs(value)).toBeLessThan(0.0155);
    const square = Array.from(x, (value) => value ** 2).reduce(add, 0) / (2 * count);
    expect(Math.abs(square - 1)).toBeLessThan(0.06); // "about 1"
  });
});

test("the points of the sets lie where their shapes are", () => {
  const radii = (name: string): number[] => {
    const { x } = toy(name)?.batch({ size: 2000, step: 0, seed: 0 }) ?? { x: new Float32Array() };
    return Array.from({ length: 2000 }, (_, i) => Math.hypot(at(x, 2 * i), at(x, 2 * i + 1)));
  };
  // Five standard deviations around both circles, and around the ring.
  expect(radii("circles").every((r) => Math.abs(r - 0.8) < 0.3 || Math.abs(r - 1.8) < 0.3)).toBe(true);
  expect(radii("gaussians").every((r) => Math.abs(r - 1.4) < 0.5)).toBe(true);
  const board = toy("checkerboard")?.batch({ size: 2000, step: 0, seed: 0 }).x ?? new Float32Array();
  for (let i = 0; i < 2000; i += 1) {
    const [column, row] = [0, 1].map((axis) => Math.floor(at(board, 2 * i + axis) / 0.87 + 2)) as [
      number,
      number,
    ];
    expect((column + row) % 2).toBe(0);
  }
});

test("moons and spiral: each label's points follow its curve", () => {
  const { x, labels } = toy("moons")?.batch({ size: 2000, step: 0, seed: 0 }) ?? {
    x: new Float32Array(),
    labels: [],
  };
  labels.forEach((label, i) => {
    // Undone: the first moon is the upper half of the unit circle, the second is the first turned about (½, ¼).
    const sign = label === "0" ? 1 : -1;
    const [px, py] = [(sign * at(x, 2 * i)) / 1.4 + 0.5, (sign * at(x, 2 * i + 1)) / 1.4 + 0.25];
    expect(Math.abs(Math.hypot(px, py) - 1)).toBeLessThan(0.25); // five standard deviations of 0.05
  });
  const spiral = toy("swissroll")?.batch({ size: 2000, step: 0, seed: 0 }).x ?? new Float32Array();
  for (let i = 0; i < 2000; i += 1) {
    const [px, py] = [at(spiral, 2 * i) / 0.147 + 2, at(spiral, 2 * i + 1) / 0.147 + 2 / (3 * Math.PI)];
    const radius = Math.hypot(px, py);
    const turn = 2 * Math.PI;
    const off = ((radius - Math.atan2(py, px)) % turn) + (radius < Math.atan2(py, px) ? turn : 0);
    expect(Math.min(off, turn - off)).toBeLessThan(2); // the arms lie 2π apart; noise is 0.05/0.147 = 0.34 each way
  }
});

test("a mixture of any dimension is a data set", () => {
  const mixture = gaussianMixture({
    weights: [0.5, 0.5],
    means: [
      [5, 5, 5],
      [-5, -5, -5],
    ],
    variances: [
      [1, 1, 1],
      [1, 1, 1],
    ],
  });
  const dataset = mixtureDataset("two balls", mixture);
  const { x, labels, shape } = dataset.batch({ size: 100, step: 0, seed: 0 });
  expect([dataset.name, dataset.shape, shape]).toEqual(["two balls", [3], [100, 3]]);
  labels.forEach((label, i) => expect(at(x, 3 * i) > 0).toBe(label === "0"));
  expect(ringOfGaussians.weights).toHaveLength(8);
});

function add(a: number, b: number): number {
  return a + b;
}
