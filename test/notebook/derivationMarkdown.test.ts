import remarkGfm from "remark-gfm";
import remarkMath from "remark-math";
import remarkParse from "remark-parse";
import { unified } from "unified";
import { visit } from "unist-util-visit";
import { describe, expect, it } from "vitest";
import type { Derivation, DerivationLine } from "../../src/figure/derivation.js";
import { derivationMarkdown } from "../../src/notebook/derivationBundle.js";
import { tex } from "../../src/notebook/derive.js";

const holds = { verdict: "holds", inLaw: false, maxRelativeError: 0, worlds: 4 } as const;

function derivation(lines: readonly Partial<DerivationLine>[]): Derivation {
  return {
    lines: lines.map((line) => ({ latex: "a", ...holds, ...line })),
    summary: { holds: lines.length, fails: 0, defines: 0, undecided: 0, unreadable: 0 },
    seed: 1,
    digits: 64,
  };
}

/** The rows as a Markdown reader with tables and formulas sees them: of each cell its formulas and its text. */
function rows(markdown: string): { formulas: string[]; text: string }[][] {
  const tree = unified().use(remarkParse).use(remarkGfm).use(remarkMath).parse(markdown);
  const found: { formulas: string[]; text: string }[][] = [];
  visit(tree, "tableRow", (row) => {
    const cells = row.children.map((cell) => {
      const formulas: string[] = [];
      let text = "";
      visit(cell, (node) => {
        const value: unknown = Reflect.get(node, "value");
        if (node.type === "inlineMath" && typeof value === "string") formulas.push(value);
        if (node.type === "text" && typeof value === "string") text += value;
      });
      return { formulas, text };
    });
    found.push(cells);
  });
  return found;
}

describe("derivationMarkdown", () => {
  it("is a table of four cells a row, whatever bars and signs the lines hold", () => {
    const lines = [
      { latex: tex`q(x_t|x_{t-1}) = \left|a\right|`, because: "a | b, *so* $p(a|b)$" },
      { latex: "a\n% x | y\n= \\|b\\|", because: "line\nbreak" },
      { latex: tex`\text{a|b}`, because: "in text" },
      { latex: "c", verdict: "undecided" as const, reason: tex`at "▸\frac{a|b}_*$x$◂": <none>` },
    ];
    const [head, ...body] = rows(derivationMarkdown(derivation(lines)));
    expect(head?.map(({ text }) => text)).toEqual(["", "formula", "because", "verdict"]);
    expect(body).toEqual([
      [
        { formulas: [], text: "1" },
        { formulas: [tex`\displaystyle q(x_t\vert x_{t-1}) = \left\vert a\right\vert`], text: "" },
        { formulas: [tex`p(a\vert b)`], text: "a | b, so " },
        { formulas: [], text: "✓ holds (4 worlds, error 0)" },
      ],
      [
        { formulas: [], text: "2" },
        { formulas: [tex`\displaystyle a = \Vert b\Vert`], text: "" },
        { formulas: [], text: "line break" },
        { formulas: [], text: "✓ holds (4 worlds, error 0)" },
      ],
      [
        { formulas: [], text: "3" },
        { formulas: [], text: "(below)" },
        { formulas: [], text: "in text" },
        { formulas: [], text: "✓ holds (4 worlds, error 0)" },
      ],
      [
        { formulas: [], text: "4" },
        { formulas: [tex`\displaystyle c`], text: "" },
        { formulas: [], text: "" },
        { formulas: [], text: tex`? undecided: at "▸\frac{a|b}_*$x$◂": <none>` },
      ],
    ]);
  });

  it("fences a formula that cannot be typeset, whatever it holds", () => {
    const markdown = derivationMarkdown(
      derivation([{ latex: "\\frac{a ```\n``` b", verdict: "unreadable" }]),
    );
    const tree = unified().use(remarkParse).use(remarkGfm).parse(markdown);
    const code: string[] = [];
    visit(tree, "code", ({ value }) => void code.push(value));
    expect(code).toEqual(["\\frac{a ```\n``` b"]);
  });
});
