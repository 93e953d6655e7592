/** What hostile and clumsy programs do: each cell still ends, with the truth, and the next one runs. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  executeRequest,
  openJupyter,
  resultText,
  streamText,
  type TestJupyter,
  type TestKernel,
} from "./client.js";

let jupyter: TestJupyter;
let kernel: TestKernel;
const folder = mkdtempSync(join(tmpdir(), "workbook oddities "));

beforeAll(async () => {
  jupyter = openJupyter();
  kernel = await jupyter.start(folder);
});

afterAll(async () => {
  await kernel.shutDown();
  jupyter.close();
  rmSync(folder, { recursive: true });
});

const value = async (source: string): Promise<unknown> => resultText(await kernel.execute(source));

test.each([
  ["throw Object.create(null)", "Object"],
  ["throw null", "null"],
  ["await Promise.reject(Object.create(null))", "Object"],
  ["const circle = new Error('c'); circle.cause = circle; throw circle", "Error"],
  [
    "throw Object.defineProperty(new Error('x'), 'message', { get() { throw new Error('getter') } })",
    "Error",
  ],
  ["throw Object.assign(new Error('x'), { stack: 5, name: { a: 1 } })", "{ a: 1 }"],
  ["throw { [Symbol.for('nodejs.util.inspect.custom')]() { throw new Error('inspect') } }", "Object"],
  [
    "throw new Proxy({}, { get() { throw new Error('proxy') }, getPrototypeOf() { throw new Error('proxy') } })",
    "Object",
  ],
  ["({ [Symbol.for('Jupyter.display')]() { return { 'application/json': 10n } } })", "TypeError"],
  ["({ [Symbol.for('Jupyter.display')]() { throw new RangeError('shown') } })", "RangeError"],
])("%s fails its cell, in plain words", async (source, ename) => {
  const { reply } = await kernel.execute(source);
  expect(reply).toMatchObject({ status: "error", ename });
  expect(typeof reply?.["evalue"]).toBe("string");
  expect(await value("1 + 1")).toBe("2");
});

test("bytes in a bundle become base64, and texts are texts", async () => {
  const bundle =
    "({ [Symbol.for('Jupyter.display')]: { 'image/png': Buffer.from('png'), 'text/plain': 5 } })";
  const answer = await kernel.execute(bundle);
  expect(answer.messages.find(({ type }) => type === "execute_result")?.content["data"]).toEqual({
    "image/png": "cG5n",
    "text/plain": "5",
  });
});

test("a message that looks like a frame is no frame, and names are the author's", async () => {
  const faked = await kernel.execute("throw new Error('x\\n    at fake (workbook-cell-1.js:1:1)')");
  expect((faked.reply?.["traceback"] as string[]).filter((line) => line.includes("fake, "))).toEqual([]);
  await kernel.execute("let callable: any = 5");
  const { reply } = await kernel.execute("callable(); callable.f.g");
  expect(reply?.["evalue"]).toBe("callable is not a function");
});

test("a cell that is stopped before it runs leaves the variables of others alone", async () => {
  const long = `let kc = 'new'; const literals = [${"0, ".repeat(20_000)}];`;
  let stopped = false;
  // The interrupt has to arrive while the cell is being compiled: a matter of milliseconds, and of luck.
  for (let attempt = 0; attempt < 30 && !stopped; attempt++) {
    await kernel.execute("let kc = 1");
    const id = await kernel.post(executeRequest(long));
    await kernel.send(["control", "interrupt_request", {}]);
    await kernel.execute("0");
    const messages = await kernel.messagesOf({ id });
    stopped = messages.some(({ content }) => content["evalue"] === "the cell was stopped before it ran");
  }
  expect(stopped).toBe(true);
  expect(await value("kc = 5; kc")).toBe("5");
});

test("a function keeps the variable it was compiled with", async () => {
  await kernel.execute("let s = 1; const setS = (to: number): void => { s = to }");
  await kernel.execute("const fixed = (): string => s.toFixed(1)");
  await kernel.execute('let s = "text"');
  expect(await value("setS(2); [fixed(), s]")).toBe("[ '2.0', 'text' ]");
});

test("a name that a module does not have is an error, as in Node", async () => {
  writeFileSync(join(folder, "built.cjs"), "module.exports = build(); function build() { return { z: 1 } }");
  writeFileSync(join(folder, "built.d.cts"), "export declare const z: number;");
  const { reply } = await kernel.execute('import { z } from "./built.cjs"; z');
  expect(reply).toMatchObject({ status: "error", ename: "SyntaxError" });
  expect(reply?.["evalue"]).toContain("has no export named 'z'");
});

test("for await gives what the iterator gives", async () => {
  const source =
    "const promised = { [Symbol.asyncIterator]() { let n = 0; return { next: () => Promise.resolve({ value: Promise.resolve(1), done: n++ > 0 }) } } };\n" +
    "const kinds: unknown[] = []; for await (const one of promised) kinds.push(one instanceof Promise);\n" +
    "for await (const one of [Promise.resolve(2)]) kinds.push(one); kinds";
  expect(await value(source)).toBe("[ true, 2 ]");
});

test("a timer is `this` of its callback, and one that was cleared in any way keeps no cell", async () => {
  const self =
    "let ticks = 0; setInterval(function (this: NodeJS.Timeout) { ticks++; clearInterval(this) }, 5);";
  await kernel.execute(self);
  expect(await value("await new Promise((r) => setTimeout(r, 60)); ticks")).toBe("1");
  const cleared = await kernel.execute(
    "const [t1, t2] = [0, 0].map(() => setTimeout(() => {}, 30_000)); clearTimeout(Number(t1)); t2?.close(); 0",
  );
  expect(cleared.reply?.["status"]).toBe("ok");
  expect(cleared.seconds).toBeLessThan(5);
});

test.each([
  ["zlib", "import { gzip } from 'node:zlib';\ngzip('x', () => { throw new Error('late') })"],
  [
    "crypto",
    "import { pbkdf2 } from 'node:crypto';\npbkdf2('a', 'b', 1000, 8, 'sha256', () => { throw new Error('late') })",
  ],
  [
    "exec",
    "import { exec } from 'node:child_process';\nexec('sleep 0.1', () => { throw new Error('late') })",
  ],
  [
    "execFile as a promise",
    "import { execFile } from 'node:child_process'; import { promisify } from 'node:util';\n" +
      "void promisify(execFile)('sleep', ['0.1']).then(() => { throw new Error('late') })",
  ],
  [
    "scheduler.wait",
    "import { scheduler } from 'node:timers/promises';\nvoid scheduler.wait(50).then(() => { throw new Error('late') })",
  ],
  [
    "fetch",
    "import { createServer } from 'node:http'; import type { AddressInfo } from 'node:net';\n" +
      "const slow = createServer((_, answer) => { setTimeout(() => answer.end('x'), 100).unref() });\n" +
      "await new Promise<void>((r) => { slow.listen(0, '127.0.0.1', () => r()) });\n" +
      "void fetch(`http://127.0.0.1:${(slow.address() as AddressInfo).port}`).then(() => { slow.close(); throw new Error('late') })",
  ],
])("an error in what %s calls at its end fails the cell", async (_, source) => {
  expect((await kernel.execute(source)).reply).toMatchObject({ status: "error", evalue: "late" });
});

test.each([
  [
    "an event of Node's",
    "createReadStream('/etc/hosts').on('data', function () { console.log('go'); for (;;); }); await new Promise(() => {})",
  ],
  [
    "new Function",
    "setTimeout(new Function('console.log(\"go\"); for(;;);') as () => void, 10); await new Promise(() => {})",
  ],
  ["stacks that are no text", "Error.prepareStackTrace = (_, s) => s; console.log('go'); for (;;);"],
])("a loop stops in spite of %s", async (_, source) => {
  await kernel.execute("import { createReadStream } from 'node:fs';");
  const answer = await kernel.interrupt(source, 0.2);
  expect(answer.reply).toMatchObject({ status: "error", ename: "Interrupted" });
  expect(answer.stoppedAfter).toBeLessThan(1.5);
  await kernel.execute("Error.prepareStackTrace = undefined");
});

test("half of a surrogate pair is replaced, and two halves in a row are one character", async () => {
  const answer = await kernel.execute(
    "process.stdout.write('a\\ud800|'); process.stdout.write('\\ud835'); process.stdout.write('\\udd3c')",
  );
  expect(streamText(answer)).toBe("a\ufffd|𝔼");
});

test.each([
  "import { writeSync } from 'node:fs'; writeSync(3, 'junk\\n'); await new Promise(() => {})",
  "import { writeSync } from 'node:fs'; writeSync(4, 'null\\n'); await new Promise(() => {})",
])("%s ends the program, not the kernel", async (source) => {
  const { reply } = await kernel.execute(source);
  expect(reply).toMatchObject({ status: "error", ename: "ProgramDied" });
  expect(reply?.["evalue"]).toContain("a file descriptor that the kernel uses");
  expect(await value("2 + 2")).toBe("4");
});

test("a program that replaces what the kernel uses still gets its results", async () => {
  const spoil =
    "JSON.stringify = () => '{}'; Buffer.from = (() => { throw new Error('gone') }) as never;\n" +
    "Promise.race = () => { throw new Error('gone') }; Reflect.set(globalThis, 'setTimeout', undefined); 7";
  expect(await value(spoil)).toBe("7");
  expect(await value("console.log('still here'); 3 + 3")).toBe("6");
});

test("a program that can no longer end a cell is ended by the second interrupt", async () => {
  const interrupt = (): Promise<unknown> => kernel.send(["control", "interrupt_request", {}]);
  await kernel.begin("Promise.prototype.then = () => new Promise(() => {}); 0");
  await kernel.late(0.3);
  await interrupt();
  await kernel.begin("0");
  await kernel.late(0.3);
  await interrupt();
  await interrupt();
  await kernel.late(1.5);
  expect(await value("3 + 3")).toBe("6");
});
