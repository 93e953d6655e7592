import { describe, expect, test } from "vitest";
import { plainFormula, plainText } from "../../../src/derivation/verdict/plainText.js";
import { printExpr } from "../../../src/expr/print.js";
import { judgeStatements } from "../../../src/derivation/check.js";
import { bound, truths } from "../formulas.js";

const tex = String.raw;

describe("a formula as plain text", () => {
  test.each<readonly [string, string]>([
    [tex`\sqrt{\bar{\alpha}_{t}}`, "√ᾱ_t"],
    [tex`\sqrt{1-\bar{\alpha}_{t-1}} \epsilon`, "√(1 − ᾱ_{t-1}) ε"],
    [tex`\tilde{\beta}_{t}^{2}`, "β̃_t²"],
    [tex`-\frac{1-\alpha_{t}}{2 \sqrt{1-\bar{\alpha}_{t}}} \epsilon`, "−(1 − α_t)/(2 √(1 − ᾱ_t)) ε"],
    [tex`\frac{\frac{a}{b}}{c}`, "(a/b)/c"],
    [tex`\left(-x_{t}-1\right)^{12}`, "(−x_t − 1)¹²"],
    [tex`q\left(x_{t-1} \mid x_{t}, x_{0}\right)`, "q(x_{t-1} | x_t, x_0)"],
    [tex`\epsilon_{\theta}\left(x_{t}, t\right)`, "ε_θ(x_t, t)"],
    [tex`\prod_{s=1}^{t} \alpha_{s}`, "∏_{s=1}^t α_s"],
    [
      tex`\mathbb{E}_{q\left(x_{1:T} \mid x_{0}\right)}\left(\log\left(a\right)\right)`,
      "E_{q(x_{1:T}|x_0)}(log(a))",
    ],
    [tex`\left\|v\right\|^{2}`, "‖v‖²"],
    [tex`\Sigma^{\top}`, "Σᵀ"],
    [tex`2 \cdot 3`, "2 · 3"],
    [tex`\mathcal{N}\left(0, 2 I\right)`, "N(0, 2 I)"],
    [tex`\arg\max_{\theta} f`, "arg max_θ f"],
    [tex`\unheard{\alpha}{2}`, tex`\unheard{α}{2}`],
    ["", ""],
  ])("%s is %s", (latex, text) => expect(plainFormula(latex)).toBe(text));

  test("has a sign for every command that formulas of diffusion are printed with", () => {
    const { lines } = judgeStatements(
      [...truths, ...bound].map((latex) => ({ latex, chain: "all" })),
      { worlds: 2 },
    );
    const sides = lines.flatMap(({ judgements }) => judgements.map(({ claim }) => printExpr(claim.right)));
    expect(sides.length).toBeGreaterThan(30);
    expect(sides.map(plainFormula).filter((text) => /[\\$]/.test(text))).toEqual([]);
  });
});

describe("a sentence as plain text", () => {
  test("its words stay as they are", () => {
    expect(plainText(tex`holds if the index of $\alpha_{t-1}$ is $t$ instead of $t-1$`)).toBe(
      "holds if the index of α_{t-1} is t instead of t − 1",
    );
    expect(plainText("no formula - at all")).toBe("no formula - at all");
  });
});
