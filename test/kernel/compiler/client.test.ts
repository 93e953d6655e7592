/** The compiler in its own thread, from the built package: a worker thread cannot run TypeScript. */
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import type * as Client from "../../../src/kernel/compiler/client.js";
import { packageRoot } from "../../../src/notebook/root.js";

const { startCompiler } = (await import(
  pathToFileURL(`${packageRoot}dist/kernel/compiler/client.js`).href
)) as typeof Client;

const cell = (source: string, count: number): Client.CompileRequest => ({
  source,
  count,
  file: `cell-${count}.js`,
});

test("requests are answered in the order sent, and the names of a cell are known to the next", async () => {
  const compiler = startCompiler(`${packageRoot}notebooks`);
  const order: string[] = [];
  const note = <T>(name: string, promise: Promise<T>): Promise<T> => promise.finally(() => order.push(name));
  const [first, , second, completed, inspected, complete] = await Promise.all([
    note("compile", compiler.compile(cell("const one = 1", 1))),
    note("commit", compiler.commit()),
    note("again", compiler.compile(cell("const two: string = one", 2))),
    note("complete", compiler.complete("on", 2)),
    note("inspect", compiler.inspect("one", 1, 0)),
    note("isComplete", compiler.isComplete("f(")),
  ]);
  expect(order).toEqual(["compile", "commit", "again", "complete", "inspect", "isComplete"]);
  expect(first.status).toBe("ok");
  expect(second).toMatchObject({
    status: "error",
    error: { evalue: "cell [2], line 1, column 7: Type 'number' is not assignable to type 'string'." },
  });
  expect(completed["matches"]).toEqual(["one"]);
  expect(inspected["data"]).toEqual({ "text/plain": "const one: 1" });
  expect(complete).toEqual({ status: "incomplete", indent: "  " });
  await compiler.reset();
  expect(await compiler.compile(cell("one", 3))).toMatchObject({ status: "error" });
  await compiler.close();
});

test("a throw inside rejects that call alone", async () => {
  const compiler = startCompiler(`${packageRoot}notebooks`);
  const wrong = compiler.isComplete(undefined as unknown as string);
  await expect(wrong).rejects.toThrow(TypeError);
  expect(await compiler.isComplete("1")).toEqual({ status: "complete" });
  await compiler.close();
});

test("after its end, what waits and what comes is rejected, with the reason", async () => {
  const compiler = startCompiler(`${packageRoot}notebooks`);
  const waiting = expect(compiler.isComplete("1")).rejects.toThrow(
    "the compiler's thread has ended: it was closed",
  );
  await compiler.close();
  await waiting;
  await expect(compiler.reset()).rejects.toThrow("the compiler's thread has ended: it was closed");
  const dead = startCompiler(undefined as unknown as string);
  await expect(dead.isComplete("1")).rejects.toThrow(/^the compiler's thread has ended: TypeError/);
  await expect(dead.isComplete("1")).rejects.toThrow(/^the compiler's thread has ended: TypeError/);
});

test("a chain of 200 cells does not exhaust the stack", async () => {
  const compiler = startCompiler(`${packageRoot}notebooks`);
  const add = (source: string, count: number): void => {
    void compiler.compile(cell(source, count));
    void compiler.commit();
  };
  add("const v0 = 0", 1);
  for (let i = 1; i < 200; i++) add(`const v${i} = ((n) => n + v${i - 1})(1)`, i + 1);
  expect(await compiler.inspect("v199", 1, 0)).toMatchObject({
    data: { "text/plain": "const v199: number" },
  });
  await compiler.close();
});
