import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mixtureDataset, ringOfGaussians } from "../../src/data/toy.js";
import { cosineSchedule } from "../../src/diffusion/schedules.js";
import { createMlp } from "../../src/model/mlp.js";
import { createUNet } from "../../src/model/unet.js";
import { useBackend } from "../../src/tensor/backend.js";
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from "../../src/train/checkpoint.js";
import { trainLoop } from "../../src/train/loop.js";
import { adam } from "../../src/train/optimizer.js";
import { decodeSafetensors, encodeSafetensors } from "../../src/train/safetensors.js";
import { disposeState, initTrainState, type TrainState } from "../../src/train/state.js";
import type { TrainOptions } from "../../src/train/trainOptions.js";
import type { FileEffects } from "../../src/files/writeFileWhole.js";
import { refusal, refusalOf } from "../support/refusal.js";

let folder: string;
let checkpoint: Checkpoint;
let file: string;

const options: TrainOptions = {
  model: createMlp({ width: 8, depth: 1 }),
  schedule: cosineSchedule({ T: 50 }),
  dataset: mixtureDataset("ring", ringOfGaussians),
  steps: 6,
  batchSize: 16,
  learningRate: 1e-2,
  seed: 2,
};

async function train(given: Partial<TrainOptions>): Promise<TrainState> {
  let state: TrainState | undefined;
  for await (const step of trainLoop({ ...options, ...given })) state = step.state;
  if (state === undefined) throw new Error("no step");
  return state;
}

