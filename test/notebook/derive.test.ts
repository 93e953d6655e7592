import { afterEach, describe, expect, it } from "vitest";
import { checkStatements } from "../../src/derivation/check.js";
import type { StatementSource } from "../../src/derivation/options.js";
import { summarize, type StatementResult, type Verdict } from "../../src/derivation/verdict/verdict.js";
import { InputError } from "../../src/error.js";
import {
  derivationMime,
  verdictWords,
  type Derivation,
  type DerivationLine,
} from "../../src/figure/derivation.js";
import {
  check,
  checkLines,
  derive,
  DerivationError,
  showDerivation,
  tex,
  type Checker,
  type Line,
} from "../../src/notebook/derive.js";
import { recordDisplays, removeSink } from "./sink.js";

afterEach(removeSink);

/** A checker that reads its verdict off the formula: `fails: a = b`. Remembers what it was asked. */
function fakeChecker(): { asked: StatementSource[]; check: Checker } {
  const asked: StatementSource[] = [];
  return {
    asked,
    check: (sources) => {
      asked.push(...sources);
      const statements = sources.flatMap(fakeResults);
      return { statements, summary: summarize(statements) };
    },
  };
}

/** As the real one does, gives a formula of several lines several results. */
function fakeResults(source: StatementSource): StatementResult[] {
  const lines = source.latex.split(" // ");
  if (lines.length === 1) return [fakeResult(source)];
  return lines.map((latex, index) => fakeResult({ ...source, latex, id: `${source.id ?? ""}.${index + 1}` }));
}

function fakeResult({ id = "", latex, line = 0 }: StatementSource): StatementResult {
  const verdict = (/fails|defines|undecided|unreadable/u.exec(latex)?.[0] ?? "holds") as Verdict;
  const compared = verdict === "holds" || verdict === "fails";
  return {
    id,
    source: { file: "", line, column: 1 },
    latex,
    relation: verdict === "unreadable" ? "" : "=",
    verdict,
    inLaw: latex.includes("law"),
    maxRelativeError: compared ? (verdict === "holds" ? 3.2e-62 : 0.4) : null,
    worlds: compared ? 16 : 0,
    seed: 7,
    digits: 64,
    ...(verdict === "fails"
      ? { counterexample: { T: 2, t: 1, values: { "\\beta_{1}": "0.5" }, left: "1", right: "2", text: "…" } }
      : {}),
    ...(verdict === "undecided" ? { reason: "no rule for this" } : {}),
  };
}

function run(lines: readonly Line[]): {
  bundle: Readonly<Record<string, unknown>>;
  error: unknown;
  asked: StatementSource[];
} {
  const messages = recordDisplays();
  const { asked, check } = fakeChecker();
  let error: unknown;
  try {
    showDerivation({ title: "The title", ...checkLines(check, lines, {}) });
  } catch (caught) {
    error = caught;
  }
  expect(messages).toHaveLength(error instanceof InputError ? 0 : 1);
  return { bundle: messages[0]?.data ?? {}, error, asked };
}

