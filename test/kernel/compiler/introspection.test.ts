/** Completion, inspection and is_complete; places count code points. */
import { beforeAll, expect, test } from "vitest";
import type { Json } from "../../../src/kernel/contract.js";
import { packageRoot } from "../../../src/notebook/root.js";
import { openSession, type Session } from "./runtime.js";

let session: Session;

beforeAll(async () => {
  session = openSession(`${packageRoot}notebooks`);
  await session.run(
    "const alphabet = 'abc'; let almost = 1; type Alias = string; const arrow = (n: number) => n; const numbers = { zero: 0, zest: 1 };\n" +
      "/** Doubles.\\n * @param n what */\nfunction double(n: number) { return 2 * n }".replaceAll(
        "\\n",
        "\n",
      ),
  );
  await session.run('import { evaluate } from "mathjs"; import katex from "katex"');
});

const complete = (source: string, cursor = Array.from(source).length): Json =>
  session.compiler.complete(source, cursor);
const matches = (source: string, cursor?: number): unknown => complete(source, cursor)["matches"];
const inspect = (source: string, cursor: number, detail = 0): unknown =>
  (session.compiler.inspect(source, cursor, detail)["data"] as Json)["text/plain"];

test("completion counts the cursor in code points", () => {
  expect(complete("'𝔼𝓝'; alph")).toEqual({
    status: "ok",
    matches: ["alphabet"],
    cursor_start: 6,
    cursor_end: 10,
    metadata: { _jupyter_types_experimental: [{ start: 6, end: 10, text: "alphabet", type: "instance" }] },
  });
  expect(complete("'𝓝'; alph // 𝔼", 9)).toMatchObject({
    matches: ["alphabet"],
    cursor_start: 5,
    cursor_end: 9,
  });
});

test.each([
  ["al", ["almost", "alphabet"]],
  ["alphabet.toUpp", ["toUpperCase"]],
  ["numbers.ze", ["zero", "zest"]],
  ["function f() {\n  if (true) numbers.zer", ["zero"]],
  ["double(numbers.zes", ["zest"]],
  ["let x: Alia", ["Alias"]],
  ["let x = Alia", []],
  ["{ const alpine = 1; alp", ["alphabet", "alpine"]],
  ["function f(almond: string) { return alm", ["almond", "almost"]],
  ["import m from 'math", ["mathjs"]],

  ["import { sqr } from 'mathjs'", ["sqrt", "sqrtDependencies", "sqrtm", "sqrtmDependencies"]],
  ["numbers['zer", ["zero"]],
  ["'al", []],
  ["// al", []],
  ["console.lo", ["log"]],
  ["structuredC", ["structuredClone"]],
])("completion of %j", (source, expected) => {
  expect(matches(source, source.startsWith("import {") ? 12 : undefined)).toEqual(expected);
});

test("nothing of ours is offered", () => {
  const everything = JSON.stringify([complete(""), complete("import x from './"), complete("let t: ")]);
  expect(everything).not.toContain("__workbook");
});

test("inspection shows the signature, as the cell that declares it has it", () => {
  expect(session.compiler.inspect("'𝔼'; alphabet", 7, 0)).toEqual({
    status: "ok",
    found: true,
    data: { "text/plain": 'const alphabet: "abc"' },
    metadata: {},
  });
  expect(inspect("almost", 3)).toBe("let almost: number");
  expect(inspect("double(1)", 6)).toBe("function double(n: number): number\n\nDoubles.");
  expect(inspect("double(", 7, 1)).toBe("function double(n: number): number\n\nDoubles.\n\n@param n what");
  expect(inspect("arrow(1)", 2)).toBe("function arrow(n: number): number");
  expect(inspect("const here = { a: 1 }; here", 27)).toBe("const here: {\n    a: number;\n}");
  expect(inspect("if (true) { alphabet", 14)).toBe('const alphabet: "abc"');
  expect(inspect("let a: Alias", 8)).toBe("type Alias = string");
  expect(inspect("katex.renderToString", 10)).toMatch(
    /^function renderToString\(tex: string, options\?: katex\.KatexOptions\): string\n\nServer-side rendering /,
  );
  expect(inspect("evaluate('1')", 3)).toMatch(/^function evaluate\(expr: [^]*\n\nEvaluate an expression\.$/);
});

test("there is nothing to tell about white space", () => {
  expect(session.compiler.inspect("  ", 1, 0)).toEqual({
    status: "ok",
    found: false,
    data: {},
    metadata: {},
  });
});

test("looking does not declare", () => {
  complete("const peeked = 1; pee");
  inspect("const peeked = 1", 8);
  expect(session.refuse("peeked").evalue).toContain("Cannot find name 'peeked'.");
});

test.each([
  ["", { status: "complete" }],
  ["const a = 1", { status: "complete" }],
  ["await x", { status: "complete" }],
  ["for (const a of [1]) {", { status: "incomplete", indent: "  " }],
  ["if (a) {\n  f(1,\n    [2,", { status: "incomplete", indent: "      " }],
  ["if (a) {\n  f(`${x}`, `{`)\n", { status: "incomplete", indent: "  " }],
  ["const a =", { status: "incomplete", indent: "" }],
  ["`text {", { status: "incomplete", indent: "" }],
  ["`${a + (", { status: "incomplete", indent: "  " }],
  ["/* open", { status: "incomplete", indent: "" }],
  ["'open", { status: "incomplete", indent: "" }],
  ["f( // )", { status: "incomplete", indent: "  " }],
  ["class A {\n\tb() {", { status: "incomplete", indent: "\t  " }],
  ["let x = ]", { status: "invalid" }],
  ["a b", { status: "invalid" }],
  ["f(1]) {", { status: "invalid" }],
])("is_complete of %j", (source, expected) => {
  expect(session.compiler.isComplete(source)).toEqual(expected);
});
