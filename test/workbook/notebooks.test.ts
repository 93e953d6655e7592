/** The workbook itself: run headless in its own kernel with a training of a few steps, and made into a report. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Derivation, derivationMime } from "../../src/figure/derivation.js";
import { readIpynb } from "../../src/notebook/format/ipynb.js";
import type { Output } from "../../src/notebook/format/notebook.js";
import { packageRoot } from "../../src/notebook/root.js";
import { type Outcome, workbook } from "../support/workbook.js";

const out = mkdtempSync(join(tmpdir(), "workbook-run-"));
const notebooks = ["01-forward-process", "02-reverse-posterior", "05-training", "06-sampling"];
let run: Outcome;

beforeAll(async () => {
  run = await workbook(packageRoot, "run", "--out", out, "--set", "steps=3", "--set", "count=6");
}, 600_000);
afterAll(() => rmSync(out, { recursive: true, force: true }));

function outputs(name: string): readonly Output[] {
  const { cells } = readIpynb(readFileSync(join(out, `${name}.ipynb`), "utf8"), name);
  return cells.flatMap((cell) => (cell.type === "code" ? cell.outputs : []));
}

function derivations(name: string): readonly Derivation[] {
  return outputs(name).flatMap((output) =>
    output.type === "display" && derivationMime in output.data
      ? [output.data[derivationMime] as unknown as Derivation]
      : [],
  );
}

function printed(name: string): string {
  return outputs(name)
    .flatMap((output) => (output.type === "stream" ? [output.text] : []))
    .join("");
}

describe("the workbook", () => {
  it("runs from top to bottom", () => {
    expect(run.err).toBe("");
    expect(run.status).toBe(0);
    expect(readdirSync(out).filter((file) => file.endsWith(".ipynb"))).toEqual(
      notebooks.map((name) => `${name}.ipynb`),
    );
  });

  it("says how its results were made", () => {
    const { metadata } = readIpynb(readFileSync(join(out, "05-training.ipynb"), "utf8"), "05-training");
    expect(metadata["diffusion_workbook"]).toMatchObject({
      run: {
        date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as string,
        kernel: "diffusion-workbook",
        profile: "quick",
      },
    });
  });

  it("writes nothing to stderr", () => {
    const kinds = notebooks.flatMap((name) =>
      outputs(name).map((one) => (one.type === "stream" ? one.name : "")),
    );
    expect(kinds).not.toContain("stderr");
  });

  it.each([
    ["01-forward-process", { holds: 20, fails: 2 }],
    ["02-reverse-posterior", { holds: 18, fails: 2 }],
    ["05-training", { holds: 3, fails: 0 }],
    ["06-sampling", { holds: 3, fails: 0 }],
  ])("%s: every line of every derivation is decided, and fails only where it should", (name, wanted) => {
    const lines = derivations(name).flatMap(({ lines: all }) => all);
    const count = (verdict: string): number => lines.filter((line) => line.verdict === verdict).length;
    expect({ holds: count("holds"), fails: count("fails"), all: lines.length }).toEqual({
      ...wanted,
      all: wanted.holds + wanted.fails,
    });
    for (const line of lines) {
      expect(line.expect ?? "holds", line.latex).toBe(line.verdict);
      expect(line.worlds).toBeGreaterThanOrEqual(16);
    }
  });

  it("names backend, data and seed where tensors run", () => {
    expect(printed("05-training")).toMatch(/^quick profile, data glyphs:digits, seed 1, tensorflow \d/);
    expect(printed("06-sampling")).toMatch(
      /unet\.safetensors: step 3 on glyphs:digits; T = 250, tensorflow \d/,
    );
  });

  it("finds the same posterior by the formula, on a grid and by conditioning", () => {
    const [, formula, grid, conditioning] = printed("02-reverse-posterior").trimEnd().split("\n");
    const numbers = (line = ""): string => line.replace(/^\w+/, "").trim();
    expect(numbers(formula)).toMatch(/^0\.\d{12} +0\.\d{12}$/);
    expect([numbers(grid), numbers(conditioning)]).toEqual([numbers(formula), numbers(formula)]);
  });

  it("becomes one report file", async () => {
    const file = join(out, "report.html");
    const files = notebooks.map((name) => join(out, `${name}.ipynb`));
    const report = await workbook(packageRoot, "report", ...files, "--out", file);
    expect(report.err).toBe("");
    expect(report.status).toBe(0);
    const html = readFileSync(file, "utf8");
    for (const title of ["1 · The forward process", "6 · Sampling"]) expect(html).toContain(title);
    // Images of 3-step samples are noise and compress badly; the report of a real run is smaller.
    expect(html.length).toBeLessThan(6e6);
  });

  it("refuses parameters that no notebook has, before anything runs", async () => {
    const refused = await workbook(packageRoot, "run", "--out", out, "--set", "stepz=3");
    expect(refused).toEqual({
      status: 2,
      out: "",
      err: "workbook run: --set stepz=3: expected one of count, seed, steps. Correct the name, or run the notebook that has it.\n",
    });
  });

  it("refuses an unknown data set before anything runs", async () => {
    const refused = await workbook(packageRoot, "run", "--out", out, "--data", "mnst:here");
    expect(refused.status).toBe(2);
    expect(refused.err).toMatch(/^workbook run: data set "mnst:here": expected one of glyphs, /);
  });
});
