import { describe, expect, test } from "vitest";
import { checkLatex, checkStatements } from "../../../src/derivation/check.js";
import type { StatementResult } from "../../../src/derivation/verdict/verdict.js";

const tex = String.raw;
const only = (latex: string): StatementResult => {
  const [result] = checkLatex(latex, { worlds: 6 }).statements;
  if (result === undefined) throw new Error("no result");
  return result;
};

/** Formula, kind of slip, and what belongs where. */
const slips: readonly (readonly [string, string, string])[] = [
  [
    tex`x_0 = \frac{1}{\bar\alpha_t}\left(x_t-\sqrt{1-\bar\alpha_t}\,\bar z_t\right)`,
    "root lost",
    tex`holds if the denominator is $\sqrt{\bar{\alpha}_{t}}$ instead of $\bar{\alpha}_{t}$`,
  ],
  [
    tex`x_t = \sqrt{\alpha_t}x_{t-1} + \beta_t z_t`,
    "variance for standard deviation",
    tex`holds if the factor $\beta_{t}$ is $\sqrt{\beta_{t}}$`,
  ],
  [
    tex`x_t = \alpha_t x_{t-1} + \sqrt{1-\alpha_t} z_t`,
    "root lost",
    tex`holds if the factor $\alpha_{t}$ is $\sqrt{\alpha_{t}}$`,
  ],
  [
    tex`q(x_t|x_{t-1}) = \mathcal N(x_t; \sqrt{1-\beta_t}x_{t-1}, \sqrt{\beta_t} I)`,
    "standard deviation for variance",
    tex`holds if the variance is $\beta_{t}$, not its root`,
  ],
  [
    tex`q(x_{t-1}|x_t,x_0) = \mathcal N(x_{t-1}; \tilde\mu_t(x_t,x_0), \tilde\beta_t^2 I)`,
    "square added",
    tex`holds if the variance is $\tilde{\beta}_{t}$, not its square`,
  ],
  [
    tex`\bar\alpha_t = \prod_{s=1}^{T}\alpha_s`,
    "limit of a sum or product",
    "holds if the product ends at $t$ instead of $T$",
  ],
  [
    tex`\bar\alpha_t = \prod_{s=2}^{t}\alpha_s`,
    "limit of a sum or product",
    "holds if the product starts at $1$ instead of $2$",
  ],
  [tex`\bar\alpha_t = \sum_{s=1}^{t}\alpha_s`, "sum for product", "holds if the sum is a product"],
  [
    tex`x_t = \sqrt{\bar\alpha_t}x_0 + \sqrt{1-\alpha_t}\,\bar z_t`,
    "alpha for alpha-bar",
    tex`holds if the term $\alpha_{t}$ under the root is $\bar{\alpha}_{t}$`,
  ],
  [
    tex`\tilde\beta_t = \frac{1-\bar\alpha_t}{1-\bar\alpha_{t-1}}\beta_t`,
    "fraction upside down",
    tex`holds if $\frac{1-\bar{\alpha}_{t}}{1-\bar{\alpha}_{t-1}}$ is turned upside down`,
  ],
  [
    tex`\tilde\mu_t = \frac1{\sqrt{\alpha_t}}\left(x_t+\frac{1-\alpha_t}{\sqrt{1-\bar\alpha_t}}\epsilon\right)`,
    "sign",
    tex`holds if the sign of $\frac{1-\alpha_{t}}{\sqrt{1-\bar{\alpha}_{t}}} \epsilon$ is minus instead of plus`,
  ],
  [
    tex`q(x_{t-1}|x_t,x_0) = q(x_t|x_{t-1},x_0)\frac{q(x_t|x_0)}{q(x_t|x_0)}`,
    "index shifted",
    tex`holds if the index of $x_{t}$ in $q\left(x_{t} \mid x_{0}\right)$ in the numerator is $t-1$ instead of $t$`,
  ],
  [
    tex`D_{KL}(\mathcal N(\tilde\mu_t, \sigma_t^2 I)\|\mathcal N(\mu_\theta(x_t,t), \sigma_t^2 I)) = \frac{1}{\sigma_t^2}\|\tilde\mu_t(x_t,x_0)-\mu_\theta(x_t,t)\|^2`,
    "factor 2 lost",
    tex`holds if the factor $\frac{1}{\sigma_{t}^{2}}$ is $\frac{1}{2 \sigma_{t}^{2}}$`,
  ],
  [
    tex`\mathbb E_{q(x_T|x_0)}\left[\log\frac{q(x_T|x_0)}{p(x_T)}\right] = D_{KL}(p(x_T)\|q(x_T|x_0))`,
    "arguments exchanged",
    "holds if the arguments of the divergence are exchanged",
  ],
  [
    tex`\bar\alpha_t = \alpha_t\bar\alpha_{t-2}`,
    "index shifted",
    tex`holds if the index of $\bar{\alpha}_{t-2}$ is $t-1$ instead of $t-2$`,
  ],
  [
    tex`q(x_t|x_0)=\mathcal N(x_t;\sqrt{\bar\alpha_t}x_0,\bar\alpha_t I)`,
    "one minus lost",
    tex`holds if the variance is $1-\bar{\alpha}_{t}$ instead of $\bar{\alpha}_{t}$`,
  ],
  [
    tex`x_t = \sqrt{\alpha_t}x_{t-1} + \sqrt{1-\alpha_t}z_1`,
    "fixed time for t",
    tex`holds if the index of $z_{1}$ is $t$ instead of $1$`,
  ],
];

