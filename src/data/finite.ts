/** Batches from a finite set: shuffled epochs that are a pure function of the seed. */
import { createRandom } from "../random/random.js";
import type { BatchRequest } from "./dataset.js";

/**
 * Picks the samples of a batch. Batch `step` takes the places step·size … of an endless row of epochs,
 * each a new permutation of 0 … count − 1, so every sample is seen once before any is seen again.
 * @param count the number of samples, at least 1
 */
export type Picker = (request: Required<BatchRequest>) => readonly number[];

/** Makes the picker of a set of `count` samples; remembers the permutations it used last. */
export function shuffledPicker(count: number): Picker {
  const remembered = new Map<string, Int32Array>();
  const permutationOf = (seed: number, split: string, epoch: number): Int32Array => {
    const key = JSON.stringify([seed, split, epoch]);
    const permutation = remembered.get(key) ?? shuffled(count, seed, split, epoch);
    if (!remembered.has(key) && remembered.size >= 2) remembered.clear(); // two epochs may meet in a batch
    remembered.set(key, permutation);
    return permutation;
  };
  return ({ size, step, seed, split }) =>
    Array.from({ length: size }, (_, i) => {
      const place = step * size + i;
      return permutationOf(seed, split, Math.floor(place / count))[place % count] ?? 0;
    });
}

/** Fisher and Yates's shuffle. */
function shuffled(count: number, seed: number, split: string, epoch: number): Int32Array {
  const random = createRandom(seed).fork("epoch", split, epoch);
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i -= 1) {
    const j = random.integer(0, i);
    const value = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = value;
  }
  return order;
}
