import { describe, expect, test } from "vitest";
import { checkLatex, checkStatements } from "../../src/derivation/check.js";
import { ddpm } from "../../src/derivation/notation/ddpm.js";
import { Names } from "../../src/derivation/notation/names.js";
import { printExpr } from "../../src/expr/print.js";
import type { Expr } from "../../src/expr/expr.js";
import { createRandom } from "../../src/random/random.js";
import { readLatex } from "../../src/tex/read.js";
import { perturbed, rewritten } from "./rewrite.js";

const tex = String.raw;
const names = Names.of(ddpm);

/** True formulas to begin with: numbers, states, laws and densities. */
const starts: readonly string[] = [
  tex`\bar\alpha_t = \alpha_t\bar\alpha_{t-1}`,
  tex`\tilde\beta_t = \frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}\beta_t`,
  tex`\frac{1}{\tilde\beta_t} = \frac{\alpha_t}{\beta_t}+\frac{1}{1-\bar\alpha_{t-1}}`,
  tex`x_t = \sqrt{\bar\alpha_t}x_0+\sqrt{1-\bar\alpha_t}\,\bar z_t`,
  tex`x_t = \sqrt{\alpha_t\bar\alpha_{t-1}}x_0+\sqrt{\alpha_t(1-\bar\alpha_{t-1})}\bar z_{t-1}+\sqrt{\beta_t}z_t`,
  tex`\tilde\mu_t(x_t,x_0) = \frac{\sqrt{\alpha_t}(1-\bar\alpha_{t-1})}{1-\bar\alpha_t}x_t+\frac{\sqrt{\bar\alpha_{t-1}}\beta_t}{1-\bar\alpha_t}x_0`,
  tex`q(x_t|x_0)=\mathcal N(x_t;\sqrt{\bar\alpha_t}x_0,(1-\bar\alpha_t)I)`,
  tex`(\alpha_t+\beta_t)^2-\alpha_t^2-\beta_t^2 = 2\alpha_t\beta_t`,
];

/** Both sides of a start, by number of the seed. */
function startOf(seed: number): { readonly left: Expr; readonly right: Expr } {
  const latex = starts[seed % starts.length] ?? "";
  const clause = readLatex(latex, names)[0]?.clauses?.[0];
  const [left, right] = [clause?.subjects[0], clause?.steps[0]?.right];
  if (left === undefined || right === undefined) throw new Error(`${latex} is not one equation`);
  return { left, right };
}

const verdictOf = (left: Expr, right: Expr, seed: number): readonly [string, string] => {
  const latex = `${printExpr(left)} = ${printExpr(right)}`;
  const [result] = checkLatex(latex, { worlds: 3, digits: 48, seed, repairs: false }).statements;
  return [latex, result?.verdict ?? "none"];
};

const seeds = Array.from({ length: 96 }, (_, seed) => seed);

describe("random identities", () => {
  test("made from true ones by rewriting hold", () => {
    for (const seed of seeds) {
      const { left, right } = startOf(seed);
      const random = createRandom(seed).fork("rewrite");
      const same = rewritten(right, 1 + (seed % 9), { random, names });
      const [latex, verdict] = verdictOf(left, same, seed);
      expect(verdict, latex).toBe("holds");
    }
  });

  test("with one coefficient a thousandth too large fail", () => {
    for (const seed of seeds) {
      const { left, right } = startOf(seed);
      const random = createRandom(seed).fork("perturb");
      const tools = { random, names };
      const other = perturbed(rewritten(right, 1 + (seed % 5), tools), tools);
      const [latex, verdict] = verdictOf(left, other, seed);
      expect(verdict, latex).toBe("fails");
    }
  });

  test("rewriting changes the formula", () => {
    const changed = seeds.filter((seed) => {
      const { right } = startOf(seed);
      const tools = { random: createRandom(seed).fork("rewrite"), names };
      return printExpr(rewritten(right, 1 + (seed % 9), tools)) !== printExpr(right);
    });
    expect(changed.length).toBeGreaterThan(85);
  });
});

/** Verdicts, and the slip that is named, over many seeds. */
const statements: readonly (readonly [latex: string, verdict: string, repair: string])[] = [
  [tex`\alpha_t = 1-\beta_t`, "holds", ""],
  [tex`\bar\alpha_t < \bar\alpha_{t-1}`, "holds", ""],
  [tex`x_t = \sqrt{\alpha_t}x_{t-1}+\sqrt{1-\alpha_t}\epsilon`, "holds", ""],
  [tex`x_t = \sqrt{\bar\alpha_t}x_0+\sqrt{1-\bar\alpha_t}\epsilon`, "holds", ""],
  [tex`q(x_t|x_{t-1},x_0) = q(x_t|x_{t-1})`, "holds", ""],
  [tex`\mathbb E_{q(x_t|x_0)}[x_t] = \sqrt{\bar\alpha_t}x_0`, "holds", ""],
  [tex`\lambda_t = \log\frac{\bar\alpha_t}{1-\bar\alpha_t}`, "defines", ""],
  [tex`a+b = 2a`, "undecided", ""],
  [tex`\bar\alpha_t = \prod_{s=1}^{T}\alpha_s`, "fails", "holds if the product ends at $t$ instead of $T$"],
  [tex`\alpha_t = 1-\beta_{t-1}`, "fails", tex`holds if the index of $\beta_{t-1}$ is $t$ instead of $t-1$`],
  [tex`\bar\alpha_t < \bar\alpha_{t+1}`, "fails", ""],
  [
    tex`x_t = \sqrt{\alpha_t}x_{t-1}+\beta_tz_t`,
    "fails",
    tex`holds if the factor $\beta_{t}$ is $\sqrt{\beta_{t}}$`,
  ],
  [tex`z_t \sim \mathcal N(0, 2I)`, "fails", tex`holds if the variance is $I$ instead of $2 I$`],
  [
    tex`\mathrm{Var}(x_t|x_0) = \sqrt{1-\bar\alpha_t}I`,
    "fails",
    tex`holds if the right side is $1-\bar{\alpha}_{t}$, not its root`,
  ],
  [
    tex`\mathrm{SNR}(t) = \frac{1-\bar\alpha_t}{\bar\alpha_t}`,
    "fails",
    tex`holds if $\frac{1-\bar{\alpha}_{t}}{\bar{\alpha}_{t}}$ is turned upside down`,
  ],
];

describe("verdicts and repairs do not depend on the seed", () => {
  test.each(statements)("%s: %s", (latex, verdict, repair) => {
    const found = new Set<string>();
    for (let seed = 0; seed < 100; seed++) {
      const [result] = checkStatements([{ latex }], { seed, worlds: 3, digits: 40 }).statements;
      found.add(`${result?.verdict ?? ""} ${result?.repair?.text ?? ""}`.trim());
    }
    expect([...found]).toEqual([`${verdict} ${repair}`.trim()]);
  });
});
