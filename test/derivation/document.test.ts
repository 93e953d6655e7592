import { describe, expect, test } from "vitest";
import { readDocument, readStream } from "../../src/derivation/document.js";
import { refusal } from "../support/refusal.js";

const markdown = `# A text

The step is $$x_t = \\alpha_t$$ and $\\beta_t$ is small, $\\beta_t < 1$; we write $\\propto$.

$$
\\alpha_t = 1 - \\beta_t
$$

\`\`\`math
a = b
\`\`\`

\`\`\`ts
const a = "$x = 1$";
\`\`\`

> quoted $c = d$
`;

describe("documents", () => {
  test("Markdown: displayed formulas, and inline ones that state something, with their places", () => {
    expect(readDocument(markdown, "a.md")).toEqual([
      { id: "formula-1", latex: "x_t = \\alpha_t", source: { file: "a.md", line: 3, column: 15 } },
      { id: "formula-3", latex: "\\beta_t < 1", source: { file: "a.md", line: 3, column: 57 } },
      { id: "formula-5", latex: "\\alpha_t = 1 - \\beta_t", source: { file: "a.md", line: 6, column: 1 } },
      { id: "formula-6", latex: "a = b", source: { file: "a.md", line: 10, column: 1 } },
      { id: "formula-7", latex: "c = d", source: { file: "a.md", line: 17, column: 11 } },
    ]);
  });

  test("notebooks: their Markdown cells", () => {
    const notebook = JSON.stringify({
      cells: [
        { cell_type: "markdown", id: "intro", source: ["Text\n", "$$a = b$$\n"] },
        { cell_type: "code", id: "code", source: "const x = '$$c = d$$';" },
        { cell_type: "markdown", source: "$e = f$" },
      ],
    });
    expect(readDocument(notebook, "n.ipynb")).toEqual([
      { id: "intro:formula-1", latex: "a = b", source: { file: "n.ipynb#intro", line: 2, column: 3 } },
      { id: "cell-3:formula-1", latex: "e = f", source: { file: "n.ipynb#cell-3", line: 1, column: 2 } },
    ]);
  });

  test("lists, and lines on standard input", () => {
    expect(
      readDocument('[{"id":"a","latex":"x","chain":"c","line":2,"seed":"000"},{"latex":"y"}]', "l.json"),
    ).toEqual([
      { id: "a", latex: "x", chain: "c", line: 2, source: { file: "l.json", line: 1, column: 1 } },
      { id: "entry-2", latex: "y", source: { file: "l.json", line: 2, column: 1 } },
    ]);
    expect(readStream("a = b\n\n c = d\n").map(({ id, latex }) => [id, latex])).toEqual([
      ["line-1", "a = b"],
      ["line-3", "c = d"],
    ]);
    expect(readStream(' [{"latex":"x"}]')).toHaveLength(1);
  });

  test.each([
    [
      "a.txt",
      "",
      "a.txt: expected a file ending in .md, .ipynb or .json. Give one of these, or - for standard input.",
    ],
    ["a.json", "{}", 'a.json: expected a JSON list of statements. Write [{"id": "…", "latex": "…"}].'],
    [
      "a.json",
      "[1]",
      'a.json, entry 1: expected an object whose latex is a string. Write {"id": "…", "latex": "…"}.',
    ],
    ["a.json", '[{"latex":"x","chain":1}]', "a.json, entry 1: chain: expected a string. Quote it."],
    [
      "a.ipynb",
      "[]",
      "the notebook a.ipynb: expected an object with a list of cells. Is it a Jupyter notebook of format 4?",
    ],
  ])("%s %s is refused", (file, text, message) =>
    expect(refusal(() => readDocument(text, file))).toBe(message),
  );

  test("broken JSON is refused with the parser's word", () => {
    expect(refusal(() => readDocument("[", "a.json"))).toMatch(
      /^a\.json: expected JSON \(.*\)\. Check it with a JSON validator\.$/,
    );
  });
});