beforeAll(async () => {
  await useBackend();
  folder = await mkdtemp(join(tmpdir(), "checkpoint-"));
  const { model, schedule } = options;
  checkpoint = {
    model,
    schedule,
    state: await train({ steps: 3 }),
    info: { data: "ring", seed: 2, final: false },
  };
  file = join(folder, "good.safetensors");
  await saveCheckpoint(file, checkpoint);
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function vectors({ params, ema, optimizer }: TrainState): Promise<Uint32Array[]> {
  const all = await Promise.all([params, ema, optimizer.mu, optimizer.nu].map((vector) => vector.data()));
  // As bits, so that −0 and 0 differ.
  return all.map((data) => new Uint32Array(Float32Array.from(data).buffer));
}

describe("a checkpoint", () => {
  it("comes back bit for bit, with everything around it", async () => {
    const back = await loadCheckpoint(file);
    expect(await vectors(back.state)).toEqual(await vectors(checkpoint.state));
    expect(back.state.step).toBe(3);
    expect(back.state.optimizer.step).toBe(3);
    expect({ kind: back.model.kind, config: back.model.config }).toEqual({
      kind: "mlp",
      config: { dimension: 2, width: 8, depth: 1 },
    });
    expect(back.schedule).toEqual(checkpoint.schedule);
    expect(back.info).toEqual({ data: "ring", seed: 2, final: false });
    disposeState(back.state);
  });

  it("continues as the run that never stopped, bit for bit", async () => {
    const whole = await train({});
    const continued = await train({ state: (await loadCheckpoint(file)).state });
    expect(await vectors(continued)).toEqual(await vectors(whole));
    disposeState(whole);
    disposeState(continued);
  });

  it("keeps a U-Net", async () => {
    const model = createUNet({ imageSize: 8, channels: 8, multipliers: [1, 2], groups: 4, attentionAt: [2] });
    const state = initTrainState(model, adam(1e-3), 7);
    const path = join(folder, "new", "folder", "unet.safetensors");
    await saveCheckpoint(path, { ...checkpoint, model, state });
    const back = await loadCheckpoint(path);
    expect(back.model.config).toEqual(model.config);
    expect(await vectors(back.state)).toEqual(await vectors(state));
    disposeState(back.state);
    disposeState(state);
  });

  it("is laid out as the safetensors format says: length, JSON, numbers by name", async () => {
    const bytes = await readFile(file);
    const length = Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.toString("utf8", 8, 8 + length)) as Record<
      string,
      { dtype: string; shape: number[]; data_offsets: [number, number] }
    >;
    const { dtype, shape, data_offsets } = header["ema.output.bias"] ?? {};
    expect([dtype, shape]).toEqual(["F32", [2]]);
    const [from = 0, to = 0] = data_offsets ?? [];
    const numbers = [bytes.readFloatLE(8 + length + from), bytes.readFloatLE(8 + length + to - 4)];
    const ema = await checkpoint.state.ema.data();
    expect(numbers).toEqual(Array.from(ema.slice(-2)));
    expect((8 + length) % 8).toBe(0);
  });
});

describe("a checkpoint that is not whole", () => {
  const advice =
    "expected a complete safetensors file. It was cut short or changed: use an earlier checkpoint, or train again.";

  it("is refused at every length", async () => {
    const bytes = await readFile(file);
    const cut = join(folder, "cut.safetensors");
    for (const length of [0, 7, 8, 100, bytes.length >> 1, bytes.length - 1]) {
      await writeFile(cut, bytes.subarray(0, length));
      const message = await refusalOf(loadCheckpoint(cut));
      expect(message, `${length} bytes`).toContain(`${cut}: `);
      expect(message, `${length} bytes`).toContain(advice);
    }
    await writeFile(cut, bytes.subarray(0, 5));
    expect(await refusalOf(loadCheckpoint(cut))).toBe(`${cut}: it has only 5 bytes: ${advice}`);
    await writeFile(cut, Buffer.concat([bytes, Buffer.alloc(4)]));
    expect(await refusalOf(loadCheckpoint(cut))).toBe(
      `${cut}: it has ${bytes.length + 4} bytes where its header describes ${bytes.length}: ${advice}`,
    );
  });

  it("is refused with any bit flipped, whatever the bit stands for", async () => {
    const bytes = await readFile(file);
    const flipped = join(folder, "flipped.safetensors");
    const places = Array.from({ length: 60 }, (_, i) => Math.floor((i * bytes.length) / 60));
    for (const place of [...places, 0, 3, 7, 8, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[place] = (changed[place] ?? 0) ^ 1;
      await writeFile(flipped, changed);
      expect(await refusalOf(loadCheckpoint(flipped)), `byte ${place}`).toContain(flipped);
    }
  });

  it("is refused if it is another kind of file", async () => {
    const other = join(folder, "other.safetensors");
    await writeFile(other, Buffer.concat(encodeSafetensors({ tensors: {}, metadata: { format: "pt" } })));
    expect(await refusalOf(loadCheckpoint(other))).toBe(
      `${other}: its format is pt: expected a checkpoint of this version of the workbook. Use another checkpoint, or train again.`,
    );
    const missing = join(folder, "missing.safetensors");
    expect(await refusalOf(loadCheckpoint(missing))).toBe(
      `cannot read ${missing} (ENOENT: no such file or directory, open '${missing}'): expected a checkpoint, a file that ends in .safetensors. Give the path of a checkpoint that training wrote.`,
    );
  });

  it("is refused if a tensor is of another type or size than it says", () => {
    const encoded = Buffer.concat(
      encodeSafetensors({ tensors: { a: { shape: [2], data: new Float32Array([1, 2]) } }, metadata: {} }),
    );
    const change = (from: string, to: string): string => {
      const changed = Buffer.from(encoded.toString("latin1").replace(from, to), "latin1");
      return refusal(() => decodeSafetensors(changed, "a.safetensors"));
    };
    expect(change("F32", "F16")).toBe(`a.safetensors: a is of type F16, not F32: ${advice}`);
    expect(change("[2]", "[3]")).toBe(`a.safetensors: a has 8 bytes for 3 numbers: ${advice}`);
    expect(change("[0,8]", "[4,8]")).toBe(`a.safetensors: a has 4 bytes for 2 numbers: ${advice}`);
    expect(change("[0,8]", "[8,0]")).toBe(`a.safetensors: a has -8 bytes for 2 numbers: ${advice}`);
    expect(change('"a"', '"a')).toBe(`a.safetensors: its header is not JSON: ${advice}`);
  });
});

describe("a checkpoint that cannot be written", () => {
  const failing = (code: string): FileEffects => ({
    mkdir: (path, how) => fs.mkdir(path, how),
    rename: (from, to) => fs.rename(from, to),
    rm: (path, how) => fs.rm(path, how),
    open: async (path, flags) => {
      const handle = await fs.open(path, flags);
      let written = 0;
      return {
        writeFile: async (data) => {
          // The first piece arrives, as on a disk that fills up.
          if (written++ > 0) throw Object.assign(new Error(`${code}: as told`), { code });
          await handle.writeFile(data);
        },
        sync: () => handle.sync(),
        close: () => handle.close(),
      };
    },
  });

  it.each([
    [
      "ENOSPC",
      (own: string) =>
        `SIZE MB of free space. Free some space on the disk of ${own}, or choose another folder.`,
    ],
    [
      "EROFS",
      (own: string) =>
        `a folder that may be written to. Give yourself write permission for ${own}, or choose another folder.`,
    ],
    [
      "EIO",
      (own: string) => `a file that can be written. Look at the disk of ${own}, or choose another folder.`,
    ],
  ])(
    "%s: names path and remedy, leaves the earlier checkpoint and no piece of the new one",
    async (code, advice) => {
      const own = await mkdtemp(join(folder, "full-"));
      const path = join(own, "run.safetensors");
      await saveCheckpoint(path, checkpoint);
      const before = await readFile(path);
      const changed = { ...checkpoint, info: { changed: true } };
      const message = await refusalOf(saveCheckpoint(path, changed, failing(code)));
      const size = /\d+\.\d MB/.exec(message)?.[0] ?? "SIZE MB";
      expect(message).toBe(
        `cannot write ${path} (${code}: as told): expected ${advice(own).replace("SIZE MB", size)} An earlier file of this name is untouched.`,
      );
      expect(await readFile(path)).toEqual(before);
      expect(await readdir(own)).toEqual(["run.safetensors"]);
    },
  );

  it("a file in the place of its folder, a folder in its own place", async () => {
    const inFile = join(file, "run.safetensors");
    expect(await refusalOf(saveCheckpoint(inFile, checkpoint))).toBe(
      `cannot write ${inFile} (EEXIST: file already exists, mkdir '${file}'): expected ${file} to be a folder. Choose another folder: a file stands in its place. An earlier file of this name is untouched.`,
    );
    const own = await mkdtemp(join(folder, "taken-"));
    const taken = join(own, "run.safetensors");
    await fs.mkdir(taken);
    expect(await refusalOf(saveCheckpoint(taken, checkpoint))).toContain(
      "expected a file. Choose another name: a folder stands in its place.",
    );
    expect(await readdir(own)).toEqual(["run.safetensors"]);
  });
});

it("frees what it read", () => {
  const { numTensors } = tf.memory();
  disposeState(checkpoint.state);
  expect(tf.memory().numTensors).toBe(numTensors - 4);
});
