/**
 * The safetensors format: 8 bytes with the length of the header (little-endian), a JSON header with name, type, shape
 * and place of each tensor and a `__metadata__` of strings, then the numbers. Read by Python's `safetensors`
 * package and by others; nothing in it can be executed. Specification: huggingface/safetensors, README, "Format".
 */
import { InputError } from "../error.js";

/** One tensor of single precision, row by row. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** What a file holds. */
export interface Safetensors {
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** As in the reference implementation: a longer header is not believed. */
const MAX_HEADER = 100_000_000;

/** The bytes of a file, in pieces that are to be written one after another. */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array[] {
  let offset = 0;
  const entries = Object.entries(tensors).map(([name, { shape, data }]) => {
    const data_offsets = [offset, (offset += data.byteLength)];
    return [name, { dtype: "F32", shape, data_offsets }];
  });
  const json = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) });
  const text = new TextEncoder().encode(json);
  // Spaces after the JSON let the numbers begin at a multiple of eight.
  const header = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(0x20);
  header.set(text, 8);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - 8), true);
  const numbers = Object.values(tensors).map(({ data }) => bytesOf(data));
  return [header, ...numbers];
}

/**
 * Reads the bytes of a file.
 * @param file its name, for messages
 * @throws InputError if the bytes are cut short, too many, or not of this format
 */
export function decodeSafetensors(bytes: Uint8Array, file: string): Safetensors {
  const { header, start } = readHeader(bytes, file);
  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isStrings(metadata)) throw damaged(file, "__metadata__ is not a record of strings");
  const tensors: Record<string, StoredTensor> = {};
  let end = 0;
  for (const [name, entry] of Object.entries(entries)) {
    if (!isEntry(entry)) throw damaged(file, `the entry of ${name} is not one of this format`);
    tensors[name] = readTensor(bytes.subarray(start), name, entry, file);
    end = Math.max(end, entry.data_offsets[1]);
  }
  if (start + end !== bytes.length)
    throw damaged(file, `it has ${bytes.length} bytes where its header describes ${start + end}`);
  return { tensors, metadata };
}

function readHeader(bytes: Uint8Array, file: string): { header: Record<string, unknown>; start: number } {
  if (bytes.length < 8) throw damaged(file, `it has only ${bytes.length} bytes`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const start = 8 + length;
  if (length > MAX_HEADER || start > bytes.length)
    throw damaged(file, `it has ${bytes.length} bytes where its header alone would have ${start}`);
  const text = new TextDecoder().decode(bytes.subarray(8, start));
  const header = parseJson(text);
  if (!isRecord(header)) throw damaged(file, "its header is not JSON");
  return { header, start };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function readTensor(data: Uint8Array, name: string, entry: HeaderEntry, file: string): StoredTensor {
  const { dtype, shape, data_offsets } = entry;
  const [from, to] = data_offsets;
  if (dtype !== "F32") throw damaged(file, `${name} is of type ${dtype}, not F32`);
  if (to > data.length) throw damaged(file, `the numbers of ${name} end after the end of the file`);
  const size = shape.reduce((product, n) => product * n, 1);
  if (to - from !== 4 * size) throw damaged(file, `${name} has ${to - from} bytes for ${size} numbers`);
  // A copy, because the numbers of a foreign file may lie at any byte.
  return { shape, data: new Float32Array(new Uint8Array(data.subarray(from, to)).buffer) };
}

function bytesOf(data: Float32Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function isEntry(value: unknown): value is HeaderEntry {
  if (!isRecord(value)) return false;
  const { dtype, shape, data_offsets } = value;
  return typeof dtype === "string" && isCounts(shape) && isCounts(data_offsets) && data_offsets.length === 2;
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && (n as number) >= 0);
}

function isStrings(value: unknown): value is Record<string, string> {
  return isRecord(value) && Object.values(value).every((text) => typeof text === "string");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function damaged(file: string, why: string): InputError {
  return new InputError(
    `${file}: ${why}`,
    "a complete safetensors file",
    "It was cut short or changed: use an earlier checkpoint, or train again.",
  );
}
