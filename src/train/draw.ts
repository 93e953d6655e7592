/** What a step of Algorithm 1 draws. */
import * as tf from "@tensorflow/tfjs-core";
import { createRandom } from "../random/random.js";
import type { Draw } from "./loss.js";
import type { TrainSettings } from "./trainOptions.js";

/** x_0 from the data, t uniform in 1..T, ε normal: functions of the seed and the step alone. The caller disposes the tensors. */
export function drawBatch(
  { dataset, schedule, batchSize, seed }: Pick<TrainSettings, "dataset" | "schedule" | "batchSize" | "seed">,
  step: number,
): Draw {
  const random = createRandom(seed).fork("train", step);
  const batch = dataset.batch({ size: batchSize, step: step - 1, seed });
  const shape = [...batch.shape];
  const times = random.fork("t");
  return {
    xStart: tf.tensor(batch.x, shape),
    t: Int32Array.from({ length: batchSize }, () => times.integer(1, schedule.T)),
    noise: tf.tensor(random.fork("noise").normals(batch.x.length), shape),
  };
}

