/**
 * What each lever gives: a training step and a network call of the preset `mnist` at batch 32, with one thing changed at a
 * time, in programs of their own that take turns. Prints a table; bench/NOTES.md has one.
 *
 *   node bench/levers.mjs [--rounds N]
 */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

/** What is changed: environment, kernels that are taken away, or the graph. @type {Record<string, {env?: Record<string, string>, without?: string[], eager?: boolean}>} */
const levers = {
  "all of them": {},
  "operation by operation, no graph": { eager: true },
  "no kernel for group norm and SiLU": { without: ["WorkbookGroupNorm"] },
  "no kernel for Adam": { without: ["WorkbookAdam"] },
  "Add in place of BiasAdd": { without: ["BiasAdd"] },
  "none of these": { eager: true, without: ["WorkbookGroupNorm", "WorkbookAdam", "BiasAdd"] },
  "without oneDNN": { env: { TF_ENABLE_ONEDNN_OPTS: "0" } },
  "one thread within an operation": { env: { TF_NUM_INTRAOP_THREADS: "1" } },
  "one operation at a time": { env: { TF_NUM_INTEROP_THREADS: "1" } },
  "with XLA": { env: { TF_XLA_FLAGS: "--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit" } },
};

/** @param {string} name @returns {Promise<void>} prints {"train": [ms], "call": [ms]} */
async function measure(name) {
  const { without = [], eager = false } = levers[name] ?? {};
  const tf = await import("@tensorflow/tfjs-core");
  const { createUNet, denoiserOf, glyphs, linearSchedule, trainLoop, unetPresets, useBackend } =
    await import("../dist/index.js");
  await useBackend({ WORKBOOK_BACKEND: "tensorflow" });
  for (const kernel of without) tf.unregisterKernel(kernel, "tensorflow");
  // A GPU is where a compiled function is the function itself.
  if (eager) Object.defineProperty(tf.findBackend("tensorflow"), "isUsingGpuDevice", { value: true });
  const model = createUNet(unetPresets.mnist);
  const loop = trainLoop({
    ...{
      model,
      schedule: linearSchedule({ T: 1000 }),
      dataset: glyphs(),
      steps: 1e9,
      batchSize: 32,
      seed: 1,
    },
  });
  const params = model.init(1);
  const { denoise } = denoiserOf(model, params);
  const xt = tf.randomNormal([32, ...model.shape]);
  const t = new Int32Array(32).fill(500);
  const call = async () => {
    const output = tf.tidy(() => denoise(xt, t));
    await output.data();
    output.dispose();
  };
  const time = async (/** @type {() => Promise<unknown>} */ step) => {
    const ms = [];
    for (let i = -3; i < 8; i += 1) {
      const start = performance.now();
      await step();
      if (i >= 0) ms.push(performance.now() - start);
    }
    return ms;
  };
  console.log(JSON.stringify({ train: await time(() => loop.next()), call: await time(call) }));
}

async function main() {
  const { values } = parseArgs({
    options: { rounds: { type: "string", default: "2" }, only: { type: "string" } },
  });
  if (values.only !== undefined) return await measure(values.only);
  /** @type {Record<string, {train: number[], call: number[]}>} */
  const found = {};
  for (let round = 0; round < Number(values.rounds); round += 1)
    for (const [name, { env = {} }] of Object.entries(levers)) {
      const child = spawnSync(process.execPath, [import.meta.filename, "--only", name], {
        env: { ...process.env, ...env },
        encoding: "utf8",
        stdio: ["ignore", "pipe", "inherit"],
      });
      if (child.status !== 0) throw new Error(`${name} ended with ${child.status}`);
      const { train, call } = JSON.parse(child.stdout);
      const kept = (found[name] ??= { train: [], call: [] });
      kept.train.push(...train);
      kept.call.push(...call);
    }
  const median = (/** @type {number[]} */ ms) => [...ms].sort((a, b) => a - b)[ms.length >> 1]?.toFixed(0);
  console.log("| | training step, ms | network call, ms |\n| --- | ---: | ---: |");
  for (const [name, { train, call }] of Object.entries(found))
    console.log(`| ${name} | ${median(train)} | ${median(call)} |`);
}

await main();
