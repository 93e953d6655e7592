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

describe("noises that the text declares by time", () => {
  const declared = tex`\text{where } \epsilon_{t-1}, \epsilon_{t-2}, \dots \sim \mathcal N(0, I)`;
  const step = tex`x_t = \sqrt{\alpha_t}x_{t-1} + \sqrt{1-\alpha_t}\epsilon_{t-1}`;
  const merged = tex`\sqrt{\alpha_t\alpha_{t-1}}x_{t-2} + \sqrt{1-\alpha_t\alpha_{t-1}}\bar\epsilon_{t-2}`;
  const closed = tex`\sqrt{\bar\alpha_t}x_0 + \sqrt{1-\bar\alpha_t}\epsilon`;
  const verdicts = (...lines: readonly string[]): readonly string[] =>
    checkStatements(
      lines.map((latex) => ({ latex, chain: "closed form" })),
      { worlds: 4, repairs: false },
    ).statements.map(({ verdict }) => verdict);

  test("are noises of their own where they cannot be those of the steps", () => {
    expect(verdicts(`${step}, \\quad ${declared}`, `= ${merged}`, `= ${closed}`)).toEqual(
      Array.from({ length: 3 }, () => "holds"),
    );
    expect(last(`${step}, \\quad ${declared}`)[1]).toMatch(/noises declared are read as noises of their own/);
    expect(last(step)[0]).toBe("fails");
  });
  test.each([
    [0, tex`\sqrt{1-\alpha_t}`, tex`(1-\alpha_t)`],
    [1, tex`\sqrt{1-\alpha_t\alpha_{t-1}}`, tex`\sqrt{1-\alpha_{t-1}}`],
    [1, tex`\sqrt{\alpha_t\alpha_{t-1}}`, tex`\sqrt{\alpha_t\alpha_{t-2}}`],
    [2, tex`\sqrt{1-\bar\alpha_t}`, tex`\sqrt{1-\bar\alpha_{t-1}}`],
  ])("a slip in line %i is noticed: %s for %s", (at, from, to) => {
    const lines = [`${step}, \\quad ${declared}`, `= ${merged}`, `= ${closed}`];
    const wrong = lines.map((line, k) => (k === at ? line.replace(from, () => to) : line));
    expect(wrong).not.toEqual(lines);
    expect(verdicts(...wrong)[at]).toBe("fails");
  });
  test.each([
    tex`x_0 = \frac{1}{\sqrt{\bar\alpha_t}}(x_t-\sqrt{1-\bar\alpha_t}\epsilon_{t-1})`,
    tex`x_{t-1} = \frac{1}{\sqrt{\alpha_t}}(x_t-\sqrt{\beta_t}\epsilon_{t-1})`,
    tex`\epsilon_{t-1} = \epsilon_{t-2}`,
  ])("%s fails all the same", (latex) => expect(last(`${latex}, \\quad ${declared}`)[0]).toBe("fails"));
});

describe("ε given a state that contains it", () => {
  test.each([
    [tex`\mathbb E[\epsilon|x_t,x_0] = 0`, "undecided"],
    [tex`\mathrm{Var}[\epsilon|x_t,x_0] = I`, "undecided"],
    [tex`\mathbb E[\epsilon|x_t,x_0] = \frac{x_t-\sqrt{\bar\alpha_t}x_0}{\sqrt{1-\bar\alpha_t}}`, "holds"],
    [tex`\mathbb E[\epsilon|x_0] = 0`, "holds"],
    [tex`\mathrm{Var}[\epsilon|x_0] = I`, "holds"],
  ])("%s: %s", (latex, verdict) => expect(last(latex)[0]).toBe(verdict));
});

describe("ε beside a noise with an index is another one", () => {
  const step = (rest: string): string =>
    tex`x_{t-1} = \sqrt{\bar\alpha_{t-1}}x_0+\sqrt{1-\bar\alpha_{t-1}-${rest}}\,\bar\epsilon_t + \sqrt{\tilde\beta_t}\,z`;
  test.each([
    [tex`\tilde\beta_t`, "holds"],
    [tex`\beta_t`, "fails"],
    [tex`\tilde\beta_t^2`, "fails"],
  ])("%s: %s", (rest, verdict) => expect(last(step(rest))[0]).toBe(verdict));
});

describe("a letter before brackets may be a function", () => {
  test.each([tex`h(2) = 5`, tex`h\left(2\right) = 4`])("%s is not solved for it", (latex) =>
    expect(last(tex`h(x) = x^2`, latex)[0]).toBe("undecided"),
  );
  test("a product is", () => expect(last(tex`2h = \beta_t`, tex`h = \frac{1-\alpha_t}{2}`)[0]).toBe("holds"));
});
