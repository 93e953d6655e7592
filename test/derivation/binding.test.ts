import { describe, expect, test } from "vitest";
import { checkStatements } from "../../src/derivation/check.js";
import { ddpm, extendNotation } from "../../src/derivation/notation/ddpm.js";
import type { Binding, BoundPoint } from "../../src/derivation/notation/notation.js";
import { qPosteriorMeanVariance } from "../../src/diffusion/posterior.js";
import { scheduleFromBetas, type Schedule } from "../../src/diffusion/schedule.js";

const tex = String.raw;
const scheduleOf = ({ beta }: BoundPoint): Schedule => scheduleFromBetas("world", beta.slice(1));

function posteriorOf(point: BoundPoint): { readonly mean: readonly number[]; readonly variance: number } {
  const [x0, xt] = [point.x[0] ?? [], point.x[point.t] ?? []];
  const schedule = scheduleOf(point);
  const { mean, variance } = qPosteriorMeanVariance(
    schedule,
    Float64Array.from(x0),
    Float64Array.from(xt),
    point.t,
  );
  return { mean: Array.from(mean), variance };
}

const entry =
  (table: (schedule: Schedule) => Float64Array): Binding =>
  (point) =>
    table(scheduleOf(point))[point.t] ?? NaN;

describe("the library's own functions, bound to the symbols they compute", () => {
  test("say what the formulas say", () => {
    const notation = extendNotation(ddpm, {
      bind: {
        "\\tilde\\mu_t": (point) => posteriorOf(point).mean,
        "\\tilde\\beta_t": (point) => posteriorOf(point).variance,
        "\\bar\\alpha_t": entry(({ alphaBar }) => alphaBar),
      },
    });
    const { statements } = checkStatements(
      [
        { latex: tex`q(x_{t-1}|x_t,x_0)=\mathcal N(x_{t-1};\tilde\mu_t(x_t,x_0),\tilde\beta_t I)` },
        {
          latex: tex`\tilde\mu_t = \frac1{\sqrt{\alpha_t}}\left(x_t-\frac{\beta_t}{\sqrt{1-\bar\alpha_t}}\bar z_t\right)`,
        },
        { latex: tex`\bar\alpha_t = \prod_{s=1}^t \alpha_s` },
        { latex: tex`x_t = \sqrt{\bar\alpha_t} x_0 + \sqrt{1-\bar\alpha_t}\bar z_t` },
        // and a wrong formula is noticed as well as with exact numbers
        { latex: tex`\tilde\beta_t = \frac{1-\bar\alpha_t}{1-\bar\alpha_{t-1}}\beta_t` },
      ],
      { notation },
    );
    expect(statements.map(({ verdict, digits }) => [verdict, digits])).toEqual([
      ["holds", 15],
      ["holds", 15],
      ["holds", 15],
      ["holds", 15],
      ["fails", 15],
    ]);
  });
});
