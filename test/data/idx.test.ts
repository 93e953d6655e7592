import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseIdx, readIdx } from "../../src/data/idx.js";
import { idxFile } from "../support/idxFile.js";
import { refusal, refusalOf } from "../support/refusal.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "idx-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, bytes: Uint8Array): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, bytes);
  return file;
}

const images = idxFile([2, 2, 3], [0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255]);

describe("readIdx", () => {
  test.each([
    ["plain", images],
    ["zipped.gz", gzipSync(images)],
  ])("reads a %s file", async (name, bytes) => {
    const { shape, data } = await readIdx(await write(name, bytes), 3);
    expect(shape).toEqual([2, 2, 3]);
    expect(Array.from(data)).toEqual([0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255]);
  });

  test("bytes may be a view into a larger buffer", () => {
    const buffer = new Uint8Array([9, 9, 9, ...images]);
    expect(parseIdx(buffer.subarray(3), "view", 3)).toEqual(parseIdx(images, "own", 3));
  });
});

describe("what is no IDX file is refused", () => {
  test("a file that is not there", async () => {
    const file = join(folder, "nowhere");
    expect(await refusalOf(readIdx(file, 3))).toBe(
      `${file} cannot be read (ENOENT: no such file or directory, open '${file}'): ` +
        "expected a readable file. Check the path and its permissions.",
    );
  });
  test("fewer bytes than the header says", () => {
    expect(refusal(() => parseIdx(images.subarray(0, -1), "a/images", 3))).toBe(
      "a/images holds 11 bytes of data: expected 2 × 2 × 3 = 12, as its header says. " +
        "It is truncated. Download the file again.",
    );
  });
  test("more bytes than the header says", () => {
    expect(refusal(() => parseIdx(new Uint8Array([...images, 7]), "a/images", 3))).toBe(
      "a/images holds 13 bytes of data: expected 2 × 2 × 3 = 12, as its header says. " +
        "Its header or its end is wrong. Download the file again.",
    );
  });
  test("sizes that no memory could hold are compared, not allocated", () => {
    expect(refusal(() => parseIdx(idxFile([2 ** 32 - 1, 2 ** 32 - 1, 1], [1]), "a/images", 3))).toBe(
      "a/images holds 1 bytes of data: expected 4294967295 × 4294967295 × 1 = 18446744065119617000, " +
        "as its header says. It is truncated. Download the file again.",
    );
  });
  test("an end within the header, and an empty file", () => {
    for (const length of [0, 3, 4, 15]) {
      expect(refusal(() => parseIdx(images.subarray(0, length), "a/images", 3))).toBe(
        `a/images has ${length} bytes: expected a header of 16 bytes. It is truncated. Download the file again.`,
      );
    }
  });
  test("labels in place of images, floats in place of bytes, and anything else", () => {
    const message = (magic: string): string =>
      `a/images begins with the magic number ${magic}: expected 0x00000803, unsigned bytes with 3 axes (images). ` +
      "Check that it is the file its name says.";
    expect(refusal(() => parseIdx(idxFile([2], [1, 2]), "a/images", 3))).toBe(message("0x00000801"));
    expect(refusal(() => parseIdx(Uint8Array.of(0, 0, 0x0d, 3, 0), "a/images", 3))).toBe(
      message("0x00000d03"),
    );
    expect(refusal(() => parseIdx(Buffer.from("<html>"), "a/images", 3))).toBe(message("0x3c68746d"));
    expect(refusal(() => parseIdx(images, "a/labels", 1))).toBe(
      "a/labels begins with the magic number 0x00000803: expected 0x00000801, unsigned bytes with 1 axis (labels). " +
        "Check that it is the file its name says.",
    );
  });
  test("a gzip file without .gz", () => {
    expect(refusal(() => parseIdx(gzipSync(images), "a/images", 3))).toBe(
      "a/images begins with the magic number 0x1f8b0800: expected 0x00000803, unsigned bytes with 3 axes (images). " +
        "It is gzipped: let its name end in .gz.",
    );
  });
  test("a .gz file that is none, and one that ends early", async () => {
    const fake = await write("fake.gz", images);
    expect(await refusalOf(readIdx(fake, 3))).toBe(
      `${fake} cannot be unzipped (incorrect header check): expected a whole gzip file, as its name says. ` +
        "Download the file again.",
    );
    const short = await write("short.gz", gzipSync(images).subarray(0, 25));
    expect(await refusalOf(readIdx(short, 3))).toBe(
      `${short} cannot be unzipped (unexpected end of file): expected a whole gzip file, as its name says. ` +
        "Download the file again.",
    );
  });
  test("no entries at all", () => {
    expect(refusal(() => parseIdx(idxFile([0, 28, 28], []), "a/images", 3))).toBe(
      "a/images has the shape 0 × 28 × 28: expected at least one entry. Download the file again.",
    );
  });
});
