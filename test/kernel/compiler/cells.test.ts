/** Cells are one TypeScript program, whatever each of them declares, imports and redeclares. */
import { beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../../src/notebook/root.js";
import { openSession, type Session } from "./runtime.js";

let session: Session;

beforeAll(() => {
  session = openSession(`${packageRoot}notebooks`);
});

/** Runs cells one after the other; the value of the last. */
async function runAll(...sources: readonly string[]): Promise<unknown> {
  let value: unknown;
  for (const source of sources) value = await session.run(source);
  return value;
}

const errorOf = (source: string): string =>
  session.refuse(source).evalue.replace(/^cell \[\d+\], line \d+, column \d+: /, "");

test.each([
  ["1 + 1", 2],
  ["1 + 1;", 2],
  ["1 + 1;;", 2],
  ["'use strict'", "use strict"],
  ["3 // comment", 3],
  ["4 /* comment */", 4],
  ["const unshown = 1", undefined],
  ["if (true) { 5 }", undefined],
  ["await Promise.resolve(6)", 6],
  ["({ a: 7 }).a", 7],
  ["`${8}`", "8"],
  ["this", undefined],
  ["", undefined],
  ["#!/usr/bin/env node\n9", 9],
  ["(<T>(x: T) => x)(10)", 10],
  ["<number>10", 10],
])("the value of %j is %j", async (source, expected) => {
  expect(await session.run(source)).toBe(expected);
});

test("a variable of an earlier cell is one variable for all functions and cells", async () => {
  expect(await runAll("let x = 1; function inc() { x++; return x }", "x = 5; inc()")).toBe(6);
  expect(await runAll("[x, inc(), x]")).toEqual([6, 7, 7]);
  expect(await runAll("x++; x += 10; [x] = [x + 1]; for (x of [x + 100]) {}", "x")).toBe(119);
  expect(await runAll("var v = 1; if (true) { var w = 2 }", "w = v = 3;", "[v, w]")).toEqual([3, 3]);
});

test("shorthand properties of earlier variables, read, written and with a default", async () => {
  await runAll("let x1 = 1; let y1 = 2; let rest1: object; const k1 = 3");
  expect(await runAll("({ x1, y1, k1 })")).toEqual({ x1: 1, y1: 2, k1: 3 });
  const assign = "({ x1, y1 = 9 } = { x1: 7 } as { x1: number; y1?: number });";
  expect(await runAll(assign, "[x1, y1]")).toEqual([7, 9]);
  expect(
    await runAll(
      "({ y1, ...rest1 } = { y1: 1 } as any); ({ p: [y1 = 4] = [] } = {} as { p?: number[] }); y1",
    ),
  ).toBe(4);
});

test("an old function keeps its own variable after the name is declared anew, with another type", async () => {
  await runAll("let z = 1; function bumpZ() { z++; return z }", "let z = 'new'");
  expect(await runAll("[bumpZ(), z.toUpperCase()]")).toEqual([2, "NEW"]);
  expect(await runAll("const z2 = z; const zz = z2.length", "const z = z2 + '!'", "z")).toBe("new!");
  expect(errorOf("z.toFixed()")).toContain("Property 'toFixed' does not exist on type 'string'.");
});

test("a name is local where a cell declares it itself, at its top level or deeper", async () => {
  await runAll("let s = 'outer'; const t = 'outer'");
  expect(await runAll("[1].map((s) => s + 1)[0]")).toBe(2);
  expect(await runAll("{ let s = 3; { const t = s; s = t + 1 } }\n({ s: t, t: s }).s")).toBe("outer");
  expect(await runAll("class HasS { s = 's of it'; t() { return this.s } }", "new HasS().t()")).toBe(
    "s of it",
  );
  expect(await runAll("s: for (;;) { break s }\n(({ s }: { s: number }) => s)({ s: 4 })")).toBe(4);
});

test("destructuring, classes with private members, enums, namespaces, generics and decorators", async () => {
  await runAll(
    "const { a, b: [, d = 4] } = { a: 1, b: [2] as number[] };\n" +
      "class Box<T> { #value: T; constructor(value: T) { this.#value = value } get value() { return this.#value } }\n" +
      "abstract class Shape { abstract area(): number; twice() { return 2 * this.area() } }\n" +
      "enum Kind { First, Second = a + 1 }\nconst enum Fixed { One = 1 }\n" +
      "namespace Space { export const one = 1; export function two() { return one + one } export interface In { n: number } }\n" +
      "namespace Types { export type T = string }",
  );
  expect(await runAll("[a, d, new Box('v').value, Kind.Second, Fixed.One, Space.two()]")).toEqual([
    1,
    4,
    "v",
    2,
    1,
    2,
  ]);
  expect(
    await runAll(
      "class Square extends Shape { area() { return 9 } }\nconst typed: Types.T & string = ''; new Square().twice()",
    ),
  ).toBe(18);
  expect(
    await runAll(
      "class Wide extends (class extends Box<number> {}) {}\nconst n: Space.In = { n: new Wide(3).value }; n",
    ),
  ).toEqual({ n: 3 });
  const decorator =
    "const seen: string[] = [];\n" +
    "function log(_: unknown, { name }: ClassMethodDecoratorContext) { seen.push(String(name)) }\n";
  expect(await runAll(decorator, "class Logged { @log run() {} }\nseen")).toEqual(["run"]);
  expect(errorOf("new Shape()")).toBe("Cannot create an instance of an abstract class.");
});

test("interface merging, unique symbols, overloads, assertion functions and merged values and types", async () => {
  await runAll(
    "interface Merged { a: number }\ninterface Merged { b: string }\nconst key: unique symbol = Symbol('key');\n" +
      "function over(x: number): 'n'; function over(x: string): 's'; function over(x: unknown) { return typeof x === 'number' ? 'n' : 's' }\n" +
      "function assertText(x: unknown): asserts x is string { if (typeof x !== 'string') throw new Error('no text') }\n" +
      "const Both = { n: 5 }; type Both = typeof Both;",
  );
  await runAll("const merged: Merged = { a: 1, b: '' }; const keyed: { [key]: number } = { [key]: 3 }");
  expect(await runAll("const letter: 's' = over('x'); const both: Both = Both; keyed[key] + both.n")).toBe(8);
  expect(await runAll("const unknown1: unknown = 'abc'; assertText(unknown1); unknown1.length")).toBe(3);
  expect(errorOf("keyed[Symbol('key')]")).toContain("Element implicitly has an 'any' type");
});

test("functions are hoisted, and a later cell can call them with its own this", async () => {
  expect(await runAll("early(); function early() { return 'hoisted' }", "early()")).toBe("hoisted");
  await runAll(
    "function self(this: unknown) { return this }\nconst tag = function (this: unknown, _: TemplateStringsArray) { return this }",
  );
  expect(await runAll("[self(), (self)(), self!(), (self as () => unknown)(), self?.(), tag`x`]")).toEqual(
    Array(6).fill(undefined),
  );
  expect(await runAll("const o = { self }; o.self() === o")).toBe(true);
});

test("what cannot be assigned is refused, in words of the author's program", async () => {
  await runAll("const fixed = 1; function fun() {} class Cls {} enum En { A }");
  expect(errorOf("fixed = 2")).toBe("Cannot assign to 'fixed' because it is a constant.");
  expect(errorOf("fun = () => {}")).toBe("Cannot assign to 'fun' because it is a function.");
  expect(errorOf("Cls = class {}")).toBe("Cannot assign to 'Cls' because it is a class.");
  expect(errorOf("let own = own + 1")).toContain("'own' implicitly has type 'any'");
  expect(errorOf("const fixed2 = fixed3; const fixed3 = 1")).toBe(
    "Block-scoped variable 'fixed3' used before its declaration.",
  );
});

test("an error's types are named by cell, never by our files", async () => {
  await runAll("class Priv { #a = 1 }\nlet priv = new Priv()");
  const first = session.count();
  const { traceback } = session.refuse("class Priv { #a = 1 }\npriv = new Priv()");
  expect(traceback).toEqual([
    "TypeScriptError: the cell was not run",
    `cell [${first + 1}], line 2, column 1: Type 'cell [${first + 1}].Priv' is not assignable to type 'cell [${first}].Priv'.`,
    "      1 | class Priv { #a = 1 }",
    "    > 2 | priv = new Priv()",
    "      Property '#a' in type 'Priv' refers to a different member that cannot be accessed from within type 'Priv'.",
  ]);
});

test("the author's own export changes nothing, and names of a refused cell stay unknown", async () => {
  await runAll(
    "export const shown = 1; export function twice() { return 2 * shown }; const other = 3; export { other as renamed, other }; export type Num = number",
  );
  expect(await runAll("const num: Num = twice() + other; num")).toBe(5);
  session.refuse("const unborn: string = 1");
  expect(errorOf("unborn")).toBe("Cannot find name 'unborn'.");
});

test("declare gives a type and no value: the name is the global's", async () => {
  await runAll("declare const ambient: number; (globalThis as any).ambient = 5; ambient");
  expect(await runAll("ambient + 1")).toBe(6);
});

test("the author may use any name, also those of the script around a cell", async () => {
  expect(
    await runAll(
      "const cell = 1; const module1 = 2; const require = 3; const value = 4; [cell, module1, require]",
    ),
  ).toEqual([1, 2, 3]);
  expect(
    await runAll(
      "import { inspect as cell_1 } from 'node:util'; cell + cell_1(2) + module1 + require + value",
    ),
  ).toBe("12234");
  expect(await runAll("let value = 1", "value = 2", "value")).toBe(2);
});

test("using and await using are disposed of when the cell ends, the result computed before", async () => {
  await runAll("const ended: string[] = []");
  const source =
    "using first = { name: 'first', [Symbol.dispose]() { ended.push('first') } };\n" +
    "await using second = { [Symbol.asyncDispose]: async () => { ended.push('second') } };\n" +
    "const between = ended.length; [first.name, between]";
  expect(await runAll(source)).toEqual(["first", 0]);
  expect(await runAll("[...ended, between]")).toEqual(["second", "first", 0]);
});

test("await, for await and catch pass through the guard", async () => {
  const before = session.guards.length;
  const source =
    "let sum = 0;\nfor await (const i of [Promise.resolve(1), 2]) sum += i;\n" +
    "try { await Promise.reject(new Error('no')) } catch (error) { sum += 10 }\n" +
    "try { throw 1 } catch { sum += 100 }\n" +
    "try { throw { n: 1000 } } catch ({ n }: any) { sum += n }\n" +
    "if (sum > 0) { sum += await (async () => { await null; return 10000 })() }\nsum";
  expect(await runAll(source)).toBe(11113);
  expect(session.guards.slice(before)).toEqual([
    "iterate",
    "pass Error: no",
    "pass 1",
    "resume 7",
    "resume 7",
  ]);
});

test("the epoch is read before the wait", () => {
  const { script } = session.compile("await 5");
  expect(script.text).toContain("cell.result = cell.resume(cell.epoch, await 5)");
});

test("a source map leads to the author's line and column", async () => {
  const { SourceMap } = await import("node:module");
  const { script } = session.compile(
    "interface Unused { a: number }\n\nimport { sqrt } from 'mathjs';\n  throw new Error(`${sqrt(4)}`)",
  );
  const lines = script.text.split("\n");
  const line = lines.findIndex((text) => text.includes("throw new"));
  const column = lines[line]?.indexOf("new Error") ?? -1;
  const map = new SourceMap(JSON.parse(script.map) as ConstructorParameters<typeof SourceMap>[0]);
  expect(map.findEntry(line, column)).toMatchObject({
    originalLine: 3,
    originalColumn: 8,
    originalSource: script.file,
  });
});

test("prompt is known to every cell", () => {
  expect(session.compile("const answer: string | null = prompt('?')").script.text).toContain("prompt('?')");
});

test("cells are checked as strictly as src/, but may have unused names", async () => {
  expect(errorOf("let n: string = null;")).toBe("Type 'null' is not assignable to type 'string'.");
  expect(errorOf("const first: number = [1][0];")).toContain("Type 'number | undefined' is not assignable");
  expect(
    await runAll("function half(unusedParameter: number) { const unusedLocal = 1; }\n[3, 1].toSorted()"),
  ).toEqual([1, 3]);
});

test.each([
  ["export default 5", "A cell has no default export. Give the value a name: every cell below can use it."],
  [
    "export default function f() {}",
    "A cell has no default export. Give the value a name: every cell below can use it.",
  ],
  [
    "const q = 1; export = q",
    "A cell has no default export. Give the value a name: every cell below can use it.",
  ],
  [
    "export * from 'mathjs'",
    "A cell exports nothing from other modules. Import the names: every cell below can use them.",
  ],
  [
    "import fs = require('node:fs')",
    'A cell imports in the form `import … from "module"`, or by `const … = require(…)`.',
  ],
])("%s is refused", (source, message) => {
  expect(errorOf(source)).toBe(message);
});

test("syntax errors stand at the author's text, also when the end is missing", () => {
  const { evalue, traceback } = session.refuse("const a = 1;\nfunction f() {");
  expect(evalue).toBe(`cell [${session.count()}], line 2, column 15: '}' expected.`);
  expect(traceback.slice(2)).toEqual(["      1 | const a = 1;", "    > 2 | function f() {"]);
  expect(errorOf("`open")).toBe("Unterminated template literal.");
  expect(errorOf("let x = ]")).toBe("Expression expected.");
});

test("an error at the very end of the text is shown", () => {
  expect(errorOf("nowhere")).toBe("Cannot find name 'nowhere'.");
  expect(errorOf("const partial: { a: number } =\n{}")).toContain("Property 'a' is missing");
});

test("reset forgets all names", async () => {
  const own = openSession(`${packageRoot}notebooks`);
  await own.run("const forgotten = 1");
  own.compiler.reset();
  expect(own.refuse("forgotten").evalue).toContain("Cannot find name 'forgotten'.");
});

test("cells that build on each other stay fast", async () => {
  await runAll("const v0 = 0");
  for (let i = 1; i <= 40; i++) session.compile(`const v${i} = v${i - 1} + 1`);
  const start = performance.now();
  for (let i = 0; i < 10; i++) session.compile("0");
  // A quiet machine takes 6 ms for each.
  expect((performance.now() - start) / 10).toBeLessThan(200);
});
