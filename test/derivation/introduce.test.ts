import { describe, expect, test } from "vitest";
import { checkLatex, checkStatements } from "../../src/derivation/check.js";
import type { StatementSource } from "../../src/derivation/options.js";
import { ddpm } from "../../src/derivation/notation/ddpm.js";
import { Names } from "../../src/derivation/notation/names.js";
import { decideNaming } from "../../src/derivation/relation/introduce.js";
import type { StatementResult } from "../../src/derivation/verdict/verdict.js";
import { drawWorld } from "../../src/derivation/world/draw.js";
import type { Expr } from "../../src/expr/expr.js";
import { readLatex } from "../../src/tex/read.js";

const tex = String.raw;
const options = { worlds: 4 } as const;

const only = (latex: string): StatementResult => {
  const { statements } = checkLatex(latex, options);
  const [result] = statements;
  if (result === undefined || statements.length !== 1)
    throw new Error(`${statements.length} results for ${latex}`);
  return result;
};
const said = ({ verdict, inLaw }: StatementResult): string => (inLaw ? `${verdict} in law` : verdict);
const verdictOf = (latex: string): string => said(only(latex));
const after = (...lines: readonly string[]): readonly string[] =>
  checkStatements(
    lines.map((latex) => ({ latex })),
    options,
  ).statements.map(said);

describe("expressions without a relation", () => {
  test.each([
    tex`\alpha_t\alpha_{t-1}\cdots\alpha_1`,
    tex`x_0`,
    tex`D_{KL}(q(x_{t-1}|x_t,x_0)\|p_\theta(x_{t-1}|x_t))`,
    tex`\|\epsilon-\epsilon_\theta(\sqrt{\bar\alpha_t}x_0+\sqrt{1-\bar\alpha_t}\epsilon,t)\|^2`,
    tex`\text{maximize}\ E_{q(x_{1:T}\mid x_0)}\left[\log\frac{P(x_{0:T})}{q(x_{1:T}\mid x_0)}\right]`,
    tex`\sigma \ast z + \mu`,
    tex`N(x_{t-1}; \sqrt{\alpha_t}x_t, \beta_t I)`,
    tex`N(0, \beta_t I)`,
    tex`q(x_t\mid x_{t-1})`,
  ])("names: %s", (latex) => {
    const { verdict, reason } = only(latex);
    expect([verdict, reason]).toEqual(["defines", "names a quantity; nothing is claimed"]);
  });

  test.each([
    [tex`\alpha_t + x_0`, tex`at position 12, "\alpha_t + ▸x_0◂": a number and a vector are added`],
    [tex`\sqrt{\alpha_t - 1}`, "the square root of a negative number"],
    [tex`\frac{\beta_t}{0}`, "it has no value at any time: a denominator is zero"],
  ])("has no value: %s", (latex, why) => {
    const { verdict, reason } = only(latex);
    expect([verdict, reason]).toEqual([
      "undecided",
      `an expression without a relation states nothing; ${why}`,
    ]);
  });

  test("a gradient and an extremum have a value where that has one of which they are taken", () => {
    const names = Names.of(ddpm);
    const question = { names, draws: [drawWorld(1, 0), drawWorld(1, 1)], digits: 64, seed: 1 };
    const read = (latex: string): Expr => {
      const expr = readLatex(latex, names)[0]?.clauses?.[0]?.subjects[0];
      if (expr === undefined) throw new Error(latex);
      return expr;
    };
    const [good, bad] = [read(tex`\|\epsilon_\theta(x_t, t)\|^2`), read(tex`\alpha_t + x_0`)];
    const { span } = good;
    const verdicts = [good, bad].flatMap((of) => [
      decideNaming({ kind: "gradient", variable: read(tex`\theta`), of, span }, "", question).verdict,
      decideNaming({ kind: "extremum", which: "max", variable: read(tex`\theta`), of, span }, "", question)
        .verdict,
    ]);
    expect(verdicts).toEqual(["defines", "defines", "undecided", "undecided"]);
  });

  test("a list of names", () => {
    expect(only(tex`\{x^1, x^2, \dots, x^m\}`).reason).toBe("names a list; nothing is claimed");
    expect(verdictOf(tex`\{\alpha_t, \frac{1}{0}\}`)).toBe("undecided");
  });

  test("is the first line of its chain", () => {
    const chain = [tex`1 - \bar\alpha_t`, tex`= 1 - \prod_{s=1}^t \alpha_s`, tex`= \prod_{s=1}^t \beta_s`];
    const { statements } = checkStatements(
      chain.map((latex) => ({ latex, chain: "a" })),
      options,
    );
    expect(statements.map(said)).toEqual(["defines", "holds", "fails"]);
  });

  test("the parts of a sum get names, and the derivation goes on from the sum", () => {
    const chain = [
      tex`1 = \alpha_t + \beta_t`,
      tex`= L_T + L_{T-1} + \cdots + L_0`,
      tex`= 1`,
      tex`= \alpha_t`,
    ];
    const { statements } = checkStatements(
      chain.map((latex) => ({ latex, chain: "a" })),
      options,
    );
    expect(statements.map(said)).toEqual(["holds", "defines", "holds", "fails"]);
    expect(statements[1]?.reason).toBe("names the parts of the other side; nothing is claimed");
    // known parts are compared
    expect(after(tex`L_t = \alpha_t`, tex`1 = L_2 + L_1`)).toEqual(["defines", "fails"]);
  });
});

