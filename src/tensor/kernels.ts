/**
 * Kernels of TensorFlow that tfjs-core has no name for, registered with it so that tapes, memory and traces treat
 * them like its own: `BiasAdd`, and the kernels of setup/native/kernels.cc. Each function here falls back to, or
 * leaves the caller, what every backend can do.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { executeNative, type NativeAttribute } from "./native.js";

const names = {
  groupNorm: "WorkbookGroupNorm",
  groupNormGradient: "WorkbookGroupNormGradient",
  adam: "WorkbookAdam",
  biasAdd: "BiasAdd",
  biasAddGradient: "BiasAddGrad",
} as const;

export interface GroupNormOptions {
  readonly groups: number;
  /** Added to the variance. */
  readonly epsilon: number;
  /** Whether SiLU follows. */
  readonly activated: boolean;
}

/**
 * Group normalisation of x [B, …, C] with γ [C] and β [C], and SiLU behind it, in one kernel; undefined where the
 * backend has none.
 */
export function fusedGroupNorm(
  x: tf.Tensor,
  gamma: tf.Tensor,
  beta: tf.Tensor,
  options: GroupNormOptions,
): tf.Tensor | undefined {
  if (!has(names.groupNorm)) return undefined;
  const [y] = run(names.groupNorm, { x, gamma, beta }, { ...options });
  return y;
}

/** x [..., C] + bias [C]. */
export function biasAdd(x: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  if (!has(names.biasAdd)) return tf.add(x, bias);
  const [y] = run(names.biasAdd, { x, bias });
  return y ?? x;
}

/** Vectors [P] of a training step. */
export interface AdamVectors {
  readonly params: tf.Tensor;
  readonly ema: tf.Tensor;
  readonly mu: tf.Tensor;
  readonly nu: tf.Tensor;
}

/** The numbers of a training step; see `adam` in setup/native/kernels.cc, which reads them in this order. */
export interface AdamNumbers {
  readonly gradientFactor: number;
  readonly beta1: number;
  readonly beta2: number;
  /** −rate / (1 − β₁^step) and 1 / (1 − β₂^step). */
  readonly ofMu: number;
  readonly ofNu: number;
  readonly epsilon: number;
  /** The share that the parameters lose to weight decay. */
  readonly decay: number;
  /** The share by which the average moves towards the parameters. */
  readonly emaShare: number;
}

/** One step of AdamW and of the moving average, in one kernel; undefined where the backend has none. */
export function fusedAdam(
  gradient: tf.Tensor,
  vectors: AdamVectors,
  numbers: AdamNumbers,
): AdamVectors | undefined {
  if (!has(names.adam)) return undefined;
  const { gradientFactor, beta1, beta2, ofMu, ofNu, epsilon, decay, emaShare } = numbers;
  const moments = [beta1, 1 - beta1, beta2, 1 - beta2];
  const told = tf.tensor1d([gradientFactor, ...moments, ofMu, ofNu, epsilon, decay, emaShare]);
  const made = run(names.adam, { numbers: told, gradient, ...vectors });
  told.dispose();
  const [params, ema, mu, nu] = made as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  return { params, ema, mu, nu };
}

const has = (kernel: string, backend = tf.getBackend()): boolean =>
  // Its type promises a kernel always; for an unknown name there is none.
  (tf.getKernel(kernel, backend) as tf.KernelConfig | undefined) !== undefined;

function run(
  kernel: string,
  inputs: Readonly<Record<string, tf.Tensor>>,
  attributes: Readonly<Record<string, number | boolean>> = {},
): tf.Tensor[] {
  const found = tf.engine().runKernel<tf.Tensor | tf.Tensor[]>(kernel, { ...inputs }, { ...attributes });
  return Array.isArray(found) ? found : [found];
}

/** Makes the kernels known to tfjs-core for the backend `tensorflow`. `native`: those of our own as well. */
export function registerKernels(native: boolean): void {
  if (has(names.biasAdd, "tensorflow")) return;
  const T: NativeAttribute = { name: "T", value: "float32" };
  register(names.biasAdd, ["x", "bias"], 1, () => [T, { name: "data_format", value: "NHWC" }]);
  register(names.biasAddGradient, ["dy"], 1, () => [T, { name: "data_format", value: "NHWC" }]);
  tf.registerGradient({
    kernelName: names.biasAdd,
    gradFunc: (dy) => ({
      x: () => dy as tf.Tensor,
      bias: () => run(names.biasAddGradient, { dy: dy as tf.Tensor })[0] as tf.Tensor,
    }),
  });
  if (!native) return;
  registerGroupNorm();
  registerAdam();
}

function registerAdam(): void {
  register(names.adam, ["numbers", "gradient", "params", "ema", "mu", "nu"], 4, () => []);
}

function registerGroupNorm(): void {
  const forward = ({ groups, epsilon, activated }: Attributes): NativeAttribute[] => [
    { name: "groups", value: Number(groups), whole: true },
    { name: "epsilon", value: Number(epsilon) },
    { name: "activated", value: Boolean(activated) },
  ];
  register(names.groupNorm, ["x", "gamma", "beta"], 3, forward);
  register(names.groupNormGradient, ["dy", "x", "gamma", "beta", "mean", "rstd"], 3, (attributes) =>
    forward(attributes).filter(({ name }) => name !== "epsilon"),
  );
  tf.registerGradient({
    kernelName: names.groupNorm,
    inputsToSave: ["x", "gamma", "beta"],
    outputsToSave: [false, true, true],
    gradFunc: (dys, saved, attributes) => {
      const [dy] = dys as tf.Tensor[];
      const [x, gamma, beta, mean, rstd] = saved;
      const given = { dy, x, gamma, beta, mean, rstd } as Record<string, tf.Tensor>;
      const [dx, dgamma, dbeta] = run(names.groupNormGradient, given, attributes as Record<string, number>);
      const gradient = (tensor: tf.Tensor | undefined) => () => tensor as tf.Tensor;
      return { x: gradient(dx), gamma: gradient(dgamma), beta: gradient(dbeta) };
    },
  });
}

type Attributes = Readonly<Record<string, unknown>>;

function register(
  kernelName: string,
  inputNames: readonly string[],
  outputs: number,
  attributes: (given: Attributes) => readonly NativeAttribute[],
): void {
  tf.registerKernel({
    kernelName,
    backendName: "tensorflow",
    kernelFunc: ({ inputs, attrs }) => {
      const tensors = inputNames.flatMap((name) => inputs[name] ?? []);
      const found = executeNative(kernelName, attributes(attrs ?? {}), tensors, outputs);
      const [only] = found;
      return outputs === 1 && only !== undefined ? only : [...found];
    },
  });
}

/** Loads what setup/native/kernels.cc was compiled to; false where it was not. */
export function loadNativeKernels(): boolean {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve("@tensorflow/tfjs-node-gpu/package.json"));
  const file = join(folder, "lib", "napi-v8", "workbook_kernels.node");
  if (!existsSync(file)) return false;
  require(file);
  return true;
}
