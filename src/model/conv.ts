import * as tf from "@tensorflow/tfjs-core";
import { biasAdd } from "../tensor/kernels.js";
import { param, type Initializer, type Layer } from "./layer.js";

/**
 * A size×size convolution with "same" padding: [B, H, W, inputs] → [B, H / stride, W / stride, outputs].
 * `zero` starts it at zero, so that the block it closes begins as the identity (DDPM code, `init_scale=0`).
 */
export function conv(
  name: string,
  inputs: number,
  outputs: number,
  {
    size = 3,
    stride = 1,
    zero = false,
  }: { readonly size?: number; readonly stride?: number; readonly zero?: boolean } = {},
): Layer {
  const kernel = `${name}.kernel`;
  const bias = `${name}.bias`;
  const initializer: Initializer = zero
    ? { kind: "zeros" }
    : { kind: "variance-scaling", fanIn: inputs * size ** 2, fanOut: outputs * size ** 2 };
  return {
    specs: [
      { name: kernel, shape: [size, size, inputs, outputs], initializer },
      { name: bias, shape: [outputs], initializer: { kind: "zeros" } },
    ],
    apply: (params, x) =>
      biasAdd(
        tf.conv2d(x as tf.Tensor4D, param(params, kernel) as tf.Tensor4D, stride, "same"),
        param(params, bias),
      ),
  };
}