describe("choices", () => {
  test.each([
    tex`T = 1000`,
    tex`\beta_1 = 10^{-4}`,
    tex`t = T, \dots, 1`,
    tex`t \in \{1, \dots, T\}`,
    tex`1 \le t \le T`,
    tex`t \sim \text{Uniform}(\{1, \dots, T\})`,
    tex`t \sim \mathcal U[1, T]`,
    tex`z = 0`,
  ])("%s", (latex) => {
    const { verdict, reason } = only(latex);
    expect(verdict).toBe("defines");
    expect(reason).toMatch(/^a choice of the author/);
  });

  test.each([
    [tex`\beta_1 = 2`, "fails"],
    [tex`t = t + 1`, "fails"],
    [tex`T = \frac12`, "undecided"],
    [tex`T \to \infty`, "undecided"],
    [tex`t = x_0`, "undecided"],
    [tex`t \sim N(0, I)`, "undecided"],
    [tex`\bar z_t = 0`, "fails"],
  ])("%s: %s", (latex, verdict) => expect(verdictOf(latex)).toBe(verdict));

  test("what a choice may make true is not refused, and what it leaves false is", () => {
    expect(after(tex`\beta_1 < 0.01`)).toEqual(["fails"]);
    expect(
      after(tex`\beta_1 = 10^{-4}`, tex`\beta_1 < 0.01`, tex`\beta_2 < 0.01`, tex`\alpha_t = \beta_t`),
    ).toEqual(["defines", "undecided", "fails", "fails"]);
  });
});

describe("what a state is drawn from", () => {
  test.each([
    [tex`x_0 \sim q(x_0)`, "defines"],
    [tex`x_0 \sim q(x)`, "defines"],
    [tex`x_0 \sim q`, "defines"],
    [tex`x_0 \sim p_{data}`, "defines"],
    [tex`x_0 \sim p_{\text{data}}(x_0)`, "defines"],
    [tex`x_1 \sim q(x_0)`, "undecided"],
    [tex`x_0 \sim p_\theta(x_1)`, "undecided"],
    [tex`x_t \sim q(x_t \mid x_0)`, "holds in law"],
    [tex`x_t \sim q(x_{t-1} \mid x_0)`, "fails"],
    [tex`x_t \sim q(x_{t+1} \mid x_{t-1})`, "fails"],
    [tex`x_t \sim q(x_t \mid x_{t-1})`, "holds in law"],
    [tex`x_{t-1} \sim p_\theta(x_{t-1} \mid x_t)`, "defines"],
    [tex`x_T \sim N(0, I)`, "defines"],
    [tex`x_T \sim N(0, 2I)`, "fails"],
    [tex`x_T \sim N(1, I)`, "unreadable"],
    [tex`x_T \sim N(0, \sigma^2 I)`, "undecided"],
    [tex`x_T \sim N(\sqrt{\bar\alpha_T}x_0, (1-\bar\alpha_T)I)`, "holds in law"],
    [tex`x_t \sim N(0, I)`, "undecided"],
  ])("%s: %s", (latex, verdict) => expect(verdictOf(latex)).toBe(verdict));

  test("the reason says which it is", () => {
    expect(only(tex`x_0 \sim q(x_0)`).reason).toBe("q is the law of the data; nothing is claimed");
    expect(only(tex`x_T \sim N(0, I)`).reason).toBe(
      "where the reverse process starts, p(x_T) = N(0, I); nothing is claimed",
    );
    expect(only(tex`x_T \sim N(0, 2I)`).counterexample?.text).toMatch(
      /p\(x_T\) has mean 0 and variance 1, the right side mean 0 and variance 2\.$/,
    );
  });

  test("a law and a vector that has it", () => {
    expect(verdictOf(tex`N(0, \beta_t I) \to \sqrt{\beta_t}\,z`)).toBe("holds in law");
    expect(verdictOf(tex`N(0, \beta_t I) \rightarrow \beta_t z`)).toBe("fails");
    expect(verdictOf(tex`\alpha_t \to \beta_t`)).toBe("undecided");
  });
});

