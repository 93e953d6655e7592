import { describe, expect, test } from "vitest";
import { checkLatex } from "../../src/derivation/check.js";

const verdict = (latex: string): string | undefined =>
  checkLatex(latex, { worlds: 4 }).statements[0]?.verdict;

describe("dots that are written out by the reader", () => {
  test.each([
    String.raw`q(x_1, x_2, \dots, x_T | x_0) = q(x_1|x_0)q(x_2|x_1)\cdots q(x_T|x_{T-1})`,
    String.raw`\alpha_1 + \alpha_2 + \dots + \alpha_t = t - \beta_1 - \beta_2 - \dots - \beta_t`,
    String.raw`\bar\alpha_t = \alpha_t\alpha_{t-1}\cdots\alpha_1`,
    String.raw`\alpha_1 + \dots + \alpha_t = \sum_{s=1}^t \alpha_s`,
    String.raw`\frac{\bar\alpha_t}{\bar\alpha_2} = \alpha_t\alpha_{t-1}\cdots\alpha_3`,
  ])("%s holds", (latex) => expect(verdict(latex)).toBe("holds"));

  test.each([
    String.raw`\alpha_1 + \alpha_2 + \dots + \alpha_t = t + \beta_1 + \beta_2 + \dots + \beta_t`,
    String.raw`\alpha_1 + \alpha_2 + \dots + \alpha_T = t - \beta_1 - \beta_2 - \dots - \beta_t`,
    String.raw`\bar\alpha_t = \beta_t\beta_{t-1}\cdots\beta_1`,
    String.raw`\alpha_1 + \dots + \alpha_t = \sum_{s=0}^{t-1} \alpha_{s+1} + \alpha_1`,
    String.raw`q(x_1, x_2, \dots, x_T | x_0) = q(x_1|x_0)q(x_2|x_0)\cdots q(x_T|x_0)`,
  ])("%s fails", (latex) => expect(verdict(latex)).toBe("fails"));

  test.each([
    String.raw`q(x_1, x_2, \dots, x_T | x_0) = q(x_1|x_0)q(x_2|x_1)\cdots q(x_T|x_T)`,
    String.raw`\alpha_1 + \alpha_3 + \dots + \alpha_9 = 1`,
    String.raw`\alpha_1 + \dots + \alpha_{t-1} = t - 1 - \beta_1 - \dots - \beta_{t-1}`,
    String.raw`\alpha_1 + \alpha_2 - \dots + \alpha_t = 1`,
  ])("%s is no pattern: undecided", (latex) => expect(verdict(latex)).toBe("undecided"));
});

/** α_t ⋯ α_{k+1} β_k in the way that the terms at both ends of the sum are written. */
const telescope = {
  first: String.raw`\alpha_t\alpha_{t-1}\cdots\alpha_2\beta_1 + \alpha_t\alpha_{t-1}\cdots\alpha_3\beta_2`,
  last: String.raw`\alpha_t\alpha_{t-1}\beta_{t-2} + \alpha_t\beta_{t-1} + \beta_t`,
};

describe("dots between terms that are products themselves", () => {
  test.each([
    String.raw`1 - \bar\alpha_t = ${telescope.first} + \cdots + ${telescope.last}`,
    // the same backwards
    String.raw`1 - \bar\alpha_t = \beta_t + \alpha_t\beta_{t-1} + \alpha_t\alpha_{t-1}\beta_{t-2} + \cdots + \alpha_t\alpha_{t-1}\cdots\alpha_2\beta_1`,
    // a run that has come to its end right behind the dots
    String.raw`1 - \bar\alpha_t = ${telescope.first} + \cdots + \beta_t`,
    String.raw`\bar\alpha_t - 1 = -\alpha_t\alpha_{t-1}\cdots\alpha_2\beta_1 - \alpha_t\alpha_{t-1}\cdots\alpha_3\beta_2 - \cdots - \alpha_t\beta_{t-1} - \beta_t`,
    String.raw`x_t = \sqrt{\bar\alpha_t}x_0 + \sqrt{\alpha_t\alpha_{t-1}\cdots\alpha_2\beta_1}z_1 + \sqrt{\alpha_t\alpha_{t-1}\cdots\alpha_3\beta_2}z_2 + \cdots + \sqrt{\alpha_t\beta_{t-1}}z_{t-1} + \sqrt{\beta_t}z_t`,
    // the term before the dots is one of its own
    String.raw`1 - \bar\alpha_t + \alpha_t\alpha_{t-1}\cdots\alpha_1 = \alpha_t\alpha_{t-1}\cdots\alpha_3(\alpha_2 + \beta_2) + \cdots + ${telescope.last}`,
  ])("%s holds", (latex) => expect(verdict(latex)).toBe("holds"));

  test.each([
    String.raw`1 + \bar\alpha_t = ${telescope.first} + \cdots + ${telescope.last}`,
    String.raw`1 - \bar\alpha_t = ${telescope.first} + \cdots + \alpha_t\beta_{t-1}`,
    String.raw`x_t = \sqrt{\bar\alpha_t}x_0 + \sqrt{\alpha_t\alpha_{t-1}\cdots\alpha_2\beta_1}z_1 + \sqrt{\alpha_t\alpha_{t-1}\cdots\alpha_3\beta_2}z_2 + \cdots + \sqrt{\alpha_t\beta_{t-1}}z_{t-1} + \beta_t z_t`,
  ])("%s fails", (latex) => expect(verdict(latex)).toBe("fails"));

  test.each([
    // each β one step late
    String.raw`1 - \bar\alpha_t = \alpha_t\cdots\alpha_2\beta_1 + \alpha_t\cdots\alpha_3\beta_3 + \cdots + \alpha_t\beta_t`,
    // false in the one reading that is tried; another cannot be excluded
    String.raw`1 = \alpha_t\alpha_{t-1}\cdots\alpha_3(\alpha_2 + \beta_1) + \cdots + ${telescope.last}`,
    String.raw`1 = \alpha_1\beta_2 + \cdots + \alpha_t\beta_t`,
  ])("%s is undecided", (latex) => expect(verdict(latex)).toBe("undecided"));
});

describe("what claims nothing, or under a condition that is not one on times, is undecided", () => {
  test.each([
    String.raw`x_0 = 0 \Rightarrow \alpha_t = \beta_t`,
    String.raw`x_{t-1} = x_0 \text{ if } x_0 = 0`,
    String.raw`\alpha_t, \beta_t = \beta_t, \alpha_t`,
    String.raw`q(x_{t-1}|x_t, x_0) = \mathcal(x_{t-1}; \tilde\mu_t(x_t, x_0), \tilde\beta_t I)`,
    String.raw`\alpha_t = \begin{cases} 1 - \beta_t & x_0 > 0 \\ 1 & x_0 \le 0 \end{cases}`,
  ])("%s", (latex) => expect(verdict(latex)).toBe("undecided"));

  test("a remark beside a claim claims nothing", () => {
    const remark = String.raw`\quad [q(z|x) \text{ can be any distribution}]`;
    expect(verdict(String.raw`\alpha_t = 1 - \beta_t ${remark}`)).toBe("holds");
    expect(verdict(String.raw`\alpha_t = 1 + \beta_t ${remark}`)).toBe("fails");
  });
});
