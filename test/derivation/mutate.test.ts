import { describe, expect, test } from "vitest";
import { checkStatements } from "../../src/derivation/check.js";
import { mutate, type Mutant } from "../../src/derivation/mutate.js";
import { ddpm } from "../../src/derivation/notation/ddpm.js";
import { truths } from "./formulas.js";

/**
 * Why a mutant may still be called true: a noise was replaced by another standard normal one that is as
 * independent, and the verdict says "in law"; the Markov property (x_1 given in place of x_0 says no
 * more); or the slip is in the last square of the exponent, which does not contain x_{t-1}.
 */
function isEquivalent(mutant: Mutant, inLaw: boolean): boolean {
  const { slip, latex } = mutant;
  const noise = inLaw && slip === "index shifted" && /z}?_\{[^}]*\}$/.test(latex);
  const markov = latex.includes(String.raw`q\left(x_{t} \mid x_{t-1}, x_{1}\right)`);
  const squares = String.raw`\frac{\left(x_{t}-\sqrt{\alpha_{t}} x_{t-1}\right)^{2}}{\beta_{t}}+\frac{\left(x_{t-1}-\sqrt{\bar{\alpha}_{t-1}} x_{0}\right)^{2}}{1-\bar{\alpha}_{t-1}}`;
  const constant = latex.includes(String.raw`\propto \exp\left(-\frac{1}{2} \left(${squares}`);
  return noise || markov || constant;
}

describe("every slip in a true formula is noticed", () => {
  test("mutants that change the value are refused; the others are known", () => {
    const mutants = truths.flatMap((latex) => mutate(latex, ddpm));
    expect(mutants.length).toBeGreaterThan(400);
    const { statements } = checkStatements(mutants, { worlds: 4 });
    const survivors = statements.flatMap((result, at) => {
      const mutant = mutants[at];
      return result.verdict === "holds" && mutant !== undefined ? [{ mutant, inLaw: result.inLaw }] : [];
    });
    expect(survivors.filter(({ mutant, inLaw }) => !isEquivalent(mutant, inLaw))).toEqual([]);
    // Those that are true: each is listed by the reasons above, and there are no more of them.
    expect(survivors.length).toBeLessThan(30);
    expect(statements.filter(({ verdict }) => verdict === "defines")).toEqual([]);
    expect(statements.filter(({ verdict }) => verdict === "unreadable")).toEqual([]);
  });

  test("every kind of slip occurs", () => {
    const kinds = new Set(truths.flatMap((latex) => mutate(latex, ddpm)).map(({ slip }) => slip));
    expect([...kinds].sort()).toEqual([
      "alpha for alpha-bar",
      "factor 2",
      "fraction upside down",
      "index shifted",
      "limit of a sum or product",
      "root added",
      "root lost",
      "sign",
      "square",
    ]);
  });

  test("a slip is one change at one place", () => {
    expect(mutate(String.raw`\alpha_t = 1-\beta_{t}`, ddpm)).toEqual([
      { slip: "sign", latex: "\\alpha_{t} = -1-\\beta_{t}" },
      { slip: "sign", latex: "\\alpha_{t} = 1+\\beta_{t}" },
      { slip: "index shifted", latex: "\\alpha_{t} = 1-\\beta_{t-1}" },
      { slip: "index shifted", latex: "\\alpha_{t} = 1-\\beta_{t+1}" },
      { slip: "root added", latex: "\\alpha_{t} = 1-\\sqrt{\\beta_{t}}" },
      { slip: "square", latex: "\\alpha_{t} = 1-\\beta_{t}^{2}" },
    ]);
  });

  test("what cannot be read has no mutants", () => expect(mutate("\\cancel{x} = 1", ddpm)).toEqual([]));
});
