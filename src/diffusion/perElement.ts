/** Formulas whose parameters may differ from element to element, as a learned variance does. */
import * as tf from "@tensorflow/tfjs-core";
import {
  type Coefficient,
  elementwise,
  type Formula,
  type SameKind,
  type Samples,
} from "../tensor/affine.js";

/** One number for all samples, one for each sample of the leading axis, or one for each element: of the kind of `S`. */
export type PerElement<S extends Samples> = Coefficient | S;

/**
 * `elementwise` with named parameters of any of these kinds. The formula receives them as its coefficients.
 * @throws InputError if kinds or shapes do not fit
 */
export function elementwiseWith<S extends Samples>(
  samples: Readonly<Record<string, S>>,
  parameters: Readonly<Record<string, PerElement<S>>>,
  formula: Formula,
): SameKind<S> {
  const entries = Object.entries(parameters);
  const tensors = entries.filter(([, value]) => isTensor(value)) as [string, S][];
  // A Float64Array with one number per element is a coefficient of full length; only tensors are samples of their own.
  const coefficients = entries.map(([, value]) => value).filter((value) => !isTensor(value)) as Coefficient[];
  const count = Object.keys(samples).length;
  return elementwise<S>({ ...samples, ...Object.fromEntries(tensors) }, coefficients, {
    float64: formula.float64,
    tensor: (values, given) => {
      const [own, others] = [values.slice(count), [...given]];
      const inOrder = entries.map(([, value]) => (isTensor(value) ? own.shift() : others.shift()) ?? NaN);
      return formula.tensor(values.slice(0, count), inOrder);
    },
  });
}

function isTensor(value: unknown): value is tf.Tensor {
  return value instanceof tf.Tensor;
}
