import { describe, expect, test } from "vitest";
import { checkStatements } from "../../src/derivation/check.js";

const tex = String.raw;

const last = (...latex: readonly string[]): readonly [string | undefined, string | undefined] => {
  const { statements } = checkStatements(
    latex.map((each) => ({ latex: each })),
    { worlds: 6 },
  );
  const { verdict, reason } = statements.at(-1) ?? {};
  return [verdict, reason];
};

describe("ε_t, the noise of a step or all noise up to it", () => {
  const mean = (noise: string, coefficient = tex`\frac{1-\alpha_t}{\sqrt{1-\bar\alpha_t}}`): string =>
    tex`\tilde\mu_t = \frac{1}{\sqrt{\alpha_t}}\left(x_t - ${coefficient}${noise}\right)`;

  test("is read as the one that makes a statement true path by path", () => {
    expect(last(tex`x_t = \sqrt{\alpha_t}x_{t-1} + \sqrt{1-\alpha_t}\epsilon_t`)).toEqual([
      "holds",
      undefined,
    ]);
    expect(last(mean(tex`\epsilon_t`))).toEqual(["holds", tex`\epsilon_t is read as all noise up to t`]);
  });

  test.each([
    mean(tex`\epsilon_t`, tex`\frac{1-\alpha_t}{1-\bar\alpha_t}`),
    mean(tex`\epsilon_{t-1}`),
    // z_t is the noise of the step to every author
    mean(tex`z_t`),
    tex`x_t = \sqrt{\bar\alpha_t}x_0 + (1-\bar\alpha_t)\epsilon_t`,
    tex`x_t = \sqrt{\alpha_t}x_{t-1} + \sqrt{1-\alpha_t}\epsilon_{t-1}`,
    // beside ε̄, ε_t is the noise of the step
    tex`\tilde\mu_t = \frac{1}{\sqrt{\alpha_t}}\left(x_t - \frac{1-\alpha_t}{\sqrt{1-\bar\alpha_t}}\epsilon_t\right) + \bar\epsilon_t - \bar\epsilon_t`,
  ])("%s fails in both", (latex) => expect(last(latex)[0]).toBe("fails"));
});

describe("an index that no time has", () => {
  const nowhere = /^as written it has no value at any time/;

  test.each([
    tex`\bar\alpha_t = \alpha_t\alpha_{t-1}\cdots\alpha_0`,
    tex`\bar\alpha = \alpha_t\alpha_{t-1}\cdots\alpha_0`,
    tex`\bar\alpha_t = \prod_{s=0}^t \alpha_s`,
    tex`q(x_{1:T}|x_0) = \prod_{t=1}^T q(x_t|x_{t-2})`,
  ])("%s fails, as one slip of an index explains it", (latex) => {
    const [verdict, reason] = last(latex);
    expect(verdict).toBe("fails");
    expect(reason).toMatch(nowhere);
  });

  test.each([tex`\alpha_0 = 1`, tex`\bar\alpha_t = \alpha_0 + 7`, tex`\beta_0 = \bar\alpha_0`])(
    "%s is undecided: what it means is not known",
    (latex) => expect(last(latex)[0]).toBe("undecided"),
  );

  test("ᾱ without its time is that of the statement", () => {
    expect(last(tex`\bar\alpha = \prod_{s=1}^t \alpha_s`)[0]).toBe("holds");
    expect(last(tex`\bar\alpha = \prod_{s=1}^T \alpha_s`)[0]).toBe("fails");
  });
});

describe("a quantity of one time is a name of its own", () => {
  const prior = tex`L_T = D_{KL}(q(x_T|x_0)\|p(x_T))`;

  test("L_T is defined, and checked from there on", () => {
    expect(last(prior)[0]).toBe("defines");
    expect(last(prior, tex`L_T \ge 0`)[0]).toBe("holds");
    expect(last(prior, tex`L_T = D_{KL}(p(x_T)\|q(x_T|x_0))`)[0]).toBe("fails");
    expect(last(prior, tex`L_{t-1} = \beta_t`, tex`L_{t-1} = 1 - \alpha_t`)[0]).toBe("holds");
    expect(last(prior, tex`L_{t-1} = \beta_t`, tex`L_T \ge 0`)[0]).toBe("holds");
  });

  test("an integral of general distributions names a quantity", () => {
    expect(last(tex`\int_z q(z|x)\log P(x|z)dz`)[0]).toBe("defines");
    expect(last(tex`\int_z q(z|x)\log f(x)dz`)[0]).toBe("undecided");
  });
});
