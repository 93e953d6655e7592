import * as fs from "node:fs/promises";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { linearSchedule } from "../../src/diffusion/schedules.js";
import { createMlp } from "../../src/model/mlp.js";
import { useBackend } from "../../src/tensor/backend.js";
import { type Checkpoint, loadCheckpoint } from "../../src/train/checkpoint.js";
import { adam } from "../../src/train/optimizer.js";
import {
  checkpointPath,
  latestCheckpoint,
  listCheckpoints,
  removePieces,
  saveAndRotate,
} from "../../src/train/runFolder.js";
import { disposeState, initTrainState } from "../../src/train/state.js";
import { loadTrainedModel, saveTrainedModel } from "../../src/train/trainedModel.js";
import { refusalOf } from "../support/refusal.js";

const model = createMlp({ width: 8, depth: 1 });
const schedule = linearSchedule({ T: 50 });
let folder: string;
let states: Checkpoint["state"][] = [];

beforeEach(async () => {
  await useBackend();
  folder = await mkdtemp(join(tmpdir(), "run-"));
});
afterEach(async () => {
  states.forEach(disposeState);
  states = [];
  await rm(folder, { recursive: true });
});

/** A checkpoint whose weights are those of seed `step`, so that each step's differ. */
function checkpointAt(step: number): Checkpoint {
  const state = { ...initTrainState(model, adam(1e-3), step), step };
  states.push(state);
  return { model, schedule, state, info: { seed: 4 } };
}

async function save(...steps: number[]): Promise<void> {
  for (const step of steps) await saveAndRotate(folder, checkpointAt(step), 3);
}

async function latest(): Promise<{ step: number; params: number[]; refused: readonly string[] }> {
  const found = await latestCheckpoint(folder);
  if (found === undefined) throw new Error("none found");
  states.push(found.checkpoint.state);
  return {
    step: found.step,
    params: Array.from(await found.checkpoint.state.params.data()),
    refused: found.refused,
  };
}

async function paramsAt(step: number): Promise<number[]> {
  return Array.from(await checkpointAt(step).state.params.data());
}

