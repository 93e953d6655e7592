import { expect, test } from "vitest";
import { checkLatex, checkStatements } from "../../src/derivation/check.js";
import type { StatementResult } from "../../src/derivation/verdict/verdict.js";
import { structureOf } from "../../src/expr/structure.js";
import { sameExpr } from "../../src/expr/walk.js";
import { readLatex } from "../../src/tex/read.js";
import { truths } from "./formulas.js";

const tex = String.raw;
const falsehoods = [
  tex`x_t = \sqrt{\alpha_t}x_{t-1} + \beta_t z_t`,
  tex`\tilde\beta_t = \frac{1-\bar\alpha_t}{1-\bar\alpha_{t-1}}\beta_t`,
  tex`q(x_t|x_0)=\mathcal N(x_t;\bar\alpha_t x_0,(1-\bar\alpha_t)I)`,
  tex`q(x_{t-1}|x_t,x_0) \propto \exp\left(-\frac12\frac{(x_t-\sqrt{\alpha_t}x_{t-1})^2}{\beta_t}\right)`,
  tex`\mathbb E_{q(x_t|x_0)}[\|x_t\|^2] = \bar\alpha_t\|x_0\|^2`,
  tex`\sqrt{1-\bar\alpha_t} < \sqrt{1-\alpha_t}`,
];
const expectations = [
  tex`\mathbb E_{q(x_t|x_0)}[\|x_t - \sqrt{\bar\alpha_t}x_0\|^2] = \mathbb E_{q(x_{t-1},x_t|x_0)}[\|x_t - \sqrt{\bar\alpha_t}x_0\|^2]`,
  tex`\mathbb{E}_{q(x_{1:T}|x_0)}[\log \frac{q(x_{1:T}|x_0)}{p_\theta(x_{0:T})}] = \mathbb{E}_{q(x_{1:T}|x_0)}[-\log p(x_T) - \sum_{t=1}^T \log \frac{p_\theta(x_{t-1}|x_t)}{q(x_t|x_{t-1})}]`,
];
const all = [...truths, ...falsehoods, ...expectations];

const found = (result: StatementResult): unknown => ({ ...result, id: "", source: "" });

test("what was computed for one formula changes nothing for another, in whatever order they come", () => {
  const alone = all.map((latex) => checkLatex(latex, { worlds: 5 }).statements.map(found));
  const together = checkStatements(
    all.map((latex) => ({ latex })),
    { worlds: 5 },
  ).statements.map(found);
  expect(together).toEqual(alone.flat());
  const backwards = checkStatements(
    all.toReversed().map((latex) => ({ latex })),
    { worlds: 5 },
  ).statements.map(found);
  expect(backwards).toEqual(alone.flat().toReversed());
});

test("a definition changes what it defines, and what was computed before it stays apart", () => {
  const { statements } = checkStatements(
    [
      { latex: tex`\frac{\sigma_t^2}{2} = \frac{\sigma_t^2}{2}` },
      { latex: tex`\frac{1}{2\sigma_t^2} + \sigma_t^2 = \frac{1}{2\beta_t} + \beta_t` },
      { latex: tex`p_\theta(x_{t-1}|x_t) = \mathcal N(x_{t-1}; \mu_\theta(x_t, t), \beta_t I)` },
      { latex: tex`\sigma_t^2 = \beta_t` },
      { latex: tex`p_\theta(x_{t-1}|x_t) = \mathcal N(x_{t-1}; \mu_\theta(x_t, t), \beta_t I)` },
      { latex: tex`\frac{1}{2\sigma_t^2} + \sigma_t^2 = \frac{1}{2\beta_t} + \beta_t` },
      { latex: tex`\frac{1}{2\sigma_t^2} + \sigma_t^2 = \frac{1}{2\alpha_t} + \beta_t` },
    ],
    { worlds: 4 },
  );
  expect(statements.map(({ verdict }) => verdict)).toEqual([
    "holds",
    "undecided",
    "undecided",
    "defines",
    "holds",
    "holds",
    "fails",
  ]);
});

test("numbered noises are others in a derivation that declares them", () => {
  const { statements } = checkStatements([
    { latex: tex`\sqrt{\beta_2} z_2 = x_2 - \sqrt{\alpha_2}x_1` },
    { latex: tex`z_1, z_2 \sim N(0, I)`, chain: "a" },
    { latex: tex`\sqrt{\beta_2} z_2 = x_2 - \sqrt{\alpha_2}x_1` },
  ]);
  expect(statements.map(({ verdict }) => verdict)).toEqual(["holds", "holds", "holds"]);
});

test("two trees share a number only if they are the same", () => {
  const exprs = all
    .flatMap((latex) =>
      readLatex(latex, { isFunction: (name) => /^[qNE]$|mathcal|mathbb|mathrm/.test(name) }),
    )
    .flatMap(({ clauses }) => clauses ?? [])
    .flatMap(({ subjects, steps }) => [...subjects, ...steps.map(({ right }) => right)]);
  for (const a of exprs)
    for (const b of exprs) expect(structureOf(a) === structureOf(b)).toBe(sameExpr(a, b));
});
