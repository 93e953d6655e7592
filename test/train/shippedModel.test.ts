import { statSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { openDataset } from "../../src/data/openDataset.js";
import { useBackend } from "../../src/tensor/backend.js";
import { evaluateModel } from "../../src/train/evaluateModel.js";
import { runConfig } from "../../src/train/runConfig.js";
import { sampleModel } from "../../src/train/sampleModel.js";
import { loadTrainedModel, shippedModel } from "../../src/train/trainedModel.js";
import { decode } from "../figure/decode.js";
import { workbook } from "../support/workbook.js";

beforeAll(async () => {
  await useBackend();
});

it("has at most 4 MB and says how it was made", async () => {
  expect(statSync(shippedModel).size).toBeLessThanOrEqual(4_000_000);
  const { info, step, model, dispose } = await loadTrainedModel();
  dispose();
  const { steps, seed, data, batchSize, model: described } = runConfig("tiny");
  expect({ step, config: model.config, ...info }).toMatchObject({
    ...{ step: steps, config: described.config, preset: "tiny", steps, seed, data, batchSize },
    command: "workbook train --preset tiny --seed 1 --evaluate 256 --export models/glyphs.safetensors",
    bitsPerDimImages: 256,
  });
  expect(info["seconds"]).toBeGreaterThan(60);
});

it("has the bits per dimension that it says, within the noise of fewer images", async () => {
  const trained = await loadTrainedModel();
  const dataset = await openDataset(String(trained.info["data"]));
  const { bitsPerDim, standardError } = await evaluateModel(trained, dataset, { images: 16, seed: 77 });
  trained.dispose();
  const stated = Number(trained.info["bitsPerDim"]);
  expect(Math.abs(bitsPerDim.total - stated)).toBeLessThan(4 * standardError);
  expect(stated).toBeLessThan(3); // an untrained network has more than 8
});

it("draws what looks like the data: as much ink, as black a ground", async () => {
  const trained = await loadTrainedModel();
  const dataset = await openDataset(String(trained.info["data"]));
  let samples = new Float32Array();
  for await (const { t, xt } of sampleModel(trained, { count: 16, seed: 3, sampler: "ddim", steps: 25 }))
    if (t === 0) samples = xt as Float32Array<ArrayBuffer>;
  trained.dispose();
  const data = dataset.batch({ size: 200, step: 0, seed: 1, split: "test" }).x;
  const share = (x: Float32Array, belongs: (value: number) => boolean): number =>
    x.filter(belongs).length / x.length;
  const ink = (value: number): boolean => value > 0.5;
  const ground = (value: number): boolean => value < -0.9;
  expect(Math.abs(share(samples, ink) - share(data, ink))).toBeLessThan(0.04);
  expect(Math.abs(share(samples, ground) - share(data, ground))).toBeLessThan(0.08);
});

it("is what `workbook sample` takes without a model", async () => {
  const folder = await mkdtemp(join(tmpdir(), "shipped-"));
  const { status, out } = await workbook(
    folder,
    ..."sample --count 4 --sampler ddim --steps 4 --json".split(" "),
  );
  expect([status, (JSON.parse(out) as { checkpoint: string }).checkpoint]).toEqual([0, shippedModel]);
  const picture = await decode(await readFile(join(folder, "samples.png")));
  expect(picture.colors).toBeGreaterThan(50);
  await rm(folder, { recursive: true });
});