describe("derive", () => {
  it("shows a derivation as record, HTML, Markdown, LaTeX and text", () => {
    const { bundle, error, asked } = run([
      { latex: tex`q(x|y) = 1`, because: "Bayes for $q(x|y)$" },
      { latex: "= 2 + law" },
      { latex: tex`\text{a|defines} := 3`, because: "a name" },
    ]);
    expect(error).toBeUndefined();
    expect(asked).toEqual([
      { id: "line-1", latex: "q(x|y) = 1", chain: "derivation", line: 1 },
      { id: "line-2", latex: "= 2 + law", chain: "derivation", line: 2 },
      { id: "line-3", latex: "\\text{a|defines} := 3", chain: "derivation", line: 3 },
    ]);
    const numbers = { maxRelativeError: 3.2e-62, worlds: 16 };
    expect(bundle).toEqual({
      [derivationMime]: {
        title: "The title",
        lines: [
          {
            latex: "q(x|y) = 1",
            relation: "=",
            because: "Bayes for $q(x|y)$",
            verdict: "holds",
            inLaw: false,
            ...numbers,
          },
          { latex: "= 2 + law", relation: "=", verdict: "holds", inLaw: true, ...numbers },
          {
            latex: "\\text{a|defines} := 3",
            relation: "=",
            because: "a name",
            verdict: "defines",
            inLaw: false,
            maxRelativeError: null,
            worlds: 0,
          },
        ],
        summary: { holds: 2, fails: 0, defines: 1, undecided: 0, unreadable: 0 },
        seed: 7,
        digits: 64,
      },
      "text/html": expect.stringMatching(
        /^<div class="derivation-\w+">[^]*≔<\/span> defines[^]*<\/div>$/u,
      ) as string,
      "text/markdown": tex`**The title**

|  | formula | because | verdict |
| --: | :-- | :-- | :-- |
| 1 | $\displaystyle q(x\vert y) = 1$ | Bayes for $q(x\vert y)$ | <span style="color: #0b8a4a">✓</span> holds (16 worlds, error 3e-62) |
| 2 | $\displaystyle = 2 + law$ |  | <span style="color: #0b8a4a">✓</span> holds in law (16 worlds, error 3e-62) |
| 3 | (below) | a name | <span style="color: #1f78c8">≔</span> defines |

Line 3:

$$
\text{a|defines} := 3
$$

*2 hold, 1 defines · seed 7 · 64 digits*`,
      "text/latex": tex`$$
\begin{aligned}
  q(x|y) & = 1 \\
  & = 2 + law \\
  \text{a|defines} & := 3
\end{aligned}
$$`,
      "text/plain": tex`The title
  1  q(x|y) = 1
     because Bayes for $q(x|y)$
     ✓ holds (16 worlds, error 3e-62)
  2  = 2 + law
     ✓ holds in law (16 worlds, error 3e-62)
  3  \text{a|defines} := 3
     because a name
     ≔ defines
2 hold, 1 defines · seed 7 · 64 digits`,
    });
  });

  it("shows a wrong line with its counterexample, then throws", () => {
    const { bundle, error } = run([{ latex: "a = 1" }, { latex: "= fails" }, { latex: "unreadable\\" }]);
    expect(bundle["text/markdown"]).toBe(tex`**The title**

|  | formula | verdict |
| --: | :-- | :-- |
| 1 | $\displaystyle a = 1$ | <span style="color: #0b8a4a">✓</span> holds (16 worlds, error 3e-62) |
| 2 | $\displaystyle = fails$ | <span style="color: #d13b32">✗</span> fails (16 worlds, error 0.4) |
| 3 | (below) | <span style="color: #d13b32">!</span> unreadable |

<details><summary>Line 2: where it fails</summary>

${"```"}text
T = 2, t = 1
β_1 = 0.5
left side:  1
right side: 2
${"```"}

</details>

Line 3:

${"```"}latex
unreadable\
${"```"}

*1 holds, 1 fails, 1 unreadable · seed 7 · 64 digits*`);
    expect(error).toBeInstanceOf(DerivationError);
    expect(String(error)).toBe(
      "DerivationError: The title: line 2 fails: = fails; line 3 is unreadable: unreadable\\",
    );
    expect((error as DerivationError).lines).toEqual([2, 3]);
  });

  it("stops at what is undecided, and says why it is, unless that was expected", () => {
    const { bundle, error } = run([{ latex: "undecided = 1" }]);
    expect(String(error)).toBe(
      "DerivationError: The title: line 1 is undecided (no rule for this): undecided = 1",
    );
    expect(bundle["text/plain"]).toContain("     ? undecided: no rule for this");
    expect(run([{ latex: "undecided = 1", expect: "undecided" }]).error).toBeUndefined();
  });

  it("takes a mistake on purpose, and keeps it out of the chain", () => {
    const { bundle, error, asked } = run([
      { latex: "a = 1" },
      { latex: "= fails", expect: "fails" },
      { latex: "= 2" },
    ]);
    expect(error).toBeUndefined();
    expect(asked.map(({ id, chain, latex }) => `${chain} ${id} ${latex}`)).toEqual([
      "derivation line-1 a = 1",
      "aside-2 aside-2-1 a = 1",
      "aside-2 line-2 = fails",
      "derivation line-3 = 2",
    ]);
    expect(bundle["text/plain"]).toContain("✗ fails, as it should (16 worlds, error 0.4)");
  });

  it("throws when a mistake on purpose is none", () => {
    const { error } = run([{ latex: "a = 1", expect: "fails" }]);
    expect(String(error)).toBe("DerivationError: The title: line 1 is holds and should be: fails: a = 1");
  });

  it("makes several rows of a formula of several lines", () => {
    const { bundle, asked } = run([{ latex: "a = 1 // = 2 // = fails", because: "so" }, { latex: "= 3" }]);
    expect(asked.map(({ id }) => id)).toEqual(["line-1", "line-2"]);
    expect(String(bundle["text/markdown"]).split("\n").slice(4, 8)).toEqual([
      tex`| 1 | $\displaystyle a = 1$ | so | <span style="color: #0b8a4a">✓</span> holds (16 worlds, error 3e-62) |`,
      tex`| 2 | $\displaystyle = 2$ |  | <span style="color: #0b8a4a">✓</span> holds (16 worlds, error 3e-62) |`,
      tex`| 3 | $\displaystyle = fails$ |  | <span style="color: #d13b32">✗</span> fails (16 worlds, error 0.4) |`,
      tex`| 4 | $\displaystyle = 3$ |  | <span style="color: #0b8a4a">✓</span> holds (16 worlds, error 3e-62) |`,
    ]);
    expect(String(run([{ latex: "a = 1 // = fails", expect: "fails" }]).error)).toBe(
      "InputError: expect: fails for a = 1 // = fails: expected a formula of one line. Give each line on its own.",
    );
  });

  it("refuses nothing at all", () => {
    const { error } = run([]);
    expect(String(error)).toBe(
      "InputError: lines is empty: expected at least one line. Give the formulas of the derivation.",
    );
  });
});

describe("derive with the real checker", () => {
  it("follows the forward process, and catches a forgotten root", () => {
    const messages = recordDisplays();
    derive(
      "Two steps",
      [
        { latex: tex`x_t = \sqrt{\alpha_t}\,x_{t-1} + \sqrt{1-\alpha_t}\,z_t` },
        {
          latex: tex`= \sqrt{\alpha_t\alpha_{t-1}}\,x_{t-2} + \sqrt{\alpha_t(1-\alpha_{t-1})}\,z_{t-1} + \sqrt{1-\alpha_t}\,z_t`,
        },
        {
          latex: tex`= \alpha_t\alpha_{t-1}\,x_{t-2} + \sqrt{1-\alpha_t\alpha_{t-1}}\,\bar z`,
          expect: "fails",
        },
      ],
      { seed: 3, worlds: 4 },
    );
    const { lines, seed, digits } = messages[0]?.data[derivationMime] as Derivation;
    expect(lines.map(({ verdict, worlds }) => [verdict, worlds])).toEqual([
      ["holds", 4],
      ["holds", 4],
      ["fails", 4],
    ]);
    expect(lines[2]?.counterexample).toMatch(/^T = \d+, t = \d+\n[^]*\nleft side: {2}\S+\nright side: \S+$/u);
    expect([seed, digits]).toEqual([3, 64]);
    expect(lines[2]?.repairs).toEqual([
      {
        text: tex`holds if the term $\alpha_{t} \alpha_{t-1} x_{t-2}$ is $\sqrt{\alpha_{t} \alpha_{t-1}} x_{t-2}$`,
        latex: tex`= \sqrt{\alpha_{t} \alpha_{t-1}} x_{t-2} + \sqrt{1-\alpha_t\alpha_{t-1}}\,\bar z`,
      },
    ]);
    const { data } = messages[0] ?? {};
    for (const type of ["text/plain", "text/markdown"])
      expect(data?.[type]).toContain(
        tex`\sqrt{\alpha_{t} \alpha_{t-1}} x_{t-2} + \sqrt{1-\alpha_t\alpha_{t-1}}\,\bar z`,
      );
  });

  it("tells which line repairs the chain, by the numbers that are shown", () => {
    const { lines } = checkLines(
      checkStatements,
      [
        { latex: tex`\alpha_t = 1-\beta_t` },
        { latex: tex`= 1+\beta_t`, expect: "fails" },
        { latex: tex`= \beta_t-1` },
        { latex: tex`= 1-\frac{\beta_t^2}{\beta_t}` },
      ],
      { worlds: 4 },
    );
    expect(lines.map(({ verdict, chainRepair }) => [verdict, chainRepair])).toEqual([
      ["holds", undefined],
      ["fails", undefined],
      ["fails", "line 4 agrees with line 1: repairing line 3 makes the chain whole"],
      ["fails", "line 4 agrees with line 1: it is line 3 that has to be repaired"],
    ]);
  });

  it("stops the run at a wrong formula", () => {
    recordDisplays();
    expect(() => check(tex`\alpha_t = 1 + \beta_t`)).toThrow(DerivationError);
    expect(() => check(tex`\alpha_t = 1 - \beta_t`)).not.toThrow();
    expect(() => check(tex`\alpha_t = 1 + \beta_t`, { expect: "fails", because: "a sign" })).not.toThrow();
  });

  it("agrees with the checker", () => {
    const latex = tex`\bar\alpha_t = \prod_{s=1}^t \alpha_s`;
    const [direct] = checkStatements([{ latex }]).statements;
    const { lines } = checkLines(checkStatements, [{ latex }], {});
    expect(lines[0]?.verdict).toBe(direct?.verdict);
  });
});

describe("verdictWords", () => {
  const line: DerivationLine = { latex: "", verdict: "holds", inLaw: false, maxRelativeError: 0, worlds: 3 };
  it.each<[Partial<DerivationLine>, string]>([
    [{}, "✓ holds (3 worlds, error 0)"],
    [{ maxRelativeError: null }, "✓ holds (3 worlds)"],
    [{ verdict: "fails", maxRelativeError: 12.345 }, "✗ fails (3 worlds, error 12)"],
    [{ verdict: "fails", maxRelativeError: 0.00012 }, "✗ fails (3 worlds, error 1e-4)"],
    [{ verdict: "unreadable", worlds: 0, reason: "a | b" }, "! unreadable: a | b"],
    [{ verdict: "holds", expect: "fails" }, "✓ holds, but should be: fails (3 worlds, error 0)"],
  ])("%j reads %s", (change, words) => {
    expect(verdictWords({ ...line, ...change })).toBe(words);
  });
});
