import { describe, expect, test } from "vitest";
import { checkLatex } from "../../src/derivation/check.js";
import type { StatementResult } from "../../src/derivation/verdict/verdict.js";

const tex = String.raw;
const only = (latex: string): StatementResult => {
  const { statements } = checkLatex(latex, { worlds: 6 });
  const [result] = statements;
  if (result === undefined || statements.length !== 1)
    throw new Error(`${statements.length} results for ${latex}`);
  return result;
};
const verdictOf = (latex: string): string => only(latex).verdict;

// β̃_t is 0 at t = 1 and positive at every other time; ᾱ_t = α_t at t = 1 alone.
describe("conditions on times", () => {
  test.each([
    [tex`\tilde\beta_t > 0`, "fails"],
    [tex`\tilde\beta_t > 0 \text{ if } t > 1`, "holds"],
    [tex`\tilde\beta_t > 0 \text{ for all } t \ge 2`, "holds"],
    [tex`\tilde\beta_t > 0, \quad t \in \{2, \dots, T\}`, "holds"],
    [tex`\tilde\beta_t > 0, \quad t = 2, \dots, T`, "holds"],
    [tex`\tilde\beta_t > 0, \quad t = 1, \dots, T`, "fails"],
    [tex`\tilde\beta_t > 0 \quad 2 \le t \le T`, "holds"],
    [tex`\tilde\beta_t > 0 \quad 1 \le t \le T`, "fails"],
    [tex`\tilde\beta_t > 0 \quad (t > 1)`, "holds"],
    [tex`\tilde\beta_t > 0 \quad (t \ge 1)`, "fails"],
    [tex`\tilde\beta_t > 0, \quad \text{for } t \ne 1`, "holds"],
    [tex`\tilde\beta_t > 0 \quad \forall t > 1`, "holds"],
    [tex`\tilde\beta_t > 0 \quad \forall t`, "fails"],
    [tex`\alpha_t = 1 - \beta_t \quad \forall t`, "holds"],
    [tex`\text{if } t > 1, \tilde\beta_t > 0`, "holds"],
    [tex`\text{if } t > 0, \tilde\beta_t > 0`, "fails"],
    [tex`\alpha_t = \bar\alpha_t \text{ if } t = 1`, "holds"],
    [tex`\alpha_t = \bar\alpha_t \text{ if } t = 2`, "fails"],
    [tex`\alpha_t = \beta_t \text{ if } t = 0`, "undecided"],
    [tex`\tilde\beta_t > 0 \text{ if } t > 1, \text{ else } \tilde\beta_t = 0`, "holds"],
    [tex`\tilde\beta_t > 0 \text{ if } t > 1, \text{ else } \tilde\beta_t = 1`, "fails"],
    [tex`\tilde\beta_t = 0 \text{ if } t = 1, \quad \tilde\beta_t > 0 \text{ otherwise}`, "holds"],
    [tex`\tilde\beta_t = 0 \text{ if } t = 1, \quad \tilde\beta_t > \beta_t \text{ otherwise}`, "fails"],
    [tex`\bar\alpha_s < \bar\alpha_t \text{ for } s > t`, "holds"],
    [tex`\bar\alpha_s < \bar\alpha_t \text{ for } s \ge t`, "fails"],
    [tex`z \sim N(0, I) \text{ if } t > 1, \text{ else } z = 0`, "holds"],
    [tex`z \sim N(0, 2I) \text{ if } t > 1, \text{ else } z = 0`, "fails"],
  ])("%s: %s", (latex, verdict) => expect(verdictOf(latex)).toBe(verdict));

  // repairs are looked for among sides whose kinds do not fit too
  test.each([
    [tex`q(x_t|x_s) = \mathcal N(x_t;\sqrt{\bar\alpha_t}x_s,(1-\bar\alpha_t)I) \quad (s<t)`, "fails"],
    [
      tex`q(x_t|x_s) = \mathcal N\left(x_t;\sqrt{\bar\alpha_t/\bar\alpha_s}\,x_s,(1-\bar\alpha_t/\bar\alpha_s)I\right) \quad (s<t)`,
      "holds",
    ],
  ])("two times: %s: %s", (latex, verdict) => expect(verdictOf(latex)).toBe(verdict));

  test("a definition under a condition is known at its times alone", () => {
    const after = (latex: string): string | undefined =>
      checkLatex(tex`\begin{aligned} \gamma_t = \beta_t \text{ if } t > 1 \\ ${latex} \end{aligned}`, {
        worlds: 4,
      }).statements.at(-1)?.verdict;
    expect(after(tex`\gamma_t = \beta_t`)).toBe("holds");
    expect(after(tex`\gamma_t = \alpha_t`)).toBe("fails");
    // of γ_1 nothing was said
    expect(after(tex`\gamma_1 = \beta_1`)).toBe("defines");
  });

  test("what stands in brackets and is no condition on times is not decided", () => {
    expect(verdictOf(tex`\alpha_t = 1 - \beta_t \quad (z_t = 0)`)).toBe("undecided");
  });

  test("the reason says under which", () => {
    expect(only(tex`\alpha_t = 1 - \beta_t \text{ if } t > 1`).reason).toBe(
      "for t = 2…T (at t = 1: said of t > 1)",
    );
    expect(only(tex`\alpha_t = \bar\alpha_t \text{ if } t = 1`).reason).toBe("said of t = 1");
    expect(only(tex`\alpha_t = \bar\alpha_t \text{ if } t > 1`).counterexample?.t).toBe(2);
  });

  test.each([
    tex`\bar\alpha_T = 0 \text{ as } T \to \infty`,
    tex`\bar\alpha_T = 0 \text{ when } T \text{ is large}`,
    tex`\alpha_t = 1 - \beta_t \text{ if } \beta_t > 0`,
    tex`\alpha_t = 1 - \beta_t \text{ otherwise}`,
    tex`\alpha_t = \beta_t \Rightarrow \alpha_t = \frac12`,
  ])("other conditions are not decided: %s", (latex) => {
    const { verdict, reason } = only(latex);
    expect(verdict).toBe("undecided");
    expect(reason).toMatch(/^made under a condition/);
  });
});

