import { describe, expect, test } from "vitest";
import { separateDisplayMath } from "../../src/derivation/document/displayMath.js";
import { placesIn } from "../../src/derivation/document/formula.js";
import { findFormulas } from "../../src/derivation/document/markdown.js";
import { checkFormulas } from "../../src/notebook/formulas.js";

describe("formulas are found as Jupyter shows them", () => {
  test.each([
    [
      "inline",
      "a $x$ and $y_1$",
      [
        ["x", false, 1],
        ["y_1", false, 1],
      ],
    ],
    ["on lines of its own", "$$\nx\n$$", [["x", true, 2]]],
    ["in one line", "$$ x $$\n", [["x", true, 1]]],
    ["in a paragraph", "text\n$$x$$\nmore", [["x", true, 2]]],
    ["within a line", "so $$x$$ holds", [["x", true, 1]]],
    [
      "beside its dollars",
      "a\n\n$$\\begin{aligned}\na &= b\n\\end{aligned}$$ where $c$",
      [
        ["\\begin{aligned}\na &= b\n\\end{aligned}", true, 3],
        ["c", false, 5],
      ],
    ],
    ["after text", "thus $$\nx\n$$", [["x", true, 2]]],
    ["in a quotation", "> $$x\n> y$$", [["x\ny", true, 1]]],
    ["in a list", "- item\n\n  $$x\n  y$$", [["x\ny", true, 3]]],
    ["not in code", "`$x$`\n\n```\n$$x\n```\n\n$y$", [["y", false, 7]]],
    ["not where escaped", "\\$5 and $x$", [["x", false, 1]]],
  ] as const)("%s", (_, markdown, expected) => {
    expect(
      findFormulas(markdown).map((f) => [f.latex, f.isDisplay, placesIn(markdown)(f.offset).line]),
    ).toEqual(expected);
  });

  test("other text stays as it is", () => {
    const text = "# A\n\n- b `$$` c\n\n| d | $$e$$ |\n|---|---|\n\n~~~\n$$f\n~~~\n$$ not closed";
    expect(separateDisplayMath("a\n$$\nb\n$$\nc").text).toBe("a\n$$\nb\n$$\nc");
    expect(separateDisplayMath(text).text).toBe(text.replace("$$ not closed", () => "$$\nnot closed"));
  });
});

describe("what a viewer cannot show is refused with its line", () => {
  test.each([
    ["$\\frac{1}$", [[1, "Unexpected end of input in a macro argument, expected '}' in \"\\\\frac{1}\""]]],
    ["a\n\n$$\nx\n\\nix\n$$", [[4, 'Undefined control sequence: \\nix in "x\\n\\\\nix"']]],
    [
      "$ä$",
      [
        [
          1,
          `LaTeX-incompatible input and strict mode is set to 'error': Accented Unicode text character "ä" used in math mode [unicodeTextInMathMode] in "ä"`,
        ],
      ],
    ],
    ["$\\htmlClass{a}{x}$", [[1, "\\htmlClass is not known to Jupyter's MathJax"]]],
    [
      "a\n\n\\begin{align}\nx\n\\end{align}",
      [[3, "\\begin{align} stands outside $$ … $$, where only MathJax finds it"]],
    ],
    ["`\\begin{align}` and $\\begin{aligned}x\\end{aligned}$", []],
  ] as const)("%s", (markdown, expected) => {
    expect(checkFormulas(markdown).map((problem) => [problem.line, problem.message])).toEqual(expected);
  });
});
