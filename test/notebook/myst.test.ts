import { describe, expect, test } from "vitest";
import { writeIpynb, readIpynb } from "../../src/notebook/format/ipynb.js";
import { writeMyst } from "../../src/notebook/format/myst.js";
import { readMyst } from "../../src/notebook/format/mystRead.js";
import { type Cell, type Notebook } from "../../src/notebook/format/notebook.js";
import { refusal } from "../support/refusal.js";
import { code, front, markdown, metadata, notebook } from "../support/notebookPieces.js";

const cellsOf = (text: string): readonly Cell[] => readMyst(text, "a.md").cells;

describe("the form", () => {
  const nbgrader = {
    grade: false,
    grade_id: "posterior",
    locked: false,
    schema_version: 3,
    solution: true,
    task: false,
  };
  const text = `${front}
# Title

Prose.

+++

Another cell.

+++ {"id": "chosen", "tags": ["a"]}

A third, with an id of its own.

\`\`\`{code-cell} typescript
const beta = 0.1;
\`\`\`

\`\`\`{code-cell} typescript
:tags: [hide-input]

const alpha = 1 - beta;
\`\`\`

\`\`\`{code-cell} typescript
---
nbgrader:
  grade: false
  grade_id: posterior
  locked: false
  schema_version: 3
  solution: true
  task: false
---
function mean(): number {
  // BEGIN SOLUTION
  return 0;
  // END SOLUTION
}
\`\`\`

\`\`\`{raw-cell}
:id: latex

\\newpage
\`\`\`
`;
  const cells = [
    markdown("title", "# Title\n\nProse."),
    markdown("another-cell", "Another cell."),
    markdown("chosen", "A third, with an id of its own.", { tags: ["a"] }),
    code("const-beta-0-1", "const beta = 0.1;"),
    code("const-alpha-1-beta", "const alpha = 1 - beta;", { tags: ["hide-input"] }),
    code("posterior", "function mean(): number {\n  // BEGIN SOLUTION\n  return 0;\n  // END SOLUTION\n}", {
      nbgrader,
    }),
    { type: "raw", id: "latex", metadata: {}, source: "\\newpage" } as const,
  ];

  test("is read into cells with their ids, metadata, sources and lines", () => {
    const { lines, ...read } = readMyst(text, "a.md");
    expect(read).toEqual({ metadata, cells });
    expect(lines).toEqual([13, 19, 23, 26, 32, 45, 55]);
    expect(text.split("\n")[44]).toBe("function mean(): number {");
  });

  test("is written byte for byte, also by way of the .ipynb", () => {
    expect(writeMyst({ metadata, cells }, "a")).toBe(text);
    expect(writeMyst(readIpynb(writeIpynb(readMyst(text, "a.md")), "a.ipynb"), "a")).toBe(text);
  });

  test("keeps foreign notebook metadata, another language and jupytext's settings", () => {
    const python: Notebook = {
      metadata: {
        authors: [{ name: "Ada" }],
        jupytext: { formats: "ipynb,md:myst" },
        kernelspec: { display_name: "Python 3", language: "python", name: "python3" },
        language_info: { name: "python", pygments_lexer: "ipython3" },
        title: "yes",
      },
      cells: [code("x-1", "x = 1")],
    };
    const written = writeMyst(python, "a");
    expect(written).toContain('\ntitle: "yes"\n');
    expect(written).toContain("```{code-cell} python\nx = 1\n```");
    expect(readMyst(written, "a.md")).toEqual({ ...python, lines: [21] });
  });
});

describe("ids", () => {
  test("come from the grade_id, the first words, and the type where there are none", () => {
    const ids = cellsOf(
      `${front}\n## Der Übergang $x_t$: ein sehr langer Satz über wirklich viele Dinge\n\n\`\`\`{code-cell} typescript\nimport { a } from "b";\nconst c = a;\n\`\`\`\n\n\`\`\`{code-cell} typescript\n\n\`\`\`\n`,
    ).map((cell) => cell.id);
    expect(ids).toEqual(["der-ubergang-x-t-ein-sehr-langer-satz", "const-c-a", "code"]);
  });

  test("of cells that begin alike are numbered, and the second one is written down", () => {
    const text = `${front}\nSame\n\n+++\n\nSame\n`;
    const read = readMyst(text, "a.md");
    expect(read.cells.map((cell) => cell.id)).toEqual(["same", "same-2"]);
    expect(writeMyst(read, "a")).toBe(`${front}\nSame\n\n+++ {"id": "same-2"}\n\nSame\n`);
  });

  test("of unchanged cells stay when an earlier cell is edited to begin alike", () => {
    const before = readMyst(`${front}\nFirst\n\n+++\n\nSame here\n`, "a.md");
    const edited = readMyst(`${front}\nSame here.\n\n+++\n\nSame here\n`, "a.md", before);
    expect(edited.cells.map((cell) => cell.id)).toEqual(["same-here-2", "same-here"]);
  });

  test("given twice or badly are refused with the line", () => {
    const twice = `${front}\n+++ {"id": "a"}\n\nOne\n\n+++ {"id": "a"}\n\nTwo\n`;
    expect(refusal(() => readMyst(twice, "n.md"))).toBe(
      'n.md:19: id "a": expected an id that no earlier cell has. Remove or rename one of the two.',
    );
    expect(refusal(() => readMyst(`${front}\n+++ {"id": "a b"}\n\nOne\n`, "n.md"))).toBe(
      'n.md:15: id "a b": expected 1 to 64 letters, digits, hyphens or underscores. Shorten or rename it.',
    );
  });
});

