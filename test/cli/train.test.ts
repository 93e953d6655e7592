/** `workbook train`, `sample` and `evaluate` as a person calls them. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDataset } from "../../src/data/openDataset.js";
import { calcBpd } from "../../src/diffusion/bpdLoop.js";
import { packageRoot } from "../../src/notebook/root.js";
import { createRandom } from "../../src/random/random.js";
import { loadTrainedModel } from "../../src/train/trainedModel.js";
import { readRunLog } from "../../src/train/runLog.js";
import { decode } from "../figure/decode.js";
import { at } from "../support/numbers.js";
import { workbook } from "../support/workbook.js";

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "train-"))));
afterAll(() => rmSync(folder, { recursive: true }));

const small = "train --preset tiny --channels 8 --T 25 --batch 4 --seed 3".split(" ");
const cli = (...argv: readonly string[]): ReturnType<typeof workbook> => workbook(folder, ...argv);

/** A process of its own, in the test's folder. */
function spawned(args: readonly string[]): {
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly printed: (text: string) => Promise<void>;
  readonly ended: Promise<{ status: number | null; out: string; err: string }>;
} {
  const child = spawn(process.execPath, [join(packageRoot, "bin", "workbook.mjs"), ...args], { cwd: folder });
  let [out, err] = ["", ""];
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  return {
    kill: (signal) => child.kill(signal),
    printed: (text) =>
      new Promise((resolve) => {
        child.stdout.on("data", () => {
          if (out.includes(text)) resolve();
        });
      }),
    ended: new Promise((resolve) => child.on("close", (status) => resolve({ status, out, err }))),
  };
}

function numbersOf(file: string): Buffer {
  const bytes = readFileSync(join(folder, file));
  return bytes.subarray(8 + Number(bytes.readBigUInt64LE(0)));
}

