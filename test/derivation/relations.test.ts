import { describe, expect, test } from "vitest";
import { checkLatex, checkStatements } from "../../src/derivation/check.js";
import type { StatementResult } from "../../src/derivation/verdict/verdict.js";
import { truths } from "./formulas.js";

const only = (latex: string): StatementResult => {
  const { statements } = checkLatex(latex);
  const [result] = statements;
  if (result === undefined || statements.length !== 1)
    throw new Error(`${statements.length} results for ${latex}`);
  return result;
};
const verdictOf = (latex: string): string => {
  const { verdict, inLaw } = only(latex);
  return inLaw ? `${verdict} in law` : verdict;
};
const tex = String.raw;

describe("numbers, vectors and densities", () => {
  test.each(truths)("%s", (latex) => {
    const result = only(latex);
    expect([result.verdict, result.inLaw]).toEqual(["holds", false]);
    // 64 digits are carried; the worst cancellation, at β near 1, costs some ten.
    expect(result.maxRelativeError).toBeLessThan(1e-50);
    expect([result.digits, result.worlds, result.seed]).toEqual([64, 16, 1]);
  });

  test.each([
    tex`\overline\alpha_t = \prod_{i=1}^{T}\alpha_i`,
    tex`x_t = \sqrt{1-\beta_t}x_{t-1} + \beta_t z_t`,
    tex`x_0 = \frac{x_t - \sqrt{1 - \bar{\alpha}_t}\epsilon}{\bar{\alpha}_t}`,
    tex`q(x_t \mid x_{t-1}) = \mathcal N(x_{t-1}; \sqrt{1-\beta_t}\,x_t, \beta_t I)`,
    tex`q(x_{t-1}|x_t,x_0) = q(x_t|x_{t-1},x_0)\frac{q(x_t|x_0)}{q(x_{t-1}|x_0)}`,
    tex`\frac{1}{\tilde{\beta _{t}} ^{2}} = \frac{\alpha_t}{\beta_t} + \frac{1}{1 - \bar\alpha_{t-1}}`,
    tex`\mathrm{Var}(x_t\mid x_0) = \sqrt{1-\bar\alpha_t} I`,
    tex`\bar\alpha_t + \sum_{s=1}^t (1-\alpha_s)\prod_{r=s+1}^{t-1}\alpha_r = 1`,
    tex`\sqrt{\alpha_t - 1} = \beta_t`,
  ])("fails: %s", (latex) => expect(verdictOf(latex)).toBe("fails"));
});

