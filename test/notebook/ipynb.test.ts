import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readIpynb, writeIpynb } from "../../src/notebook/format/ipynb.js";
import { refusal } from "../support/refusal.js";

const base = { metadata: {}, nbformat: 4, nbformat_minor: 5 };
const withCell = (cell: unknown): string => JSON.stringify({ ...base, cells: [cell] });
const codeCell = {
  cell_type: "code",
  id: "a",
  metadata: {},
  source: "1",
  execution_count: null,
  outputs: [],
};

describe("writing", () => {
  test("is byte for byte what nbformat 5.11 writes", () => {
    // test/input/notebook/make-nbformat.py wrote this file with nbformat.write
    const text = readFileSync("test/input/notebook/nbformat.ipynb", "utf8");
    expect(writeIpynb(readIpynb(text, "nbformat.ipynb"))).toBe(text);
  });
});

describe("reading", () => {
  test("joins lines, keeps JSON content as it is and names the kinds of output", () => {
    const outputs = [
      { output_type: "stream", name: "stderr", text: ["a\n", "b"] },
      {
        output_type: "display_data",
        data: { "text/plain": ["x", "y"], "application/vnd.plotly.v1+json": { data: [[1]] } },
        metadata: { "image/png": { alt: "A" } },
      },
      { output_type: "execute_result", data: { "text/plain": "1.5" }, metadata: {}, execution_count: 3 },
      { output_type: "error", ename: "TypeError", evalue: "no", traceback: ["TypeError: no"] },
    ];
    const cell = { ...codeCell, source: ["1 +\n", " 1"], outputs, execution_count: 3 };
    expect(readIpynb(withCell(cell), "a").cells).toEqual([
      {
        type: "code",
        id: "a",
        metadata: {},
        source: "1 +\n 1",
        executionCount: 3,
        outputs: [
          { type: "stream", name: "stderr", text: "a\nb" },
          {
            type: "display",
            data: { "text/plain": "xy", "application/vnd.plotly.v1+json": { data: [[1]] } },
            metadata: { "image/png": { alt: "A" } },
            isResult: false,
          },
          { type: "display", data: { "text/plain": "1.5" }, metadata: {}, isResult: true },
          { type: "error", name: "TypeError", message: "no", traceback: ["TypeError: no"] },
        ],
      },
    ]);
  });

  test("gives cells of nbformat 4.4, which have no ids, their own", () => {
    const cells = [1, 2].map(() => ({ cell_type: "markdown", metadata: {}, source: "# Same" }));
    const read = readIpynb(JSON.stringify({ ...base, nbformat_minor: 4, cells }), "a");
    expect(read.cells.map((cell) => cell.id)).toEqual(["same", "same-2"]);
  });
});

describe("what is no notebook is refused", () => {
  const damaged = "This is not a Jupyter notebook, or it is damaged.";
  test.each([
    ["{", /^a\.ipynb is not JSON \(.*\): expected a Jupyter notebook\. Check what wrote this file\.$/],
    ["[]", `a.ipynb: expected an object with nbformat, metadata and cells. ${damaged}`],
    [
      JSON.stringify({ nbformat: 3, cells: [] }),
      "a.ipynb: nbformat = 3: expected nbformat 4. Convert it: jupyter nbconvert --to notebook --nbformat 4 a.ipynb",
    ],
    [withCell(1), `a.ipynb: cell 1: expected an object. ${damaged}`],
    [
      withCell({ ...codeCell, cell_type: "heading" }),
      `a.ipynb: cell 1: cell_type = "heading": expected markdown, code or raw. ${damaged}`,
    ],
    [
      withCell({ ...codeCell, source: 1 }),
      `a.ipynb: cell 1: source: expected text or a list of lines. ${damaged}`,
    ],
    [
      withCell({ ...codeCell, outputs: [{ output_type: "pyout" }] }),
      `a.ipynb: cell 1: output 1: output_type = "pyout": expected stream, display_data, execute_result or error. ${damaged}`,
    ],
    [
      withCell({ cell_type: "markdown", metadata: {}, source: "", attachments: { "a.png": {} } }),
      "a.ipynb: cell 1 has attachments: expected nothing but cell_type, id, metadata, source, outputs, execution_count. Save the picture as a file and link to it.",
    ],
    [
      JSON.stringify({ ...base, cells: [codeCell, codeCell] }),
      'a.ipynb: cell 2: id "a": expected an id that no earlier cell has. Remove or rename one of the two.',
    ],
  ])("%s", (text, message) => {
    const actual = refusal(() => readIpynb(text, "a.ipynb"));
    if (typeof message === "string") expect(actual).toBe(message);
    else expect(actual).toMatch(message);
  });
});
