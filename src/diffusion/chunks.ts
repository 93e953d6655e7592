/** Large batches in pieces, so that a network's memory is bounded by the piece and not by the batch. */
import * as tf from "@tensorflow/tfjs-core";
import { InputError } from "../error.js";

/** Numbers of a piece unless told otherwise: 167 images of 28×28, 42 of 32×32×3. */
const NUMBERS = 2 ** 17;

/**
 * The shapes of the pieces of a batch.
 * @param shape [B, …]
 * @param chunk the most samples in one piece, at least 1; by default as many as have 131,072 numbers, at least one
 * @throws InputError if the shape is not one of positive integers, or chunk is not one
 */
export function chunkShapes(shape: readonly number[], chunk?: number): readonly (readonly number[])[] {
  checkShape(shape);
  const [batch = 0, ...sample] = shape;
  const size = chunk ?? Math.max(1, Math.floor(NUMBERS / tf.util.sizeFromShape(sample)));
  if (!(Number.isSafeInteger(size) && size >= 1))
    throw new InputError(
      `chunk = ${size}`,
      "a positive integer, the most samples that the network sees at once",
      "Leave it out to get a fitting one.",
    );
  return Array.from({ length: Math.ceil(batch / size) }, (_, i) => [
    Math.min(size, batch - i * size),
    ...sample,
  ]);
}

/** The pieces of a batch, new tensors; x stays the caller's. */
export function cutIntoChunks(x: tf.Tensor, chunk?: number): tf.Tensor[] {
  const shapes = chunkShapes(x.shape, chunk);
  return tf.tidy(() =>
    tf.split(
      x,
      shapes.map(([size = 0]) => size),
    ),
  );
}

/** The numbers of all tensors, one after another: a copy, for what a backend hands out may be its own memory. */
export async function readAll(tensors: readonly tf.Tensor[]): Promise<Float32Array> {
  const result = new Float32Array(tensors.reduce((sum, { size }) => sum + size, 0));
  let at = 0;
  for (const tensor of tensors) {
    result.set(await tensor.data<"float32">(), at);
    at += tensor.size;
  }
  return result;
}

function checkShape(shape: readonly number[]): void {
  if (shape.length > 0 && shape.every((size) => Number.isSafeInteger(size) && size > 0)) return;
  throw new InputError(
    `shape = [${shape.join(", ")}]`,
    "positive integers, the number of samples first",
    "Give e.g. [16, 28, 28, 1] for sixteen images.",
  );
}
