import { describe, expect, test } from "vitest";
import { checkLatex } from "../../../src/derivation/check.js";

const tex = String.raw;

const textOf = (latex: string): string | undefined =>
  checkLatex(latex, { repairs: false }).statements[0]?.counterexample?.text;

describe("a counterexample can be followed with a pocket calculator", () => {
  test.each([
    [
      "a ratio that is called by its name",
      tex`\mathrm{SNR}(t) = \frac{\bar\alpha_t}{1-\alpha_t}`,
      // 0.42 / 0.58 and 0.42 / 0.3, with ᾱ_2 = 0.6 · 0.7
      "With T = 2 at t = 2: β_1 = 0.4, β_2 = 0.3, SNR(2) = 0.724138, α_2 = 0.7, ᾱ_2 = 0.42; " +
        "the left side is 0.724138, the right side 1.4.",
    ],
    [
      "no β where the formula has none",
      tex`(a + b)^2 = a^2 + b^2`,
      "With T = 2: a = 3, b = 8; the left side is 121, the right side 73.",
    ],
    [
      // Its values were computed before without being kept for show.
      "a world beyond the pocket ones, with the values behind it",
      tex`\mathrm{SNR}(t) \le 10^{12}`,
      "With T = 5 at t = 1: β_1 = 1e-15, SNR(1) = 1000000000000000; " +
        "the left side is 1000000000000000, the right side 1000000000000.",
    ],
    [
      "equal steps by their schedule",
      tex`\sum_{t=1}^T \beta_t \le 8`,
      "With T = 128 and the betas of the schedule β_t = 0.8: the left side is 102.4, the right side 8.",
    ],
  ])("%s", (_, latex, text) => expect(textOf(latex)).toBe(text));
});
