/** The process that runs the cells: what it writes past Node, how a cell's end is found, and its own end. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ofType, openJupyter, resultText, streamText, type TestJupyter, type TestKernel } from "./client.js";

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

test("native code and child processes write into the cell, in both streams", async () => {
  const answer = await kernel.execute(
    'import { execSync } from "node:child_process"; import { writeSync } from "node:fs";\n' +
      "writeSync(1, 'native ε\\n'); execSync('echo child; echo complaint >&2', { stdio: 'inherit' });",
  );
  expect(streamText(answer)).toBe("native ε\nchild\n");
  expect(streamText(answer, "stderr")).toBe("complaint\n");
});

test("TensorFlow's own remarks do not reach a cell", async () => {
  const answer = await kernel.execute(
    'import { useBackend } from "diffusion-workbook";\nconst { name } = await useBackend(); name',
  );
  expect(answer.reply?.["status"]).toBe("ok");
  expect(ofType(answer, "stream")).toEqual([]);
});

test.each([
  ["a timer", "setTimeout(() => { throw new Error('late') }, 150)"],
  [
    "a chain of timers",
    "const wait = (n: number): void => { if (n === 0) throw new Error('late'); setTimeout(wait, 10, n - 1) }; wait(10)",
  ],
  [
    "a timer of node:timers",
    "import { setTimeout as later } from 'node:timers';\nlater(() => { throw new Error('late') }, 150)",
  ],
  [
    "a promise of node:timers/promises",
    "import { setTimeout as sleep } from 'node:timers/promises';\n" +
      "const test1 = async (): Promise<void> => { await sleep(150); throw new Error('late') }; test1()",
  ],
  [
    "util.promisify",
    "import { promisify } from 'node:util';\nconst nap = promisify(setTimeout); void nap(150).then(() => { throw new Error('late') })",
  ],
  [
    "a file that is read",
    "import { readFile } from 'node:fs/promises';\nvoid readFile('package.json').then(async () => { for (let i = 0; i < 20; i++) await readFile('package.json'); throw new Error('late') })",
  ],
])("a cell ends when %s that nobody awaits has ended, and fails with it", async (_, source) => {
  const answer = await kernel.execute(source);
  expect(answer.reply).toMatchObject({ status: "error", ename: "Error", evalue: "late" });
  expect(ofType(answer, "error")).toHaveLength(1);
});

test("what lasts by its nature does not keep a cell running", async () => {
  const answer = await kernel.execute(
    'import { createServer } from "node:http"; import { Worker } from "node:worker_threads";\n' +
      'const server = createServer().listen(0, "127.0.0.1"); const interval = setInterval(() => {}, 1000);\n' +
      'const worker = new Worker("setInterval(() => {}, 1000)", { eval: true });\nsetTimeout(() => {}, 60_000).unref();',
  );
  expect(answer.reply?.["status"]).toBe("ok");
  expect(answer.seconds).toBeLessThan(5);
  await kernel.execute("server.close(); clearInterval(interval); await worker.terminate();");
});

test("a cell that waits for what it started can be interrupted", async () => {
  const answer = await kernel.interrupt(
    "console.log('go'); setTimeout(() => console.log('never'), 60_000)",
    0.2,
  );
  expect(answer.reply).toMatchObject({ status: "error", ename: "Interrupted" });
  expect(answer.stoppedAfter).toBeLessThan(1);
});

test("clearOutput comes between the outputs, with and without waiting", async () => {
  const answer = await kernel.execute(
    'import { clearOutput } from "diffusion-workbook";\nconsole.log(1); clearOutput({ wait: true }); console.log(2); clearOutput();',
  );
  expect(
    ofType(answer, "stream", "clear_output").map(({ type, content }) => [
      type,
      content["text"] ?? content["wait"],
    ]),
  ).toEqual([
    ["stream", "1\n"],
    ["clear_output", true],
    ["stream", "2\n"],
    ["clear_output", false],
  ]);
});

test.each([
  ["process.kill(process.pid, 'SIGSEGV'); await new Promise(() => {})", "native code crashed (SIGSEGV)"],
  [
    "process.kill(process.pid, 'SIGKILL'); await new Promise(() => {})",
    "the program was killed (SIGKILL), as the system does when memory is short",
  ],
])("%s: the cell says what happened, and the kernel goes on with a new program", async (source, reason) => {
  await kernel.execute("let before = 1");
  const answer = await kernel.execute(`console.log('last words'); ${source}`);
  const evalue = `${reason}. All variables are lost; a new program has been started`;
  expect(answer.reply).toMatchObject({ status: "error", ename: "ProgramDied", evalue });
  expect(ofType(answer, "error")).toHaveLength(1);
  expect(streamText(answer)).toBe("last words\n");
  expect(resultText(await kernel.execute("let after = 2; after"))).toBe("2");
  expect((await kernel.execute("before")).reply?.["evalue"]).toContain("Cannot find name 'before'.");
});

test("a program that dies between two cells is reported for the newest", async () => {
  const answer = await kernel.execute(
    'import { spawn } from "node:child_process";\nspawn("sh", ["-c", `sleep 0.3; kill -SEGV ${process.pid}`]); 0',
  );
  expect(answer.reply?.["status"]).toBe("ok");
  await kernel.late(0.8);
  expect((await kernel.messagesOf(answer)).at(-1)).toMatchObject({
    type: "error",
    content: { ename: "ProgramDied" },
  });
  expect(resultText(await kernel.execute("1 + 1"))).toBe("2");
});
