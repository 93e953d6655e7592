import { describe, expect, test } from "vitest";
import type { Batch, BatchRequest } from "../../src/data/dataset.js";
import { glyphs } from "../../src/data/glyphs.js";
import { at } from "../support/numbers.js";
import { refusal } from "../support/refusal.js";

const PIXELS = 28 * 28;

describe("glyphs", () => {
  test("a batch is a pure function of the request", () => {
    const first = glyphs().batch({ size: 6, step: 3, seed: 1 });
    glyphs("ABC").batch({ size: 9, step: 0, seed: 5 });
    expect(glyphs().batch({ size: 6, step: 3, seed: 1 })).toEqual(first);
    expect(glyphs().batch({ size: 6, step: 3, seed: 1, split: "train" })).toEqual(first);
    const larger = glyphs().batch({ size: 8, step: 3, seed: 1 });
    expect(larger.x.subarray(0, 6 * PIXELS)).toEqual(first.x);
    for (const other of [{ step: 4 }, { seed: 2 }, { split: "test" }] as const) {
      expect(glyphs().batch({ size: 6, step: 3, seed: 1, ...other }).x).not.toEqual(first.x);
    }
  });

  test("images are grey levels in [−1, 1] on a background of −1, with ink that fills about 20 pixels", () => {
    const dataset = glyphs();
    const { x, shape, labels } = dataset.batch({ size: 300, step: 0, seed: 0 });
    expect([dataset.name, dataset.shape, dataset.size]).toEqual(["glyphs", [28, 28, 1], Infinity]);
    expect([shape, labels.length, x.length]).toEqual([[300, 28, 28, 1], 300, 300 * PIXELS]);
    const levels = new Set(Array.from(x, (value) => (value + 1) * 127.5));
    for (const level of levels) expect(Math.abs(level - Math.round(level))).toBeLessThan(1e-4);
    expect([Math.min(...x.subarray(0, PIXELS)), Math.max(...x.subarray(0, PIXELS))]).toEqual([-1, 1]);

    const sides = labels.map((_, i) => longerSide(x.subarray(i * PIXELS, (i + 1) * PIXELS)));
    const mean = sides.reduce((sum, side) => sum + side, 0) / sides.length;
    expect(mean).toBeGreaterThan(19);
    expect(mean).toBeLessThan(23);
    expect(Math.max(...sides)).toBeLessThanOrEqual(28);
    // Nothing is cut off: the outermost pixels are background in nearly every image.
    const cut = labels.filter((_, i) => touchesEdge(x.subarray(i * PIXELS, (i + 1) * PIXELS)));
    expect(cut.length).toBeLessThanOrEqual(3);
  });

  test("what is drawn is what the label says: each character looks most like its own kind", () => {
    const train = glyphs("digits").batch({ size: 1500, step: 0, seed: 0 });
    const templates = Array.from("0123456789", (digit) => meanImage(train, digit));
    const probe = glyphs("digits").batch({ size: 200, step: 0, seed: 0, split: "test" });
    const right = probe.labels.filter((label, i) => {
      const image = probe.x.subarray(i * PIXELS, (i + 1) * PIXELS);
      const distances = templates.map((template) =>
        template.reduce((sum, value, p) => sum + (value - at(image, p)) ** 2, 0),
      );
      return distances.indexOf(Math.min(...distances)) === Number(label);
    });
    // Nearest mean image, a very weak classifier; guessing gets 20 of 200.
    expect(right.length).toBeGreaterThan(150);
  });

  test("the alphabet can be chosen", () => {
    const seen = (alphabet?: string): string => {
      const { labels } = glyphs(alphabet).batch({ size: 1000, step: 0, seed: 0 });
      return Array.from(new Set(labels)).sort().join("");
    };
    expect(seen()).toBe("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    expect(seen("digits")).toBe("0123456789");
    expect(seen("letters")).toBe("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    expect(seen("aB7a")).toBe("7Ba");
  });

  test("characters that the fonts do not all have are refused", () => {
    expect(refusal(() => glyphs("AΩ"))).toBe(
      `"Ω" in the alphabet of "glyphs:AΩ": expected digits and unaccented letters, 0–9, A–Z and a–z. ` +
        "Use glyphs, glyphs:digits, glyphs:letters, or glyphs: and your characters, as in glyphs:ABC.",
    );
  });

  test("a batch of 32 takes a few milliseconds", () => {
    const dataset = glyphs();
    dataset.batch({ size: 32, step: 0, seed: 9 });
    const start = performance.now();
    for (let step = 1; step <= 20; step += 1) dataset.batch({ size: 32, step, seed: 9 });
    // 3.5 ms on one free core; the bound leaves room for a busy machine.
    expect((performance.now() - start) / 20).toBeLessThan(40);
  });
});

describe("a request that makes no sense is refused", () => {
  const batch = (request: BatchRequest): Batch => glyphs().batch(request);
  test.each([0, -1, 1.5, NaN])("size = %s", (size) => {
    expect(refusal(() => batch({ size, step: 0, seed: 0 }))).toBe(
      `size = ${size}: expected a positive integer. Ask for at least one sample.`,
    );
  });
  test("step, seed and split", () => {
    expect(refusal(() => batch({ size: 1, step: -1, seed: 0 }))).toBe(
      "step = -1: expected an integer of at least 0. Batches count from 0.",
    );
    expect(refusal(() => batch({ size: 1, step: 0, seed: NaN }))).toBe(
      "seed = NaN: expected a finite number. Choose any, e.g. 0.",
    );
    expect(refusal(() => batch({ size: 1, step: 0, seed: 0, split: "valid" as "test" }))).toBe(
      `split = valid: expected "train" or "test". Leave split out to train.`,
    );
  });
});

function meanImage({ x, labels }: Batch, label: string): Float64Array {
  const sum = new Float64Array(PIXELS);
  labels.forEach((other, i) => {
    if (other === label) sum.forEach((value, p) => (sum[p] = value + at(x, i * PIXELS + p)));
  });
  const count = labels.filter((other) => other === label).length;
  return sum.map((value) => value / count);
}

function longerSide(image: Float32Array): number {
  const inked = Array.from(image, (value, p) => (value > 0 ? [[p % 28, Math.floor(p / 28)]] : [])).flat();
  const extent = (axis: 0 | 1): number => {
    const places = inked.map((place) => place[axis] ?? 0);
    return Math.max(...places) - Math.min(...places) + 1;
  };
  return Math.max(extent(0), extent(1));
}

function touchesEdge(image: Float32Array): boolean {
  return image.some((value, p) => {
    const [column, row] = [p % 28, Math.floor(p / 28)];
    return value > 0 && (column === 0 || column === 27 || row === 0 || row === 27);
  });
}
