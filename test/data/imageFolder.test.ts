import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { createCanvas } from "@napi-rs/canvas";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkedDataset, type Dataset } from "../../src/data/dataset.js";
import { openDataset } from "../../src/data/openDataset.js";
import { refusal, refusalOf } from "../support/refusal.js";

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "images-"))));
afterEach(() => rm(folder, { recursive: true }));

type Colour = (x: number, y: number) => readonly number[];

/** A PNG written byte by byte (RFC 2083), so that nothing of the decoder makes what it is to read. */
function png(width: number, height: number, colour: Colour): Buffer {
  const channels = colour(0, 0).length;
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, channels === 1 ? 0 : channels === 3 ? 2 : 6], 8);
  const rows = Array.from({ length: height }, (_, y) => [
    0,
    ...Array.from({ length: width }, (_, x) => colour(x, y)).flat(),
  ]);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Uint8Array.from(rows.flat()))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function jpeg(width: number, height: number, level: number): Buffer {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  context.fillStyle = `rgb(${level}, ${level}, ${level})`;
  context.fillRect(0, 0, width, height);
  return canvas.toBuffer("image/jpeg", 100);
}

async function put(files: Readonly<Record<string, Buffer>>): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
}

const open = (): Promise<Dataset> => openDataset(`folder:${folder}`);
const colours: Colour = (x, y) => [10 * x, 20 * y, 255 - x];

describe("folder:DIR", () => {
  it("serves every pixel of a PNG exactly, in three channels, with sub-folders as labels", async () => {
    const other: Colour = () => [1, 2, 3];
    await put({ "train/cat/a.png": png(5, 4, colours), "test/dog/b.PNG": png(5, 4, other) });
    const dataset = await open();
    expect([dataset.name, dataset.shape, dataset.size]).toEqual([
      `folder:${folder} (1 for training, 1 for testing)`,
      [4, 5, 3],
      1,
    ]);
    const { x, labels, shape } = dataset.batch({ size: 1, step: 0, seed: 0 });
    expect([labels, shape]).toEqual([["cat"], [1, 4, 5, 3]]);
    const expected = Array.from({ length: 20 }, (_, k) => colours(k % 5, Math.floor(k / 5))).flat();
    expect(Array.from(x)).toEqual(expected.map((value) => Math.fround(value / 127.5 - 1)));
    expect(dataset.batch({ size: 1, step: 0, seed: 0, split: "test" }).labels).toEqual(["dog"]);
  });

  it("is of one channel if all images are grey, JPEG among them, and keeps every tenth for testing", async () => {
    const level = (i: number): number => 12 * i;
    const files = Array.from({ length: 21 }, (_, i): [string, Buffer] =>
      i % 2 === 0
        ? [`${String.fromCharCode(97 + i)}.png`, png(8, 8, () => [level(i)])]
        : [`${String.fromCharCode(97 + i)}.jpg`, jpeg(8, 8, level(i))],
    );
    await put(Object.fromEntries(files));
    const dataset = await open();
    expect([dataset.shape, dataset.size]).toEqual([[8, 8, 1], 18]);
    const levels = (split: "train" | "test", size: number): number[] => {
      const { x } = dataset.batch({ size, step: 0, seed: 3, split });
      return Array.from({ length: size }, (_, i) => Math.round(((x[64 * i] ?? NaN) + 1) * 127.5)).sort(
        (a, b) => a - b,
      );
    };
    expect(levels("test", 3)).toEqual([0, 120, 240]);
    const training = Array.from({ length: 21 }, (_, i) => i).filter((i) => i % 10 !== 0);
    levels("train", 18).forEach((found, k) => {
      // One step of quantisation in JPEG.
      expect(Math.abs(found - level(training[k] ?? NaN))).toBeLessThanOrEqual(1);
    });
  });

  it.each<[string, Readonly<Record<string, Buffer>>, string]>([
    [
      "nothing",
      {},
      "FOLDER holds no images: expected files that end in .png, .jpg or .jpeg. Give a folder of PNG or JPEG files.",
    ],
    [
      "one image",
      { "a.png": png(2, 2, colours) },
      "FOLDER holds 1 image: expected at least two, one for training and one for testing. Add images.",
    ],
    [
      "images of two sizes",
      { "a.png": png(5, 4, colours), "b/c.png": png(4, 5, colours) },
      "FOLDER/b/c.png is 4 × 5 pixels: expected 5 × 4 like FOLDER/a.png. Cut or scale all images to one size, or keep the sizes in folders of their own.",
    ],
    [
      "a PNG that is cut short",
      { "a.png": png(5, 4, colours), "b.png": png(30, 30, colours).subarray(0, 90) },
      "FOLDER/b.png has 90 bytes and is cut short: expected a whole image with its last chunk, IEND. Write the file again from its source, or remove it from the folder.",
    ],
    [
      "a JPEG that is cut short",
      { "a.jpg": jpeg(40, 40, 9).subarray(0, -2) },
      `FOLDER/a.jpg has ${jpeg(40, 40, 9).length - 2} bytes and is cut short: expected a whole image with its end marker, FF D9. Write the file again from its source, or remove it from the folder.`,
    ],
    [
      "something else",
      { "a.png": Buffer.from("no image") },
      "FOLDER/a.png cannot be decoded (Unsupported image type): expected a PNG or JPEG image. Write the file again from its source, or remove it from the folder.",
    ],
    [
      "a transparent image",
      { "a.png": png(3, 2, (x, y) => [1, 2, 3, x === 1 && y === 1 ? 128 : 255]) },
      "FOLDER/a.png is transparent at x = 1, y = 1: expected an opaque image. Flatten it onto a background; if it should be opaque, it is damaged: write it again from its source.",
    ],
  ])("refuses %s", async (_, files, message) => {
    await put(files);
    expect(await refusalOf(open())).toBe(message.replaceAll("FOLDER", folder));
  });

  it("refuses a PNG that lost rows in its middle although both ends are there", async () => {
    const whole = png(64, 64, (x, y) => [(x * y) % 256, (x * 7 + y) % 256, (x ^ y) % 256]);
    await put({ "a.png": Buffer.concat([whole.subarray(0, whole.length - 700), whole.subarray(-12)]) });
    expect(await refusalOf(open())).toMatch(
      /a\.png (?:cannot be decoded|is transparent at x = \d+, y = \d+)/,
    );
  });

  it("refuses training and test images of two sizes", async () => {
    await put({ "train/a.png": png(5, 4, colours), "test/a.png": png(4, 4, colours) });
    expect(await refusalOf(open())).toBe(
      `the training images of ${folder} have the size 4 × 5 × 3: expected 4 × 4 × 3, like its test images. Use the files of one data set.`,
    );
  });
});