describe("workbook train", () => {
  it("trains a small U-Net: a line for each checkpoint, samples, a log, an exported model", async () => {
    const { status, out, err } = await cli(
      ...small,
      ..."--steps 6 --every 4 --keep 1 --samples 6 --evaluate 2 --export alone.safetensors --out net".split(
        " ",
      ),
    );
    expect([status, err]).toEqual([0, ""]);
    const facts = String.raw`loss \d\.\d{4} \(mean \d\.\d{4}\)  \d+(\.\d)? images/s  \d+:\d\d left`;
    expect(out).toMatch(
      new RegExp(
        String.raw`^tiny on glyphs:digits, seed 3, tensorflow \S+ on \S+
step 4/6  ${facts}  saved step-00000004\.safetensors
step 6/6  ${facts}  saved step-00000006\.safetensors
net/step-00000006\.safetensors
net/samples\.png
alone\.safetensors
\d\.\d{4} ± \d\.\d{4} bits/dim on 2 test images
$`,
      ),
    );
    const names = readdirSync(join(folder, "net")).filter((name) => !name.startsWith("events.out.tfevents."));
    expect(names).toEqual(["log.csv", "samples.png", "step-00000006.safetensors"]);
    const picture = await decode(readFileSync(join(folder, "net", "samples.png")));
    // Three columns and two rows of 28 pixels, twice enlarged, gaps of 3 and borders of 6, at double density.
    expect([picture.width, picture.height]).toEqual([2 * (12 + 3 * 59 - 3), 2 * (12 + 2 * 59 - 3)]);
    const { info, step, dispose } = await loadTrainedModel(join(folder, "alone.safetensors"));
    dispose();
    expect([step, info["command"]]).toEqual([
      6,
      "workbook train --preset tiny --steps 6 --batch 4 --seed 3 --T 25 --channels 8 --evaluate 2 --export alone.safetensors",
    ]);
    expect(info["bitsPerDim"]).toBeGreaterThan(1);
  });

  it("says everything in one JSON document", async () => {
    const { out } = await cli(..."train --preset points --steps 3 --samples 0 --out json --json".split(" "));
    const said = JSON.parse(out) as Record<string, unknown>;
    const rows = readRunLog(join(folder, "json", "log.csv"));
    const { imagesPerSecond, seconds, ...rest } = said;
    expect(rest).toEqual({
      folder: join(folder, "json"),
      checkpoint: join(folder, "json", "step-00000003.safetensors"),
      ...{ step: 3, steps: 3, resumedFrom: 0 },
      // time 2 (128² + 128), in 2·128 + 128, hidden 3 · 2 (128² + 128), out 128·2 + 2
      parameters: 8 * (128 * 128 + 128) + 3 * 128 + 2 * 128 + 2,
      loss: rows[2]?.loss,
      lossMean: rows[2]?.lossMean,
    });
    expect([Number(imagesPerSecond) > 0, Number(seconds) > 0]).toEqual([true, true]);
  });

  it("prolongs a run that is whole, and says so of one that is passed over", async () => {
    const base = "train --preset points --channels 8 --samples 0 --every 3 --out long".split(" ");
    await cli(...base, "--steps", "6");
    const last = join(folder, "long", "step-00000006.safetensors");
    writeFileSync(last, readFileSync(last).subarray(0, -1));
    const { status, out } = await cli(
      ..."train --resume --steps 9 --samples 0 --every 3 --out long".split(" "),
    );
    expect(status).toBe(0);
    expect(out).toContain(`passed over: ${last}: the numbers of adam.nu.output.bias end after the end`);
    expect(out).toContain("going on after step 3\n");
    expect(readRunLog(join(folder, "long", "log.csv")).map(({ step }) => step)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
    expect((await cli(..."train --resume --samples 0 --out long".split(" "))).status).toBe(0);
  });

  it.each(["SIGINT", "SIGTERM"] as const)(
    "saves and stops at %s, says how to go on, and then ends with the weights of an undisturbed run",
    async (signal) => {
      const base = `${small.join(" ")} --steps 40 --every 10 --samples 0`.split(" ");
      if (!existsSync(join(folder, "calm"))) await cli(...base, "--out", "calm");
      const out = `stopped-${signal}`;
      const child = spawned([...base, "--out", out]);
      await child.printed("step 10/40");
      child.kill(signal);
      const ended = await child.ended;
      expect(ended.err).toBe("");
      expect(ended.status).toBe(1);
      const said = /stopped after step (\d+) of 40; go on with: (workbook train --resume --out \S+)\n$/.exec(
        ended.out,
      );
      const [, step = "", command = ""] = said ?? [];
      expect(command).toBe(`workbook train --resume --out ${out}`);
      expect(Number(step)).toBeGreaterThan(10);
      expect(existsSync(join(folder, out, `step-${step.padStart(8, "0")}.safetensors`))).toBe(true);
      const resumed = await cli(...command.split(" ").slice(1), "--samples", "0");
      expect(resumed.status).toBe(0);
      const last = "step-00000040.safetensors";
      expect(Buffer.compare(numbersOf(join(out, last)), numbersOf(join("calm", last)))).toBe(0);
    },
  );

  it("stops at a disk that is full, the last checkpoint intact: a limit on the size of files", async () => {
    // Checkpoints of this U-Net have 783 kB; the limit counts in blocks of 512 bytes or of a kilobyte.
    const args = [...small, "--steps", "4", "--every", "2", "--samples", "0", "--out", "limited"];
    await cli(...args.map((text) => (text === "4" ? "2" : text)));
    const before = readFileSync(join(folder, "limited", "step-00000002.safetensors"));
    const bin = join(packageRoot, "bin", "workbook.mjs");
    const script = `ulimit -f 500 && exec "${process.execPath}" "${bin}" train --resume --steps 4 --every 2 --out limited`;
    const { status, stderr } = spawnSync("sh", ["-c", script], { cwd: folder, encoding: "utf8" });
    expect(status).toBe(2);
    const file = join(folder, "limited", "step-00000004.safetensors");
    expect(stderr).toBe(
      `workbook train: cannot write ${file} (EFBIG: file too large, write): expected a file that can be written. Look at the disk of ${join(folder, "limited")}, or choose another folder. An earlier file of this name is untouched. The last good checkpoint is ${join(folder, "limited", "step-00000002.safetensors")}.\n`,
    );
    expect(readdirSync(join(folder, "limited")).filter((name) => name.includes("step"))).toEqual([
      "step-00000002.safetensors",
    ]);
    expect(Buffer.compare(readFileSync(join(folder, "limited", "step-00000002.safetensors")), before)).toBe(
      0,
    );
    expect((await cli(..."train --resume --steps 4 --samples 0 --out limited".split(" "))).status).toBe(0);
  });

  it("trains the bound and its variances, goes on with them, and samples and evaluates with them", async () => {
    const bound = "--loss hybrid --variance learnedRange --samples 0";
    const { status, err } = await cli(...small, ...`--steps 2 ${bound} --out bound`.split(" "));
    expect([status, err]).toEqual([0, ""]);
    const resumed = await cli(..."train --resume --steps 3 --samples 0 --out bound".split(" "));
    expect(resumed.status).toBe(0);
    const file = join("bound", "step-00000003.safetensors");
    const { info, variance, model, dispose } = await loadTrainedModel(join(folder, file));
    dispose();
    expect([info["loss"], info["variance"], variance]).toEqual(["hybrid", "learnedRange", "learnedRange"]);
    expect(model.outputShape).toEqual([28, 28, 2]);
    expect(info["command"]).toContain(" --loss hybrid --variance learnedRange");
    const evaluated = await cli(..."evaluate --images 2 --json --checkpoint".split(" "), file);
    const { bitsPerDim } = JSON.parse(evaluated.out) as { bitsPerDim: { total: number } };
    expect(bitsPerDim.total).toBeGreaterThan(1);
    for (const sampler of ["ddpm", "ddim"])
      expect(
        (
          await cli(
            ..."sample --count 2 --steps 5 --json --checkpoint".split(" "),
            file,
            "--sampler",
            sampler,
          )
        ).status,
      ).toBe(0);
  });

  it.each<[string, string, string]>([
    [
      "an unknown preset",
      "train --preset huge",
      "preset huge: expected one of quick, tiny, full, cifar10, mnist, points. Choose one.",
    ],
    [
      "a number that is none",
      "train --steps 1e3",
      "--steps 1e3: expected a whole number of at least 1. Leave it out for the default, see --help.",
    ],
    [
      "an unknown prediction",
      "train --predicts noise",
      "--predicts noise: expected one of eps, xStart, v, mean. Leave it out for the default, see --help.",
    ],
    ["an argument", "train glyphs", "argument glyphs: expected options only. See workbook train --help."],
    [
      "nothing to resume",
      "train --resume --out nowhere",
      "--resume: FOLDER/nowhere holds no checkpoint: expected a run to go on with. Correct --out, or say with --preset what to begin if there is none.",
    ],
    [
      "another run in its folder",
      "train --out json",
      "--out FOLDER/json holds checkpoints of a run: expected a folder without. Go on with that run by --resume, or choose another folder.",
    ],
    [
      "a seed that is not the run's",
      "train --resume --seed 9 --out json",
      "--seed 9: expected 1, as in the run that is resumed. Leave it out, or begin another run with another --out.",
    ],
    [
      "fewer steps than are made",
      "train --resume --steps 2 --out json",
      "--steps 2: expected at least the 3 steps that are made. It counts from the very first step.",
    ],
    [
      "data of another size",
      "train --preset tiny --data toy:moons --out other",
      "data of shape [2] for a model of shape [28, 28, 1]: expected the same shape. Make the model for these data, or open other data.",
    ],
    [
      "noise of a sampler that has none to choose",
      "sample json --eta 0.5",
      "--eta 0.5 with the sampler ddpm: expected ddim. Add --sampler ddim, or leave --eta out.",
    ],
    [
      "more steps than there are",
      "sample json --sampler ddim --steps 101",
      "steps = 101: expected an integer from 1 to T = 100. Ask for at most T steps.",
    ],
    [
      "a film of points",
      "sample json --gif a.gif",
      "--gif a.gif: expected a model of images. Leave it out for points of the plane.",
    ],
    ["two models", "sample json --checkpoint net", "models json, net: expected one. Name a single model."],
    [
      "bits of points",
      "evaluate json",
      "data of shape [2] for a model of shape [2]: expected images of the model's size. Bits per dimension are defined for images of 256 levels; give data of the model's size with --data.",
    ],
  ])("refuses %s", async (_, line, message) => {
    const [name = ""] = line.split(" ");
    expect(await cli(...line.split(" "))).toMatchObject({
      status: 2,
      err: `workbook ${name}: ${message.replaceAll("FOLDER", folder)}\n`,
    });
    expect(existsSync(join(folder, "other"))).toBe(false);
  });
});

describe("workbook sample", () => {
  it("draws the same picture for the same seed, from the folder of a run, its checkpoint or the exported model", async () => {
    const pictures: Buffer[] = [];
    for (const model of ["net", "net/step-00000006.safetensors", "alone.safetensors"]) {
      const { status, out } = await cli("sample", model, ..."--count 5 --seed 4 --out five.png".split(" "));
      expect(status).toBe(0);
      expect(out).toMatch(/^five\.png\n5 samples, ddpm in 25 steps, \d+\.\d s\n$/);
      pictures.push(readFileSync(join(folder, "five.png")));
    }
    expect(pictures.map((picture) => Buffer.compare(picture, pictures[0] ?? picture))).toEqual([0, 0, 0]);
    await cli(..."sample --checkpoint net --count 5 --seed 5 --out five.png".split(" "));
    expect(Buffer.compare(readFileSync(join(folder, "five.png")), pictures[0] ?? Buffer.of())).not.toBe(0);
  });

  it("makes a GIF of the way, and one JSON document", async () => {
    const { out } = await cli(
      ..."sample net --count 3 --sampler ddim --steps 6 --eta 0.5 --gif way.gif --out three.png --json".split(
        " ",
      ),
    );
    const { seconds, ...said } = JSON.parse(out) as Record<string, unknown>;
    expect(said).toEqual({
      checkpoint: join(folder, "net", "step-00000006.safetensors"),
      ...{ count: 3, sampler: "ddim", seed: 1, steps: 6, eta: 0.5 },
      out: join(folder, "three.png"),
      gif: join(folder, "way.gif"),
    });
    expect(Number(seconds)).toBeGreaterThan(0);
    const gif = readFileSync(join(folder, "way.gif"));
    let frames = 0;
    for (
      let place = gif.indexOf("21f904", "hex");
      place >= 0;
      place = gif.indexOf("21f904", place + 1, "hex")
    )
      frames += 1;
    // x_T, four states between, x_0 and the one before it.
    expect(frames).toBe(7);
    expect(statSync(join(folder, "way.gif")).size).toBeGreaterThan(5000);
  });
});

describe("workbook evaluate", () => {
  it("prints the terms of calcBpd for the test images, and the rates that they add up to", async () => {
    const { status, out } = await cli(..."evaluate net --images 3 --seed 8 --json".split(" "));
    expect(status).toBe(0);
    const found = JSON.parse(out) as {
      bitsPerDim: Record<"total" | "prior" | "denoising" | "reconstruction", number> & { perStep: number[] };
      rateDistortion: { reverseSteps: number; rate: number; rmse: number }[];
      xStartMse: number[];
      images: number;
    };
    const trained = await loadTrainedModel(join(folder, "net", "step-00000006.safetensors"));
    const { x } = (await openDataset("glyphs:digits")).batch({ size: 64, step: 0, seed: 8, split: "test" });
    const xStart = tf.tensor(x.slice(0, 3 * 784), [3, 28, 28, 1]);
    const seed = createRandom(8)
      .fork("evaluate")
      .fork(0)
      .integer(0, 2 ** 31 - 1);
    const expected = await calcBpd(trained.schedule, trained.denoiser, xStart, { seed, clipDenoised: true });
    trained.dispose();
    xStart.dispose();
    const { total, prior, denoising, reconstruction, perStep } = found.bitsPerDim;
    expect(perStep).toHaveLength(25);
    perStep.forEach((value, i) => expect(value).toBeCloseTo(at(expected.perStep, i + 1), 12));
    for (const [value, wanted] of [
      [total, expected.total],
      [prior, expected.prior],
      [denoising, expected.denoising],
      [reconstruction, expected.reconstruction],
      [total, prior + denoising + reconstruction],
    ] as const)
      expect(value).toBeCloseTo(wanted, 12);
    // After k reverse steps x_{T−k+1} is known: all terms of later steps have been sent.
    for (const { reverseSteps, rate, rmse } of found.rateDistortion) {
      const t = 25 - reverseSteps + 1;
      const sent = perStep.slice(t).reduce((sum, value) => sum + value, prior);
      expect(rate).toBeCloseTo(sent, 12);
      expect(rmse).toBeCloseTo(Math.sqrt(at(found.xStartMse, t - 1)) * 127.5, 10);
    }
    expect(found.rateDistortion.map(({ reverseSteps }) => reverseSteps)).toEqual(
      Array.from({ length: 25 }, (_, i) => i + 1),
    );
    expect(found.images).toBe(3);
  });

  it("shows a table", async () => {
    const { out } = await cli(..."evaluate net --images 2".split(" "));
    expect(out).toMatch(
      /step-00000006\.safetensors on glyphs:digits, test split, 2 images, bits per dimension:\n {2}total {21}\d\.\d{5} ± \d\.\d{5}\n {2}prior L_T {17}\d\.\d{5}\n {2}denoising L_1 … L_24 {6}\d\.\d{5}\n {2}reconstruction L_0 {8}\d\.\d{5}\n/,
    );
    expect(out.split("\n").slice(6, -1)).toHaveLength(11);
  });
});

// A file system of two megabytes needs a user namespace; where there is none, the limit above has to do.
const canMount = spawnSync("unshare", ["-rm", "true"]).status === 0;
it.each(canMount ? ["two megabytes"] : [])("resumes after a real disk of %s was full", () => {
  const train = `"${process.execPath}" "${join(packageRoot, "bin", "workbook.mjs")}" ${small.join(" ")} --every 1 --keep 3 --samples 0 --resume --steps`;
  // Room for two checkpoints of 783 kB, not for three.
  const script = `set -e; mkdir disk; mount -t tmpfs -o size=2m none disk; cd disk
    ${train} 4 --out . >/dev/null 2>../full.txt && exit 9; ls -a; rm -f step-00000001.safetensors
    ${train} 3 --keep 1 --out .; ls`;
  const out = execFileSync("unshare", ["-rm", "sh", "-c", script], { cwd: folder, encoding: "utf8" });
  expect(readFileSync(join(folder, "full.txt"), "utf8")).toMatch(
    /^workbook train: cannot write \S+step-00000003\.safetensors \(ENOSPC: no space left on device, write\): expected 0\.8 MB of free space\. .* The last good checkpoint is \S+step-00000002\.safetensors\.\n$/,
  );
  expect(out).toContain("going on after step 2\n");
  expect(out).not.toContain(".part");
  expect(out.trimEnd().endsWith("step-00000003.safetensors")).toBe(true);
});
