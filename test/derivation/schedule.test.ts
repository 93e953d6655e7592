import { describe, expect, test } from "vitest";
import { checkLatex, checkStatements } from "../../src/derivation/check.js";
import { drawScheduleWorld } from "../../src/derivation/world/given.js";
import { World } from "../../src/derivation/world/world.js";
import { cosineSchedule, linearSchedule } from "../../src/diffusion/schedules.js";
import type { Schedule } from "../../src/diffusion/schedule.js";
import { arithmeticOf } from "../../src/expr/number.js";
import { InputError } from "../../src/error.js";

const tex = String.raw;
const given = ({ name, beta }: Schedule): { readonly name: string; readonly betas: Float64Array } => ({
  name,
  betas: beta.slice(1),
});
const schedules = [linearSchedule({ T: 1000 }), cosineSchedule({ T: 1000 })];
const linear = given(linearSchedule({ T: 1000 }));

/** The coefficients of Ho et al. (2020) and what follows from them. */
const identities = [
  tex`\bar\alpha_t = \prod_{s=1}^{t} \alpha_s`,
  tex`\bar\alpha_t = \alpha_t \alpha_{t-1} \cdots \alpha_1`,
  tex`\log\bar\alpha_t = \sum_{s=1}^t \log(1-\beta_s)`,
  tex`\tilde\beta_t = \frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}\beta_t`,
  tex`\frac{1}{\tilde\beta_t} = \frac{\alpha_t}{\beta_t} + \frac{1}{1-\bar\alpha_{t-1}}`,
  tex`\frac{\sqrt{\alpha_t}(1-\bar\alpha_{t-1})}{1-\bar\alpha_t} + \frac{\sqrt{\bar\alpha_{t-1}}\beta_t}{(1-\bar\alpha_t)\sqrt{\bar\alpha_t}} = \frac{1}{\sqrt{\alpha_t}}`,
  tex`\mathrm{SNR}(t) = \frac{\bar\alpha_t}{1-\bar\alpha_t}`,
  tex`\frac{\beta_t^2}{2\tilde\beta_t\alpha_t(1-\bar\alpha_t)} = \frac{\beta_t}{2\alpha_t(1-\bar\alpha_{t-1})}`,
  tex`\sqrt{\frac{1}{\bar\alpha_t} - 1} = \frac{\sqrt{1-\bar\alpha_t}}{\sqrt{\bar\alpha_t}}`,
  tex`\tilde\beta_t < \beta_t`,
].map((latex) => ({ latex }));

describe("at the betas of a schedule", () => {
  test.each(schedules)("$name: the coefficients agree for every t up to 1000", (schedule) => {
    const { statements } = checkStatements(identities, { schedule: given(schedule) });
    expect(statements.map(({ verdict, latex }) => [verdict, latex])).toEqual(
      identities.map(({ latex }) => ["holds", latex]),
    );
    const reason = `for the betas of the schedule ${schedule.name}, T = 1000`;
    for (const { reason: said, worlds } of statements)
      expect([said?.includes(reason), worlds]).toEqual([true, 1]);
  });

  test.each([
    ["at the first step only", tex`\tilde\beta_t > 0`, 1],
    ["from the second step on", tex`\bar\alpha_t = \alpha_1`, 2],
    ["late", tex`\bar\alpha_t > \frac{1}{10}`, 476],
    ["at the last step only", tex`\beta_t < \frac{2}{100}`, 1000],
    [
      "a square root lost",
      tex`\sqrt{\frac{1}{\bar\alpha_t} - 1} = \frac{1-\bar\alpha_t}{\sqrt{\bar\alpha_t}}`,
      1,
    ],
    ["a product to T", tex`\bar\alpha_t = \prod_{s=1}^{T} \alpha_s`, 1],
    ["an index shifted", tex`\bar\alpha_t = \prod_{s=1}^{t-1} \alpha_s`, 1],
    ["a long product with one factor missing", tex`\bar\alpha_t = \alpha_1\prod_{s=3}^{t} \alpha_s`, 2],
  ])("what is false %s fails there: %s", (_, latex, t) => {
    const [result] = checkLatex(latex, { schedule: linear }).statements;
    expect([result?.verdict, result?.counterexample?.T, result?.counterexample?.t]).toEqual([
      "fails",
      1000,
      t,
    ]);
  });

  test("what fails is shown with the values at that t, not in another world", () => {
    const [result] = checkLatex(tex`\bar\alpha_t > \frac{1}{10}`, { schedule: linear }).statements;
    expect(result?.counterexample?.text).toBe(
      tex`With T = 1000 and the betas of the schedule linear at t = 476: ᾱ_{476} = 0.0995675; the left side is 0.0995675, the right side 0.1.`,
    );
  });

  test("what holds for these betas need not hold for others", () => {
    const latex = tex`\beta_{t-1} \le \beta_t`;
    expect(checkLatex(latex, { schedule: linear }).statements[0]?.verdict).toBe("holds");
    expect(checkLatex(latex).statements[0]?.verdict).toBe("fails");
  });

  test("states and noises are there too", () => {
    const short = given(linearSchedule({ T: 60 }));
    const { summary } = checkStatements(
      [
        { latex: tex`x_t = \sqrt{\bar\alpha_t}x_0 + \sqrt{1-\bar\alpha_t}\bar z_t` },
        { latex: tex`x_t = \sqrt{\alpha_t}x_{t-1} + \sqrt{\beta_t}z_t` },
        { latex: tex`x_t = \bar\alpha_t x_0 + \sqrt{1-\bar\alpha_t}\bar z_t` },
      ],
      { schedule: short },
    );
    expect([summary.holds, summary.fails]).toEqual([2, 1]);
  });

  test("a second free time is refused where there are too many of them", () => {
    const [result] = checkLatex(tex`\bar\alpha_t\bar\alpha_s = 1`, { schedule: linear }).statements;
    expect(result?.verdict).toBe("undecided");
    expect(result?.reason).toContain("two free times at T = 1000: more than 10000 places");
  });

  test("the world has the library's own tables, to double precision", () => {
    for (const schedule of schedules) {
      const world = new World(drawScheduleWorld(given(schedule), 1, 0), arithmeticOf(64));
      for (let t = 1; t <= 1000; t++) {
        const pairs = [
          [world.alphaBar[t], schedule.alphaBar[t]],
          [world.variances[t], schedule.oneMinusAlphaBar[t]],
          [world.posteriorVariance(t), schedule.posteriorVariance[t]],
        ] as const;
        for (const [exact, table = NaN] of pairs)
          expect(Math.abs((exact?.toNumber() ?? NaN) - table)).toBeLessThanOrEqual(1e-12 * Math.abs(table));
      }
    }
  });

  test.each([
    [[], "a schedule of 0 betas: expected 1 to 10000 of them"],
    [[0.1, 1], "beta_2 = 1 of the schedule mine: expected a number strictly between 0 and 1"],
    [[0.1, NaN], "beta_2 = NaN of the schedule mine: expected a number strictly between 0 and 1"],
  ])("betas %j are refused", (betas, message) => {
    const check = (): unknown => checkLatex("1 = 1", { schedule: { name: "mine", betas } });
    expect(check).toThrow(InputError);
    expect(check).toThrow(message);
  });
});
