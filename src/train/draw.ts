/** What a step of Algorithm 1 draws. */
import * as tf from "@tensorflow/tfjs-core";
import { drawMasks } from "../model/dropout.js";
import { createRandom } from "../random/random.js";
import type { Draw } from "./objective.js";
import type { LossesByTime, TimestepSampler } from "./timesteps.js";
import type { TrainSettings } from "./trainOptions.js";

/**
 * x_0 from the data, t from the sampler, ε normal, and the masks of dropout: functions of the seed, the step and, for
 * importance sampling, the losses seen before. The caller disposes the tensors.
 */
export function drawBatch(
  { model, dataset, batchSize, seed }: Pick<TrainSettings, "model" | "dataset" | "batchSize" | "seed">,
  sampler: TimestepSampler,
  history: LossesByTime,
  step: number,
): Draw {
  const random = createRandom(seed).fork("train", step);
  const batch = dataset.batch({ size: batchSize, step: step - 1, seed });
  const shape = [...batch.shape];
  return {
    ...sampler.draw(history, random.fork("t"), batchSize),
    xStart: tf.tensor(batch.x, shape),
    noise: tf.tensor(random.fork("noise").normals(batch.x.length), shape),
    masks: drawMasks(model.masks, batchSize, random.fork("dropout")),
  };
}
