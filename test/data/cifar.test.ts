import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDataset } from "../../src/data/openDataset.js";
import { refusalOf } from "../support/refusal.js";

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "cifar-"))));
afterEach(() => rm(folder, { recursive: true }));

/** A record whose red, green and blue at row y and column x are x + level, y + level and level. */
function record(label: number, level: number): Uint8Array {
  const plane = (value: (x: number, y: number) => number): number[] =>
    Array.from({ length: 1024 }, (_, k) => value(k % 32, Math.floor(k / 32)));
  return Uint8Array.from([
    label,
    ...plane((x) => x + level),
    ...plane((_, y) => y + level),
    ...plane(() => level),
  ]);
}

async function put(name: string, ...records: readonly Uint8Array[]): Promise<void> {
  await writeFile(join(folder, name), Buffer.concat(records));
}

const remedy = "Unpack the binary version of CIFAR-10 and give its folder: cifar10:DIR/cifar-10-batches-bin.";

describe("cifar10:DIR", () => {
  it("reads all batches: planes become channels, bytes become [−1, 1], classes their names", async () => {
    await put("data_batch_1.bin", record(0, 0), record(9, 50));
    await put("data_batch_2.bin", record(6, 100));
    await put("test_batch.bin", record(3, 200));
    const dataset = await openDataset(`cifar10:${folder}`);
    expect([dataset.name, dataset.shape, dataset.size]).toEqual([
      `cifar10:${folder} (3 for training, 1 for testing)`,
      [32, 32, 3],
      3,
    ]);
    const { x, labels, shape } = dataset.batch({ size: 3, step: 0, seed: 5 });
    expect(shape).toEqual([3, 32, 32, 3]);
    expect([...labels].sort()).toEqual(["airplane", "frog", "truck"]);
    const levels: Readonly<Record<string, number>> = { airplane: 0, frog: 100, truck: 50 };
    const expected = labels.flatMap((label) =>
      Array.from({ length: 1024 }, (_, k) => [k % 32, Math.floor(k / 32), 0])
        .flat()
        .map((value) => Math.fround((value + (levels[label] ?? NaN)) / 127.5 - 1)),
    );
    expect(Array.from(x)).toEqual(expected);
    expect(dataset.batch({ size: 1, step: 0, seed: 5, split: "test" }).labels).toEqual(["cat"]);
  });

  it("refuses a folder that is not there, and one without its files", async () => {
    expect(await refusalOf(openDataset("cifar10:/nowhere"))).toBe(
      "cifar10:/nowhere cannot be read (ENOENT: no such file or directory, scandir '/nowhere'): expected a folder with " +
        `data_batch_1.bin … data_batch_5.bin and test_batch.bin. ${remedy}`,
    );
    await put("data_batch_1.bin", record(0, 0));
    expect(await refusalOf(openDataset(`cifar10:${folder}`))).toBe(
      `${folder} has no test_batch.bin: expected a folder with data_batch_1.bin … data_batch_5.bin and test_batch.bin. ${remedy}`,
    );
  });

  it("refuses a file that is cut short, and one of another kind", async () => {
    await put("test_batch.bin", record(0, 0));
    await put("data_batch_1.bin", record(0, 0), record(1, 0).subarray(0, 3000));
    expect(await refusalOf(openDataset(`cifar10:${folder}`))).toBe(
      `${join(folder, "data_batch_1.bin")} has 6073 bytes: expected a multiple of 3073, the size of an image with its ` +
        "class. It is truncated or another kind of file. Unpack the binary version of CIFAR-10 again.",
    );
    await put("data_batch_1.bin", record(0, 0), record(10, 0));
    expect(await refusalOf(openDataset(`cifar10:${folder}`))).toBe(
      `${join(folder, "data_batch_1.bin")}: image 1 is of class 10: expected a class from 0 to 9. It is damaged or not ` +
        "CIFAR-10. Unpack the binary version of CIFAR-10 again.",
    );
  });
});
