/** What of tfjs-node lies below tfjs-core: its binding, which runs any operation of TensorFlow by its name. */
import * as tf from "@tensorflow/tfjs-core";

/** An attribute of an operation, as the binding wants it; `type` is one of its `TF_ATTR_…`. */
export interface BindingAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** A tensor that the binding made: `dtype` is one of its `TF_…`. */
export interface BindingTensor {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

type NativeData = Float32Array | Int32Array | Uint8Array;

/** The part of tfjs-node's binding that is used here. */
export interface Binding {
  readonly TF_Version: string;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_BOOL: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  readonly createTensor: (shape: number[], dtype: number, data: NativeData) => number;
  readonly deleteTensor: (id: number) => void;
  readonly tensorDataSync: (id: number) => NativeData;
  readonly executeOp: (
    name: string,
    attributes: readonly BindingAttribute[],
    inputs: readonly number[],
    outputs: number,
  ) => BindingTensor[];
  readonly loadSavedModel: (directory: string, tags: string) => number;
  readonly deleteSavedModel: (id: number) => void;
  readonly runSavedModel: (
    id: number,
    inputs: readonly number[],
    inputNames: string,
    outputNames: string,
  ) => BindingTensor[];
}

/** Of tfjs-node's backend class, the members used here. */
export interface NativeBackend {
  binding: Binding;
  readonly isUsingGpuDevice: boolean;
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): number[];
  createOutputTensor(tensor: BindingTensor): tf.Tensor;
}

/** The backend `tensorflow`. @throws Error if it was not loaded */
export function nativeBackend(): NativeBackend {
  const backend: unknown = tf.findBackend("tensorflow");
  if (backend === null || backend === undefined) throw new Error("the backend tensorflow is not loaded");
  return backend as NativeBackend;
}

/** `whole`: the number is an integer attribute. A dtype is given by its name. */
export interface NativeAttribute {
  readonly name: string;
  readonly value: number | boolean | "float32" | "NHWC";
  readonly whole?: boolean;
}

/** Runs an operation of TensorFlow on the backend `tensorflow`. */
export function executeNative(
  operation: string,
  attributes: readonly NativeAttribute[],
  inputs: readonly tf.TensorInfo[],
  outputs: number,
): readonly tf.Tensor[] {
  const backend = nativeBackend();
  const { binding } = backend;
  const given = attributes.map((attribute) => bindingAttribute(binding, attribute));
  return binding
    .executeOp(operation, given, backend.getInputTensorIds(inputs), outputs)
    .map((tensor) => backend.createOutputTensor(tensor));
}

function bindingAttribute(binding: Binding, { name, value, whole }: NativeAttribute): BindingAttribute {
  if (value === "float32") return { name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
  if (typeof value === "string") return { name, type: binding.TF_ATTR_STRING, value };
  if (typeof value === "boolean") return { name, type: binding.TF_ATTR_BOOL, value };
  return { name, type: whole === true ? binding.TF_ATTR_INT : binding.TF_ATTR_FLOAT, value };
}
