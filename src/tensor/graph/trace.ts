/**
 * Records what a function does to tensors, as a graph of TensorFlow's operations. Every kernel of tfjs-node ends in
 * one call of the binding, `executeOp(operation, attributes, inputs)`; during a trace the binding is replaced by one that
 * runs the operation as ever and writes it down. So the graph holds exactly what ran, gradients included, and no
 * kernel has to be translated.
 */
import type * as tf from "@tensorflow/tfjs-core";
import { nativeBackend, type Binding, type BindingAttribute } from "../native.js";

/** One operation of the graph; `inputs` are outputs of earlier ones, as `name:index`. */
export interface GraphNode {
  readonly name: string;
  readonly operation: string;
  readonly inputs: readonly string[];
  readonly attributes: readonly BindingAttribute[];
  /** The value of a `Const`. */
  readonly constant?: Constant;
}

export interface Constant {
  readonly shape: readonly number[];
  readonly dtype: number;
  readonly data: Uint8Array;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  /** The placeholders of the inputs and what stands for the outputs, as `name:index`, in order. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * Runs `f` once and records it.
 * @param inputs what the graph is to be fed; every other tensor that `f` uses must be made in it, and becomes a constant.
 * One of outside is refused, if TensorFlow holds it already; tfjs-node hands it data only when it is first used
 * @param f must not read a value of a tensor: what it decided by it would hold for every later run
 * @param constants tensors of outside that `f` uses and that stay as they are: the graph holds their values
 * @returns the graph, and what `f` returned; the caller disposes these tensors
 * @throws Error if `f` uses a tensor made outside, or reads one
 */
export function traceGraph(
  inputs: readonly tf.Tensor[],
  constants: readonly tf.Tensor[],
  f: () => readonly tf.Tensor[],
): { readonly graph: Graph; readonly results: readonly tf.Tensor[] } {
  const backend = nativeBackend();
  const real = backend.binding;
  const recorder = new Recorder(real);
  backend
    .getInputTensorIds(inputs)
    .forEach((id, at) => recorder.placeholder(id, at, inputs[at] as tf.Tensor));
  backend.getInputTensorIds(constants).forEach((id, at) => recorder.given(id, constants[at] as tf.Tensor));
  backend.binding = recorder.binding();
  try {
    const results = f();
    const outputs = backend.getInputTensorIds(results).map((id) => recorder.sourceOf(id, "the result"));
    const names = inputs.map((_, at) => `${inputName(at)}:0`);
    return { graph: { nodes: recorder.nodes, inputs: names, outputs }, results };
  } finally {
    backend.binding = real;
  }
}

const inputName = (at: number): string => `input${at}`;

class Recorder {
  readonly nodes: GraphNode[] = [];
  /** Of each tensor of the binding: the output that it is. */
  private readonly sources = new Map<number, string>();

  constructor(private readonly real: Binding) {}

  placeholder(id: number, at: number, { shape, dtype }: tf.Tensor): void {
    const { TF_ATTR_TYPE, TF_ATTR_SHAPE } = this.real;
    const type = this.typeOf(dtype);
    this.add(
      inputName(at),
      "Placeholder",
      [],
      [
        { name: "dtype", type: TF_ATTR_TYPE, value: type },
        { name: "shape", type: TF_ATTR_SHAPE, value: shape },
      ],
    );
    this.sources.set(id, `${inputName(at)}:0`);
  }

  /** A tensor of outside that becomes a constant. */
  given(id: number, { shape, dtype }: tf.Tensor): void {
    this.constant(id, shape, this.typeOf(dtype), this.real.tensorDataSync(id));
  }

  private typeOf(dtype: tf.DataType): number {
    const { TF_FLOAT, TF_INT32, TF_BOOL } = this.real;
    const types: Readonly<Record<string, number>> = { float32: TF_FLOAT, int32: TF_INT32, bool: TF_BOOL };
    const type = types[dtype];
    if (type !== undefined) return type;
    throw new Error(`a tensor of type ${dtype} for a graph, which takes ${Object.keys(types).join(", ")}`);
  }

  private constant(id: number, shape: readonly number[], dtype: number, values: ArrayBufferView): void {
    const name = `constant${this.nodes.length}`;
    const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
    this.add(name, "Const", [], [], { shape: [...shape], dtype, data });
    this.sources.set(id, `${name}:0`);
  }

  sourceOf(id: number, user: string): string {
    const source = this.sources.get(id);
    if (source !== undefined) return source;
    throw new Error(`${user} depends on a tensor that was made before the trace and is none of its inputs`);
  }

  /** The binding with three methods of its own; all else is that of the real one. */
  binding(): Binding {
    const { real } = this;
    const own: Partial<Binding> = {
      createTensor: (shape, dtype, data) => {
        const id = real.createTensor(shape, dtype, data);
        this.constant(id, shape, dtype, data);
        return id;
      },
      executeOp: (operation, attributes, inputs, outputs) => {
        const made = real.executeOp(operation, attributes, inputs, outputs);
        const name = `${operation}${this.nodes.length}`;
        this.add(
          name,
          operation,
          inputs.map((id) => this.sourceOf(id, operation)),
          attributes,
        );
        made.forEach(({ id }, at) => this.sources.set(id, `${name}:${at}`));
        return made;
      },
      tensorDataSync: () => {
        throw new Error("a function that is traced must not read the value of a tensor");
      },
    };
    // Not with the real one as its target: a proxy may not hide properties that are read-only there.
    return new Proxy({} as Binding, { get: (_, key: keyof Binding) => own[key] ?? real[key] });
  }

  private add(
    name: string,
    operation: string,
    inputs: readonly string[],
    attributes: readonly BindingAttribute[],
    constant?: Constant,
  ): void {
    this.nodes.push({ name, operation, inputs, attributes, ...(constant === undefined ? {} : { constant }) });
  }
}
