/**
 * Elementwise arithmetic that serves three kinds of samples with one formula: a `number` or a
 * `Float64Array` in double precision (checks, figures), a tensor in single precision (training).
 * The functions of `diffusion/` are affine in their samples, so `combine` writes nearly all of them.
 */
import { types } from "node:util";
import * as tf from "@tensorflow/tfjs-core";
import { InputError } from "../error.js";

// Not `instanceof`: the cells of a notebook may make their arrays in another realm.
const { isFloat64Array } = types;

/** One number, an array of shape [B, …] laid out row by row, or a tensor of shape [B, …]. */
export type Samples = number | Float64Array | tf.Tensor;

/** The kind that comes out when `S` goes in: `0.5` is a number again, a `Tensor4D` stays one. */
export type SameKind<S extends Samples> = S extends number ? number : S;

/** One coefficient for all samples, or one for each sample of the leading axis, of length B. */
export type Coefficient = number | Float64Array;

/** The same formula twice: on numbers, and on tensors (coefficients are numbers or of shape [B, 1, …]). */
export interface Formula {
  readonly float64: (samples: readonly number[], coefficients: readonly number[]) => number;
  readonly tensor: (
    samples: readonly tf.Tensor[],
    coefficients: readonly (number | tf.Tensor)[],
  ) => tf.Tensor;
}

/**
 * Applies `formula` element by element.
 * @param samples named samples of one kind and one shape; the names appear in error messages
 * @param coefficients each a number, or one number per sample of the leading axis
 * @returns new samples of the same kind and shape; intermediate tensors are disposed
 * @throws InputError if kinds, shapes or the number of coefficients do not fit
 */
export function elementwise<S extends Samples>(
  samples: Readonly<Record<string, S>>,
  coefficients: readonly Coefficient[],
  formula: Formula,
): SameKind<S> {
  checkSameShape(samples);
  const values: readonly Samples[] = Object.values(samples);
  const [first] = values;
  if (first === undefined) throw new RangeError("elementwise: no samples");
  for (const coefficient of coefficients) checkPerSample(coefficient, first);

  const result = allNumbers(values)
    ? formula.float64(values, coefficients.map(firstEntry))
    : allArrays(values)
      ? overArrays(values, coefficients, formula.float64)
      : overTensors(values as readonly tf.Tensor[], coefficients, formula.tensor);
  return result as SameKind<S>;
}

/**
 * The affine combination Σ coefficient · samples, e.g.
 * `combine({ xStart: [Math.sqrt(alphaBar), xStart], noise: [Math.sqrt(1 - alphaBar), noise] })`.
 * @throws InputError as `elementwise` does
 */
export function combine<S extends Samples>(
  terms: Readonly<Record<string, readonly [Coefficient, S]>>,
): SameKind<S> {
  const samples = Object.fromEntries(Object.entries(terms).map(([name, [, value]]) => [name, value]));
  const coefficients = Object.values(terms).map(([coefficient]) => coefficient);
  return elementwise<S>(samples, coefficients, {
    float64: (x, c) => x.reduce((sum, value, i) => sum + (c[i] ?? 0) * value, 0),
    tensor: (x, c) => x.map((value, i) => tf.mul(value, c[i] ?? 0)).reduce((sum, term) => tf.add(sum, term)),
  });
}

/** Every element moved into [low, high]. */
export function clip<S extends Samples>(x: S, low: number, high: number): SameKind<S> {
  return elementwise<S>({ x }, [], {
    float64: ([value = NaN]) => Math.min(Math.max(value, low), high),
    tensor: ([value]) => tf.clipByValue(value as tf.Tensor, low, high),
  });
}

/** One number for each sample: of shape [B] for a tensor, of length B for an array. */
export type PerSample<S extends Samples> = S extends number
  ? number
  : S extends tf.Tensor
    ? tf.Tensor1D
    : Float64Array;

/**
 * The mean over the coordinates of each sample.
 * @param count B, which an array does not tell by itself; a tensor and a number do
 */
export function meanPerSample<S extends Samples>(x: S, count: number): PerSample<S> {
  const mean = (): Samples => {
    if (typeof x === "number") return x;
    if (isFloat64Array(x)) {
      const size = x.length / count;
      const ofSample = (_: unknown, i: number): number =>
        x.subarray(i * size, (i + 1) * size).reduce((sum, value) => sum + value / size, 0);
      return Float64Array.from({ length: count }, ofSample);
    }
    return tf.tidy(() => tf.mean(tf.reshape(x, [batchSize(x) ?? count, -1]), 1));
  };
  return mean() as PerSample<S>;
}