describe("membership", () => {
  test.each([
    [tex`\beta_t \in (0, 1)`, "holds"],
    [tex`1/\beta_t \in (0, 1)`, "fails"],
    [tex`1/\beta_t \in (0, \infty)`, "holds"],
    [tex`-\beta_t \in (0, \infty)`, "fails"],
    [tex`\frac{\beta_t}{\beta_t} \in (0, 1]`, "holds"],
    [tex`\frac{\beta_t}{\beta_t} \in (0, 1)`, "fails"],
    [tex`\frac{\beta_t}{\beta_t} \in \{1, 2\}`, "holds"],
    [tex`\beta_t \in \{0, 1\}`, "fails"],
    [tex`\left\{\beta_t \in (0, 1)\right\}_1^T`, "holds"],
    [tex`\{\beta_t \in (0, 1)\}_{t=1}^T`, "holds"],
    [tex`\{2\beta_t \in (0, 1)\}_{t=1}^T`, "fails"],
    [tex`\{2\beta_t \in (0, 1)\}_{t=2}^T`, "undecided"],
    [tex`x_0 \in \mathbb R^d`, "undecided"],
    [tex`0 < \beta_t < 1`, "holds"],
    [tex`0 < 2\beta_t < 1`, "fails"],
  ])("%s: %s", (latex, verdict) => expect(verdictOf(latex)).toBe(verdict));
});

describe("equations that define a symbol", () => {
  test("it is solved for, and known from there on in its derivation", () => {
    const inChain = (latex: string): StatementSource => ({ latex, chain: "match" });
    const { statements } = checkStatements(
      [
        inChain(tex`\frac{1}{\sigma^{2}} = \frac{1}{\tilde\beta_t}`),
        inChain(tex`\frac{2\mu}{\sigma^2} = \frac{2\tilde\mu_t(x_t, x_0)}{\tilde\beta_t}`),
        inChain(tex`\mu = \tilde\mu_t(x_t, x_0)`),
        inChain(tex`\mu = x_t`),
        { latex: tex`\sigma = \sqrt{\tilde\beta_t} + \sigma` },
        { latex: tex`\mu = x_t` },
      ],
      options,
    );
    expect(statements.map(said)).toEqual(["defines", "defines", "holds", "fails", "undecided", "defines"]);
    expect(statements[0]?.reason).toBe(
      tex`defines \sigma: the equation is solved for it; nothing is claimed`,
    );
  });

  test.each([
    [tex`\gamma_t + \beta_t = 1`, "defines"],
    [tex`\log \eta_t = \alpha_t`, "defines"],
    [tex`1 - \sqrt{\eta_t} = \beta_t`, "defines"],
    // no number does it
    [tex`\sqrt{\eta_t} = -1`, "undecided"],
    [tex`\sigma_t^2 + \beta_t = 0`, "undecided"],
    // on both sides, or twice
    [tex`\frac{1}{\sigma^2} = \frac{1}{\tilde\beta_t} + \frac1\sigma`, "undecided"],
    [tex`\gamma_t^2 + \gamma_t = \beta_t`, "undecided"],
    [tex`\gamma_t + \delta_t \beta_t = 1`, "undecided"],
    // a vector divides nothing
    [tex`\gamma_t x_0 = x_t`, "undecided"],
    // what is left over is no definition of C
    [tex`\mathbb E_q[\|x_t\|^2] = \|x_0\|^2 + C`, "undecided"],
  ])("%s: %s", (latex, verdict) => expect(verdictOf(latex)).toBe(verdict));

  test("what it defines is used", () => {
    expect(after(tex`\gamma_t + \beta_t = 1`, tex`\gamma_t = \alpha_t`, tex`\gamma_t = \beta_t`)).toEqual([
      "defines",
      "holds",
      "fails",
    ]);
  });
});

describe("σ without index beside the model", () => {
  test("is read as σ_t, which the reason says; a lost factor 2 is not made true by it", () => {
    const mean = (sigma: string): string =>
      tex`\log \frac{p_\theta(x_{t-1}|x_t)}{N(x_{t-1}; x_t, ${sigma}^2 I)} = \frac{1}{2${sigma}^2}\left(\|x_{t-1}-x_t\|^2 - \|x_{t-1}-\mu_\theta(x_t,t)\|^2\right)`;
    const { verdict, reason } = only(mean(tex`\sigma`));
    expect(verdict).toBe("holds");
    expect(reason).toMatch(/^\\sigma without index is read as \\sigma_t/);
    expect(verdictOf(mean(tex`\sigma`).replace(tex`\frac{1}{2`, tex`\frac{1}{`))).toBe("undecided");
  });
});

