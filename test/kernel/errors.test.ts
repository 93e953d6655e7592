/** What goes wrong in a cell fails that cell, with the author's lines; and nothing is skipped after it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  executeRequest,
  ofType,
  openJupyter,
  resultText,
  type Answer,
  type TestJupyter,
  type TestKernel,
} from "./client.js";

let jupyter: TestJupyter;
let kernel: TestKernel;

beforeAll(async () => {
  jupyter = openJupyter();
  kernel = await jupyter.start();
});

afterAll(async () => {
  const { printed } = await kernel.shutDown();
  jupyter.close();
  expect(printed).toBe("");
});

const count = ({ reply }: Answer): number => Number(reply?.["execution_count"]);

test("a thrown error: message, reply and traceback agree, in the author's lines", async () => {
  const first = await kernel.execute(
    "function inner(n: number): number {\n\n  interface Unused { a: number }\n" +
      "  if (n === 0) throw new RangeError('too low');\n  return inner(n - 1);\n}\n\n// the call\ninner(1)",
  );
  const content = {
    ename: "RangeError",
    evalue: "too low",
    traceback: [
      "RangeError: too low",
      `    at inner, cell [${count(first)}], line 4`,
      "      2 |",
      "      3 |   interface Unused { a: number }",
      "    > 4 |   if (n === 0) throw new RangeError('too low');",
      "      5 |   return inner(n - 1);",
      "      6 | }",
      `    at inner, cell [${count(first)}], line 5`,
      `    at cell [${count(first)}], line 9`,
    ],
  };
  expect(ofType(first, "error")).toEqual([{ type: "error", content }]);
  expect(first.reply).toEqual({ status: "error", execution_count: count(first), ...content });
  const second = await kernel.execute("\n\ninner(0)");
  expect(second.reply?.["traceback"]).toEqual([
    ...content.traceback.slice(0, 7),
    `    at cell [${count(second)}], line 3`,
  ]);
});

test("a type error names the place, and the cell is not run", async () => {
  const answer = await kernel.execute("let ran = true;\nconst n: number = 'text';");
  expect(answer.reply?.["traceback"]).toEqual([
    "TypeScriptError: the cell was not run",
    `cell [${count(answer)}], line 2, column 7: Type 'string' is not assignable to type 'number'.`,
    "      1 | let ran = true;",
    "    > 2 | const n: number = 'text';",
  ]);
  expect((await kernel.execute("ran")).reply?.["evalue"]).toContain("Cannot find name 'ran'.");
});

test.each([
  ["throw 'text'", "string", "text"],
  ["throw { code: 3 }", "Object", "{ code: 3 }"],
  ["throw null", "null", "null"],
  ["await Promise.reject(new Error('rejected'))", "Error", "rejected"],
  ["void Promise.reject(new Error('unhandled'))", "Error", "unhandled"],
  ["(async () => { await null; throw new Error('forgotten') })(); 0", "Error", "forgotten"],
  [
    "setTimeout(() => { throw new Error('in a timer') }, 5); await new Promise(() => {})",
    "Error",
    "in a timer",
  ],
  [
    "process.exit(3)",
    "ExitError",
    "process.exit(3) would end the kernel and lose all variables; throw an error to stop a cell",
  ],
  [
    "try { process.exit() } catch {}",
    "ExitError",
    "process.exit() would end the kernel and lose all variables; throw an error to stop a cell",
  ],
])("%s fails the cell", async (source, ename, evalue) => {
  const answer = await kernel.execute(source);
  expect(answer.reply).toMatchObject({ status: "error", ename, evalue });
  expect(ofType(answer, "error")[0]?.content).toMatchObject({ ename, evalue });
});

test("an error thrown by a timer that no cell waits for is reported for its cell, not for the next", async () => {
  const first = await kernel.execute("setTimeout(() => { throw new Error('late') }, 100).unref(); 0");
  expect(first.reply?.["status"]).toBe("ok");
  const second = await kernel.execute("await new Promise((resolve) => setTimeout(resolve, 300))");
  expect(second.reply?.["status"]).toBe("ok");
  expect(ofType(second, "error")).toEqual([]);
  const all = await kernel.messagesOf(first);
  expect(all.at(-1)).toEqual({
    type: "error",
    content: {
      ename: "Error",
      evalue: "late",
      traceback: [
        "Error: late",
        `    at cell [${count(first)}], line 1`,
        "    > 1 | setTimeout(() => { throw new Error('late') }, 100).unref(); 0",
      ],
    },
  });
});

test("what a failing cell had computed stays; what it did not reach says so", async () => {
  const failing = await kernel.execute("const reached = 1;\nthrow new Error('half');\nconst missed = 2;");
  expect(failing.reply?.["evalue"]).toBe("half");
  expect(resultText(await kernel.execute("reached"))).toBe("1");
  expect((await kernel.execute("missed")).reply).toMatchObject({
    ename: "ReferenceError",
    evalue: `missed has no value: cell [${count(failing)}], which declares it, stopped before that line`,
  });
});

test("an error with a cause, and an error of the library, show no frames of the kernel", async () => {
  const answer = await kernel.execute(
    "import { linearSchedule } from 'diffusion-workbook';\n" +
      "try { linearSchedule({ T: 0 }) } catch (error) { throw new Error('outer', { cause: error }) }",
  );
  const traceback = (answer.reply?.["traceback"] as string[]).join("\n");
  expect(traceback).toMatch(/^Error: outer\n {4}at cell \[\d+\], line 2\n/);
  expect(traceback).toContain("caused by: InputError: ");
  expect(traceback).toMatch(/\n {4}at linearSchedule, dist[\\/]diffusion[\\/]schedules\.js:\d+\n/);
  expect(traceback).not.toMatch(/node:|kernel[\\/]|tslab|workbook-cell/);
});

test("stop_on_error: false runs every cell after an error, stop_on_error: true aborts what was queued", async () => {
  const codes = ["throw new Error('first')", "1 + 1", "2 + 2"];
  const going = await kernel.send(...codes.map((code) => executeRequest(code, { stop_on_error: false })));
  expect(going.map(({ reply }) => reply?.["status"])).toEqual(["error", "ok", "ok"]);
  const stopping = await kernel.send(...codes.map((code) => executeRequest(code, { stop_on_error: true })));
  const [failed, second, third] = stopping;
  expect(failed?.reply).toMatchObject({ status: "error", ename: "Error" });
  expect([second?.reply, third?.reply]).toEqual([{ status: "aborted" }, { status: "aborted" }]);
  expect(second?.messages.map(({ type }) => type)).toEqual(["status", "status"]);
});

test("a cell sent right after a failed one was reported is run", async () => {
  for (let round = 0; round < 5; round++) {
    expect((await kernel.execute("throw new Error('x')", { stop_on_error: true })).reply?.["status"]).toBe(
      "error",
    );
    expect(resultText(await kernel.execute(`${round} + 0`, { stop_on_error: true }))).toBe(String(round));
  }
});
