/** Functions of tensors that are traced once and then run as one TensorFlow graph, instead of operation by operation. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { nativeBackend } from "../native.js";
import { savedModel, tag } from "./savedModel.js";
import { traceGraph } from "./trace.js";

/** Tensors by name. */
export type Tensors<Name extends string = string> = Readonly<Record<Name, tf.Tensor>>;

export interface Compiled<Input extends string, Output extends string> {
  /** The function at these inputs. The caller disposes the results; the inputs stay. */
  readonly run: (inputs: Tensors<Input>) => Tensors<Output>;
  /** Frees the graphs. A later `run` traces anew. */
  readonly dispose: () => void;
}

/** At most this many graphs of one function are held: each shape of the inputs needs its own. */
const mostGraphs = 8;

/**
 * `f` as a graph. On the backend `tensorflow` on a CPU, the first run with inputs of a shape traces `f`: TensorFlow
 * then fuses operations, runs independent ones at once, and nothing goes back and forth between JavaScript
 * and TensorFlow. Elsewhere `f` itself runs.
 *
 * Results depend on the inputs alone, the first run's too: what the trace itself computed is dropped, as the graph may
 * round otherwise.
 *
 * @param constants tensors of outside that `f` uses, such as the weights of a finished network: a graph holds their values
 *   of its first run, and TensorFlow may prepare them once for all runs
 * @param f a pure function: no value of a tensor is read in it, every number that changes from run to run is an input
 */
export function compiled<Input extends string, Output extends string>(
  f: (inputs: Tensors<Input>) => Tensors<Output>,
  constants: readonly tf.Tensor[] = [],
): Compiled<Input, Output> {
  const graphs = new Map<string, LoadedGraph>();
  const drop = (key: string): void => {
    graphs.get(key)?.dispose();
    graphs.delete(key);
  };
  return {
    run: (inputs) => {
      if (!runsGraphs()) return tf.tidy(() => f(inputs) as tf.TensorContainer) as Tensors<Output>;
      const names = Object.keys(inputs).sort() as Input[];
      const tensors = names.map((name): tf.Tensor => inputs[name]);
      const key = tensors
        .map(({ shape, dtype }, at) => `${names[at]} ${dtype} ${shape.join("×")}`)
        .join(", ");
      const known = graphs.get(key) ?? load(tensors, names, constants, f);
      // The one used last is the last to be dropped.
      graphs.delete(key);
      graphs.set(key, known);
      const [oldest] = graphs.keys();
      if (graphs.size > mostGraphs && oldest !== undefined) drop(oldest);
      return known.run(tensors);
    },
    dispose: () => [...graphs.keys()].forEach(drop),
  };
}

/** On a GPU every input and result of a session would travel through the memory of the CPU. */
const runsGraphs = (): boolean => tf.getBackend() === "tensorflow" && !nativeBackend().isUsingGpuDevice;

interface LoadedGraph {
  run(inputs: readonly tf.Tensor[]): Tensors;
  dispose(): void;
}

function load<Input extends string, Output extends string>(
  tensors: readonly tf.Tensor[],
  names: readonly Input[],
  constants: readonly tf.Tensor[],
  f: (inputs: Tensors<Input>) => Tensors<Output>,
): LoadedGraph {
  const inputs = Object.fromEntries(names.map((name, at) => [name, tensors[at]])) as Tensors<Input>;
  let outputs: string[] = [];
  const { graph, results } = traceGraph(tensors, constants, () =>
    tf.tidy(() => {
      const found = f(inputs);
      outputs = Object.keys(found);
      return Object.values<tf.Tensor>(found);
    }),
  );
  const fed = graph.outputs.findIndex((output) => graph.inputs.includes(output));
  if (fed !== -1)
    throw new Error(`the result ${outputs[fed]} is an input as it is: give what the graph computes`);
  tf.dispose([...results]);
  const backend = nativeBackend();
  const { binding } = backend;
  const id = loadModel(savedModel(graph, binding), (directory) => binding.loadSavedModel(directory, tag));
  return {
    run: (given) => {
      const ids = backend.getInputTensorIds(given);
      const made = binding.runSavedModel(id, ids, graph.inputs.join(","), graph.outputs.join(","));
      const tensors = made.map((tensor) => backend.createOutputTensor(tensor));
      return Object.fromEntries(outputs.map((name, at) => [name, tensors[at]])) as Tensors;
    },
    dispose: () => binding.deleteSavedModel(id),
  };
}

/** TensorFlow reads a model from a folder; it is gone again when this returns. */
function loadModel(model: Uint8Array, load: (directory: string) => number): number {
  const directory = mkdtempSync(join(tmpdir(), "workbook-graph-"));
  try {
    writeFileSync(join(directory, "saved_model.pb"), model);
    return load(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
