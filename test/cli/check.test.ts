import { describe, expect, test } from "vitest";
import type { CheckReport } from "../../src/derivation/verdict/verdict.js";
import { inFolder, workbook } from "../support/workbook.js";

const document = `The step, and a slip:

$$\\alpha_t = 1 - \\beta_t$$

$$\\bar\\alpha_t = \\prod_{s=1}^{T} \\alpha_s$$
`;

describe("workbook check", () => {
  test("prints a table and exits 1 when a formula fails", async () => {
    await inFolder({ "a.md": document }, async (folder) => {
      expect(await workbook(folder, "check", "a.md")).toEqual({
        status: 1,
        out: [
          `a.md:3:3  holds               ${"\\alpha_t = 1 - \\beta_t".padEnd(60)}  error 0.0e+0`,
          `a.md:5:3  fails               ${"\\bar\\alpha_t = \\prod_{s=1}^{T} \\alpha_s".padEnd(60)}  error 1.0e+0`,
          "    With T = 2 at t = 1: β_1 = 0.4, β_2 = 0.3, ᾱ_1 = 0.6, α_1 = 0.6, α_2 = 0.7; the left side is 0.6, the right side 0.42.",
          "    holds if the product ends at t instead of T: \\bar\\alpha_t = \\prod_{s=1}^{t} \\alpha_{s}",
          "    or holds if the index of ᾱ_t on the left side is T instead of t: \\bar{\\alpha}_{T} = \\prod_{s=1}^{T} \\alpha_s",
          "1 holds, 1 fails, 0 defines, 0 undecided, 0 unreadable\n",
        ].join("\n"),
        err: "",
      });
    });
  });

  test("prints one JSON document and nothing else", async () => {
    await inFolder(
      {
        "a.json":
          '[{"id":"one","latex":"\\\\lambda_t = \\\\beta_t"},{"id":"two","latex":"\\\\lambda_t < 1"}]',
      },
      async (folder) => {
        const { status, out, err } = await workbook(
          folder,
          "check",
          "a.json",
          "--json",
          "--seed",
          "7",
          "--worlds",
          "4",
          "--digits",
          "32",
        );
        expect([status, err]).toEqual([0, ""]);
        const common = { inLaw: false, maxRelativeError: null, worlds: 4, seed: 7, digits: 32 };
        expect(JSON.parse(out)).toEqual({
          statements: [
            {
              id: "one",
              source: { file: "a.json", line: 1, column: 1 },
              latex: "\\lambda_t = \\beta_t",
              relation: "=",
              verdict: "defines",
              ...common,
              reason: "a new name; nothing is claimed",
            },
            {
              id: "two",
              source: { file: "a.json", line: 2, column: 1 },
              latex: "\\lambda_t < 1",
              relation: "<",
              verdict: "holds",
              ...common,
              reason: expect.stringMatching(/^smallest slack /) as string,
            },
          ],
          summary: { holds: 1, fails: 0, defines: 1, undecided: 0, unreadable: 0 },
        });
      },
    );
  });

  test("--schedule judges at the betas of a schedule and at every t of it", async () => {
    const text = "$$\\bar\\alpha_t > \\frac{1}{10}$$\n\n$$\\bar\\alpha_t = \\prod_{s=1}^{t} \\alpha_s$$\n";
    await inFolder({ "a.md": text }, async (folder) => {
      const { status, out } = await workbook(folder, "check", "a.md", "--schedule", "linear", "--json");
      const { statements } = JSON.parse(out) as CheckReport;
      expect([status, statements.map(({ verdict }) => verdict)]).toEqual([1, ["fails", "holds"]]);
      expect(statements[0]?.counterexample).toMatchObject({ T: 1000, t: 476, left: "0.0995675" });
      const short = await workbook(folder, "check", "a.md", "--schedule", "cosine:50");
      expect(short.out).toContain("for the betas of the schedule cosine, T = 50");
    });
  });

  test("undecided formulas are shown and do not fail; unreadable ones do", async () => {
    await inFolder(
      { "u.md": "$$\\alpha_t = \\gamma_t$$\n", "r.md": "$$\\sqrt\\alpha_t = 1$$\n" },
      async (folder) => {
        expect((await workbook(folder, "check", "u.md")).status).toBe(0);
        expect((await workbook(folder, "check", "r.md")).status).toBe(1);
      },
    );
  });

  test.each([
    [
      [],
      "workbook check: no FILE: expected at least one document. Try: workbook check notebooks/01-forward-process.md\n",
    ],
    [["none.md"], "workbook check: none.md (ENOENT): expected a file that can be read. Check the path.\n"],
    [
      ["a.md", "--notation", "toString"],
      "workbook check: --notation toString: expected one of ddpm, or a file ending in .yaml or .json. Choose one of these.\n",
    ],
    [
      ["a.md", "--worlds", "many"],
      "workbook check: --worlds many: expected a whole number. Write --worlds 16.\n",
    ],
    [
      ["a.md", "--worlds", "0"],
      "workbook check: worlds = 0: expected a whole number from 1 to 1000. Give another worlds.\n",
    ],
    [
      ["a.md", "--schedule", "sigmoid:10"],
      "workbook check: --schedule sigmoid:10: expected one of linear, cosine, quadratic, and a number of steps. Write --schedule linear:1000.\n",
    ],
    [
      ["a.md", "--schedule", "cosine:99999"],
      "workbook check: a schedule of 99999 betas: expected 1 to 10000 of them. Give β_1 … β_T, one for each step.\n",
    ],
  ])("a wrong call exits 2: %j", async (argv, message) => {
    await inFolder({ "a.md": document }, async (folder) => {
      expect(await workbook(folder, "check", ...argv)).toEqual({ status: 2, out: "", err: message });
    });
  });
});