describe("the checkpoints of a run", () => {
  it("are the last three, the newest first, and no other file of the folder is touched", async () => {
    await writeFile(join(folder, "step-1.safetensors"), "");
    await writeFile(join(folder, "step-00000001.safetensors.txt"), "");
    await save(10, 20, 9999, 100_000_000, 100_000_001);
    expect((await listCheckpoints(folder)).map(({ step }) => step)).toEqual([100_000_001, 100_000_000, 9999]);
    expect((await readdir(folder)).sort()).toEqual([
      "step-00000001.safetensors.txt",
      "step-00009999.safetensors",
      "step-1.safetensors",
      "step-100000000.safetensors",
      "step-100000001.safetensors",
    ]);
  });

  it("are none in a folder that is not there", async () => {
    expect(await latestCheckpoint(join(folder, "nowhere"))).toBeUndefined();
  });

  it("lead to the newest that is whole: cut short or with a flipped bit it is refused, and the one before is used", async () => {
    await save(10, 20, 30);
    const [newest, middle] = [checkpointPath(folder, 30), checkpointPath(folder, 20)];
    expect(await latest()).toEqual({ step: 30, params: await paramsAt(30), refused: [] });

    const bytes = await readFile(newest);
    await writeFile(newest, bytes.subarray(0, bytes.length - 1));
    const advice =
      "expected a complete safetensors file. It was cut short or changed: use an earlier checkpoint, or train again.";
    expect(await latest()).toEqual({
      step: 20,
      params: await paramsAt(20),
      refused: [`${newest}: the numbers of adam.nu.output.bias end after the end of the file: ${advice}`],
    });

    const flipped = await readFile(middle);
    flipped[flipped.length - 5] = (flipped.at(-5) ?? 0) ^ 0x10;
    await writeFile(middle, flipped);
    const { step, params, refused } = await latest();
    expect([step, params]).toEqual([10, await paramsAt(10)]);
    expect(refused[1]).toBe(
      `${middle}: its content does not match its checksum: expected a checkpoint of this version of the workbook. ` +
        "Use another checkpoint, or train again.",
    );

    // The damaged ones give way to the first good one that is written after them.
    await save(12);
    expect((await listCheckpoints(folder)).map((one) => one.step)).toEqual([12, 10]);
  });

  it("are refused if all are damaged, with the reason of each", async () => {
    await save(10, 20);
    for (const step of [10, 20]) await writeFile(checkpointPath(folder, step), "x".repeat(step));
    expect(await refusalOf(latestCheckpoint(folder))).toMatch(
      /: none of its checkpoints can be used\.\n[^\n]*step-00000020\.safetensors: it has 20 bytes [^\n]*\n[^\n]*step-00000010\.safetensors: it has 10 bytes [^\n]*\n: expected one that is whole\. Train again into another folder\.$/,
    );
  });

  it("stay when the disk is full: the device /dev/full refuses every byte with the system's own ENOSPC", async () => {
    await save(10, 20, 30);
    const before = await readFile(checkpointPath(folder, 30));
    const full = {
      mkdir: fs.mkdir,
      rename: fs.rename,
      rm: fs.rm,
      open: () => fs.open("/dev/full", "w"),
    };
    const message = await refusalOf(saveAndRotate(folder, checkpointAt(40), 3, full));
    expect(message).toMatch(
      /^cannot write \S*step-00000040\.safetensors \(ENOSPC: no space left on device, write\): expected 0\.0 MB of free space\. Free some space on the disk of \S+, or choose another folder\. An earlier file of this name is untouched\.$/,
    );
    expect((await listCheckpoints(folder)).map(({ step }) => step)).toEqual([30, 20, 10]);
    expect(await readFile(checkpointPath(folder, 30))).toEqual(before);
  });

  it("are not replaced by weights that are not finite", async () => {
    await save(10);
    const bad = checkpointAt(20);
    const { nu } = bad.state.optimizer;
    const state = {
      ...bad.state,
      optimizer: {
        ...bad.state.optimizer,
        nu: tf.tensor1d(Float32Array.from(await nu.data(), (_, i) => (i === 3 ? NaN : 0))),
      },
    };
    states.push(state);
    expect(await refusalOf(saveAndRotate(folder, { ...bad, state }, 1))).toBe(
      `adam.nu at step 20: entry 3 is NaN: expected finite numbers. ${checkpointPath(folder, 20)} is not written. ` +
        "Train again from an earlier checkpoint with a lower learning rate.",
    );
    expect((await listCheckpoints(folder)).map(({ step }) => step)).toEqual([10]);
  });

  it("lose the pieces that a killed process left, and nothing else", async () => {
    await save(10);
    await writeFile(join(folder, ".step-00000020.safetensors.4711.part"), "half");
    await writeFile(join(folder, ".other.part"), "");
    await removePieces(folder);
    expect((await readdir(folder)).sort()).toEqual([".other.part", "step-00000010.safetensors"]);
  });
});

describe("a trained model", () => {
  it("is the moving average of a checkpoint, or alone in a file a quarter as large", async () => {
    const checkpoint = checkpointAt(7);
    const changed = {
      ...checkpoint,
      state: { ...checkpoint.state, ema: tf.mul<tf.Tensor1D>(checkpoint.state.ema, 2) },
    };
    states.push(changed.state);
    const whole = await saveAndRotate(folder, changed, 1);
    const alone = join(folder, "model.safetensors");
    await saveTrainedModel(alone, changed);
    const before = tf.memory().numTensors;
    const xt = tf.tensor2d([0.3, -0.2], [1, 2]);
    const expected = tf.tidy(() => {
      const flat = changed.state.ema;
      const params = Object.fromEntries(
        model.specs.reduce<[string, tf.Tensor][]>((all, { name, shape }) => {
          const from = all.reduce((sum, [, tensor]) => sum + tensor.size, 0);
          const size = shape.reduce((a, b) => a * b, 1);
          return [...all, [name, tf.reshape(tf.slice(flat, from, size), [...shape])]];
        }, []),
      );
      return Array.from(model.apply(params, xt, Int32Array.of(5)).dataSync());
    });
    for (const file of [whole, alone]) {
      const loaded = await loadTrainedModel(file);
      expect([loaded.step, loaded.info, loaded.predicts]).toEqual([7, { seed: 4 }, "eps"]);
      const output = tf.tidy(() => Array.from(loaded.denoiser(xt, Int32Array.of(5)).dataSync()));
      expect(output).toEqual(expected);
      loaded.dispose();
    }
    xt.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect((await readFile(alone)).length).toBeLessThan((await readFile(whole)).length / 2);
    expect(await refusalOf(loadCheckpoint(alone))).toBe(
      `${alone}: it holds a trained model alone, without the state of a training run: expected a checkpoint of this ` +
        "version of the workbook. Use another checkpoint, or train again.",
    );
  });
});
