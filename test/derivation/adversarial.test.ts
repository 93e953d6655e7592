import { describe, expect, test } from "vitest";
import { checkLatex, checkStatements } from "../../src/derivation/check.js";

const tex = String.raw;

/** The verdict of the last line; most formulas here need few worlds. */
const verdictOf = (latex: string, worlds = 4): string =>
  checkLatex(latex, { worlds, repairs: false }).statements.at(-1)?.verdict ?? "";

describe("noises with an index are told apart", () => {
  test.each([
    tex`z_t = z_{t-1}`,
    tex`z_1 = z_2`,
    tex`\bar z_t = z_t`,
    tex`\bar z_t = \bar z_{t-1}`,
    tex`\sqrt{\beta_t}z_t=\sqrt{\beta_t}z_{t-1}`,
    tex`z_t + z_{t-1} = z_{t-1}+z_{t-2}`,
    tex`z_t + z_{t-1} = 2z`,
  ])("fails: %s", (latex) => expect(verdictOf(latex)).toBe("fails"));

  test.each([tex`z_t + z_{t-1} = \sqrt2 z`, tex`\sqrt{\beta_t}z_t=\sqrt{\beta_t}z`])("holds: %s", (latex) =>
    expect(verdictOf(latex)).toBe("holds"),
  );
});

describe("a merged noise and the noise of the closed form", () => {
  const merged = (last: string): string =>
    tex`\begin{aligned} x_t &= \sqrt{\alpha_t\alpha_{t-1}}x_{t-2}+\sqrt{1-\alpha_t\alpha_{t-1}}\bar z \\ &= ${last}\end{aligned}`;
  test.each([
    [tex`\sqrt{\bar\alpha_t}x_0+\sqrt{1-\bar\alpha_t}z`, "holds"],
    [tex`\sqrt{\bar\alpha_t}x_0+\sqrt{1-\alpha_t}z`, "fails"],
    [tex`\bar\alpha_tx_0+\sqrt{1-\bar\alpha_t}z`, "fails"],
  ])("%s: %s", (last, verdict) => expect(verdictOf(merged(last))).toBe(verdict));
});

describe("inequalities at all sizes of vectors and free numbers", () => {
  test.each([
    tex`\|x_t\|\ge0.001`,
    tex`\|\epsilon\|\le 10`,
    tex`\|x_0\|\le 100`,
    tex`D_{KL}(q(x_T|x_0)\|p(x_T)) \le 100`,
  ])("fails: %s", (latex) => expect(verdictOf(latex)).toBe("fails"));
  test.each([tex`\sigma_t\le 10`, tex`\sigma_t>0.01`])("does not hold: %s", (latex) =>
    expect(verdictOf(latex)).toBe("undecided"),
  );
  test.each([tex`\|x_t+x_0\|\le\|x_t\|+\|x_0\|`, tex`\tilde\beta_t<\beta_t`, tex`\|x_0\|^2 \ge 0`])(
    "holds: %s",
    (latex) => expect(verdictOf(latex)).toBe("holds"),
  );
});

describe("declared laws that lead back to a symbol", () => {
  const after = (latex: string): readonly string[] =>
    checkStatements([{ latex: tex`X\sim\mathcal N(\mu,\sigma^2)` }, { latex }], {
      worlds: 4,
      repairs: false,
    }).statements.map(({ verdict }) => verdict);
  test.each([
    [tex`\mathbb E[X]=\mu`, "holds"],
    [tex`\mathrm{Var}(X)=\sigma^2`, "holds"],
    [tex`\mathrm{Var}(X)=\sigma`, "fails"],
  ])("%s: %s", (latex, verdict) => expect(after(latex)).toEqual(["defines", verdict]));
  test("a variable is not declared by itself", () =>
    expect(verdictOf(tex`X\sim\mathcal N(X,1)`)).toBe("undecided"));
});

describe("repairs are looked for under a condition too", () => {
  test.each([
    [tex`\alpha_t = \bar\alpha_t \text{ if } t = 2`, "fails"],
    [tex`\alpha_t = \bar\alpha_t \text{ if } t = 1`, "holds"],
  ])("%s: %s", (latex, verdict) =>
    expect(checkLatex(latex, { worlds: 4 }).statements.at(-1)?.verdict).toBe(verdict),
  );
});

describe("dimensions and times as numbers", () => {
  const verdict = (latex: string): string | undefined =>
    checkLatex(latex, { worlds: 8 }).statements[0]?.verdict;

  test.each([
    String.raw`\mathrm{tr}(I) = d`,
    String.raw`\sum_{s=1}^t \alpha_s = t - \sum_{s=1}^t \beta_s`,
    String.raw`\sum_{s=1}^t \beta_s \le t`,
  ])("%s holds", (latex) => expect(verdict(latex)).toBe("holds"));

  test.each([
    // true for d = 1 and 3
    String.raw`\mathrm{tr}(I) = \frac{d^2 + 3}{4}`,
    String.raw`d^2 = 4d - 3`,
    // true up to t = 8
    String.raw`t^2 \le 64`,
    String.raw`\prod_{k=1}^8 (t - k) = 0`,
  ])("%s fails", (latex) => expect(verdict(latex)).toBe("fails"));
});
