import { expect, test } from "vitest";
import { shuffledPicker } from "../../src/data/finite.js";

test("all orders of a set are equally likely", () => {
  const runs = 2400;
  const pick = shuffledPicker(4);
  const counts = new Map<string, number>();
  for (let seed = 0; seed < runs; seed += 1) {
    const order = pick({ size: 4, step: 0, seed, split: "train" }).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(24);
  const expected = runs / 24;
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // With 23 degrees of freedom a fair shuffle exceeds 60 once in 30,000 sets of seeds.
  expect(chiSquare).toBeLessThan(60);
});

test("a batch may span several epochs of a small set", () => {
  const places = shuffledPicker(3)({ size: 12, step: 0, seed: 1, split: "test" });
  for (const start of [0, 3, 6, 9]) {
    expect(places.slice(start, start + 3).sort((a, b) => a - b)).toEqual([0, 1, 2]);
  }
});
