import { describe, expect, test } from "vitest";
import type { Notebook } from "../../src/notebook/format/notebook.js";
import { typecheckNotebooks, type CellProblem } from "../../src/notebook/typecheck.js";

/** Each text is a code cell; those that start with # are Markdown. */
function notebookOf(...sources: readonly string[]): Notebook {
  const cells = sources.map((source, i) => {
    const common = { id: `c${i}`, metadata: {}, source };
    return source.startsWith("#")
      ? ({ type: "markdown", ...common } as const)
      : ({ type: "code", ...common, outputs: [], executionCount: null } as const);
  });
  return { metadata: {}, cells };
}
const check = (...sources: readonly string[]): readonly CellProblem[] =>
  typecheckNotebooks([{ file: "/elsewhere/n.md", notebook: notebookOf(...sources) }])[0] ?? [];
const lines = (problems: readonly CellProblem[]): readonly string[] =>
  problems.map(({ cell, line, column, message }) => `${cell}:${line}:${column} ${message}`);

describe("accepted", () => {
  test("the library's types, names of earlier cells, top-level await, cells without semicolons", () => {
    const problems = check(
      "# Title",
      'import { createRandom } from "diffusion-workbook"\nconst random = createRandom(1)',
      "(random.normal() + 1).toFixed(2)",
      "const later: number = await Promise.resolve(1)\n// a comment at the end",
      "[later].map(String)",
      "",
      "import { readFile } from 'node:fs/promises';\nvoid readFile;\nconsole.log(process.version);",
    );
    expect(lines(problems)).toEqual([]);
  });

  test("top-level names that nothing uses, since the reader can ask for them", () => {
    const problems = check(
      "const a = 1, { b, c: [d] } = { b: 2, c: [3] };\nfunction f(): void {}\nclass K {}\ninterface I {}\ntype T = I;",
    );
    expect(lines(problems)).toEqual([]);
  });
});

describe("refused, at the cell, line and column", () => {
  test("what src/ refuses: every strict option of tsconfig.json", () => {
    const problems = check(
      "# Title",
      'import { createRandom } from "diffusion-workbook";\ncreateRandom(true);',
      "const list = [1, 2];\nlist[5].toFixed();",
      "const optional: { a?: number } = { a: undefined };\nlet text: string = null;",
      "function f(unused: string, x) {\n  const alsoUnused = 1;\n}",
      "switch (list.length) {\n  case 1:\n    console.log(1);\n  default:\n}",
      'import { InputError } from "diffusion-workbook";',
    );
    expect(lines(problems)).toEqual([
      "1:2:14 TS2345: Argument of type 'boolean' is not assignable to parameter of type 'string | number'.",
      "2:2:1 TS2532: Object is possibly 'undefined'.",
      "3:1:7 TS2375: Type '{ a: undefined; }' is not assignable to type '{ a?: number; }' with 'exactOptionalPropertyTypes: true'. Consider adding 'undefined' to the types of the target's properties.\n    Types of property 'a' are incompatible.\n      Type 'undefined' is not assignable to type 'number'.",
      "3:2:5 TS2322: Type 'null' is not assignable to type 'string'.",
      "4:1:12 TS6133: 'unused' is declared but its value is never read.",
      "4:1:28 TS6133: 'x' is declared but its value is never read.",
      "4:1:28 TS7006: Parameter 'x' implicitly has an 'any' type.",
      "4:2:9 TS6133: 'alsoUnused' is declared but its value is never read.",
      "5:2:3 TS7029: Fallthrough case in switch.",
      "6:1:1 TS6133: 'InputError' is declared but its value is never read.",
    ]);
  });

  test("a name declared again, and one used before its cell", () => {
    expect(lines(check("const a = 1;", "const a = 2;", "b;", "const b = 1;"))).toEqual([
      "0:1:7 TS2451: Cannot redeclare block-scoped variable 'a'.",
      "1:1:7 TS2451: Cannot redeclare block-scoped variable 'a'.",
      "2:1:1 TS2448: Block-scoped variable 'b' used before its declaration.",
      "2:1:1 TS2454: Variable 'b' is used before being assigned.",
    ]);
  });

  test("a syntax error, alone: an open brace must not blame the cells after it", () => {
    expect(lines(check("const a = 1;", "function f() {", "const b: string = 1;"))).toEqual([
      "1:1:15 TS1005: '}' expected.",
    ]);
  });

  test("problems of each notebook apart from those of the others", () => {
    const notebooks = ["const a = 1;", "const a: string = 1;", "f(;"].map((source, i) => ({
      file: `/elsewhere/${i}.md`,
      notebook: notebookOf(source),
    }));
    expect(typecheckNotebooks(notebooks).map((problems) => problems.length)).toEqual([0, 1, 1]);
  });
});
