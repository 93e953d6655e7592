import * as tf from "@tensorflow/tfjs-core";
import { compiled } from "../tensor/graph/compiled.js";
import type { Params } from "./layer.js";
import type { ModelOf } from "./model.js";

/** A network with its parameters given: what the samplers and the bound of src/diffusion take. */
export interface NetworkDenoiser {
  /** x_t [B, …] and t [B] in 1..T → the network's output. The caller disposes it. */
  readonly denoise: (xt: tf.Tensor, t: Int32Array) => tf.Tensor;
  /** Frees what `denoise` holds; the parameters stay the caller's. */
  readonly dispose: () => void;
}

/**
 * The network as a function of x_t and t that runs as one graph, traced anew for each size of batch. Worth it from a
 * few calls on: a trace costs about as much as three. The parameters must stay as they are and not be disposed before
 * it is.
 */
export function denoiserOf(model: Pick<ModelOf<string, unknown>, "apply">, params: Params): NetworkDenoiser {
  const graph = compiled(
    ({ xt, t }: Readonly<Record<"xt" | "t", tf.Tensor>>) => ({
      output: model.apply(params, xt, t as tf.Tensor1D),
    }),
    Object.values(params),
  );
  return {
    denoise: (xt, t) => {
      const times = tf.tensor1d(t, "int32");
      const { output } = graph.run({ xt, t: times });
      times.dispose();
      return output;
    },
    dispose: graph.dispose,
  };
}
