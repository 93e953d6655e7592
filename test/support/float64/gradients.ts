/** A layer in single precision against its reference in double precision: values and whole gradients. */
import * as tf from "@tensorflow/tfjs-core";
import { createRandom } from "../../../src/random/random.js";
import { type Array64, get, type Params64, size } from "./array.js";

/** The layer under test, twice, as functions of named arrays: its inputs and its parameters. */
export interface Subject {
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly apply: (arrays: Readonly<Record<string, tf.Tensor>>) => tf.Tensor;
  readonly reference: (arrays: Params64) => Array64;
  readonly seed?: number;
  /** Which arrays to compare the gradients of; all unless told otherwise. */
  readonly gradientsOf?: readonly string[];
}

/** The largest deviations found, as `deviation` measures them. */
export interface Deviations {
  readonly forward: number;
  /** For each input and parameter, of the gradient of a random linear function of the output. */
  readonly gradients: Readonly<Record<string, number>>;
}

/** Step of the central differences: their own error is about 1e-10 here, far below single precision. */
const STEP = 1e-5;

export async function compareWithReference(subject: Subject): Promise<Deviations> {
  const random = createRandom(subject.seed ?? 1);
  const draw = (shape: readonly number[], label: string): Array64 => {
    const { normal } = random.fork(label);
    // Rounded to single precision, so that both implementations see the same numbers.
    return { shape, data: Float64Array.from({ length: size(shape) }, () => Math.fround(0.5 * normal())) };
  };
  const arrays = Object.fromEntries(
    Object.entries(subject.shapes).map(([name, shape]) => [name, draw(shape, name)]),
  );
  const expected = subject.reference(arrays);
  const weights = draw(expected.shape, "weights of the output");
  const actual = await singlePrecision(subject, arrays, weights);
  const scalar = (): number => dot(subject.reference(arrays), weights);
  const compared = subject.gradientsOf ?? Object.keys(arrays);
  const gradients = compared.map((name) => {
    const array = get(arrays, name);
    const computed = actual.gradients[name];
    if (computed === undefined) throw new Error(`no gradient of ${name}`);
    return [name, deviation(computed, centralDifferences(scalar, array))] as const;
  });
  return { forward: deviation(actual.output, expected.data), gradients: Object.fromEntries(gradients) };
}

interface SinglePrecision {
  readonly output: ArrayLike<number>;
  readonly gradients: Readonly<Record<string, ArrayLike<number>>>;
}

async function singlePrecision(
  subject: Subject,
  arrays: Params64,
  weights: Array64,
): Promise<SinglePrecision> {
  const names = Object.keys(arrays);
  const inputs = Object.values(arrays).map(toTensor);
  const named = (tensors: tf.Tensor[]): Record<string, tf.Tensor> =>
    Object.fromEntries(tensors.map((tensor, i) => [names[i] ?? "", tensor]));
  const output = tf.tidy(() => subject.apply(named(inputs)));
  const weightTensor = toTensor(weights);
  const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) =>
    tf.sum(tf.mul(subject.apply(named(tensors)), weightTensor)),
  )(inputs);
  const read = await Promise.all(grads.map((gradient) => gradient.data()));
  const result = {
    output: await output.data(),
    gradients: Object.fromEntries(names.map((name, i) => [name, read[i] ?? []])),
  };
  tf.dispose([...inputs, ...grads, output, weightTensor, value]);
  return result;
}

function toTensor({ shape, data }: Array64): tf.Tensor {
  return tf.tensor(Float32Array.from(data), [...shape]);
}

function centralDifferences(f: () => number, { data }: Array64): Float64Array {
  return data.map((value, i) => {
    data[i] = value + STEP;
    const above = f();
    data[i] = value - STEP;
    const below = f();
    data[i] = value;
    return (above - below) / (2 * STEP);
  });
}

function dot(x: Array64, y: Array64): number {
  return x.data.reduce((sum, value, i) => sum + value * (y.data[i] ?? NaN), 0);
}

/** max |actual − expected| relative to max |expected|, absolute where that is below 1; infinite where lengths differ or a number is missing. */
export function deviation(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let error = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i += 1) {
    const difference = Math.abs((actual[i] ?? NaN) - (expected[i] ?? NaN));
    if (Number.isNaN(difference)) return Infinity;
    error = Math.max(error, difference);
    scale = Math.max(scale, Math.abs(expected[i] ?? 0));
  }
  return error / Math.max(scale, 1);
}