describe("a slip is named, with its place", () => {
  test.each(slips)("%s", (latex, slip, text) => {
    const { verdict, repair } = only(latex);
    expect(verdict).toBe("fails");
    expect(repair).toMatchObject({ slip, text });
  });

  test.each(slips)("and what is called true is: %s", (latex) => {
    const { repair } = only(latex);
    expect(only(repair?.latex ?? "")).toMatchObject({ verdict: "holds" });
  });

  test("in the spelling of the author", () => {
    const { repair } = only(
      tex`\mathbf{x}_0 = \frac{ \mathbf{x}_t - \sqrt{1 - \overline\alpha_t}\,\epsilon }{ \overline{\alpha}_t }`,
    );
    expect(repair?.latex).toBe(
      tex`\mathbf{x}_0 = \frac{ \mathbf{x}_t - \sqrt{1 - \overline\alpha_t}\,\epsilon }{ \sqrt{\bar{\alpha}_{t}} }`,
    );
  });

  test("two roots that are missing together", () => {
    const { repair } = only(
      tex`x_t = \sqrt{\alpha_t}\left(\alpha_{t-1}x_{t-2}+\beta_{t-1}z_{t-1}\right)+\sqrt{\beta_t}z_t`,
    );
    expect(repair).toBeUndefined();
    const twice = only(
      tex`x_t = \beta_t z_t + \sqrt{\alpha_t}(\sqrt{\alpha_{t-1}} x_{t-2}+\beta_{t-1}z_{t-1})`,
    );
    expect(twice.repair).toMatchObject({
      slip: "variance for standard deviation",
      text: tex`holds if the factor $\beta_{t}$ is $\sqrt{\beta_{t}}$ and the factor $\beta_{t-1}$ is $\sqrt{\beta_{t-1}}$`,
    });
  });

  test("several explanations are told, three at most", () => {
    const { repair, otherRepairs } = only(tex`\sqrt{1-\alpha_t}z_t \sim \mathcal N(0, (1-\alpha_{t-1})I)`);
    expect(repair?.text).toBe(
      tex`holds if the index of $\alpha_{t-1}$ in the variance is $t$ instead of $t-1$`,
    );
    expect(otherRepairs?.length).toBe(1);
  });
});

describe("no repair", () => {
  test.each([
    // would say that x is x
    tex`x_t = x_{t-1}`,
    tex`\beta_t = \beta_t^2`,
    tex`1 = 2`,
    // no single slip explains these
    tex`\tilde\beta_t = \alpha_t^3+\beta_t-7`,
    tex`x_t = \bar\alpha_t x_{t-2}`,
  ])("%s", (latex) => {
    const { verdict, repair, otherRepairs } = only(latex);
    expect(verdict).toBe("fails");
    expect([repair, otherRepairs]).toEqual([undefined, undefined]);
  });

  test("for what holds, is open or cannot be read", () => {
    for (const latex of [tex`\alpha_t = 1-\beta_t`, tex`a + b = 2a`, tex`\cancel{x} = 1`]) {
      expect(only(latex).verdict).not.toBe("fails");
      expect(only(latex).repair).toBeUndefined();
    }
  });

  test("where it is not asked for", () => {
    const [result] = checkLatex(tex`\bar\alpha_t = \prod_{s=1}^{T}\alpha_s`, { repairs: false }).statements;
    expect(result).toMatchObject({ verdict: "fails" });
    expect(result?.repair).toBeUndefined();
  });

  test("of a long formula takes no longer than a short search", () => {
    const terms = Array.from(
      { length: 60 },
      (_, at) => tex`\frac{\alpha_t^{${at + 1}}}{1-\bar\alpha_{t-1}}\sqrt{\beta_t}`,
    );
    const before = performance.now();
    expect(only(`${terms.join("+")} = 3`).verdict).toBe("fails");
    expect(performance.now() - before).toBeLessThan(20_000);
  });

  // the expectation of a product of logarithms, tried in place of their sum, has thousands of terms
  test("does not try what costs far more than the line itself", () => {
    const step = tex`\log\frac{p_\theta(x_{t-1}|x_t)}{q(x_t|x_{t-1})}`;
    const whole = tex`\mathbb{E}_q\left[\log\frac{p_\theta(x_{0:T})}{q(x_{1:T}|x_0)}\right]`;
    const before = performance.now();
    const { repair } = only(tex`${whole} = \mathbb{E}_q\left[\log p(x_T) + \sum_{t=2}^T ${step}\right]`);
    expect(performance.now() - before).toBeLessThan(5_000);
    expect(repair?.text).toBe("holds if the sum starts at $1$ instead of $2$");
  });
});