describe("workbook check --mutate", () => {
  const formulas =
    '[{"id":"one","latex":"\\\\alpha_t = 1-\\\\beta_t"},{"id":"two","latex":"x_t = \\\\sqrt{\\\\alpha_t}x_{t-1}+\\\\sqrt{\\\\beta_t}z_t"}]';

  test("tells what became of the slips and lists the survivors", async () => {
    await inFolder({ "a.json": formulas }, async (folder) => {
      const { status, out, err } = await workbook(folder, "check", "a.json", "--mutate", "--worlds", "3");
      expect([status, err]).toEqual([0, ""]);
      expect(out).toContain("called true, and equivalent:\n  two  index shifted (same law): x_{t} = ");
      expect(out).not.toContain("NOT NOTICED");
      expect(out).toMatch(
        /\n(\d+) change the value: \1 refused \(100\.00 %\), of these \d+ fail, \d+ undecided, \d+ unreadable\n/,
      );
    });
  });

  test("as one JSON document", async () => {
    await inFolder({ "a.json": formulas }, async (folder) => {
      const { out } = await workbook(folder, "check", "a.json", "--mutate", "--json", "--worlds", "3");
      const { statements, summary, mutation } = JSON.parse(out) as {
        readonly statements: readonly unknown[];
        readonly summary: Readonly<Record<string, number>>;
        readonly mutation: Readonly<Record<string, unknown>>;
      };
      expect([statements.length, summary["holds"]]).toEqual([2, 2]);
      expect(mutation).toMatchObject({ statements: 2, unknown: 0 });
      expect(Object.keys(mutation).sort()).toEqual([
        "bySlip",
        "changed",
        "equivalent",
        "fails",
        "mutants",
        "statements",
        "survivors",
        "undecided",
        "unknown",
        "unknownRefused",
        "unreadable",
      ]);
      expect(mutation["survivors"]).toContainEqual({
        id: "two",
        slip: "index shifted",
        latex: "x_{t} = \\sqrt{\\alpha_{t}} x_{t-1}+\\sqrt{\\beta_{t}} z_{t+1}",
        effect: "same law",
      });
    });
  });
});
