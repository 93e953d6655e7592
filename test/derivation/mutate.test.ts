import { describe, expect, test } from "vitest";
import type { CheckOptions, StatementSource } from "../../src/derivation/options.js";
import { judgeStatements } from "../../src/derivation/check.js";
import { mutate } from "../../src/derivation/mutate.js";
import { ddpm } from "../../src/derivation/notation/ddpm.js";
import { effectOf, type Effect } from "../../src/derivation/slip/equivalent.js";
import { missed, mutateStatements, type MutationReport } from "../../src/derivation/slip/mutation.js";
import { slipKinds } from "../../src/derivation/slip/table.js";
import { bound, expectations, model, truths } from "./formulas.js";

const tex = String.raw;

function mutated(statements: readonly StatementSource[], options: CheckOptions): MutationReport {
  const run = mutateStatements(statements, options);
  for (;;) {
    const step = run.next();
    if (step.done === true) return step.value.mutation;
  }
}

/** Every mutant whose value changed is refused, and at least so many were made. */
function expectNoneMissed(report: MutationReport, least: number): void {
  expect(missed(report)).toEqual([]);
  expect(report.changed).toBeGreaterThan(least);
  expect(report.fails + report.undecided + report.unreadable).toBe(report.changed);
  // Most are refused with a counterexample in hand, not because they cannot be decided.
  expect(report.fails / report.changed).toBeGreaterThan(0.75);
  expect(report.mutants).toBe(report.changed + report.equivalent + report.unknown);
}

describe("every slip in a true formula is noticed", () => {
  test("of the forward process and its posterior", () => {
    const report = mutated(
      truths.map((latex) => ({ latex })),
      { worlds: 2, digits: 40 },
    );
    expectNoneMissed(report, 1000);
    expect(report.statements).toBe(truths.length);
    expect(report.unknown).toBeLessThan(20);
    // Survivors are true: another noise that is as independent, the Markov property, a factor without the variable.
    const why = new Set(report.survivors.map(({ effect }) => effect));
    expect([...why].sort()).toEqual(["same law", "same up to a factor", "same value"]);
  });

  test("of the model and of expectations", () => {
    const report = mutated(
      [...model, ...expectations].map((latex) => ({ latex })),
      { worlds: 2, digits: 40 },
    );
    expectNoneMissed(report, 200);
  });

  test("of the lines of a whole bound, its neighbours kept", () => {
    const report = mutated(
      bound.slice(4).map((latex, at) => ({ id: `line ${at + 1}`, latex, chain: "bound" })),
      { worlds: 2, digits: 40 },
    );
    expect(missed(report)).toEqual([]);
    expect(report.changed).toBeGreaterThan(30);
  });
});

describe("the slips", () => {
  test("are more than twelve kinds, each made somewhere", () => {
    const kinds = new Set(
      [...truths, ...model, ...expectations].flatMap((latex) => mutate(latex, ddpm)).map(({ slip }) => slip),
    );
    expect([...kinds].sort()).toEqual(slipKinds.map(({ slip }) => slip).sort());
    expect(kinds.size).toBeGreaterThan(12);
  });

  test("are one change at one place", () => {
    expect(mutate(tex`\alpha_t = 1-\beta_{t}`, ddpm)).toEqual([
      { slip: "square added", latex: "\\alpha_{t} = 1-\\beta_{t}^{2}" },
      { slip: "root added", latex: "\\alpha_{t} = \\sqrt{1-\\beta_{t}}" },
      { slip: "root added", latex: "\\alpha_{t} = 1-\\sqrt{\\beta_{t}}" },
      { slip: "accent added", latex: "\\alpha_{t} = 1-\\tilde{\\beta}_{t}" },
      { slip: "index shifted", latex: "\\alpha_{t} = 1-\\beta_{t-1}" },
      { slip: "index shifted", latex: "\\alpha_{t} = 1-\\beta_{t+1}" },
      { slip: "fixed time for t", latex: "\\alpha_{t} = 1-\\beta_{0}" },
      { slip: "fixed time for t", latex: "\\alpha_{t} = 1-\\beta_{T}" },
      { slip: "sign", latex: "\\alpha_{t} = -1-\\beta_{t}" },
      { slip: "sign", latex: "\\alpha_{t} = 1+\\beta_{t}" },
      { slip: "alpha for beta", latex: "\\alpha_{t} = 1-\\alpha_{t}" },
      { slip: "one minus lost", latex: "\\alpha_{t} = \\beta_{t}" },
      { slip: "term lost", latex: "\\alpha_{t} = -\\beta_{t}" },
      { slip: "term lost", latex: "\\alpha_{t} = 1" },
    ]);
  });

  test("what cannot be read has no mutants", () => expect(mutate("\\cancel{x} = 1", ddpm)).toEqual([]));

  test("a statement that fails, is open or defines something has none", () => {
    const none = [tex`\alpha_t = \beta_t`, tex`a + b = 2a`, tex`\lambda_t = \log\beta_t`];
    expect(
      mutated(
        none.map((latex) => ({ latex })),
        { worlds: 2 },
      ),
    ).toMatchObject({ statements: 0, mutants: 0, survivors: [] });
  });
});

