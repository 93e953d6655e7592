import katex from "katex";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/random/random.js";
import { alignedTex, tableMath, tableText } from "../../src/notebook/texText.js";

const tex = String.raw;

function typeset(latex: string): string {
  return katex.renderToString(latex, { displayMode: true, output: "html", strict: "ignore" });
}

describe("tableMath", () => {
  it.each([
    [tex`q(x_t|x_{t-1})`, tex`q(x_t\vert x_{t-1})`],
    [tex`q(x_t | x_0)`, tex`q(x_t \vert x_0)`],
    [tex`\left| a \right|`, tex`\left\vert a \right\vert`],
    [tex`\|x\|^2`, tex`\Vert x\Vert^2`],
    [tex`p(a\mid b)`, tex`p(a\mid b)`],
    [tex`\big|_0`, tex`\big\vert_0`],
    ["a \\\\|b|", "a \\\\\\vert b\\vert"],
    ["a % note | here\n  = b", "a = b"],
    ["a\n= b", "a = b"],
    [tex`50\% | x`, tex`50\% \vert x`],
    [
      tex`\begin{aligned} a &= |b| \\ &= c \end{aligned}`,
      tex`\begin{aligned} a &= \vert b\vert \\ &= c \end{aligned}`,
    ],
  ])("writes %s as %s", (latex, cell) => {
    expect(tableMath(latex)).toBe(cell);
  });

  it.each([
    ["a bar in text", tex`\text{a|b}`],
    ["an array with a rule", tex`\begin{array}{c|c} a & b \end{array}`],
    ["a formula within text", tex`\text{if $a$}`],
    ["unreadable LaTeX", tex`\frac{a`],
  ])("has no form for %s", (_, latex) => {
    expect(tableMath(latex)).toBeUndefined();
  });

  it("typesets what was given, in one line and without bars, for random formulas", () => {
    const pieces = [
      "x", "_{t|s}", "|", "\\|", "\\mid ", "\\left|y\\right|", "\\frac{a|b}{c}", " ", "\n", "% c | d\n", "\\%",
      "\\\\", "=", "\\sqrt{|z|}", "\\bigl|", "q(x|y)", "^2", "{|}", "\\text{ok}", "\\text{o|k}", "\\middle|",
    ]; // prettier-ignore
    const random = createRandom(5).fork("table");
    let found = 0;
    for (let run = 0; run < 600; run++) {
      const latex = Array.from(
        { length: random.integer(1, 7) },
        () => pieces[random.integer(0, pieces.length - 1)],
      ).join("");
      const cell = tableMath(latex);
      if (cell === undefined) continue;
      found += 1;
      expect(cell).not.toMatch(/[|\n]/u);
      expect(typeset(cell), latex).toBe(typeset(latex));
    }
    expect(found).toBeGreaterThan(150);
  });
});

describe("tableText", () => {
  it.each([
    ["plain", "plain"],
    ["a | b", "a \\| b"],
    ["law of $q(x|y)$ | here\nand there", "law of $q(x\\vert y)$ \\| here and there"],
    ["costs \\$5 | $\\|x\\|$", "costs \\$5 \\| $\\Vert x\\Vert$"],
  ])("writes %s as %s", (markdown, cell) => {
    expect(tableText(markdown)).toBe(cell);
  });
});

describe("alignedTex", () => {
  it("aligns each line at its first outer relation", () => {
    const lines = [
      tex`x_t = \sqrt{\alpha_t} x_{t-1}`,
      tex`= a + b`,
      tex`\bar\alpha_t := \prod_{s=1}^t \alpha_s`,
      tex`\left(a = b\right) \le \begin{cases} 1 & a > 0 \end{cases}`,
      tex`q(x_{t=1}) \propto f`,
      "a + b",
      tex`\frac{a`,
    ];
    const whole = alignedTex(lines);
    expect(whole).toBe(tex`$$
\begin{aligned}
  x_t & = \sqrt{\alpha_t} x_{t-1} \\
  & = a + b \\
  \bar\alpha_t & := \prod_{s=1}^t \alpha_s \\
  \left(a = b\right) & \le \begin{cases} 1 & a > 0 \end{cases} \\
  q(x_{t=1}) & \propto f \\
  & a + b \\
  & \text{(unreadable)}
\end{aligned}
$$`);
    expect(() => typeset(whole.replaceAll("$$", ""))).not.toThrow();
  });
});
