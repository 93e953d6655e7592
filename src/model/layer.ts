import type * as tf from "@tensorflow/tfjs-core";

/**
 * The learned tensors of a model, by name: `down.0.0.block.conv1.kernel`. Masks of dropout, which are drawn anew in
 * every step of training, lie beside them under the names of `MaskSpec`; a layer without its mask drops nothing.
 */
export type Params = Readonly<Record<string, tf.Tensor>>;

/**
 * How a parameter starts. `variance-scaling` is the uniform distribution on ±√(6 / (fanIn + fanOut)),
 * the "fan_avg" initialiser with scale 1 of the DDPM code (Glorot & Bengio, 2010, Eq. 16).
 */
export type Initializer =
  | { readonly kind: "zeros" }
  | { readonly kind: "ones" }
  | { readonly kind: "variance-scaling"; readonly fanIn: number; readonly fanOut: number };

/** One learned tensor before it exists: what it is called, its shape, how it starts. */
export interface ParamSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
}

/** A mask of dropout before it is drawn: what it is called, its shape for one sample, and how much it drops. */
export interface MaskSpec {
  readonly name: string;
  /** Without the batch: [H, W, C]. */
  readonly shape: readonly number[];
  /** The probability that an element is dropped, in (0, 1). */
  readonly rate: number;
}

/**
 * A piece of a network: the parameters it owns and a pure function of them and of its inputs.
 * Names are decided when the layer is made, so `apply` only looks its tensors up.
 */
export interface Layer<Inputs extends readonly tf.Tensor[] = readonly [tf.Tensor]> {
  readonly specs: readonly ParamSpec[];
  /** The masks that it wants in training; none if left out. */
  readonly masks?: readonly MaskSpec[];
  readonly apply: (params: Params, ...inputs: Inputs) => tf.Tensor;
}

/** The parameter called `name`; a missing one is a bug or a checkpoint of another architecture. */
export function param(params: Params, name: string): tf.Tensor {
  const value = params[name];
  if (value === undefined) throw new Error(`parameter ${name} is missing from the record`);
  return value;
}
