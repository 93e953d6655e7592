import { describe, expect, test } from "vitest";
import { InputError } from "../../src/error.js";
import { readIpynb, writeIpynb } from "../../src/notebook/format/ipynb.js";
import { writeMyst } from "../../src/notebook/format/myst.js";
import { readMyst } from "../../src/notebook/format/mystRead.js";
import { type Cell, type Notebook } from "../../src/notebook/format/notebook.js";
import { createRandom, type Random } from "../../src/random/random.js";
import { code, markdown, metadata, notebook } from "../support/notebookPieces.js";

const cellsOf = (text: string): readonly Cell[] => readMyst(text, "a.md").cells;

const hostile = [
  "",
  "\n",
  "\n\n\n",
  "   ",
  "\n  \ncode after blanks",
  "code\n\n\n",
  "```\nfence\n```",
  "````{code-cell} typescript\nnested\n````",
  "  ```\nindented fence\n      ```",
  "~~~\ntilde",
  "+++",
  'a\n+++ {"id": "no"}\nb',
  "---",
  "---\nid: no\n---\ntext",
  ":id: no",
  " :tags: [no]\n\nx",
  "\n:id: no",
  "// %% cell\n%magic\n% comment",
  "héllo ☃ 𝔼[x] \u00a0 é",
  "tab\tand trailing space  ",
  "> quote\n+++",
  "- item\n  ```\n  +++\n  ```",
  "- ```\n  open in a list",
  "<!-- open",
  "<!--\n```\n-->",
  "<div>\n+++\n</div>",
  "$$\nx\n$$",
  "[ref]: http://example.org\n'title'",
  "Setext\n---\n===",
  "    indented\n    +++",
  "\\+++",
  "# This cell (id:x)",
  "`` ` ``` ````",
  "~~~{code-cell} typescript\nx\n~~~",
];

function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random.uniform() * items.length)];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}

function randomNotebook(random: Random): Notebook {
  const count = 1 + Math.floor(random.uniform() * 6);
  const cells = Array.from({ length: count }, (_, i): Cell => {
    const parts = Array.from({ length: 1 + Math.floor(random.uniform() * 2) }, () => pick(random, hostile));
    const source = parts.join("\n");
    const meta = pick(random, [
      {},
      {},
      { tags: ["a: b", "yes", "- c", "1:30", "# d"] },
      { nbgrader: { grade: true, grade_id: "q1", points: 1.5 }, tags: [] },
      {
        "odd key: #": {
          "": null,
          list: [{ x: [1, [true, "null"]] }],
          text: "two\nlines\n\n",
          to: "2026-01-01",
        },
      },
      { slide: "---\n", ü: "☃\u2028" },
    ]);
    const id = pick(random, [`c${i}`, `c${i}-${"x".repeat(60)}`]);
    const type = pick(random, ["markdown", "code", "raw"] as const);
    return type === "code" ? code(id, source, meta) : { type, id, metadata: meta, source };
  });
  return { metadata, cells };
}

describe("the round trip .ipynb → .md → .ipynb", () => {
  test.each(hostile.map((source) => [source]))("keeps code %j exactly", (source) => {
    const original = notebook(markdown("m", "Before"), code("c", source, {}), markdown("n", "After"));
    expect(cellsOf(writeMyst(original, "a"))).toEqual(original.cells);
  });

  test("keeps what it accepts of 600 random notebooks (seed 7), and refuses the rest with a message", () => {
    let kept = 0;
    for (let run = 0; run < 600; run += 1) {
      const original = randomNotebook(createRandom(7).fork("notebook", run));
      let text: string;
      try {
        text = writeMyst(original, "a");
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        expect(error.message).toMatch(/^a: cell \d+ \(c\d/);
        continue;
      }
      kept += 1;
      const { metadata, cells } = readMyst(text, "a.md");
      const back = { metadata, cells };
      expect(back, `run ${run}`).toEqual(original);
      expect(readIpynb(writeIpynb(back), "a.ipynb"), `run ${run}`).toEqual(original);
      expect(writeMyst(back, "a"), `run ${run}`).toBe(text);
    }
    expect(kept).toBeGreaterThan(150);
  });
});