describe("a sign that relates nothing, and lines left out", () => {
  const mean = (root: string): string =>
    tex`\tilde\mu_t = \frac{1}{\sqrt{\alpha_t}}(x_t - \frac{\beta_t}{${root}}\bar z_t)`;
  test("are passed over", () => {
    const right = only(tex`where \sim ${mean(tex`\sqrt{1-\bar\alpha_t}`)}`);
    expect([right.verdict, right.reason]).toEqual([
      "holds",
      tex`the \sim in front has nothing on its left and relates nothing`,
    ]);
    expect(verdictOf(tex`\sim ${mean(tex`1-\bar\alpha_t`)}`)).toBe("fails");
    expect(verdictOf(tex`\alpha_t = \cdots = 1 - \beta_t`)).toBe("holds");
    expect(verdictOf(tex`\alpha_t = \cdots = \beta_t`)).toBe("fails");
    expect(verdictOf(tex`\alpha_t = \cdots`)).toBe("undecided");
  });

  test("a law behind it goes on from the line before", () => {
    const { statements } = checkStatements(
      [tex`\sqrt{\beta_t}z_t`, tex`\sim N(0, \beta_t I)`, tex`\sim N(0, I)`].map((latex) => ({
        latex,
        chain: "a",
      })),
      options,
    );
    expect(statements.map(said).slice(0, 2)).toEqual(["defines", "holds in law"]);
    expect(statements[2]?.verdict).toBe("fails");
  });
});

describe("kinds that do not fit", () => {
  test.each([
    [
      tex`q(x_t|x_0) = \sqrt{\bar\alpha_t}x_0 + \sqrt{1-\bar\alpha_t}\,\bar z_t`,
      "the left side is a density, a number, the right side is a random vector; x_{t} = … is meant",
    ],
    [
      tex`q(x_t|x_0) = \bar\alpha_t x_0 + \sqrt{1-\bar\alpha_t}\,\bar z_t`,
      "the left side is a density, a number, the right side is a random vector",
    ],
    [
      tex`q(x_t|x_0) = \frac{x_t}{x_0}`,
      "the left side is a density, a number, the right side is neither number nor vector: something is divided by a vector",
    ],
  ])("%s", (latex, reason) => {
    const result = only(latex);
    expect([result.verdict, result.reason]).toEqual(["fails", reason]);
    expect(result.counterexample?.text).toMatch(/the left side is [-0-9.]+, the right side [-0-9.]+\.$/);
  });

  test.each([
    // false for lack of a value, but in law it might be meant otherwise
    [tex`x_t = x_0 + 1`, "unreadable"],
    [tex`x_0 = 1`, "unreadable"],
    // the same number in one dimension
    [tex`\frac{x_t x_t}{x_t} = x_t`, "unreadable"],
    [tex`\|x_t\|^2 = x_t x_0 \frac{x_t}{x_0}`, "unreadable"],
    // nothing is known of γ
    [tex`q(x_t|x_0) = \gamma_t x_0`, "undecided"],
  ])("%s: %s", (latex, verdict) => expect(verdictOf(latex)).toBe(verdict));
});

describe("a line without a value", () => {
  const verdicts = (...lines: readonly string[]): readonly StatementResult[] =>
    checkStatements(
      lines.map((latex, at) => ({ id: `line ${at + 1}`, latex, chain: "a" })),
      options,
    ).statements;
  const none = tex`= \alpha_0 + 7`;

  test("is passed over, and the reason says so", () => {
    const [, second, third] = verdicts(tex`\bar\alpha_t = \prod_{s=1}^t\alpha_s`, none, tex`= \bar\alpha_t`);
    expect(second?.verdict).toBe("undecided");
    expect([third?.verdict, third?.reason]).toEqual([
      "holds",
      "compared with line 1; the lines between have no value here",
    ]);
  });

  test("where the next differs, either may be the slip", () => {
    const [, , third] = verdicts(tex`\bar\alpha_t = \prod_{s=1}^t\alpha_s`, none, tex`= \alpha_t`);
    expect([third?.verdict, third?.reason]).toEqual([
      "undecided",
      "not true when compared with line 1; the lines between have no value here; which line slips is not known",
    ]);
    // a line with a value is not passed over
    expect(
      verdicts(tex`\bar\alpha_t = \prod_{s=1}^t\alpha_s`, tex`= \beta_t`, tex`= \bar\alpha_t`).map(said),
    ).toEqual(["holds", "fails", "fails"]);
  });
});