/** The effect of writing the second right side for the first. */
function effect(latex: string, right: string): Effect {
  const [before, after] = [latex, right].map(
    (text) => judgeStatements([{ latex: text }], { worlds: 2 }).lines[0]?.judgements[0],
  );
  if (before === undefined || after === undefined) throw new Error("not one claim");
  return effectOf(before.claim, after.claim.right, before.question);
}

describe("whether a slip changes the value is established apart from the verdict", () => {
  test.each<readonly [string, string, Effect]>([
    [tex`\alpha_t = 1-\beta_t`, tex`\alpha_t = 1+\beta_t`, "changed"],
    [tex`\alpha_t = 1-\beta_t`, tex`\alpha_t = \alpha_t(\alpha_t+\beta_t)`, "same value"],
    [
      tex`x_t = \sqrt{\alpha_t}x_{t-1}+\sqrt{\beta_t}z_t`,
      tex`x_t = \sqrt{\alpha_t}x_{t-1}+\sqrt{\beta_t}z_{t+1}`,
      "same law",
    ],
    [
      tex`x_t = \sqrt{\alpha_t}x_{t-1}+\sqrt{\beta_t}z_t`,
      tex`x_t = \sqrt{\alpha_t}x_{t-1}+\sqrt{\beta_t}z_{t-1}`,
      "changed",
    ],
    [
      tex`x_t = \sqrt{\alpha_t}x_{t-1}+\sqrt{\beta_t}z_t`,
      tex`x_t = \sqrt{\alpha_t}x_{t-1}+\beta_tz_{t+1}`,
      "changed",
    ],
    [tex`z_t \sim \mathcal N(0, I)`, tex`z_t \sim \mathcal N(0, 2I)`, "changed"],
    [tex`\bar\alpha_t < \bar\alpha_{t-1}`, tex`\bar\alpha_t < \bar\alpha_{t-2}`, "still true"],
    [tex`\bar\alpha_t < \bar\alpha_{t-1}`, tex`\bar\alpha_t < \bar\alpha_{t+1}`, "changed"],
    [tex`\bar\alpha_t < 1`, tex`\bar\alpha_t < \bar\alpha_{t-1}`, "claims more"],
    [tex`\bar\alpha_t \le 1`, tex`\bar\alpha_t \le \bar\alpha_t`, "still true"],
    [tex`\bar\alpha_t < 1`, tex`\bar\alpha_t < \bar\alpha_t`, "changed"],
    [
      tex`q(x_t|x_{t-1}) \propto \exp\left(-\frac{\|x_t-\sqrt{\alpha_t}x_{t-1}\|^2}{2\beta_t}\right)`,
      tex`q(x_t|x_{t-1}) \propto 3\exp\left(-\frac{\|x_t-\sqrt{\alpha_t}x_{t-1}\|^2}{2\beta_t}\right)`,
      "same up to a factor",
    ],
    [
      tex`q(x_t|x_{t-1}) \propto \exp\left(-\frac{\|x_t-\sqrt{\alpha_t}x_{t-1}\|^2}{2\beta_t}\right)`,
      tex`q(x_t|x_{t-1}) \propto \exp\left(-\frac{\|x_t-\sqrt{\alpha_t}x_{t-1}\|^2}{\beta_t}\right)`,
      "changed",
    ],
    // The variable is a letter, and the factor changes alone.
    [
      tex`q(x) \propto \exp\left(-\frac{1}{2}\left(\frac{x^2}{\sigma^2}-\frac{2\mu x}{\sigma^2}+\frac{\mu^2}{\sigma^2}\right)\right)`,
      tex`q(x) \propto \exp\left(-\frac{1}{2}\left(\frac{x^2}{\sigma^2}-\frac{2\mu x}{\sigma^2}\right)\right)`,
      "same up to a factor",
    ],
    [
      tex`q(x) \propto \exp\left(-\frac{1}{2}\left(\frac{x^2}{\sigma^2}-\frac{2\mu x}{\sigma^2}\right)\right)`,
      tex`q(x) \propto \exp\left(-\frac{1}{2}\left(\frac{x^2}{\sigma^2}-\frac{\mu x}{\sigma^2}\right)\right)`,
      "changed",
    ],
    // An unknown function takes up what depends on its arguments, and nothing else.
    [
      tex`(x_t-x_{t-1})^2 + x_0^2 = x_t^2 - 2x_tx_{t-1} + C(x_{t-1}, x_0)`,
      tex`(x_t-x_{t-1})^2 + x_0^2 = x_t^2 - 2x_tx_{t-1} + \beta_tx_0^2 - C(x_{t-1}, x_0)`,
      "same up to a function",
    ],
    [
      tex`(x_t-x_{t-1})^2 + x_0^2 = x_t^2 - 2x_tx_{t-1} + C(x_{t-1}, x_0)`,
      tex`(x_t-x_{t-1})^2 + x_0^2 = x_t^2 - 2x_tx_{t-1} + \beta_tx_t^2 - C(x_{t-1}, x_0)`,
      "changed",
    ],
    [
      tex`(x_t-x_{t-1})^2 + x_0^2 = x_t^2 - 2x_tx_{t-1} + C(x_{t-1}, x_0)`,
      tex`(x_t-x_{t-1})^2 + x_0^2 = x_t^2 - 2x_tx_{t-1} + C(x_{t-1}, x_{t-1})`,
      "changed",
    ],
    [
      tex`(x_t-x_{t-1})^2 + x_0^2 = x_t^2 - 2x_tx_{t-1} + C(x_{t-1}, x_0)`,
      tex`(x_t-x_{t-1})^2 + x_0^2 = x_t^2 - 2x_tx_{t-1}`,
      "changed",
    ],
    // General distributions.
    [tex`P(A, B) = P(A | B)P(B)`, tex`P(A, B) = P(B, A)`, "same value"],
    [tex`P(A, B) = P(A | B)P(B)`, tex`P(A, B) = P(A | B)P(A)`, "changed"],
    [
      tex`\log p(x) \ge \int q(z|x)\log\frac{p(x,z)}{q(z|x)}dz`,
      tex`\log p(x) \ge \int q(z|x)\log\frac{p(x,z)}{2q(z|x)}dz`,
      "still true",
    ],
    [
      tex`\log p(x) \ge \int q(z|x)\log\frac{p(x,z)}{q(z|x)}dz`,
      tex`\log p(x) \ge \int q(z|x)\log\frac{2p(x,z)}{q(z|x)}dz`,
      "changed",
    ],
    [
      tex`\log p(x) \ge \int q(z|x)\log\frac{p(x,z)}{q(z|x)}dz`,
      tex`\log p(x) \ge \int q(z|x)\log p(x)dz`,
      "still true",
    ],
    // Marginals have values where the data has a law.
    [
      tex`q(x_{t-1}|x_t) = q(x_t|x_{t-1})\frac{q(x_{t-1})}{q(x_t)}`,
      tex`q(x_{t-1}|x_t) = q(x_t|x_{t-1}, x_0)\frac{q(x_{t-1})}{q(x_t)}`,
      "same value",
    ],
    [
      tex`q(x_{t-1}|x_t) = q(x_t|x_{t-1})\frac{q(x_{t-1})}{q(x_t)}`,
      tex`q(x_{t-1}|x_t) = q(x_t|x_{t-1})\frac{q(x_t)}{q(x_{t-1})}`,
      "changed",
    ],
    // A network of a random state has no law; given the states it has a value.
    [
      tex`x_{t-1} = \mu_\theta(x_t, t) + \sigma_t z`,
      tex`x_{t-1} = \mu_\theta(x_t, t) - \sigma_t z`,
      "same law",
    ],
    [
      tex`x_{t-1} = \mu_\theta(x_t, t) + \sigma_t z`,
      tex`x_{t-1} = \mu_\theta(x_{t-1}, t) + \sigma_t z`,
      "changed",
    ],
    // has a value at t = 1 only, where it is the same
    [tex`\bar\alpha_t = \prod_{s=1}^t\alpha_s`, tex`\bar\alpha_t = \alpha_1\prod_{s=2}^t\alpha_0`, "changed"],
  ])("%s; %s: %s", (latex, right, expected) => expect(effect(latex, right)).toBe(expected));

  test("a formula that has a value at one time only is not true for all t", () => {
    const { results } = judgeStatements([{ latex: tex`\bar\alpha_t = \alpha_1\prod_{s=2}^t\alpha_0` }]);
    expect(results[0]).toMatchObject({
      verdict: "undecided",
      reason: expect.stringContaining("has a value at t = 1 only") as string,
    });
  });
});
