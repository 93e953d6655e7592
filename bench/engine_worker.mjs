/**
 * This library's side of bench/engine.mjs: the same requests and answers as engine_peer.py, from line to line.
 * The steps are those of the product, `trainLoop` and `pSample`; only the data are noise, as on the other side.
 */
import { createInterface } from "node:readline";
import * as tf from "@tensorflow/tfjs-core";
import {
  createUNet,
  countParameters,
  createRandom,
  denoiserOf,
  linearSchedule,
  pSample,
  trainLoop,
  useBackend,
} from "../dist/index.js";

const backend = await useBackend({ WORKBOOK_BACKEND: "tensorflow" });

/** @param {any} config @param {number} batch @param {number} T */
function createRun(config, batch, T) {
  const schedule = linearSchedule({ T });
  const model = createUNet(config);
  const shape = [batch, ...model.shape];
  const size = shape.reduce((product, n) => product * n, 1);
  const normals = (/** @type {number} */ seed) => createRandom(seed).normals(size);
  const dataset = {
    name: "noise",
    shape: model.shape,
    size: Infinity,
    batch: (/** @type {{step: number}} */ { step }) => ({ x: normals(step), labels: [], shape }),
  };
  const steps = trainLoop({
    model,
    schedule,
    dataset,
    steps: 1e9,
    batchSize: batch,
    learningRate: 1e-3,
    seed: 1,
  });
  const params = model.init(1);
  const { denoise } = denoiserOf(model, params);
  const xt = tf.tensor(normals(1), shape);
  let draw = 0;
  return {
    parameters: countParameters(model.specs),
    train: async () => (await steps.next()).value?.loss,
    sample: async () => {
      const noise = tf.tensor(normals((draw += 1)), shape);
      const { sample, xStart } = tf.tidy(() => pSample(schedule, denoise, xt, T / 2, noise));
      const sum = tf.sum(sample);
      await sum.data();
      tf.dispose([noise, sample, xStart, sum]);
    },
  };
}

/** @type {ReturnType<typeof createRun> | undefined} */
let run;
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  if ("config" in request) {
    run = createRun(request.config, request.batch, request.T);
    const library = `diffusion workbook, ${backend.description}`;
    console.log(JSON.stringify({ library, parameters: run.parameters }));
    continue;
  }
  const step = request.time === "train" ? run?.train : run?.sample;
  if (step === undefined) throw new Error(`no configuration before ${line}`);
  const ms = [];
  for (let i = 0; i < request.steps; i += 1) {
    const start = performance.now();
    await step();
    ms.push(performance.now() - start);
  }
  console.log(JSON.stringify({ ms, peakMB: process.resourceUsage().maxRSS / 1024 }));
}
