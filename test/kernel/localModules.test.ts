/** Local TypeScript files, compiled to SystemJS by TypeScript itself, and run by the kernel's own loader. */
import { readFileSync } from "node:fs";
import ts from "typescript";
import { beforeEach, expect, test } from "vitest";
import type { LocalModule } from "../../src/kernel/contract.js";
import { createGuard } from "../../src/kernel/program/guard.js";
import { createLocalModules, type LocalModules } from "../../src/kernel/program/localModules.js";

const runs: string[] = [];
Reflect.set(globalThis, "runs", runs);

let modules: LocalModules;
beforeEach(() => {
  runs.length = 0;
  modules = createLocalModules(
    (specifier) => import(specifier) as Promise<Record<string, unknown>>,
    createGuard(),
  );
});

function compiled(path: string, source: string): LocalModule {
  const { outputText: text, sourceMapText: map = "" } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.System, target: ts.ScriptTarget.ES2022 },
  });
  return { path, file: path, source, text, map };
}

function update(files: Readonly<Record<string, string>>): void {
  const declared = "declare const runs: string[];\n";
  modules.update(
    Object.entries(files).map(([path, source]) =>
      compiled(path, `${declared}runs.push("${path}");\n${source}`),
    ),
  );
}

test("imports run first, once, and bindings are live", async () => {
  update({
    "/counter.ts": "export let counter = 0;\nexport const bump = () => ++counter;",
    "/user.ts":
      'import { bump, counter } from "/counter.ts";\nexport const twice = () => { bump(); bump(); return counter; };',
  });
  const user = (await modules.load("/user.ts")) as { twice: () => number };
  const counter = await modules.load("/counter.ts");
  expect([user.twice(), counter["counter"], runs]).toEqual([2, 2, ["/counter.ts", "/user.ts"]]);
});

test("default, renamed and passed-on exports, namespace imports, and Node's own modules", async () => {
  update({
    "/a.ts": "const one = 1;\nexport { one as first };\nexport default class Box {}",
    "/b.ts":
      'export * from "/a.ts";\nexport { default as Box } from "/a.ts";\nexport * as path from "node:path";',
    "/c.ts":
      'import * as b from "/b.ts";\nimport { readFileSync } from "node:fs";\nexport const all = Object.keys(b).sort();\nexport { readFileSync };',
  });
  const { all, readFileSync: read } = await modules.load("/c.ts");
  expect(all).toEqual(["Box", "first", "path"]);
  expect(read).toBe(readFileSync);
});

test("cycles: functions are there from the start", async () => {
  update({
    "/even.ts":
      'import { odd } from "/odd.ts";\nexport function even(n: number): boolean { return n === 0 || odd(n - 1); }',
    "/odd.ts":
      'import { even } from "/even.ts";\nexport function odd(n: number): boolean { return n !== 0 && even(n - 1); }',
  });
  const { even } = (await modules.load("/even.ts")) as { even: (n: number) => boolean };
  expect([even(10), even(7)]).toEqual([true, false]);
});

test("top-level await, import() and import.meta", async () => {
  update({
    "/folder/slow.ts": "await new Promise((resolve) => setTimeout(resolve, 5));\nexport const value = 7;",
    "/folder/main.ts":
      'import { value } from "/folder/slow.ts";\nconst again = await import("/folder/slow.ts");\n' +
      "export const both = [value, again.value, import.meta.dirname];",
  });
  expect((await modules.load("/folder/main.ts"))["both"]).toEqual([7, 7, "/folder"]);
});

test("a changed file runs again, with those that import it, and nothing else does", async () => {
  const files = {
    "/leaf.ts": "export const leaf = 1;",
    "/other.ts": "export const other = 1;",
    "/top.ts":
      'import { leaf } from "/leaf.ts";\nimport { other } from "/other.ts";\nexport const sum = leaf + other;',
  };
  update(files);
  expect((await modules.load("/top.ts"))["sum"]).toBe(2);
  update(files);
  await modules.load("/top.ts");
  expect(runs).toEqual(["/leaf.ts", "/other.ts", "/top.ts"]);
  update({ ...files, "/leaf.ts": "export const leaf = 10;" });
  expect((await modules.load("/top.ts"))["sum"]).toBe(11);
  expect(runs.slice(3)).toEqual(["/leaf.ts", "/top.ts"]);
});

test("a file that throws fails its importers, each time, until it is mended", async () => {
  const top = 'import "/bad.ts";\nexport const reached = true;';
  update({ "/bad.ts": 'throw new Error("broken");', "/top.ts": top });
  await expect(modules.load("/top.ts")).rejects.toThrow("broken");
  await expect(modules.load("/top.ts")).rejects.toThrow("broken");
  update({ "/bad.ts": "export {};", "/top.ts": top });
  expect((await modules.load("/top.ts"))["reached"]).toBe(true);
});
