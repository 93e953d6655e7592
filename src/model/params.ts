import * as tf from "@tensorflow/tfjs-core";
import { createRandom } from "../random/random.js";
import type { Initializer, ParamSpec, Params } from "./layer.js";

/**
 * Makes the parameters that `specs` describe. Each tensor has its own random stream, named after it,
 * so adding a layer leaves the others as they were. The caller disposes them.
 */
export function initParams(specs: readonly ParamSpec[], seed: number): Params {
  const random = createRandom(seed).fork("init");
  return Object.fromEntries(
    specs.map(({ name, shape, initializer }) => [
      name,
      tf.tensor(initialValues(initializer, sizeOf(shape), random.fork(name).uniform), [...shape]),
    ]),
  );
}

/** How many numbers a model learns. */
export function countParameters(params: Params | readonly ParamSpec[]): number {
  const shapes = Array.isArray(params)
    ? (params as readonly ParamSpec[]).map((spec) => spec.shape)
    : Object.values(params as Params).map((tensor) => tensor.shape);
  return shapes.reduce((sum, shape) => sum + sizeOf(shape), 0);
}

/** Frees every tensor of a record. */
export function disposeParams(params: Params): void {
  for (const tensor of Object.values(params)) tensor.dispose();
}

/** All parameters in the order of `specs` as one vector: [P]. One tensor instead of hundreds makes the
 * optimiser and the moving average a dozen operations in all. */
export function flattenParams(specs: readonly ParamSpec[], params: Params): tf.Tensor1D {
  return tf.tidy(() => tf.concat1d(specs.map(({ name }) => flat(params[name], name))));
}

/** The inverse of {@link flattenParams}: cuts a vector [P] into the tensors of `specs`. */
export function unflattenParams(specs: readonly ParamSpec[], vector: tf.Tensor1D): Params {
  return tf.tidy(() => {
    const pieces = tf.split(
      vector,
      specs.map(({ shape }) => sizeOf(shape)),
    );
    return Object.fromEntries(
      specs.map(({ name, shape }, i) => [name, tf.reshape(pieces[i] ?? [], [...shape])]),
    );
  });
}

/** The number of elements of a tensor of this shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

function flat(tensor: tf.Tensor | undefined, name: string): tf.Tensor1D {
  if (tensor === undefined) throw new Error(`parameter ${name} is missing from the record`);
  return tf.reshape(tensor, [-1]);
}

function initialValues(initializer: Initializer, size: number, uniform: () => number): Float32Array {
  switch (initializer.kind) {
    case "zeros":
      return new Float32Array(size);
    case "ones":
      return new Float32Array(size).fill(1);
    case "variance-scaling": {
      const limit = Math.sqrt(6 / (initializer.fanIn + initializer.fanOut));
      return Float32Array.from({ length: size }, () => (2 * uniform() - 1) * limit);
    }
  }
}
