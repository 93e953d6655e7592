import { describe, expect, test } from "vitest";
import { checkLatex, checkStatements } from "../../src/derivation/check.js";
import type { StatementSource } from "../../src/derivation/options.js";
import { ddpm, extendNotation } from "../../src/derivation/notation/ddpm.js";
import { refusal } from "../support/refusal.js";
import { truths } from "./formulas.js";

const tex = String.raw;
const chainOf = (...lines: readonly string[]): readonly StatementSource[] =>
  lines.map((latex, at) => ({ id: `${at + 1}`, latex, chain: "A" }));
const verdicts = (statements: readonly StatementSource[]): readonly string[] =>
  checkStatements(statements).statements.map(({ verdict, inLaw }) => (inLaw ? `${verdict} in law` : verdict));

describe("a derivation", () => {
  test("each line is judged against the one before, dots against the last written", () => {
    expect(
      verdicts(
        chainOf(
          tex`x_t = \sqrt{\alpha_t}x_{t-1}+\sqrt{1-\alpha_t}z_t`,
          tex`= \sqrt{\alpha_t\alpha_{t-1}}x_{t-2}+\sqrt{\alpha_t(1-\alpha_{t-1})}z_{t-1}+\sqrt{1-\alpha_t}z_t`,
          tex`= \sqrt{\alpha_t\alpha_{t-1}}x_{t-2}+\sqrt{1-\alpha_t\alpha_{t-1}}\,\bar z`,
          tex`= \dots`,
          tex`= \sqrt{\bar\alpha_t}x_0+\sqrt{1-\bar\alpha_t}\,\bar z_t`,
        ),
      ),
    ).toEqual(["holds", "holds", "holds in law", "undecided", "holds in law"]);
  });

  test("a wrong line fails, and the next is judged against it as written", () => {
    const lines = tex`\begin{aligned} x_t &= \sqrt{\alpha_t}x_{t-1} + \sqrt{\beta_t}z_t \\ &= \sqrt{\alpha_t}x_{t-1} + \beta_t z_t \\ &= \sqrt{\alpha_t}x_{t-1} + (1-\alpha_t) z_t \tag{3}\end{aligned}`;
    const { statements, summary } = checkLatex(lines);
    expect(statements.map(({ id, latex, verdict }) => [id, latex, verdict])).toEqual([
      ["formula-1.1", tex`x_t = \sqrt{\alpha_t}x_{t-1} + \sqrt{\beta_t}z_t`, "holds"],
      ["formula-1.2", tex`= \sqrt{\alpha_t}x_{t-1} + \beta_t z_t`, "fails"],
      ["formula-1.3", tex`= \sqrt{\alpha_t}x_{t-1} + (1-\alpha_t) z_t \tag{3}`, "holds"],
    ]);
    expect(summary).toEqual({ holds: 2, fails: 1, defines: 0, undecided: 0, unreadable: 0 });
  });

  test("a line that cannot be read is passed over: the next is compared with the one before it", () => {
    const { statements } = checkStatements(
      chainOf(tex`\alpha_t = 1 - \beta_t`, tex`= \cancel{1}`, tex`= \alpha_t`),
    );
    expect(statements.map(({ verdict, reason }) => [verdict, reason])).toEqual([
      ["holds", undefined],
      ["unreadable", tex`at position 2, "=▸◂ \cancel{1}": \cancel is not read`],
      ["holds", "compared with 1; the lines between have no value here"],
    ]);
    // … and where these differ, either may be the slip
    expect(verdicts(chainOf(tex`\alpha_t = 1 - \beta_t`, tex`= \cancel{1}`, tex`= \beta_t`))).toEqual([
      "holds",
      "unreadable",
      "undecided",
    ]);
    expect(checkLatex(tex`= \alpha_t`).statements[0]?.reason).toBe(
      "there is no readable line before this one to compare it with",
    );
  });

  test("proportionality is inherited in the variable the derivation began with", () => {
    const squares = (factor: string): string =>
      tex`\exp\left(-\frac{${factor}}{2}\left(\frac{(x_t-\sqrt{\alpha_t}x_{t-1})^2}{\beta_t}+\frac{(x_{t-1}-\sqrt{\bar\alpha_{t-1}}x_0)^2}{1-\bar\alpha_{t-1}}\right)\right)`;
    const begin = tex`q(x_{t-1}|x_t,x_0) \propto ${squares("1")}`;
    expect(verdicts(chainOf(begin, tex`\propto 7 \exp(x_0^2) ${squares("1")}`))).toEqual(["holds", "holds"]);
    expect(verdicts(chainOf(begin, tex`= 7 ${squares("1")}`))).toEqual(["holds", "fails"]);
    expect(verdicts(chainOf(begin, tex`\propto ${squares("2")}`))).toEqual(["holds", "fails"]);
  });

  test("several claims in one line: the worst decides", () => {
    expect(
      verdicts([
        { latex: tex`x_t = \sqrt{\alpha_t}x_{t-1} + \sqrt{\beta_t}z_t, \quad z_t \sim \mathcal N(0, I)` },
      ]),
    ).toEqual(["holds"]);
    expect(
      verdicts([
        { latex: tex`x_t = \sqrt{\alpha_t}x_{t-1} + \sqrt{\beta_t}z_t, \quad z_t \sim \mathcal N(0, 2I)` },
      ]),
    ).toEqual(["fails"]);
  });
});

