/** Which step of the process: checked against the schedule and the samples, then looked up in a table. */
import { types } from "node:util";
import { InputError } from "../error.js";
import { batchSize, describeSamples, type Samples } from "../tensor/affine.js";
import type { Schedule } from "./schedule.js";

/** One t for all samples, or one for each sample of the leading axis. */
export type Timestep = number | Int32Array;

/** What a table holds at `t`: a number for one t, an array for one t per sample. */
export type CoefficientAt<T extends Timestep> = T extends number ? number : Float64Array;

/** Reads tables at the steps it was made for: the entry itself, or a formula of several entries. */
export interface Lookup<T extends Timestep> {
  (table: Float64Array): CoefficientAt<T>;
  (formula: (...entries: number[]) => number, ...tables: readonly Float64Array[]): CoefficientAt<T>;
}

/**
 * Checks `t` and returns the look-up of its coefficients.
 * @param samples named samples that `t` belongs to; one t per sample must match their leading axis
 * @param first the smallest t that makes sense: 0 if clean data is meant too, else 1
 * @throws InputError if t is not an integer, lies outside first … T, or does not match the samples
 */
export function lookupAt<T extends Timestep>(
  schedule: Schedule,
  t: T,
  samples: Readonly<Record<string, Samples>>,
  first: 0 | 1 = 1,
): Lookup<T> {
  checkTimestep(schedule, t, samples, first);
  return (what: Float64Array | ((...entries: number[]) => number), ...tables: readonly Float64Array[]) => {
    const at =
      typeof what !== "function"
        ? (step: number): number => what[step] ?? NaN
        : (step: number): number => what(...tables.map((table) => table[step] ?? NaN));
    return (types.isInt32Array(t) ? Float64Array.from(t, at) : at(t)) as CoefficientAt<T>;
  };
}

/** The checks of `lookupAt` alone. */
export function checkTimestep(
  schedule: Schedule,
  t: Timestep,
  samples: Readonly<Record<string, Samples>>,
  first: 0 | 1 = 1,
): void {
  if (!types.isInt32Array(t)) {
    checkStep("t", t, schedule, first);
    return;
  }
  checkLength(t, samples);
  t.forEach((value, i) => checkStep(`t[${i}]`, value, schedule, first));
}

/** One t per sample, as a network wants it: of length B, or of length 1 where B is not known. */
export function timestepPerSample(t: Timestep, samples: Samples): Int32Array {
  return types.isInt32Array(t) ? t : new Int32Array(batchSize(samples) ?? 1).fill(t);
}

function checkStep(name: string, value: unknown, schedule: Schedule, first: number): void {
  const { T } = schedule;
  if (typeof value === "number" && Number.isInteger(value) && value >= first && value <= T) return;
  throw new InputError(
    `${name} = ${String(value)}`,
    `an integer from ${first} to T = ${T}`,
    first === 0
      ? "Steps count from 1 as in the paper; 0 is clean data."
      : "Steps count from 1 as in the paper; no step leads to t = 0 but the one from t = 1.",
  );
}

function checkLength(t: Int32Array, samples: Readonly<Record<string, Samples>>): void {
  for (const [name, value] of Object.entries(samples)) {
    const size = batchSize(value);
    const fits = size === undefined ? t.length > 0 && lengthOf(value) % t.length === 0 : t.length === size;
    if (fits) continue;
    throw new InputError(
      `t has ${t.length} entries`,
      `one for each sample of ${name}, which is ${describeSamples(value)}`,
      "Give one t for all samples, or an Int32Array with one t for each.",
    );
  }
}

function lengthOf(value: Samples): number {
  return types.isFloat64Array(value) ? value.length : 1;
}
