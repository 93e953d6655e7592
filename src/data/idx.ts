/**
 * The IDX format of the MNIST family (yann.lecun.com/exdb/mnist): two zero bytes, a byte for the type
 * of the entries, a byte for the number of axes, the axes as big-endian 32-bit integers, the entries.
 */
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { InputError } from "../error.js";
import { readBytes, reason } from "./readFiles.js";

/** Entries as unsigned bytes, the last axis running fastest. */
export interface Idx {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;
const REFETCH = "Download the file again.";
const unzip = promisify(gunzip);

/**
 * Reads a plain or gzipped (`.gz`) IDX file of unsigned bytes.
 * @param file path; error messages name it
 * @param axes the number of axes expected: 3 for images, 1 for labels
 * @throws InputError if the file cannot be read, is not gzip although it is called so, has another magic
 *   number, or holds fewer or more entries than its header says
 */
export async function readIdx(file: string, axes: number): Promise<Idx> {
  return parseIdx(await readMaybeZipped(file), file, axes);
}

/** Takes the bytes of an IDX file apart; see `readIdx`. */
export function parseIdx(bytes: Uint8Array, file: string, axes: number): Idx {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = 4 + 4 * axes;
  if (bytes.length >= 4) checkMagic(view.getUint32(0), file, axes);
  if (bytes.length < header) {
    throw new InputError(
      `${file} has ${bytes.length} bytes`,
      `a header of ${header} bytes`,
      `It is truncated. ${REFETCH}`,
    );
  }
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const expected = shape.reduce((product, size) => product * size, 1);
  const found = bytes.length - header;
  if (found !== expected) {
    throw new InputError(
      `${file} holds ${found} bytes of data`,
      `${shape.join(" × ")} = ${expected}, as its header says`,
      found < expected ? `It is truncated. ${REFETCH}` : `Its header or its end is wrong. ${REFETCH}`,
    );
  }
  if (expected === 0) {
    throw new InputError(`${file} has the shape ${shape.join(" × ")}`, "at least one entry", REFETCH);
  }
  return { shape, data: bytes.subarray(header) };
}

function checkMagic(magic: number, file: string, axes: number): void {
  const expected = (UNSIGNED_BYTE << 8) | axes;
  if (magic === expected) return;
  const isZipped = magic >>> 16 === 0x1f8b;
  throw new InputError(
    `${file} begins with the magic number ${hex(magic)}`,
    `${hex(expected)}, unsigned bytes with ${axes} ${axes === 1 ? "axis (labels)" : "axes (images)"}`,
    isZipped ? "It is gzipped: let its name end in .gz." : "Check that it is the file its name says.",
  );
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}

async function readMaybeZipped(file: string): Promise<Uint8Array> {
  const bytes = await readBytes(file);
  if (!file.endsWith(".gz")) return bytes;
  return unzip(bytes).catch((cause: unknown) => {
    throw new InputError(
      `${file} cannot be unzipped (${reason(cause)})`,
      "a whole gzip file, as its name says",
      REFETCH,
      { cause },
    );
  });
}
