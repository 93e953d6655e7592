import { describe, expect, test } from "vitest";
import { checkLatex, checkStatements } from "../../src/derivation/check.js";
import { mutate } from "../../src/derivation/mutate.js";
import { ddpm } from "../../src/derivation/notation/ddpm.js";
import { bound, expectations, model } from "./formulas.js";

const tex = String.raw;
const options = { worlds: 4, repairs: false } as const;
const only = (
  latex: string,
): { readonly verdict: string; readonly reason: string; readonly inLaw: boolean } => {
  const [result] = checkLatex(latex, options).statements;
  if (result === undefined) throw new Error("no result");
  return { verdict: result.verdict, reason: result.reason ?? "", inLaw: result.inLaw };
};

describe("the model and expectations over the forward process", () => {
  test.each([...model, ...expectations])("%s", (latex) => expect(only(latex).verdict).toBe("holds"));

  test("a whole bound, each line against the one before, to the digits carried", () => {
    const { statements } = checkStatements(
      bound.map((latex) => ({ latex, chain: "bound" })),
      options,
    );
    expect(statements.map(({ verdict }) => verdict)).toEqual(bound.map(() => "holds"));
    for (const { maxRelativeError } of statements) expect(maxRelativeError).toBeLessThan(1e-50);
  });

  test("only the wrong line of a bound fails", () => {
    const wrong = bound.map((latex, at) =>
      at === 3
        ? latex.replace(tex`\log\frac{q(x_T|x_0)}{q(x_1|x_0)}`, tex`\log\frac{q(x_1|x_0)}{q(x_T|x_0)}`)
        : latex,
    );
    const { statements } = checkStatements(
      wrong.map((latex) => ({ latex, chain: "bound" })),
      { ...options, repairs: true },
    );
    const verdicts = statements.map(({ verdict }) => verdict);
    // The line with the slip parts from the one before and from the one after.
    expect(verdicts).toEqual(["holds", "holds", "holds", "fails", "fails", "holds"]);
    expect(statements[3]).toMatchObject({
      chainRepair: "line 5 agrees with line 3: repairing line 4 makes the chain whole",
      repair: { slip: "sign" },
    });
    expect(statements[4]?.repair).toBeUndefined();
  });

  test.each([
    tex`\mathbb E_{q(x_{t-1}|x_t,x_0)}[x_{t-1}] = \tilde\mu_{t-1}(x_t,x_0)`,
    tex`p_\theta(x_{0:T}) = p(x_T)\prod_{t=2}^T p_\theta(x_{t-1}|x_t)`,
    tex`p_\theta(x_{t-1}|x_t) = \mathcal N(x_{t-1}; \mu_\theta(x_t,t), \sigma_t I)`,
    tex`\mu_\theta(x_t,t) = \frac{1}{\sqrt{\alpha_t}}\left(x_t-\frac{\beta_t}{1-\bar\alpha_t}\epsilon_\theta(x_t,t)\right)`,
    tex`D_{KL}(q(x_T|x_0)\|p(x_T)) = D_{KL}(p(x_T)\|q(x_T|x_0))`,
    tex`D_{KL}(q(x_T|x_0)\|p(x_T)) \le 0`,
    // the expectation over x_t is missing: the right side still depends on x_t
    tex`\mathbb E_{q(x_{t-1},x_t|x_0)}\left[\log\frac{q(x_{t-1}|x_t,x_0)}{p_\theta(x_{t-1}|x_t)}\right] = D_{KL}(q(x_{t-1}|x_t,x_0)\|p_\theta(x_{t-1}|x_t))`,
  ])("does not hold: %s", (latex) => expect(["fails", "undecided"]).toContain(only(latex).verdict));

  test("a divergence of distributions of different variables cannot be read", () =>
    expect(only(tex`D_{KL}(q(x_1|x_0)\|p(x_T)) = 0`).verdict).toBe("unreadable"));

  test("a divergence is not negative; the smallest slack is told", () => {
    const found = only(tex`KL(q(x_{t-1}|x_t,x_0)||p_\theta(x_{t-1}|x_t)) \ge 0`);
    expect(found.verdict).toBe("holds");
    expect(found.reason).toMatch(/^smallest slack [0-9.e-]+/);
  });
});

describe("what stays open, and why", () => {
  test.each([
    [
      tex`p_\theta(x_{t-1}|x_t) = \mathcal N(x_{t-1}; \mu_\theta(x_t,t), \beta_t I)`,
      /\\sigma_t\^2 = \\beta_t may be meant/,
    ],
    [
      tex`\mathbb E_{q(x_t|x_0)}[\|x_t\|^2] = \mathbb E_{x_0,\epsilon}[\|x_t\|^2]`,
      /only one side averages over x_0/,
    ],
    [
      tex`\log\mathbb E_{x_0,\epsilon}[\|x_0\|^2] = \mathbb E_{x_0,\epsilon}[\log(\|x_0\|^2)]`,
      /in a function of it/,
    ],
    [tex`\mathbb E_{q(x_t|x_0)}\left[\frac{1}{\|x_t\|^2}\right] = 1`, /no exact expectation of a quotient/],
    [tex`\Sigma_\theta(x_{t-1},t) = \sigma_t^2 I`, /at the state x_t only/],
    [tex`\mathbb E_{x_0\sim\pi}[x_0] = x_0`, /the law under/],
    [
      tex`x_0 = \frac{1}{\sqrt{\bar\alpha_t}}(x_t-\sqrt{1-\bar\alpha_t}\epsilon_\theta(x_t,t))`,
      /set equal to what a network predicts/,
    ],
  ])("%s", (latex, reason) => {
    const found = only(latex);
    expect(found.verdict).toBe("undecided");
    expect(found.reason).toMatch(reason);
  });
});