describe("what a .md cannot hold is refused", () => {
  const refusalOf = (cell: Cell): string =>
    refusal(() => writeMyst(notebook(markdown("m", "Before"), cell, code("n", "after")), "a"));
  const standing =
    "a: cell 2 (c): expected Markdown that can stand among other cells: no line that starts with +++ or with a {code-cell} fence, every code fence and HTML comment closed. Indent such a line by four spaces, or close what is open.";
  const edges =
    "a: cell 2 (c) is empty, or has blank lines or spaces at its edge: expected Markdown that starts and ends with text. Remove them, or let `workbook sync` do it.";

  test.each([
    ["a break", "a\n+++\nb", standing],
    ["an open fence", "```\nopen", standing],
    ["an open comment", "<!-- open", standing],
    ["a cell's fence", "```{code-cell} typescript\nx\n```", standing],
    ["an empty cell", "", edges],
    ["a blank last line", "text\n", edges],
    ["a blank first line", " \ntext", edges],
  ])("%s in Markdown", (_, source, message) => {
    expect(refusalOf(markdown("c", source))).toBe(message);
  });

  test("control characters and the reserved name", () => {
    expect(refusalOf(code("c", "a\r\nb"))).toBe(
      "a: cell 2 (c) holds the character U+000D: expected lines ended by line feeds and no other control characters. Save it with LF line ends.",
    );
    expect(refusalOf(code("c", "a\u2028b"))).toBe(
      "a: cell 2 (c) holds the character U+2028: expected lines ended by line feeds and no other control characters. Write it as an escape sequence.",
    );
    expect(refusalOf(code("c", "a", { id: "x" }))).toBe(
      "a: cell 2 (c) has metadata.id: expected no metadata of that name: it holds the cell's id. Rename it.",
    );
  });
});

describe("a .md that is no notebook is refused with its line", () => {
  test.each([
    [
      "no front matter",
      "# Title\n",
      'a.md:1: "# Title": expected front matter: a line ---, the notebook\'s metadata as YAML, a line ---. Copy it from another notebook.',
    ],
    [
      "CRLF",
      front.replaceAll("\n", "\r\n"),
      "a.md has carriage returns: expected LF line ends. Save it with LF line ends.",
    ],
    [
      "no language",
      "---\ntitle: A\n---\n",
      'a.md: kernelspec.language = undefined: expected the name of a language, as in kernelspec: {display_name: …, language: "typescript", name: …}. nbgrader reads it too. Copy the front matter of another notebook.',
    ],
    [
      "a comment in YAML",
      front.replace("kernelspec", "# why\nkernelspec"),
      "a.md: front matter has the comment # why: expected no comments in metadata, since the .ipynb cannot hold them. Write it into a Markdown cell, or remove it.",
    ],
    [
      "a date",
      front.replace("kernelspec", "date: 2026-01-01\nkernelspec"),
      "a.md: front matter.date = 2026-01-01T00:00:00.000Z: expected a text, a finite number, true, false, null, a list or a mapping with text keys. Put it in quotes if it is meant as text.",
    ],
    [
      "broken JSON",
      `${front}\n+++ {id}\n\nText\n`,
      'a.md:13: "+++ {id}": expected +++ alone or +++ {"name": "value"}. Correct the JSON after +++.',
    ],
    [
      "metadata without a cell",
      `${front}\n+++ {"id": "a"}\n\n+++\n\nText\n`,
      'a.md:13: "+++ {\\"id\\": \\"a\\"}": expected text after a +++ line with metadata. Write the cell, or remove the line.',
    ],
    [
      "another lexer",
      `${front}\n\`\`\`{code-cell} python\nx\n\`\`\`\n`,
      'a.md:13: "{code-cell} python": expected {code-cell} typescript. Metadata belong below it, as :name: value.',
    ],
    [
      "an open cell",
      `${front}\n\`\`\`{code-cell} typescript\nx\n    \`\`\`\n`,
      "a.md:13: the cell has no end: expected a line ``` after it. Add it.",
    ],
    [
      "open metadata",
      `${front}\n\`\`\`{code-cell} typescript\n---\nx\n\`\`\`\n`,
      "a.md:13: metadata without end: expected a line --- after them. Add it.",
    ],
    [
      "an indented cell",
      `${front}\n  \`\`\`{code-cell} typescript\n  x\n  \`\`\`\n`,
      'a.md:13: "  ```{code-cell} typescript": expected a cell to start in the first column. Remove the spaces before it, or indent it by four.',
    ],
  ])("%s", (_, text, message) => {
    expect(refusal(() => readMyst(text, "a.md"))).toBe(message);
  });
});
