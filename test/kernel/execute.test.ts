/** Cells, their counts and results, and the variables they share. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ofType, openJupyter, resultText, streamText, type TestJupyter, type TestKernel } from "./client.js";

let jupyter: TestJupyter;
let kernel: TestKernel;
// Outside of the project: the kernel brings the workbook's library along.
const folder = mkdtempSync(join(tmpdir(), "workbook cells "));

beforeAll(async () => {
  jupyter = openJupyter();
  kernel = await jupyter.start(folder);
});

afterAll(async () => {
  const { printed } = await kernel.shutDown();
  jupyter.close();
  rmSync(folder, { recursive: true });
  expect(printed).toBe("");
});

test("a cell gives busy, execute_input, execute_result, idle and a reply with the same count", async () => {
  const answer = await kernel.execute("const one = 1;\none + 1");
  expect(answer.messages).toEqual([
    { type: "status", content: { execution_state: "busy" } },
    { type: "execute_input", content: { code: "const one = 1;\none + 1", execution_count: 1 } },
    {
      type: "execute_result",
      content: { execution_count: 1, data: { "text/plain": "2" }, metadata: {} },
    },
    { type: "status", content: { execution_state: "idle" } },
  ]);
  expect(answer.reply).toEqual({ status: "ok", execution_count: 1, payload: [], user_expressions: {} });
});

test.each([
  ["'text'", "'text'"],
  ["null", "null"],
  ["undefined", undefined],
  ["let unshown = 1", undefined],
  ["[1, { a: 2 }]", "[ 1, { a: 2 } ]"],
  ["await Promise.resolve(3)", "3"],
  ["", undefined],
])("the value of %j is shown as %j", async (source, expected) => {
  expect(resultText(await kernel.execute(source))).toBe(expected);
});

test("silent code neither counts nor shows; store_history: false does not count", async () => {
  const { reply: before } = await kernel.execute("0");
  const silent = await kernel.execute("console.log('hidden'); const quiet = 5; quiet", { silent: true });
  expect(silent.messages.map(({ content }) => content)).toEqual([
    { execution_state: "busy" },
    { execution_state: "idle" },
  ]);
  const unstored = await kernel.execute("quiet", { store_history: false });
  expect(resultText(unstored)).toBe("5");
  const { reply: after } = await kernel.execute("0");
  expect(after?.["execution_count"]).toBe(Number(before?.["execution_count"]) + 1);
});

test("user expressions are evaluated after the cell", async () => {
  const { reply } = await kernel.execute("let base = 20", {
    user_expressions: { good: "base + 1", bad: "nowhere" },
  });
  expect(reply?.["user_expressions"]).toMatchObject({
    good: { status: "ok", data: { "text/plain": "21" } },
    bad: { status: "error", ename: "TypeScriptError" },
  });
});

test("a variable of an earlier cell is one variable for all functions and cells", async () => {
  await kernel.execute("let x = 1; function inc() { x++; return x }");
  expect(resultText(await kernel.execute("x = 5; inc()"))).toBe("6");
  expect(resultText(await kernel.execute("[x, inc(), x]"))).toBe("[ 6, 7, 7 ]");
});

test("shorthand properties of earlier variables, read and written", async () => {
  await kernel.execute("let x1 = 1; let y1 = 2");
  expect(resultText(await kernel.execute("({ x1, y1 })"))).toBe("{ x1: 1, y1: 2 }");
  expect(
    resultText(await kernel.execute("({ x1, y1 = 9 } = { x1: 7 } as { x1: number; y1?: number }); [x1, y1]")),
  ).toBe("[ 7, 9 ]");
});

test("an old function keeps its own variable after the name is declared anew", async () => {
  await kernel.execute("let z = 1; function bumpZ() { z++; return z }");
  await kernel.execute("let z = 'new'");
  expect(resultText(await kernel.execute("[bumpZ(), z]"))).toBe("[ 2, 'new' ]");
});

test("destructuring, classes, enums and generics are shared", async () => {
  await kernel.execute(
    "const { a, b: [, d = 4] } = { a: 1, b: [2] as number[] };\nclass Box<T> { constructor(readonly value: T) {} }\n" +
      "enum Kind { First, Second }",
  );
  expect(resultText(await kernel.execute("[a, d, new Box('v').value, Kind.Second]"))).toBe(
    "[ 1, 4, 'v', 1 ]",
  );
});

test("imported live bindings stay live, and local TypeScript files can be imported", async () => {
  mkdirSync(join(folder, "lib"));
  writeFileSync(
    join(folder, "lib", "counter.ts"),
    "export let counter = 0;\nexport const bump = (): number => ++counter;\n",
  );
  await kernel.execute('import { bump, counter } from "./lib/counter"');
  expect(resultText(await kernel.execute("bump(); bump(); counter"))).toBe("2");
});

test("top-level await, for await, and an async generator", async () => {
  await kernel.execute("async function* count(n: number) { for (let i = 0; i < n; i++) yield i }");
  const answer = await kernel.execute("let total = 0;\nfor await (const i of count(5)) total += i;\ntotal");
  expect(resultText(answer)).toBe("10");
  expect(
    resultText(await kernel.execute("for await (const i of [Promise.resolve(1)]) total += i;\ntotal")),
  ).toBe("11");
});

test("the library: named and namespace import, classes, async use, one instance for all cells", async () => {
  await kernel.execute(
    'import { createRandom, InputError } from "diffusion-workbook";\nimport * as wb from "diffusion-workbook";',
  );
  expect(
    resultText(await kernel.execute("[createRandom === wb.createRandom, InputError === wb.InputError]")),
  ).toBe("[ true, true ]");
  expect(
    resultText(
      await kernel.execute("const random = createRandom(1); random.uniform() === createRandom(1).uniform()"),
    ),
  ).toBe("true");
  const { reply } = await kernel.execute(
    'throw new wb.InputError("T = 0", "a positive integer", "Choose T = 1000.")',
  );
  expect(reply).toMatchObject({
    ename: "InputError",
    evalue: "T = 0: expected a positive integer. Choose T = 1000.",
  });
});

test("cells are checked strictly", async () => {
  const answer = await kernel.execute("let n: string = null;");
  expect(answer.reply).toMatchObject({ status: "error", ename: "TypeScriptError" });
  expect(answer.reply?.["evalue"]).toContain("Type 'null' is not assignable to type 'string'.");
  const unchecked = await kernel.execute("const listed = [1]; listed[5].toFixed()");
  expect(unchecked.reply?.["evalue"]).toContain("Object is possibly 'undefined'.");
});

test("a value can bring its own bundle", async () => {
  const answer = await kernel.execute(
    "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>1</b>', 'text/plain': 'one' }) })",
  );
  expect(ofType(answer, "execute_result")[0]?.content["data"]).toEqual({
    "text/html": "<b>1</b>",
    "text/plain": "one",
  });
});

test("the working folder is the notebook's", async () => {
  const answer = await kernel.execute("console.log(process.cwd())");
  expect(streamText(answer)).toBe(`${folder}\n`);
});

test("a package is loaded while its cell is compiled, once, with or without top-level await", async () => {
  const write = (name: string, code: string): void => {
    const place = join(folder, "node_modules", name);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "package.json"), JSON.stringify({ name, type: "module", main: "index.js" }));
    writeFileSync(join(place, "index.js"), `console.log("${name} runs");\n${code}`);
    writeFileSync(
      join(place, "index.d.ts"),
      "export declare let value: number;\nexport declare const bump: () => void;",
    );
  };
  write("plain", "export let value = 1; export const bump = () => { value++; };");
  write("awaiting", "await null; export let value = 2; export const bump = () => {};");
  write("broken", 'throw new Error("this package is broken");');
  const cell =
    'import { value as a, bump } from "plain";\nimport { value as b } from "awaiting";\nbump(); [a, b]';
  const first = await kernel.execute(cell);
  expect([resultText(first), streamText(first)]).toEqual(["[ 2, 2 ]", "plain runs\nawaiting runs\n"]);
  const again = await kernel.execute(cell);
  expect([resultText(again), streamText(again)]).toEqual(["[ 3, 2 ]", ""]);
  expect((await kernel.execute('import { value } from "broken"; value')).reply?.["evalue"]).toBe(
    "this package is broken",
  );
  const later = await kernel.execute('const { value: c } = await import("plain"); c');
  expect(resultText(later)).toBe("3");
});