describe("random variables", () => {
  test.each([
    // two noises merged: no state is given
    [
      tex`\sqrt{\alpha_t-\alpha_t\alpha_{t-1}} z_{t-1}+\sqrt{1-\alpha_t}z_t = \sqrt{1-\alpha_t\alpha_{t-1}}\,\bar z`,
      "holds in law",
    ],
    [
      tex`\sqrt{\alpha_t-\alpha_t\alpha_{t-1}} z_{t-1}+\sqrt{1-\alpha_t}z_t = \sqrt{1-\alpha_t\alpha_{t-2}}\,\bar z`,
      "fails",
    ],
    // one step with a noise that is not the one of the step, but independent of x_{t-1}
    [tex`x_t = \sqrt{\alpha_t}x_{t-1} + \sqrt{\beta_t}\epsilon`, "holds in law"],
    // … and with one that x_{t-1} already contains
    [tex`x_t = \sqrt{\alpha_t}x_{t-1} + \sqrt{\beta_t} z_{t-1}`, "fails"],
    [tex`x_t = \sqrt{\alpha_t}x_{t-1} + \sqrt{\beta_t} z_1`, "fails"],
    [tex`x_t = \sqrt{\alpha_t}x_{t-1} + \sqrt{\beta_t} \bar z_t`, "fails"],
    [tex`x_t = \sqrt{\alpha_t\alpha_{t-1}}x_{t-2} + \sqrt{1-\alpha_t\alpha_{t-1}}\bar z_{t-2}`, "fails"],
    // same noises, other sign: path by path only
    [tex`x_t = \sqrt{\alpha_t}x_{t-1} - \sqrt{\beta_t} z_t`, "fails"],
    [tex`x_t = \sqrt{\bar\alpha_t}x_0 - \sqrt{1-\bar\alpha_t}\epsilon`, "fails"],
    // ε̄_t is correlated with x_t
    [tex`x_0=\frac1{\sqrt{\bar\alpha_t}}(x_t-\sqrt{1-\bar\alpha_t}\,z_t)`, "fails"],
    [tex`x_{t-1} = \frac{1}{\sqrt{\alpha_t}}\left(x_t - \sqrt{\beta_t}\epsilon\right)`, "fails"],
    // the reverse step, given x_t
    [tex`x_{t-1} = \tilde\mu_t(x_t,x_0) + \sqrt{\tilde\beta_t}\, z`, "holds in law"],
    [tex`x_{t-1} = \tilde\mu_t(x_t,x_0) + \tilde\beta_t z`, "fails"],
    [tex`x_t \overset{d}{=} \sqrt{\alpha_t}x_{t-1} + \sqrt{\beta_t} z`, "holds in law"],
    // one symbol is one noise
    [tex`\sqrt{\alpha_t} z + \sqrt{1-\alpha_t} z = z`, "fails"],
  ])("%s: %s", (latex, verdict) => expect(verdictOf(latex)).toBe(verdict));

  test.each([
    [tex`x_t \sim \mathcal N(\sqrt{\alpha_t}x_{t-1}, \beta_t I)`, "holds in law"],
    [tex`x_t \sim \mathcal N(\sqrt{\alpha_t}x_{t-1}, \sqrt{\beta_t} I)`, "fails"],
    [tex`x_t \sim \mathcal N(\sqrt{\bar\alpha_t}x_0, \beta_t I)`, "fails"],
    [tex`\epsilon \sim \mathcal{N}(\mathbf{0}, \mathbf{I})`, "holds in law"],
    [
      tex`\mathcal{N}(0, \sigma^{2}_{1}I) + \mathcal{N}(0, \sigma^{2}_{2}I) \sim \mathcal{N}(0, (\sigma^{2}_{1}+\sigma^{2}_{2})I)`,
      "holds in law",
    ],
  ])("%s: %s", (latex, verdict) => expect(verdictOf(latex)).toBe(verdict));
});

describe("proportionality", () => {
  const quadratic = (linear: string): string =>
    tex`\exp\left(-\frac12\left(\left(\frac{\alpha_t}{\beta_t}+\frac1{1-\bar\alpha_{t-1}}\right)x_{t-1}^2 - \left(${linear}+\frac{2\sqrt{\bar\alpha_{t-1}}}{1-\bar\alpha_{t-1}}x_0\right)x_{t-1} + C(x_t,x_0)\right)\right)`;
  const squares = tex`\exp\left(-\frac12\left(\frac{(x_t-\sqrt{\alpha_t}x_{t-1})^2}{\beta_t}+\frac{(x_{t-1}-\sqrt{\bar\alpha_{t-1}}x_0)^2}{1-\bar\alpha_{t-1}}\right)\right)`;

  test.each([
    [
      "grouped",
      tex`q(x_{t-1}|x_t,x_0) \propto ${quadratic(tex`\frac{2\sqrt{\alpha_t}}{\beta_t}x_t`)}`,
      "holds",
    ],
    [
      "a 2 lost",
      tex`q(x_{t-1}|x_t,x_0) \propto ${quadratic(tex`\frac{\sqrt{\alpha_t}}{\beta_t}x_t`)}`,
      "fails",
    ],
    // there is a function C of x_t and x_0 that makes the sides equal, and only for the right quadratic
    ["C exists", tex`${squares} = ${quadratic(tex`\frac{2\sqrt{\alpha_t}}{\beta_t}x_t`)}`, "holds"],
    ["no C exists", tex`${squares} = ${quadratic(tex`\frac{2\sqrt{\alpha_t}}{\beta_t}x_0`)}`, "fails"],
    [
      "a C without x_0",
      tex`${squares} = ${quadratic(tex`\frac{2\sqrt{\alpha_t}}{\beta_t}x_t`).replace("C(x_t,x_0)", "C(x_t,x_t)")}`,
      "fails",
    ],
    ["in what?", tex`${squares} \propto ${squares}`, "undecided"],
  ])("%s", (_, latex, verdict) => expect(verdictOf(latex)).toBe(verdict));

  test("a line that loses the C of the line before is not true for another C", () => {
    const grouped = quadratic(tex`\frac{2\sqrt{\alpha_t}}{\beta_t}x_t`);
    const lines = [tex`${squares} = ${grouped}`, tex`= ${grouped.replace("+ C(x_t,x_0)", "")}`];
    const { statements } = checkStatements(lines.map((latex) => ({ latex, chain: "posterior" })));
    expect(statements.map(({ verdict }) => verdict)).toEqual(["holds", "undecided"]);
    expect(statements[1]?.reason).toBe("C stands in the line before and not in this one");
  });
});

