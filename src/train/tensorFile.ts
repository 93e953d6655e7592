/** Safetensors files of ours: a format that is named in them, and a checksum over every byte that means something. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { InputError } from "../error.js";
import { type FileEffects, writeFileWhole } from "../files/writeFileWhole.js";
import type { ParamSpec } from "../model/layer.js";
import { sizeOf } from "../model/params.js";
import { decodeSafetensors, encodeSafetensors, type Safetensors, type StoredTensor } from "./safetensors.js";

/**
 * Writes tensors and metadata with a checksum over both. The file appears whole or not at all: an earlier one of that
 * name is replaced at the very end.
 * @param content its metadata names its `format`
 * @throws InputError that names path and remedy if the file cannot be written
 */
export async function writeTensorFile(
  file: string,
  { tensors, metadata }: Safetensors,
  effects?: FileEffects,
): Promise<void> {
  const sha256 = checksum({ tensors, metadata });
  await writeFileWhole(file, encodeSafetensors({ tensors, metadata: { ...metadata, sha256 } }), effects);
}

/**
 * Reads such a file.
 * @param formats the formats that will do
 * @throws InputError if there is no such file, or it is cut short, changed, or of another format
 */
export async function readTensorFile(file: string, formats: readonly string[]): Promise<Safetensors> {
  const { tensors, metadata: all } = decodeSafetensors(await readBytes(file), file);
  const { sha256, ...metadata } = all;
  if (!formats.includes(metadata["format"] ?? ""))
    throw notOurs(file, `its format is ${metadata["format"] ?? "not stated"}`);
  if (sha256 !== checksum({ tensors, metadata }))
    throw notOurs(file, "its content does not match its checksum");
  return { tensors, metadata };
}

/** A part of the metadata; the checksum has shown that it is as we wrote it. */
export function jsonField(metadata: Readonly<Record<string, string>>, name: string): unknown {
  return JSON.parse(metadata[name] ?? "null");
}

/** Cuts a vector [P] into the tensors of a model, so that the file can be read without it. */
export function namedTensors(
  vector: string,
  specs: readonly ParamSpec[],
  data: Float32Array,
): [string, StoredTensor][] {
  let from = 0;
  return specs.map(({ name, shape }) => {
    const piece = data.subarray(from, (from += sizeOf(shape)));
    return [`${vector}.${name}`, { shape, data: piece }];
  });
}

/** The inverse of {@link namedTensors}. @throws InputError if a tensor is missing or of another shape */
export function joinTensors(
  vector: string,
  specs: readonly ParamSpec[],
  tensors: Readonly<Record<string, StoredTensor>>,
  file: string,
): Float32Array {
  const joined = new Float32Array(specs.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
  let at = 0;
  for (const { name, shape } of specs) {
    const stored = tensors[`${vector}.${name}`];
    if (stored?.shape.join() !== shape.join())
      throw notOurs(
        file,
        `${vector}.${name} is ${stored ? `of shape [${stored.shape.join(", ")}]` : "missing"}, the model's is of shape [${shape.join(", ")}]`,
      );
    joined.set(stored.data, at);
    at += stored.data.length;
  }
  return joined;
}

/** Over names, shapes, numbers and metadata, so that no byte of the file can change unnoticed. */
function checksum({ tensors, metadata }: Safetensors): string {
  const hash = createHash("sha256").update(JSON.stringify(metadata));
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    hash.update(`${name} ${shape.join()}\n`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex");
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    throw new InputError(
      `cannot read ${file} (${error.message})`,
      "a checkpoint, a file that ends in .safetensors",
      "Give the path of a checkpoint that training wrote.",
      { cause: error },
    );
  }
}

/** The refusal of a file that is whole but not what is asked for. */
export function notOurs(file: string, why: string): InputError {
  return new InputError(
    `${file}: ${why}`,
    "a checkpoint of this version of the workbook",
    "Use another checkpoint, or train again.",
  );
}
