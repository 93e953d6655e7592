import * as tf from "@tensorflow/tfjs-core";
import { biasAdd } from "../tensor/kernels.js";
import { param, type Initializer, type Layer } from "./layer.js";

/**
 * y = x W + b on the last axis: [..., inputs] → [..., outputs]. On images this is a 1×1 convolution
 * (the "network in network" of the DDPM code).
 */
export function dense(
  name: string,
  inputs: number,
  outputs: number,
  { zero = false }: { readonly zero?: boolean } = {},
): Layer {
  const kernel = `${name}.kernel`;
  const bias = `${name}.bias`;
  const initializer: Initializer = zero
    ? { kind: "zeros" }
    : { kind: "variance-scaling", fanIn: inputs, fanOut: outputs };
  return {
    specs: [
      { name: kernel, shape: [inputs, outputs], initializer },
      { name: bias, shape: [outputs], initializer: { kind: "zeros" } },
    ],
    apply: (params, x) => {
      // One large product instead of a batch of small ones.
      const rows = tf.reshape(x, [-1, inputs]);
      const y = biasAdd(tf.matMul(rows, param(params, kernel)), param(params, bias));
      return tf.reshape(y, [...x.shape.slice(0, -1), outputs]);
    },
  };
}
