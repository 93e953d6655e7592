import * as tf from "@tensorflow/tfjs-core";
import { InputError } from "../error.js";
import { dense } from "./dense.js";
import { timeEmbedding, timestepFeatures } from "./embedding.js";
import type { Layer } from "./layer.js";
import type { ModelOf } from "./model.js";
import { initParams } from "./params.js";
import { silu } from "./silu.js";

/** A multilayer perceptron for points of a few dimensions. */
export interface MlpConfig {
  /** Dimension of a point. */
  readonly dimension: number;
  /** Width of the hidden layers and of the embedding of t; even, at least 4. */
  readonly width: number;
  /** How many residual hidden layers. */
  readonly depth: number;
  /** Whether the output has a second half, from which the variance of the reverse step is made; `false` if left out. */
  readonly learnedVariance?: boolean;
}

const defaults: MlpConfig = { dimension: 2, width: 128, depth: 3 };

/**
 * h_0 = dense(x_t); h_{i+1} = h_i + dense(silu(h_i + dense(e_t))); output = dense(silu(h)), which starts at
 * zero. [B, D] → [B, D], or [B, 2D] with learned variances.
 */
export function createMlp(options: Partial<MlpConfig> = {}): ModelOf<"mlp", MlpConfig> {
  const config: MlpConfig = { ...defaults, ...options };
  checkConfig(config);
  const { dimension, width, depth } = config;
  const outputs = config.learnedVariance ? 2 * dimension : dimension;
  const time = timeEmbedding("time", width, width);
  const input = dense("input", dimension, width);
  const hidden = Array.from({ length: depth }, (_, i) => hiddenLayer(`hidden.${i}`, width));
  const output = dense("output", width, outputs, { zero: true });
  const specs = [time, input, ...hidden, output].flatMap((layer) => layer.specs);
  return {
    kind: "mlp",
    config,
    shape: [dimension],
    outputShape: [outputs],
    masks: [],
    specs,
    init: (seed) => initParams(specs, seed),
    apply: (params, xt, t) => {
      const embedding = silu(time.apply(params, timestepFeatures(t, width)));
      const h = hidden.reduce((h, layer) => layer.apply(params, h, embedding), input.apply(params, xt));
      return output.apply(params, silu(h));
    },
  };
}

function hiddenLayer(name: string, width: number): Layer<readonly [tf.Tensor, tf.Tensor]> {
  const shift = dense(`${name}.time`, width, width);
  const layer = dense(`${name}.dense`, width, width);
  return {
    specs: [...shift.specs, ...layer.specs],
    apply: (params, h, embedding) =>
      tf.add(h, layer.apply(params, silu(tf.add(h, shift.apply(params, embedding))))),
  };
}

function checkConfig({ dimension, width, depth }: MlpConfig): void {
  const positive = { dimension, width, depth };
  for (const [name, value] of Object.entries(positive))
    if (!Number.isInteger(value) || value < 1)
      throw new InputError(
        `${name} = ${value}`,
        "a whole number of at least 1",
        `Correct ${name} in the configuration of the MLP.`,
      );
  if (width % 2 !== 0 || width < 4)
    throw new InputError(
      `width = ${width}`,
      "an even number of at least 4, half sines and half cosines of t",
      "Choose another width for the MLP.",
    );
}