describe("in a chain", () => {
  const chain = (...lines: readonly string[]): readonly StatementResult[] =>
    checkStatements(
      lines.map((latex) => ({ latex, chain: "A" })),
      { worlds: 6 },
    ).statements;

  test("one wrong line between two that agree: it is that line, and the chain becomes whole", () => {
    const [first, second, third] = chain(
      tex`x_t = \sqrt{\alpha_t}x_{t-1} + \sqrt{\beta_t}z_t`,
      tex`= \sqrt{\alpha_t}x_{t-1} + \beta_t z_t`,
      tex`= \sqrt{1-\beta_t}x_{t-1} + \sqrt{1-\alpha_t} z_t`,
    );
    expect([first, second, third].map((each) => each?.verdict)).toEqual(["holds", "fails", "fails"]);
    expect(second?.chainRepair).toBe("line 3 agrees with line 1: repairing line 2 makes the chain whole");
    expect(second?.repair?.text).toBe(tex`holds if the factor $\beta_{t}$ is $\sqrt{\beta_{t}}$`);
    expect(third?.chainRepair).toBe("line 3 agrees with line 1: it is line 2 that has to be repaired");
    expect(third?.repair).toBeUndefined();
  });

  test("a first line that is wrong is measured by its own left side", () => {
    const [first] = chain(tex`\bar\alpha_t = \prod_{s=1}^{T}\alpha_s`, tex`= \alpha_t\bar\alpha_{t-1}`);
    expect(first?.chainRepair).toBe(
      "line 2 agrees with the left side of line 1: repairing line 1 makes the chain whole",
    );
  });

  test("a second slip behind a wrong line is named beside the repaired line", () => {
    const [, second, third] = chain(
      tex`\bar\alpha_t = \alpha_t\bar\alpha_{t-1}`,
      tex`= \alpha_t\prod_{s=1}^{t}\alpha_s`,
      tex`= \alpha_t\alpha_{t-1}\prod_{s=1}^{t-1}\alpha_s`,
    );
    expect(second?.repair?.text).toBe("holds if the product ends at $t-1$ instead of $t$");
    expect(third?.repair?.text).toBe(
      "with line 2 repaired, holds if the product ends at $t-2$ instead of $t-1$",
    );
    expect(third?.chainRepair).toBeUndefined();
  });

  test("lines with one number are told apart by their names", () => {
    const lines = [
      tex`\bar\alpha_t = \alpha_t\bar\alpha_{t-2}`,
      tex`= \prod_{s=1}^{t}\alpha_s`,
      tex`= \alpha_t\bar\alpha_{t-1}`,
    ];
    const { statements } = checkStatements(
      lines.map((latex, at) => ({ id: "abc".charAt(at), latex, chain: "A", line: at < 2 ? 1 : 2 })),
    );
    expect(statements.map(({ chainRepair }) => chainRepair)).toEqual([
      "line 1 (b) agrees with the left side of line 1 (a): repairing line 1 (a) makes the chain whole",
      "line 1 (b) agrees with the left side of line 1 (a): it is line 1 (a) that has to be repaired",
      undefined,
    ]);
  });

  test("a slip that every later line keeps is told once", () => {
    const results = chain(
      tex`x_t = \sqrt{\alpha_t}x_{t-1} + \beta_t z_t`,
      tex`= \sqrt{\alpha_t}x_{t-1} + (1-\alpha_t) z_t`,
    );
    expect(results.map(({ verdict }) => verdict)).toEqual(["fails", "holds"]);
    expect(results.map(({ chainRepair }) => chainRepair)).toEqual([undefined, undefined]);
  });
});
