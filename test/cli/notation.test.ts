import { describe, expect, test } from "vitest";
import { inFolder, workbook } from "../support/workbook.js";

/** γ for β, time k, and the posterior mean computed by the library. */
const frontMatter = String.raw`---
notation:
  time: k
  symbols:
    "\\gamma_k": beta
    "\\xi_k": accumulatedNoise
  bind:
    "\\tilde\\mu_k": posteriorMean
---
`;
const claims = String.raw`
$$\alpha_k = 1 - \gamma_k$$

$$\tilde\mu_k = \frac{1}{\sqrt{\alpha_k}}\left(x_k - \frac{\gamma_k}{\sqrt{1-\bar\alpha_k}}\xi_k\right)$$

$$\alpha_k = 1 + \gamma_k$$
`;

const verdicts = async (folder: string, ...args: readonly string[]): Promise<readonly unknown[]> => {
  const { out, err } = await workbook(folder, "check", ...args, "--json");
  expect(err).toBe("");
  const report = JSON.parse(out) as {
    readonly statements: readonly { readonly verdict: string; readonly digits: number }[];
  };
  return report.statements.map(({ verdict, digits }) => [verdict, digits]);
};

describe("a notation of the author's own", () => {
  test("in the front matter of a document", async () => {
    await inFolder({ "a.md": frontMatter + claims, "b.md": claims }, async (folder) => {
      const own = [
        ["holds", 64],
        ["holds", 15],
        ["fails", 64],
      ];
      expect(await verdicts(folder, "a.md")).toEqual(own);
      // The next document has its own notation, here the built-in one, and k is not its time.
      const [first, second, third, ...other] = await verdicts(folder, "a.md", "b.md");
      expect([first, second, third]).toEqual(own);
      expect(other.map((each) => (Array.isArray(each) ? String(each[0]) : each))).not.toContain("holds");
    });
  });

  test("in the metadata of a notebook, and in a file that --notation names", async () => {
    const yaml = frontMatter
      .split("\n")
      .slice(2, -2)
      .map((line) => line.slice(2))
      .join("\n");
    const notebook = {
      metadata: { notation: { time: "k", symbols: { "\\gamma_k": "beta" } } },
      cells: [{ cell_type: "markdown", source: "$$\\alpha_k = 1 - \\gamma_k$$" }],
    };
    const files = { "n.yaml": yaml, "b.md": claims, "c.ipynb": JSON.stringify(notebook) };
    await inFolder(files, async (folder) => {
      expect(await verdicts(folder, "b.md", "--notation", "n.yaml")).toEqual([
        ["holds", 64],
        ["holds", 15],
        ["fails", 64],
      ]);
      expect(await verdicts(folder, "c.ipynb")).toEqual([["holds", 64]]);
    });
  });

  test.each([
    ["symbols: { gamma_k: betta }", "a.md: notation.symbols gamma_k = betta: expected one of beta, alpha, "],
    [
      "symbols: [a]",
      'a.md: notation.symbols: expected a mapping of symbols to names. Write "\\\\xi_t": stepNoise below it.',
    ],
    [
      "symbol: {}",
      "a.md: notation.symbol: expected one of base, time, symbols, bind. Remove it or mend its name.",
    ],
    ["base: vdm", 'a.md: notation.base = "vdm": expected one of ddpm. Choose one of these.'],
    ["time: 3", "a.md: notation.time = 3: expected one letter. Write time: k."],
    ['bind: { "\\\\mu_t": system }', "a.md: notation.bind \\mu_t = system: expected one of beta, alpha, "],
    ['bind: { "\\\\mu_t": constructor }', "a.md: notation.bind \\mu_t = constructor: expected one of beta, "],
    ['symbols: { "a b": beta }', "symbol a b of the notation a.md: expected one letter with accents"],
    ["symbols: { a: b: c }", "a.md, front matter (B"],
  ])("%s is refused with its place", async (line, message) => {
    await inFolder({ "a.md": `---\nnotation:\n  ${line}\n---\n$$1 = 1$$\n` }, async (folder) => {
      const { status, err } = await workbook(folder, "check", "a.md");
      expect(status).toBe(2);
      expect(err).toContain(message);
    });
  });
});
