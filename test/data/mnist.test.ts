import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Batch, Dataset, Split } from "../../src/data/dataset.js";
import { openMnist } from "../../src/data/mnist.js";
import { at } from "../support/numbers.js";
import { idxFile } from "../support/idxFile.js";
import { refusalOf } from "../support/refusal.js";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "mnist-"));
});
afterAll(() => rm(root, { recursive: true }));

/** Image i is 2 × 3 pixels of the grey level first + i; its label is that level modulo 10. */
function pair(prefix: string, first: number, count: number): Record<string, Uint8Array> {
  const levels = Array.from({ length: count }, (_, i) => first + i);
  return {
    [`${prefix}-images-idx3-ubyte`]: idxFile(
      [count, 2, 3],
      levels.flatMap((level) => Array<number>(6).fill(level)),
    ),
    [`${prefix}-labels-idx1-ubyte`]: idxFile(
      [count],
      levels.map((level) => level % 10),
    ),
  };
}

async function folderOf(name: string, files: Record<string, Uint8Array>, zip = false): Promise<string> {
  const folder = join(root, name);
  await mkdir(folder);
  for (const [file, bytes] of Object.entries(files)) {
    await writeFile(join(folder, zip ? `${file}.gz` : file), zip ? gzipSync(bytes) : bytes);
  }
  return folder;
}

/** The grey levels that number the images, which must be even. */
function levelsOf({ x, shape }: Batch): number[] {
  const [size = 0, ...sample] = shape;
  expect(sample).toEqual([2, 3, 1]);
  return Array.from({ length: size }, (_, i) => {
    const level = (at(x, 6 * i) + 1) * 127.5;
    expect(new Set(x.subarray(6 * i, 6 * i + 6)).size).toBe(1);
    return Math.round(level);
  });
}

/** Every level of one epoch, in batches of 5. */
function epoch(dataset: Dataset, split: Split, seed: number, batches: number, from = 0): number[] {
  return Array.from({ length: batches }, (_, i) =>
    levelsOf(dataset.batch({ size: 5, step: from + i, seed, split })),
  ).flat();
}

const range = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i);
const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

describe("openMnist", () => {
  test.each([false, true])("serves both splits from four files, gzipped: %s", async (zip) => {
    const folder = await folderOf(`four-${zip}`, { ...pair("train", 0, 40), ...pair("t10k", 100, 20) }, zip);
    const dataset = await openMnist(folder);
    expect(dataset.name).toBe(`mnist:${folder} (40 for training, 20 for testing)`);
    expect([dataset.shape, dataset.size]).toEqual([[2, 3, 1], 40]);
    expect(sorted(epoch(dataset, "train", 0, 8))).toEqual(range(0, 40));
    expect(sorted(epoch(dataset, "test", 0, 4))).toEqual(range(100, 20));
  });

  test("maps 0 … 255 to [−1, 1], with the labels of the images", async () => {
    const dataset = await openMnist(
      await folderOf("range", { ...pair("train", 0, 256), ...pair("t10k", 0, 2) }),
    );
    const batch = dataset.batch({ size: 256, step: 0, seed: 3 });
    const levels = levelsOf(batch);
    expect([Math.min(...batch.x), Math.max(...batch.x)]).toEqual([-1, 1]);
    expect(batch.labels).toEqual(levels.map((level) => String(level % 10)));
    levels.forEach((level, i) => expect(at(batch.x, 6 * i)).toBe(Math.fround(level / 127.5 - 1)));
  });

  test("every epoch is another permutation, and the same for the same seed", async () => {
    const dataset = await openMnist(
      await folderOf("epochs", { ...pair("train", 0, 40), ...pair("t10k", 100, 20) }),
    );
    const [first, second] = [epoch(dataset, "train", 0, 8), epoch(dataset, "train", 0, 8, 8)];
    expect(sorted(second)).toEqual(range(0, 40));
    expect(second).not.toEqual(first);
    expect(first).not.toEqual(range(0, 40));
    expect(epoch(dataset, "train", 1, 8)).not.toEqual(first);
    expect(epoch(dataset, "train", 0, 8)).toEqual(first);
  });

  test("batches that do not divide the epoch run on into the next", async () => {
    const dataset = await openMnist(
      await folderOf("uneven", { ...pair("train", 0, 7), ...pair("t10k", 100, 2) }),
    );
    const seen = Array.from({ length: 7 }, (_, step) =>
      levelsOf(dataset.batch({ size: 3, step, seed: 0 })),
    ).flat();
    for (const start of [0, 7, 14]) expect(sorted(seen.slice(start, start + 7))).toEqual(range(0, 7));
    const wide = levelsOf(dataset.batch({ size: 21, step: 0, seed: 0 }));
    expect(wide).toEqual(seen);
  });

  test("with test files alone, both splits come from them, disjointly, and the name says so", async () => {
    const folder = await folderOf("t10k", pair("t10k", 0, 50), true);
    const dataset = await openMnist(folder);
    expect(dataset.name).toBe(`mnist:${folder} (45 for training, 5 for testing, both from the t10k files)`);
    const [train, test] = [epoch(dataset, "train", 0, 9), epoch(dataset, "test", 0, 1)];
    expect(sorted(test)).toEqual([0, 10, 20, 30, 40]);
    expect(sorted([...train, ...test])).toEqual(range(0, 50));
  });
});