describe("distinctions of cases", () => {
  test.each([
    [tex`\alpha_t = \begin{cases} 1 - \beta_t & t > 1 \\ 1 - \beta_1 & t = 1 \end{cases}`, "holds"],
    [tex`\alpha_t = \begin{cases} 1 - \beta_t & t > 1 \\ \beta_1 & t = 1 \end{cases}`, "fails"],
    [
      tex`\alpha_t = \begin{cases} 1 - \beta_t, & \text{if } t \ge 3, \\ 1 - \beta_t & \text{otherwise.} \end{cases}`,
      "holds",
    ],
    [
      tex`\alpha_t = \begin{cases} 1 - \beta_t & t = 2, \dots, T \\ \bar\alpha_t & t = 1 \end{cases}`,
      "holds",
    ],
    [
      tex`\alpha_t = \begin{cases} \bar\alpha_t & t = 2, \dots, T \\ \bar\alpha_t & t = 1 \end{cases}`,
      "fails",
    ],
    [
      tex`\bar\alpha_t = \begin{cases} \alpha_1 & t = 1 \\ \alpha_t\bar\alpha_{t-1} & 1 < t \le T \end{cases}`,
      "holds",
    ],
    [tex`\sum_{t=1}^T \begin{cases} 1 & t = 1 \\ 0 & t > 1 \end{cases} = 1`, "holds"],
    [
      tex`\mathbb E_q\left[\begin{cases} x_t & t > 1 \\ x_1 & t = 1 \end{cases}\right] = \sqrt{\bar\alpha_t}x_0`,
      "holds",
    ],
    [
      tex`\mathbb E_q\left[\begin{cases} x_t & t > 1 \\ x_0 & t = 1 \end{cases}\right] = \sqrt{\bar\alpha_t}x_0`,
      "fails",
    ],
    // two cases at once, none at t = 1, and a condition that is not one on times
    [tex`\alpha_t = \begin{cases} 1 - \beta_t & t > 1 \\ 1 - \beta_t & t \ge 1 \end{cases}`, "undecided"],
    [tex`\alpha_t = \begin{cases} 1 - \beta_t & x_0 > 0 \\ 1 & \text{otherwise} \end{cases}`, "undecided"],
    [tex`\alpha_t = \begin{cases} 1 - \beta_t \\ 1 \end{cases}`, "undecided"],
  ])("%s: %s", (latex, verdict) => expect(verdictOf(latex)).toBe(verdict));

  test("a case that is missing leaves its times out", () => {
    expect(only(tex`\alpha_t = \begin{cases} 1 - \beta_t & t > 1 \end{cases}`).reason).toBe(
      "for t = 2…T (at t = 1: none of the cases applies)",
    );
  });

  test("define what they are set equal to", () => {
    const sigma = tex`\sigma_t^2 = \begin{cases} \beta_1 & t = 1 \\ \tilde\beta_t & t > 1 \end{cases}`;
    const after = (latex: string): string | undefined =>
      checkLatex(tex`\begin{aligned} ${sigma} \\ ${latex} \end{aligned}`, { worlds: 4 }).statements.at(-1)
        ?.verdict;
    expect(after(tex`\sigma_t^2 \le \beta_t`)).toBe("holds");
    expect(after(tex`\sigma_t^2 = \tilde\beta_t`)).toBe("fails");
  });
});
