/**
 * Whether a long run keeps its memory: resident memory, tensors and heap every so many steps of `workbook train`.
 *
 *   npm run build && node bench/memory.mjs [STEPS] [EVERY] [CHANNELS]     (10,000 steps of the preset `tiny`, every 500)
 *
 * Ends with status 1 if the number of tensors changes, or their bytes.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { openDataset, useBackend } from "../dist/index.js";
import { trainRun } from "../dist/train/run.js";
import { runConfig } from "../dist/train/runConfig.js";

const [steps = 10_000, every = 500, channels = 32] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), "memory-"));
const { description } = await useBackend();
const config = runConfig("tiny", { steps, channels });
console.log(`tiny, ${channels} channels, batch ${config.batchSize}, ${description}`);
console.log("  step  resident MB  tensors  tensor MB  heap MB");
/** @type {{ resident: number, tensors: string }[]} */
const seen = [];
try {
  const dataset = await openDataset(config.data);
  for await (const { step } of trainRun({ folder, config, dataset, every, keep: 1 })) {
    if (step !== 10 && step % every !== 0) continue;
    const { rss, heapUsed } = process.memoryUsage();
    const { numTensors, numBytes } = tf.memory();
    const [resident, heap, bytes] = [rss, heapUsed, numBytes].map((value) => value / 1e6);
    seen.push({ resident: resident ?? 0, tensors: `${numTensors} tensors, ${numBytes} bytes` });
    const columns = [resident, numTensors, bytes, heap].map((value) => value?.toFixed(1).padStart(9));
    console.log(`${String(step).padStart(6)}  ${columns.join("  ")}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
const half = seen.slice(Math.floor(seen.length / 2)).map(({ resident }) => resident);
console.log(`second half: ${Math.min(...half).toFixed(0)} to ${Math.max(...half).toFixed(0)} MB resident`);
process.exitCode = new Set(seen.map(({ tensors }) => tensors)).size === 1 ? 0 : 1;