describe("definitions", () => {
  test("are used by what follows, at other times too", () => {
    expect(
      verdicts([
        { latex: tex`\lambda_t = \log\frac{\bar\alpha_t}{1-\bar\alpha_t}` },
        { latex: tex`\lambda_t < \lambda_{t-1}` },
        { latex: tex`\lambda_t = \log(\mathrm{SNR}(t))` },
        { latex: tex`\lambda_t = \log\mathrm{SNR}(t-1)` },
        { latex: tex`\sigma_t^2 := \tilde\beta_t` },
        { latex: tex`\sigma_t = \sqrt{\tilde\beta_t}` },
        { latex: tex`\mathrm{gap}(t) = \bar\alpha_{t-1} - \bar\alpha_t` },
        { latex: tex`\mathrm{gap}(t-1) = \beta_{t-1}\bar\alpha_{t-2}` },
      ]),
    ).toEqual(["defines", "holds", "holds", "fails", "defines", "holds", "defines", "holds"]);
  });

  test("a symbol the notation knows is checked, not defined", () => {
    expect(verdicts([{ latex: tex`\bar\alpha_t := \prod_{s=1}^{T}\alpha_s` }])).toEqual(["fails"]);
  });

  test("an identity in unknown letters holds if it does for all values", () => {
    const { statements } = checkLatex(tex`(a+b)(a-b) = a^2-b^2`);
    expect(statements[0]).toMatchObject({ verdict: "holds", reason: "for all values of a, b" });
    expect(verdicts([{ latex: tex`a + b = 2a` }, { latex: tex`\kappa_t = \kappa_t^2` }])).toEqual([
      "undecided",
      "undecided",
    ]);
  });
});

describe("a notation is data", () => {
  test("another author's symbols are a few lines", () => {
    const mine = extendNotation(ddpm, {
      name: "mine",
      symbols: { "\\gamma_t": "alphaBar", "\\eta_t": "accumulatedNoise", z_t: "freshNoise" },
    });
    const options = { notation: mine };
    const check = (latex: string): string | undefined => checkLatex(latex, options).statements[0]?.verdict;
    expect(check(tex`x_t = \sqrt{\gamma_t}x_0 + \sqrt{1-\gamma_t}\eta_t`)).toBe("holds");
    // z_1 is now any noise, independent of x_{t-1}
    expect(check(tex`x_t = \sqrt{\alpha_t}x_{t-1} + \sqrt{1-\alpha_t}z_1`)).toBe("holds");
    expect(check(tex`x_t = \sqrt{\alpha_t}x_{t-1} + (1-\alpha_t)z_1`)).toBe("fails");
  });

  test("a symbol can be bound to code, which then has to be right", () => {
    const bound = (root: (x: number) => number): string | undefined => {
      const notation = extendNotation(ddpm, {
        bind: {
          "\\tilde\\beta_t": ({ t, alphaBar, beta }) =>
            ((1 - (alphaBar[t - 1] ?? NaN)) / (1 - (alphaBar[t] ?? NaN))) * (beta[t] ?? NaN),
          "\\tilde\\mu_t": ({ t, alpha, alphaBar, beta, x }) => {
            const [a, before, now, b] = [
              alpha[t] ?? NaN,
              alphaBar[t - 1] ?? NaN,
              alphaBar[t] ?? NaN,
              beta[t] ?? NaN,
            ];
            return (x[t] ?? []).map(
              (xt, i) => (root(a) * (1 - before) * xt + root(before) * b * (x[0]?.[i] ?? NaN)) / (1 - now),
            );
          },
        },
      });
      const { statements } = checkStatements(
        [
          { latex: tex`q(x_{t-1}|x_t,x_0)=\mathcal N(x_{t-1};\tilde\mu_t(x_t,x_0),\tilde\beta_t I)` },
          {
            latex: tex`\tilde\mu_t(x_t,x_0) = \frac1{\sqrt{\alpha_t}}\left(x_t-\frac{\beta_t}{\sqrt{1-\bar\alpha_t}}\bar z_t\right)`,
          },
        ],
        { notation },
      );
      expect(statements.map(({ digits }) => digits)).toEqual([15, 15]);
      return statements.map(({ verdict }) => verdict).join();
    };
    expect(bound(Math.sqrt)).toBe("holds,holds");
    expect(bound((x) => x)).toBe("fails,fails");
  });

  test("what is no symbol is refused", () => {
    expect(
      refusal(() => checkLatex("x = 1", { notation: extendNotation(ddpm, { symbols: { "a+b": "beta" } }) })),
    ).toBe(
      "symbol a+b of the notation ddpm+: expected one letter with accents and at most one subscript. Write it as in a formula, for example \\bar\\alpha_t or \\mu_\\theta.",
    );
  });
});