describe("equality up to a constant that the text names", () => {
  const kl = tex`\mathbb E_q[D_{KL}(q(x_{t-1}|x_t,x_0)\|p_\theta(x_{t-1}|x_t))] = `;
  const square = tex`\mathbb E_q\left[\frac{1}{2\sigma_t^2}\|\tilde\mu_t(x_t,x_0)-\mu_\theta(x_t,t)\|^2\right] + C`;
  test("holds where the difference does not depend on the network", () => {
    const found = only(kl + square);
    expect(found.verdict).toBe("holds");
    expect(found.reason).toContain("with C a number that does not depend on the network");
  });
  test.each(mutate(kl + square, ddpm).map(({ latex }) => latex))("refused: %s", (latex) =>
    expect(only(latex).verdict).not.toBe("holds"),
  );
  test("without a network nothing is claimed", () =>
    expect(only(tex`\mathbb E_q[\|x_t\|^2] = \|x_0\|^2 + C`).verdict).toBe("undecided"));
});

describe("noises that the text declares by number", () => {
  const lines = [
    tex`x_t = \sqrt{\alpha_t}x_{t-1} + \sqrt{1-\alpha_t}z_1, \quad \text{where } z_1, z_2, \dots \sim \mathcal N(0, I)`,
    tex`= \sqrt{\alpha_t}(\sqrt{\alpha_{t-1}}x_{t-2} + \sqrt{1-\alpha_{t-1}}z_2) + \sqrt{1-\alpha_t}z_1`,
    tex`= \sqrt{\alpha_t\alpha_{t-1}}x_{t-2} + \sqrt{1-\alpha_t\alpha_{t-1}}\,\bar z_2, \quad \bar z_2 \sim \mathcal N(0, I)`,
  ];
  const verdicts = (chain: readonly string[]): readonly string[] =>
    checkStatements(
      chain.map((latex) => ({ latex, chain: "closed form" })),
      options,
    ).statements.map(({ verdict }) => verdict);
  test("are independent of the states before", () =>
    expect(verdicts(lines)).toEqual(["holds", "holds", "holds"]));
  test("a slip is noticed all the same", () => {
    const slips = [
      [0, tex`\sqrt{1-\alpha_t}z_1`, tex`(1-\alpha_t)z_1`],
      [1, tex`\sqrt{1-\alpha_{t-1}}z_2`, tex`\sqrt{1-\alpha_{t-1}}z_1`],
      [2, tex`\sqrt{1-\alpha_t\alpha_{t-1}}`, tex`\sqrt{1-\alpha_t}`],
    ] as const;
    for (const [at, from, to] of slips) {
      const wrong = lines.map((line, k) => (k === at ? line.replace(from, to) : line));
      expect(wrong).not.toEqual(lines);
      expect(verdicts(wrong)[at]).toBe("fails");
    }
  });
  test("undeclared, the number is the time of the step", () =>
    expect(only(tex`x_t = \sqrt{\alpha_t}x_{t-1} + \sqrt{1-\alpha_t}z_1`).verdict).toBe("fails"));
});

describe("integrands without end are refused at once", () => {
  test.each([
    [tex`\mathbb E_{q(x_t|x_0)}[((((x_t^2)^2)^2)^2)^2] = 1`, /power beyond 8/],
    [
      tex`\mathbb E_{q(x_t|x_0)}\left[\|\epsilon_\theta(x_t,t)\|^2\|\mu_\theta(x_t,t)\|^2\|x_\theta(x_t,t)\|^2\|\epsilon_\theta(x_t,t)\|^2\|\mu_\theta(x_t,t)\|^2\|x_\theta(x_t,t)\|^2\right] = 1`,
      /steps|power/,
    ],
    [tex`\mathbb E_{q(x_t|x_{t-1})q(x_{t-1}|x_t,x_0)}[x_t] = 0`, /conditional on one another/],
    [tex`\mathbb E_{q(x_t|x_0)q(x_t|x_{t-1})}[x_t] = 0`, /one state twice/],
  ])("%s", (latex, reason) => {
    const start = performance.now();
    const found = only(latex);
    expect(found.verdict).not.toBe("holds");
    expect(found.reason).toMatch(reason);
    expect(performance.now() - start).toBeLessThan(4000);
  });
});

describe("a step of the sampler", () => {
  const step = tex`x_{t-1} = \frac{1}{\sqrt{\alpha_t}}\left(x_t-\frac{1-\alpha_t}{\sqrt{1-\bar\alpha_t}}\epsilon_\theta(x_t,t)\right)+\sigma_t z`;
  test("has the law of the model", () => {
    const found = only(step);
    expect([found.verdict, found.inLaw]).toEqual(["holds", true]);
  });
  test("with another mean fails", () =>
    expect(only(step.replace(tex`\sqrt{1-\bar\alpha_t}`, tex`1-\bar\alpha_t`)).verdict).toBe("fails"));
  test("with another variance is the author's choice", () =>
    expect(only(step.replace(tex`\sigma_t z`, tex`\sqrt{\beta_t} z`)).verdict).toBe("undecided"));
});