/** Runs `compute` and disposes every tensor made in it but those in its result (an object or array of samples). */
export function tidySamples<T>(compute: () => T): T {
  return tf.tidy(() => compute() as tf.TensorContainer) as T;
}

/** How error messages speak of samples: `a tensor of shape [4, 2]`. */
export function describeSamples(value: unknown): string {
  if (typeof value === "number") return `the number ${value}`;
  if (isFloat64Array(value)) return `a Float64Array of length ${value.length}`;
  if (isTensor(value)) return `a tensor of shape [${value.shape.join(", ")}]`;
  return Array.isArray(value) ? "a plain array" : `a ${typeof value}`;
}

/** The length of the leading axis if it is known: a typed array does not tell. */
export function batchSize(value: Samples): number | undefined {
  if (typeof value === "number") return 1;
  return isFloat64Array(value) ? undefined : value.rank === 0 ? 1 : value.shape[0];
}

function checkSameShape(samples: Readonly<Record<string, Samples>>): void {
  const [first, ...others] = Object.entries(samples);
  if (first === undefined) return;
  const [reference, model] = first;
  for (const [name, value] of [first, ...others]) {
    if (!isSamples(value)) {
      throw new InputError(
        `${name} is ${describeSamples(value)}`,
        "a number, a Float64Array or a tensor",
        "Convert it, e.g. with Float64Array.from(…) or tf.tensor(…).",
      );
    }
    if (shapeKey(value) !== shapeKey(model)) {
      throw new InputError(
        `${name} is ${describeSamples(value)}`,
        `the kind and shape of ${reference}, ${describeSamples(model)}`,
        `Give ${reference} and ${name} the same kind and shape.`,
      );
    }
  }
}

function checkPerSample(coefficient: Coefficient, samples: Samples): void {
  if (typeof coefficient === "number") return;
  const size = batchSize(samples);
  const fits = isFloat64Array(samples)
    ? coefficient.length > 0 && samples.length % coefficient.length === 0
    : coefficient.length === size;
  if (!fits) {
    throw new InputError(
      `${coefficient.length} coefficients for ${describeSamples(samples)}`,
      "one coefficient per sample of the leading axis",
      "Give one coefficient for all samples, or one for each.",
    );
  }
}

function isSamples(value: unknown): value is Samples {
  return typeof value === "number" || isFloat64Array(value) || isTensor(value);
}

function isTensor(value: unknown): value is tf.Tensor {
  return value instanceof tf.Tensor;
}

function shapeKey(value: Samples): string {
  if (typeof value === "number") return "number";
  return isFloat64Array(value) ? `array ${value.length}` : `tensor ${value.shape.join(",")}`;
}

function allNumbers(values: readonly Samples[]): values is readonly number[] {
  return values.every((value) => typeof value === "number");
}

function allArrays(values: readonly Samples[]): values is readonly Float64Array[] {
  return values.every((value) => isFloat64Array(value));
}

function firstEntry(coefficient: Coefficient): number {
  return typeof coefficient === "number" ? coefficient : (coefficient[0] ?? NaN);
}

function overArrays(
  arrays: readonly Float64Array[],
  coefficients: readonly Coefficient[],
  formula: Formula["float64"],
): Float64Array {
  const length = arrays[0]?.length ?? 0;
  const result = new Float64Array(length);
  const entries = arrays.map(() => 0); // reused from element to element
  const ofElement = coefficients.map(firstEntry);
  for (let i = 0; i < length; i += 1) {
    arrays.forEach((array, k) => (entries[k] = array[i] ?? NaN));
    coefficients.forEach((c, k) => {
      if (typeof c !== "number") ofElement[k] = c[Math.floor((i * c.length) / length)] ?? NaN;
    });
    result[i] = formula(entries, ofElement);
  }
  return result;
}

function overTensors(
  tensors: readonly tf.Tensor[],
  coefficients: readonly Coefficient[],
  formula: Formula["tensor"],
): tf.Tensor {
  const rank = tensors[0]?.rank ?? 0;
  // One number per sample becomes a tensor of shape [B, 1, …], which broadcasts over the sample.
  const broadcastable = (c: Coefficient): number | tf.Tensor =>
    typeof c === "number"
      ? c
      : tf.tensor(Float32Array.from(c), [c.length, ...Array<number>(rank - 1).fill(1)]);
  return tf.tidy(() => formula(tensors, coefficients.map(broadcastable)));
}