describe("a counterexample", () => {
  test("can be followed with a pocket calculator", () => {
    const [result] = checkLatex(tex`\bar\alpha_t = \prod_{s=1}^{t-1}\alpha_s`).statements;
    const example = result?.counterexample;
    expect(example).toBeDefined();
    const beta1 = Number(example?.values["\\beta_{1}"]);
    expect(example).toMatchObject({ T: 2, t: 1, left: String(1 - beta1), right: "1" });
    expect(example?.text).toBe(
      "With T = 2 at t = 1: β_1 = 0.4, ᾱ_1 = 0.6; the left side is 0.6, the right side 1.",
    );
  });

  test.each<readonly [string, readonly string[]]>([
    // What is spelled out is enough: no other β, no other state.
    [tex`x_t = \bar z_t`, ["x_{1}", "\\bar{z}_{1}"]],
    [tex`x_2 = x_1`, ["x_{2}", "x_{1}"]],
    [tex`z_t \sim \mathcal N(0, 2I)`, []],
    [tex`\tilde\beta_t = \beta_t`, ["\\beta_{1}", "\\tilde{\\beta}_{1}"]],
    [tex`x_2 = \alpha_2x_1`, ["\\beta_{2}", "x_{2}", "\\alpha_{2}", "x_{1}"]],
    [tex`x_2 = \bar\alpha_2x_0`, ["\\beta_{1}", "\\beta_{2}", "x_{2}", "\\bar{\\alpha}_{2}", "x_{0}"]],
    // A law or a density is made of what no one spells out.
    [tex`x_t \sim \mathcal N(x_0, I)`, ["\\beta_{1}", "x_{0}"]],
    [tex`q(x_2|x_1) = \mathcal N(x_2; x_1, I)`, ["\\beta_{1}", "\\beta_{2}", "x_{1}", "x_{2}"]],
  ])("lists what was used and nothing else: %s", (latex, symbols) => {
    const [result] = checkLatex(latex).statements;
    expect(Object.keys(result?.counterexample?.values ?? {})).toEqual(symbols);
  });

  test("of laws tells both", () => {
    const [result] = checkLatex(tex`z_t \sim \mathcal N(0, 2I)`).statements;
    expect(result?.reason).toBe(
      "given x_0, the left side has mean 0 and variance 1, the right side mean 0 and variance 2",
    );
  });
});

describe("options", () => {
  test("out of range are refused", () => {
    expect(refusal(() => checkLatex("a = a", { worlds: 0 }))).toBe(
      "worlds = 0: expected a whole number from 1 to 1000. Give another worlds.",
    );
    expect(refusal(() => checkLatex("a = a", { digits: 7 }))).toBe(
      "digits = 7: expected a whole number from 20 to 500. Give another digits.",
    );
  });

  test("the verdict does not depend on the seed", () => {
    const wrong = [
      tex`\bar\alpha_t = \prod_{s=1}^{T}\alpha_s`,
      tex`x_t = \sqrt{\alpha_t}x_{t-1} + \beta_t z_t`,
    ];
    const sample = [...[1, 7, 9, 16, 19].flatMap((at) => truths[at] ?? []), ...wrong].map((latex) => ({
      latex,
    }));
    const expected = ["holds", "holds", "holds", "holds", "holds", "fails", "fails"];
    for (let seed = 0; seed < 20; seed++) {
      const { statements } = checkStatements(sample, { seed, worlds: 6 });
      expect(statements.map(({ verdict }) => verdict)).toEqual(expected);
    }
  });

  test("the same seed gives the same report", () => {
    const latex = tex`x_t = \sqrt{\alpha_t}x_{t-1} + \beta_t z_t`;
    expect(checkLatex(latex, { seed: 5 })).toEqual(checkLatex(latex, { seed: 5 }));
  });
});

describe("hostile formulas get an answer or a refusal", () => {
  test.each([
    [tex`\sum_{i=1}^{1000000000} i = 3`, "undecided"],
    [tex`\sum_{i=1}^{9999}\sum_{j=1}^{9999}\sum_{k=1}^{9999} 1 = 3`, "fails"],
    [tex`2^{10^9} = 3`, "undecided"],
    [tex`\exp(\exp(\exp(\exp(9)))) = 3`, "undecided"],
    [tex`\exp(10^{30}) = 3`, "undecided"],
    [tex`\frac{0}{0} = 1`, "undecided"],
    [tex`\log(0) = 1`, "undecided"],
    [tex`\log(-1) = 1`, "fails"],
    ["1".repeat(5_000) + "= 1", "undecided"],
    [tex`\mathrm{evaluate}(1) = \mathrm{import}(2)`, "undecided"],
    [tex`\mathrm{constructor}(t) = \beta_t`, "defines"],
    [tex`\mathrm{toString} = 1`, "defines"],
    ["", "unreadable"],
    ["=", "unreadable"],
  ])("%s: %s", (latex, verdict) => {
    const before = performance.now();
    expect(checkLatex(latex).statements.map((result) => result.verdict)).toEqual([verdict]);
    expect(performance.now() - before).toBeLessThan(5_000);
  });
});
