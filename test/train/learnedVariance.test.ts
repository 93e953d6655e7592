import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { pMeanVariance } from "../../src/diffusion/reverse.js";
import { linearSchedule } from "../../src/diffusion/schedules.js";
import { createMlp } from "../../src/model/mlp.js";
import { flattenParams, unflattenParams } from "../../src/model/params.js";
import { createRandom } from "../../src/random/random.js";
import { useBackend } from "../../src/tensor/backend.js";
import { createObjective } from "../../src/train/objective.js";
import { adam } from "../../src/train/optimizer.js";
import { lossSecondMomentTimesteps } from "../../src/train/timesteps.js";
import { remainingVariance } from "../support/gaussianData.js";
import { at } from "../support/numbers.js";

beforeAll(async () => {
  await useBackend();
});

const schedule = linearSchedule({ T: 10, betaStart: 0.05, betaEnd: 0.7 });
const data = { mean: 0, variance: 0.25 };
const STEPS = 800;
const BATCH = 64;

it("hybrid training with drawn t finds the variance of q(x_{t−1} | x_t), known for a Gaussian", async () => {
  const model = createMlp({ dimension: 1, width: 32, depth: 1, learnedVariance: true });
  const options = { loss: "hybrid", lambda: 0.1, variance: "learnedRange", decoder: "density" } as const;
  const objective = createObjective(model, schedule, options);
  const sampler = lossSecondMomentTimesteps(schedule.T);
  const optimizer = adam((step) => 5e-3 * Math.min(1, 1.2 - step / STEPS));
  let history = sampler.init();
  let params = flattenParams(model.specs, model.init(1));
  let state = optimizer.init(params.size);
  for (let step = 1; step <= STEPS; step += 1) {
    const random = createRandom(2).fork(step);
    const { t, importance } = sampler.draw(history, random.fork("t"), BATCH);
    const normals = (label: string, scale: number): tf.Tensor =>
      tf.tensor(
        random
          .fork(label)
          .normals(BATCH)
          .map((z) => scale * z),
        [BATCH, 1],
      );
    const draw = {
      t,
      importance,
      xStart: normals("x", Math.sqrt(data.variance)),
      noise: normals("noise", 1),
    };
    const inputs = objective.inputs(draw);
    const seen: tf.Tensor[] = [];
    const gradient = tf.grad((vector: tf.Tensor) => {
      const losses = objective.losses(unflattenParams(model.specs, vector as tf.Tensor1D), inputs);
      seen.push(tf.keep(losses));
      return tf.mean(tf.mul(losses, inputs["importance"] as tf.Tensor));
    })(params) as tf.Tensor1D;
    history = sampler.record(history, t, (await seen[0]?.data()) ?? []);
    const change = optimizer.update(gradient, state);
    const next = tf.add<tf.Tensor1D>(params, change.update);
    tf.dispose([params, state.mu, state.nu, gradient, seen, change.update, inputs]);
    params = next;
    state = change.state;
  }
  const weights = unflattenParams(model.specs, params);
  const denoiser = (xt: tf.Tensor, t: Int32Array): tf.Tensor => model.apply(weights, xt, t);
  const states = tf.tensor2d([-0.8, -0.3, 0, 0.4, 0.9], [5, 1]);
  for (let t = 1; t <= schedule.T; t += 1) {
    const { logVariance } = pMeanVariance(schedule, denoiser, states, t, options);
    const values = Array.from(await (logVariance as tf.Tensor).data());
    const mean = values.reduce((sum, value) => sum + value / 5, 0);
    const left = at(schedule.posteriorMeanCoefXStart, t) ** 2 * remainingVariance(schedule, t, data);
    const exact = Math.log(at(schedule.posteriorVariance, t) + left);
    // Of 800 steps on seed 2; β̃_t and β_t themselves are off by up to 0.94 and 0.28.
    expect(Math.abs(mean - exact), `t = ${t}`).toBeLessThan(0.08);
  }
});
