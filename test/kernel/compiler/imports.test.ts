/** Imports of packages and of local TypeScript files. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../../src/notebook/root.js";
import { openSession, type Session } from "./runtime.js";

let session: Session;
/** A student's folder: no package.json, outside of the project. */
const folder = realpathSync(mkdtempSync(join(tmpdir(), "workbook imports ")));
let local: Session;

const write = (name: string, text: string): void => {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
};

beforeAll(() => {
  session = openSession(`${packageRoot}notebooks`);
  local = openSession(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

test("named, namespace, default and renamed imports of packages, typed, in any later cell", async () => {
  await session.run(
    'import { evaluate, type MathNode } from "mathjs";\nimport * as math from "mathjs";\n' +
      'import katex from "katex";\nimport fs, { readFileSync as read } from "node:fs";\nimport "node:path";\nimport type { Tensor } from "@tensorflow/tfjs-core";',
  );
  expect(
    await session.run('[evaluate("1 + 2"), katex.renderToString("x").slice(0, 5), fs.readFileSync === read]'),
  ).toEqual([3, "<span", true]);
  expect(
    await session.run("const node: MathNode = math.parse('2'); ({ evaluate, katex, math }.math.sqrt(16))"),
  ).toBe(4);
  expect(session.refuse("const text: string = katex.renderToString(5)").evalue).toContain(
    "Argument of type 'number' is not assignable to parameter of type 'string'.",
  );
  expect(session.refuse("const tensor: Tensor = 5").evalue).toContain(
    "Type 'number' is not assignable to type 'Tensor<Rank>'.",
  );
  expect(session.refuse("new Tensor()").traceback.join("\n")).toContain(
    "'Tensor' cannot be used as a value because it was imported using 'import type'.",
  );
});

test("the library is imported by its name, wherever the notebook lies", () => {
  const { script } = local.compile(
    'import { linearSchedule } from "diffusion-workbook";\nlinearSchedule({ T: 5 })',
  );
  expect(script.text).toContain('cell.importNames(["linearSchedule"], "diffusion-workbook")');
  expect(local.refuse("linearSchedule({ T: 'five' })").evalue).toContain(
    "Type 'string' is not assignable to type 'number'.",
  );
});

test("import(), import.meta, require and a module that does not exist", async () => {
  expect(await session.run("(await import('node:path')).sep + import.meta.url")).toBe("/the cell's");
  expect(await session.run("const specifier = 'node:path'; (await import(specifier)).sep")).toBe("/");
  expect(await session.run("(require('node:path') as typeof import('node:path')).sep")).toBe("/");
  expect(session.refuse("import { x } from 'no-such-package'").evalue).toContain(
    "Cannot find module 'no-such-package'",
  );
});

test("type-only imports ask for nothing", async () => {
  const before = session.asked.length;
  await session.run(
    'import type { Complex } from "mathjs"; import type * as all from "mathjs";\nlet c: Complex | all.Matrix',
  );
  expect(session.asked.slice(before)).toEqual([]);
  expect(
    session.compile('import type { Matrix } from "mathjs"; import { type Complex as C } from "mathjs"').script
      .text,
  ).toContain("cell.link({});");
});

test("JSON with attributes", async () => {
  write("data.json", '{ "n": 5 }');
  expect(
    await local.run('import data from "./data.json" with { type: "json" };\nconst n: number = data.n; n'),
  ).toBe(5);
});

test("local TypeScript files: live bindings, the files they import, in every spelling", async () => {
  write(
    "lib/counter.ts",
    "export let counter = 0;\nexport const bump = (): number => ++counter;\nexport type Count = number;\n",
  );
  write("lib/index.ts", 'export * from "./counter.js";\nexport { default as word } from "./word";\n');
  write(
    "lib/word.mts",
    'import type { Count } from "./counter.ts";\nexport const count: Count = 1;\nconst word = await Promise.resolve("word"); export default word;\n',
  );
  await local.run('import { bump, counter, type Count } from "./lib/counter"');
  expect(await local.run("bump(); const two: Count = bump(); counter")).toBe(2);
  const { modules } = local.compile(
    'import { word } from "./lib"; import * as a from "./lib/counter.js"; import * as b from "./lib/counter.ts"; word',
  );
  expect(modules.map(({ path }) => path).sort()).toEqual(
    ["counter.ts", "index.ts", "word.mts"].map((one) => join(folder, "lib", one)),
  );
  const again = await local.run(
    'import { word } from "./lib"; import * as a from "./lib/counter.js"; import * as b from "./lib/counter.ts"; [word, a === b]',
  );
  expect(again).toEqual(["word", true]);
  expect(local.asked).toContain(join(folder, "lib", "counter.ts"));
  expect(await local.run('(await import("./lib/word.mjs")).default')).toBe("word");
});

test("an edited file takes effect on the next import, and a new one is found", async () => {
  expect(local.refuse('import { value } from "./edited"').evalue).toContain('Cannot find module "./edited".');
  write("needs.ts", 'export { late } from "./late";\n');
  expect(local.refuse('import { late } from "./needs"').evalue).toBe(
    'needs.ts, line 1, column 22: Cannot find module "./late".',
  );
  write("late.ts", "export const late = 3;\n");
  expect(await local.run('import { late } from "./needs"; late')).toBe(3);
  write("edited.ts", 'export { value } from "./deeper";\n');
  write("deeper.ts", "export const value = 1;\n");
  expect(await local.run('import { value } from "./edited"; value')).toBe(1);
  write("deeper.ts", "export const value = 'text';\n");
  expect(await local.run('import { value } from "./edited"; value.toUpperCase()')).toBe("TEXT");
});

test("an error of a local file is reported for the cell that imports it, and not later", async () => {
  write("wrong.ts", "export const fine = 1;\nexport const wrong: string = 5;\n");
  const { evalue, traceback } = local.refuse('import { fine } from "./wrong"');
  expect(evalue).toBe("wrong.ts, line 2, column 14: Type 'number' is not assignable to type 'string'.");
  expect(traceback.slice(2)).toEqual([
    "      1 | export const fine = 1;",
    "    > 2 | export const wrong: string = 5;",
    "      3 |",
  ]);
  expect(await local.run("1 + 1")).toBe(2);
  write("wrong.ts", "export const fine = 1;\n");
  await local.run('import { fine } from "./wrong"');
  write("wrong.ts", "export const fine: string = 1;\n");
  expect(await local.run("fine")).toBe(1);
  write("broken.ts", "export const = 1;\n");
  expect(local.refuse('import "./broken"').evalue).toBe(
    "broken.ts, line 1, column 14: Variable declaration expected.",
  );
});

test("a source map of a local file leads to the author's line", () => {
  write(
    "thrower.ts",
    "interface Unused { a: 1 }\n\nexport function thrower(): never {\n  throw new Error('here');\n}\n",
  );
  const { modules } = local.compile('import { thrower } from "./thrower"');
  const [module] = modules;
  expect(module?.source).toContain("interface Unused");
  expect(JSON.parse(module?.map ?? "")).toMatchObject({ version: 3, sources: [join(folder, "thrower.ts")] });
  expect(module?.text).toMatch(/^System\.register\(\[\], function/);
});
