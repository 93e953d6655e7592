/** σ_t² of the reverse process: the two fixed choices of Ho et al. (2020), and what a network may say itself. */
import { types } from "node:util";
import * as tf from "@tensorflow/tfjs-core";
import { InputError } from "../error.js";
import { describeSamples, elementwise, type Samples } from "../tensor/affine.js";
import type { Schedule } from "./schedule.js";
import { lookupAt, type Timestep } from "./timestep.js";

// Not `instanceof`: the cells of a notebook may make their arrays in another realm.
const { isFloat64Array } = types;

/** σ_t² = β̃_t ("fixedSmall") or β_t ("fixedLarge"), Ho et al. 2020, Section 3.2. */
export type FixedVariance = "fixedSmall" | "fixedLarge";

/**
 * The second half of the network's output, v, says how wide the step is: "learned" takes it as log σ² itself,
 * "learnedRange" as the place between log β̃_t at −1 and log β_t at 1 (Nichol and Dhariwal 2021, Eq. 15, where
 * their v is (v + 1)/2).
 */
export type LearnedVariance = "learned" | "learnedRange";

export type VarianceKind = FixedVariance | LearnedVariance;

/** Whether a network of this kind has an output of twice the size. @throws InputError if there is no such kind */
export function isLearned(kind: VarianceKind): kind is LearnedVariance {
  switch (kind) {
    case "fixedSmall":
    case "fixedLarge":
      return false;
    case "learned":
    case "learnedRange":
      return true;
    default:
      throw new InputError(
        `variance = ${String(kind)}`,
        `"fixedSmall", "fixedLarge", "learned" or "learnedRange"`,
        "Leave it out to get fixedSmall.",
      );
  }
}

/** The tables of a fixed variance; the logarithm is finite at t = 1 for both: log β̃_2. */
export function fixedVarianceTables(
  schedule: Schedule,
  kind: FixedVariance,
): { readonly variance: Float64Array; readonly logVariance: Float64Array } {
  return kind === "fixedLarge"
    ? { variance: schedule.fixedLargeVariance, logVariance: schedule.fixedLargeVariance.map(Math.log) }
    : { variance: schedule.posteriorVariance, logVariance: schedule.posteriorLogVarianceClipped };
}

/** What log σ² is made of with "learnedRange": middle + half · v, tables by t. */
export function learnedRangeTables(schedule: Schedule): {
  readonly middle: Float64Array;
  readonly half: Float64Array;
} {
  const low = schedule.posteriorLogVarianceClipped;
  const high = schedule.beta.map(Math.log);
  return {
    middle: low.map((value, t) => (value + (high[t] ?? NaN)) / 2),
    half: low.map((value, t) => ((high[t] ?? NaN) - value) / 2),
  };
}

/** log σ² for each element, from v of the shape of x_t. */
export function learnedLogVariance(
  schedule: Schedule,
  v: Samples,
  t: Timestep,
  kind: LearnedVariance,
): Samples {
  if (kind === "learned") return v;
  const at = lookupAt(schedule, t, { v });
  const { middle, half } = learnedRangeTables(schedule);
  return elementwise<Samples>({ v }, [at(middle), at(half)], {
    float64: ([x = NaN], [m = NaN, h = NaN]) => m + h * x,
    tensor: ([x], [m = NaN, h = NaN]) => tf.add(tf.mul(x as tf.Tensor, h), m),
  });
}

/**
 * Takes apart an output of twice the size of x_t: a tensor along its last axis, a Float64Array in the middle.
 * @throws InputError if it is not of twice the size
 */
export function splitOutput(output: Samples, xt: Samples): readonly [prediction: Samples, v: Samples] {
  if (output instanceof tf.Tensor && xt instanceof tf.Tensor) {
    const doubled = [...xt.shape.slice(0, -1), 2 * (xt.shape.at(-1) ?? NaN)];
    if (output.shape.join() === doubled.join())
      return tf.split(output, 2, output.rank - 1) as [tf.Tensor, tf.Tensor];
  }
  if (isFloat64Array(output) && isFloat64Array(xt) && output.length === 2 * xt.length)
    return [output.subarray(0, xt.length), output.subarray(xt.length)];
  throw new InputError(
    `the network's output is ${describeSamples(output)}`,
    `twice the size of x_t, ${describeSamples(xt)}, along the last axis`,
    "Make the network with learnedVariance, or choose a fixed variance.",
  );
}
