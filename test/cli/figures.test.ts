import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { command } from "../../src/cli/figures.js";
import type { CommandArguments, ExitStatus } from "../../src/cli/command.js";
import { scheduleFromBetas } from "../../src/diffusion/schedule.js";
import { createUNet } from "../../src/model/unet.js";
import { useBackend } from "../../src/tensor/backend.js";
import { saveCheckpoint } from "../../src/train/checkpoint.js";
import { adam } from "../../src/train/optimizer.js";
import { disposeState, initTrainState } from "../../src/train/state.js";
import { decode } from "../figure/decode.js";

let folder = "";
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "figures-"))));
afterEach(() => rmSync(folder, { recursive: true }));

async function run(
  values: CommandArguments["values"],
  env: Readonly<Record<string, string>> = {},
): Promise<{ status: ExitStatus; out: string }> {
  let out = "";
  const effects = {
    out: (text: string) => void (out += text),
    err: () => undefined,
    cwd: folder,
    env: { WORKBOOK_BACKEND: "cpu", ...env },
    isTerminal: false,
  };
  const status = await command.run(
    { values: { out: "pictures", seed: "1", ...values }, positionals: [] },
    effects,
  );
  return { status, out };
}

const file = (name: string): string => join(folder, "pictures", name);
const entries = (): unknown => JSON.parse(readFileSync(file("figures.json"), "utf8"));

describe("workbook figures", () => {
  it("writes pictures and how they were made, and keeps what is not built anew", async () => {
    const first = await run({ only: ["noise-contributions"] });
    expect(first.status).toBe(0);
    expect(first.out).toMatch(/^pictures\/noise-contributions\.png {2}\d+ bytes\n$/u);
    const bytes = readFileSync(file("noise-contributions.png"));
    await run({ only: ["snr-curves", "noise-contributions"] });
    expect(Buffer.compare(readFileSync(file("noise-contributions.png")), bytes)).toBe(0);
    expect(readdirSync(join(folder, "pictures")).sort()).toEqual([
      "figures.json",
      "noise-contributions.png",
      "snr-curves.png",
    ]);
    expect(entries()).toEqual([
      {
        id: "snr-curves",
        file: "snr-curves.png",
        title: "Signal-to-noise ratio",
        alt:
          "Signal-to-noise ratio on a logarithmic axis over the step t. linear schedule: from 10000 at t = 1 to " +
          "4.04e−5 at t = 1000; it falls below 1 at t = 260. cosine schedule: from 24200 at t = 1 to 2.43e−9 at " +
          "t = 1000; it falls below 1 at t = 497.",
        seed: 1,
        command: "npx workbook figures --only snr-curves --seed 1",
      },
      {
        id: "noise-contributions",
        file: "noise-contributions.png",
        title: "Where the variance of x_t comes from",
        alt:
          "Stacked bars, one for each t from 0 to 10, all of height 1. The share ᾱ_t of x_0 falls from 1 to 0.0327; " +
          "the squared coefficients of the noises z_1 to z_t fill the rest, together 1 − ᾱ_t, which is 0.967 at " +
          "t = 10. There the oldest noise z_1 has a share of 0.00172, the newest z_10 of 0.5.",
        seed: 1,
        command: "npx workbook figures --only noise-contributions --seed 1",
      },
    ]);
  });

  it("samples from a checkpoint", async () => {
    await useBackend({ WORKBOOK_BACKEND: "cpu" });
    const model = createUNet({
      imageSize: 8,
      imageChannels: 1,
      patchSize: 2,
      channels: 8,
      multipliers: [1],
      blocks: 1,
      attentionAt: [],
      middleAttention: false,
      groups: 4,
    });
    const state = initTrainState(model, adam(1e-3), 1);
    const schedule = scheduleFromBetas("short", [0.1, 0.2, 0.4, 0.6]);
    await saveCheckpoint(join(folder, "model.safetensors"), { model, schedule, state, info: {} });
    disposeState(state);
    const only = ["samples", "denoising"];
    await run({ only, checkpoint: "model.safetensors" });
    const samples = await decode(readFileSync(file("samples.png")));
    // Ten columns and four rows of 8 × 8 pixels, eight times enlarged, gaps of 3 and borders of 6.
    expect([samples.width, samples.height]).toEqual([2 * (12 + 10 * 67 - 3), 2 * (12 + 4 * 67 - 3)]);
    expect(samples.colors).toBeGreaterThan(50);
    expect(entries()).toMatchObject([
      {
        id: "samples",
        command: "npx workbook figures --only samples --checkpoint model.safetensors --seed 1",
      },
      { id: "denoising", title: "From noise to samples" },
    ]);
    const before = readFileSync(file("samples.png"));
    await run({ only, checkpoint: "model.safetensors" });
    expect(Buffer.compare(readFileSync(file("samples.png")), before)).toBe(0);
    await run({ only, checkpoint: "model.safetensors", seed: "2" });
    expect(Buffer.compare(readFileSync(file("samples.png")), before)).not.toBe(0);
  });

  it.each<[string, CommandArguments["values"], Readonly<Record<string, string>>, string]>([
    [
      "an unknown figure",
      { only: ["pie"] },
      {},
      "--only pie: expected one of derivation, alpha-bar-curves, snr-curves, noise-contributions, samples, " +
        "denoising. Choose one of them.",
    ],
    [
      "samples without a model",
      { only: ["samples"] },
      {},
      "--only samples: expected a checkpoint with it. Name a trained model: --checkpoint FILE; workbook train makes one.",
    ],
    ["a seed that is none", { seed: "x" }, {}, "--seed x: expected a whole number. Leave it out for seed 1."],
    [
      "a browser that is not there",
      { only: ["snr-curves", "derivation"] },
      { WORKBOOK_CHROMIUM: "/nowhere/chromium" },
      "WORKBOOK_CHROMIUM = /nowhere/chromium: expected the path of a browser. Install Chromium or Chrome and name it " +
        "in WORKBOOK_CHROMIUM, or leave this figure out with --only.",
    ],
  ])("refuses %s and leaves the folder alone", async (_, values, env, message) => {
    await expect(run(values, env)).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("refuses a folder that cannot be made", async () => {
    writeFileSync(join(folder, "taken"), "");
    await expect(run({ only: ["snr-curves"], out: "taken/pictures" })).rejects.toThrow(
      /^--out \S+taken\/pictures \(ENOTDIR[^]*\): expected a folder that can be made\. Choose another place\.$/u,
    );
  });

  it("refuses to mend a damaged figures.json", async () => {
    await run({ only: ["snr-curves"] });
    const picture = readFileSync(file("snr-curves.png"));
    writeFileSync(file("figures.json"), "{");
    await expect(run({ only: ["snr-curves"] })).rejects.toThrow(
      `${file("figures.json")}: expected the list that this command writes. Delete it and build all figures anew.`,
    );
    expect(Buffer.compare(readFileSync(file("snr-curves.png")), picture)).toBe(0);
  });
});