describe("what is not there or does not fit is refused", () => {
  test("a missing folder", async () => {
    const folder = join(root, "nowhere");
    expect(await refusalOf(openMnist(folder))).toBe(
      `mnist:${folder} cannot be read (ENOENT: no such file or directory, scandir '${folder}'): ` +
        "expected a folder with the four MNIST files. Give the folder's path after mnist:, as in mnist:data/mnist.",
    );
  });
  test("a missing file of a pair", async () => {
    const { "train-images-idx3-ubyte": images = new Uint8Array() } = pair("train", 0, 4);
    const folder = await folderOf("half", { "train-images-idx3-ubyte": images, ...pair("t10k", 0, 4) });
    expect(await refusalOf(openMnist(folder))).toBe(
      `${folder} has no train-labels-idx1-ubyte: expected train-labels-idx1-ubyte or train-labels-idx1-ubyte.gz ` +
        "beside the other MNIST files. Put the file there, or give the folder that holds it.",
    );
    const empty = await folderOf("empty", {});
    expect(await refusalOf(openMnist(empty))).toBe(
      `${empty} has no t10k-images-idx3-ubyte: expected t10k-images-idx3-ubyte or t10k-images-idx3-ubyte.gz ` +
        "beside the other MNIST files. Put the file there, or give the folder that holds it.",
    );
  });
  test("another number of labels than of images", async () => {
    const files = { ...pair("t10k", 0, 4), "t10k-labels-idx1-ubyte": idxFile([3], [0, 1, 2]) };
    const folder = await folderOf("labels", files);
    expect(await refusalOf(openMnist(folder))).toBe(
      `${folder}/t10k-labels-idx1-ubyte holds 3 labels: expected 4, one for each image of ` +
        `${folder}/t10k-images-idx3-ubyte. Use images and labels of the same set.`,
    );
  });
  test("images of two sizes", async () => {
    const small = {
      "train-images-idx3-ubyte": idxFile([2, 1, 1], [1, 2]),
      "train-labels-idx1-ubyte": idxFile([2], [1, 2]),
    };
    const folder = await folderOf("sizes", { ...small, ...pair("t10k", 0, 4) });
    expect(await refusalOf(openMnist(folder))).toBe(
      `the training images of ${folder} have the size 1 × 1 × 1: expected 2 × 3 × 1, like its test images. ` +
        "Use the files of one data set.",
    );
  });
  test("a single image for two splits", async () => {
    const folder = await folderOf("single", pair("t10k", 0, 1));
    expect(await refusalOf(openMnist(folder))).toBe(
      `${folder} holds 1 image: expected at least two, one for training and one for testing. ` +
        "Add images.",
    );
  });
  test("a broken file is named", async () => {
    const files = { ...pair("t10k", 0, 4), "t10k-images-idx3-ubyte": idxFile([4, 2, 3], [1, 2]) };
    const folder = await folderOf("broken", files);
    expect(await refusalOf(openMnist(folder))).toBe(
      `${folder}/t10k-images-idx3-ubyte holds 2 bytes of data: expected 4 × 2 × 3 = 24, as its header says. ` +
        "It is truncated. Download the file again.",
    );
  });
});