describe("inequalities", () => {
  test.each([
    [tex`\sqrt{1-\beta_t}<1`, "holds"],
    [tex`\bar\alpha_t<\bar\alpha_{t-1}`, "holds"],
    [tex`\bar\alpha_t \ge \bar\alpha_{t-1}`, "fails"],
    [tex`\tilde\beta_t \le \beta_t`, "holds"],
    [tex`\tilde\beta_t < \beta_t`, "holds"],
    [tex`\beta_t < 0.99999`, "fails"],
    [tex`\alpha_t + \beta_t \le 1`, "holds"],
    [tex`\alpha_t + \beta_t < 1`, "fails"],
  ])("%s: %s", (latex, verdict) => expect(verdictOf(latex)).toBe(verdict));

  test("the smallest slack is told", () => {
    expect(only(tex`2\beta_t > \beta_t`).reason).toMatch(/^smallest slack [0-9.]+e-9$/);
  });
});

describe("what cannot be decided is never called true", () => {
  test.each([
    [tex`\alpha_t = \gamma_t^2 + \gamma_t`, "undecided", "depends on \\gamma_{t}, of which nothing is known"],
    [
      tex`\bar\alpha_t = \int_0^1 x dx`,
      "undecided",
      'at position 15, "\\bar\\alpha_t =▸ \\int_0^1 x dx◂": an integral between limits is not evaluated yet',
    ],
    [
      tex`\alpha_t = 1 - \beta_t \text{ if } \beta_t > 0`,
      "undecided",
      'made under a condition ("if"), which is not decided',
    ],
    [tex`\frac{1}{0} = 2`, "undecided", "no time is admissible in every world: a denominator is zero"],
    [tex`\alpha_0 = 1`, "undecided", "no time is admissible in every world: the index 0 = 0 is not in 1…T"],
    [tex`T \to \infty`, "undecided", "a choice of the author, not a claim"],
    [tex`t = x_0`, "undecided", "t is an index: this says which times are meant"],
    [
      tex`q(x_T|x_0) \approx \mathcal N(x_T; 0, I)`,
      "undecided",
      "the sides are not equal; how near they must be for \\approx is not stated",
    ],
    [tex`x_t = x_0 + 1`, "unreadable", 'at position 13, "x_t = x_0 + ▸1◂": a vector and a number are added'],
    [
      tex`x_0 = 1`,
      "unreadable",
      'at position 7, "x_0 = ▸1◂": the left side is a vector and the right side a number',
    ],
    [
      tex`x_t x_0 x_1 = 1`,
      "unreadable",
      'at position 1, "▸x_t x_0 x_1◂ = 1": a product of more than two vectors',
    ],
    [tex`\beta_s = \beta_t`, "undecided", "not true for t = 1, s = 2; which are meant is not stated"],
  ])("%s", (latex, verdict, reason) => {
    const result = only(latex);
    expect([result.verdict, result.reason]).toEqual([verdict, reason]);
    expect(result.counterexample).toBeUndefined();
  });
});