describe("checkedDataset", () => {
  const dataset = (shape: readonly number[], value: number): Dataset => ({
    ...{ name: "own", shape, size: Infinity },
    batch: ({ size }) => {
      const x = new Float32Array(size * shape.reduce((a, b) => a * b, 1));
      x[x.length - 2] = value;
      return { x, labels: [], shape: [size, ...shape] };
    },
  });
  const request = { size: 3, step: 5, seed: 8 };

  it("lets pass what is in range, the ends included", () => {
    for (const value of [-1, 1]) {
      const { x } = checkedDataset(dataset([2, 2, 1], value)).batch(request);
      expect(x).toEqual(dataset([2, 2, 1], value).batch(request).x);
    }
    expect(checkedDataset(dataset([2], 7)).batch(request).x[4]).toBe(7);
  });

  it("names the value, the sample, the batch and the seed of what is not", () => {
    expect(refusal(() => checkedDataset(dataset([2, 2, 1], 255)).batch(request))).toBe(
      "own: value 2 of sample 2 in batch 5 of seed 8 is 255: expected a number in [−1, 1]. Scale bytes by x / 127.5 − 1.",
    );
    expect(refusal(() => checkedDataset(dataset([2], NaN)).batch(request))).toBe(
      "own: value 0 of sample 2 in batch 5 of seed 8 is NaN: expected a finite number. Correct the data.",
    );
  });
});