describe("times", () => {
  test("those at which a statement has a meaning are told", () => {
    expect(
      only(tex`\tilde\beta_t = 1/\left(\frac{\alpha_t}{\beta_t}+\frac1{1-\bar\alpha_{t-1}}\right)`).reason,
    ).toBe("for t = 2…T (at t = 1: a denominator is zero)");
    expect(
      only(
        tex`x_t = \sqrt{\alpha_t\alpha_{t-1}}x_{t-2} + \sqrt{\alpha_t\beta_{t-1}}z_{t-1} + \sqrt{\beta_t}z_t`,
      ).reason,
    ).toBe("for t = 2…T (at t = 1: the index t-1 = 0 is not in 1…T)");
  });

  test("a pole that only rounding fills is a pole", () => {
    // 1 - ᾱ_t/α_t is 0 at t = 1, but not to the last digit when the quotient is rounded twice
    const latex = tex`\frac{1-\bar\alpha_t/\alpha_t}{1-\sqrt{\bar\alpha_t}^2\frac{1}{\alpha_t}} = 1`;
    expect(only(latex).verdict).toBe("holds");
  });

  test("a difference that only cancels is zero", () => {
    expect(verdictOf(tex`(\sqrt{\alpha_t}+\sqrt{\beta_t})^2 - 2\sqrt{\alpha_t\beta_t} - 1 = 0`)).toBe(
      "holds",
    );
    expect(
      verdictOf(
        tex`(\sqrt{\alpha_t}+\sqrt{\beta_t})^2 - 2\sqrt{\alpha_t\beta_t} - 1 = \frac{\beta_t}{10^{30}}`,
      ),
    ).toBe("fails");
  });
});

describe("a law names its variable, and it is that one", () => {
  const line = (law: string): string | undefined =>
    checkStatements(
      [tex`x_t = \sqrt{\alpha_t}x_{t-1}+\sqrt{\beta_t}z_t`, tex`\sim ${law}`].map((latex) => ({
        latex,
        chain: "law",
      })),
      { worlds: 4 },
    ).statements[1]?.verdict;

  test("behind a formula for it", () => {
    expect(line(tex`\mathcal N(x_t; \sqrt{\alpha_t}x_{t-1}, \beta_t I)`)).toBe("holds");
    expect(line(tex`\mathcal N(\sqrt{\alpha_t}x_{t-1}, \beta_t I)`)).toBe("holds");
    for (const other of ["x_{t-1}", "x_{t+1}", "x_0", "x_T"])
      expect(line(tex`\mathcal N(${other}; \sqrt{\alpha_t}x_{t-1}, \beta_t I)`)).toBe("fails");
  });

  test("on both sides of a divergence", () => {
    const divergence = (at: string): string | undefined =>
      checkLatex(
        tex`D_{KL}(\mathcal N(${at}; \tilde\mu_t, \sigma_t^2 I)\|\mathcal N(x_{t-1}; \mu_\theta(x_t,t), \sigma_t^2 I)) = \frac{1}{2\sigma_t^2}\|\tilde\mu_t(x_t,x_0)-\mu_\theta(x_t,t)\|^2`,
        { worlds: 4 },
      ).statements[0]?.verdict;
    expect(divergence("x_{t-1}")).toBe("holds");
    expect(divergence("x_{t-2}")).not.toBe("holds");
    expect(divergence("x_t")).not.toBe("holds");
  });
});
