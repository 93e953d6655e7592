/** Every kind of loop stops, within a second, with variables kept and the heartbeat beating meanwhile. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  openJupyter,
  resultText,
  streamText,
  type Answer,
  type TestJupyter,
  type TestKernel,
} from "./client.js";

let jupyter: TestJupyter;
let kernel: TestKernel;

beforeAll(async () => {
  jupyter = openJupyter();
  kernel = await jupyter.start();
  await kernel.execute(
    "let kept = 'kept'; let steps = 0; const sleep = (ms: number) => new Promise<void>((r) => setTimeout(r, ms));",
  );
});

afterAll(async () => {
  // Also with a timer that would keep a process alive.
  await kernel.execute("void setInterval(() => {}, 1000)");
  const { seconds, reply, printed } = await kernel.shutDown(true);
  jupyter.close();
  expect(reply).toEqual({ status: "ok", restart: true });
  expect(printed).toBe("");
  expect(seconds).toBeLessThan(1);
});

const interrupted = {
  status: "error",
  ename: "Interrupted",
  evalue: "the program was stopped; variables keep the values they had",
};

function expectStopped(answer: Answer): void {
  expect(answer.reply).toMatchObject(interrupted);
  expect(answer.stoppedAfter).toBeLessThan(1);
  expect(answer.heartbeat).toBe(true);
}

test.each([
  ["a synchronous loop", "while (true) steps++;"],
  ["a loop after an await", "await sleep(1); while (true) steps++;"],
  ["a loop in a timer", "setTimeout(() => { while (true) steps++; }, 1); await new Promise(() => {});"],
  ["waiting for ever", "await new Promise(() => {});"],
  ["a timer that repeats", "setInterval(() => steps++, 5); await new Promise(() => {});"],
  [
    "a timer that starts itself anew",
    "const again = () => { steps++; setTimeout(again, 5); }; again(); await new Promise(() => {});",
  ],
  ["an asynchronous loop", "for (;;) { steps++; await sleep(5); }"],
  ["a loop that catches everything", "for (;;) { try { steps++; await sleep(5); } catch {} }"],
  ["a loop over microtasks", "for (;;) { steps++; await null; }"],
  [
    "an async generator",
    "async function* forever() { for (;;) { await sleep(5); yield 1; } }\nfor await (const one of forever()) steps += one;",
  ],
])("%s", async (_, code) => {
  await kernel.execute("steps = 0");
  expectStopped(await kernel.interrupt(`console.log("go");\n${code}`, 0.3));
  // Nothing goes on behind the next cells.
  const after = await kernel.execute("const before = steps; await sleep(100); [kept, steps - before <= 1]");
  expect(resultText(after)).toBe("[ 'kept', true ]");
});

test("an interrupted async generator runs its finally", async () => {
  const code =
    "let closed = 0;\nasync function* training() { try { for (let i = 0; ; i++) { await sleep(5); yield i } } finally { closed++ } }\n" +
    "let last = 0; for await (const i of training()) last = i;";
  expectStopped(await kernel.interrupt(`console.log("go");\n${code}`, 0.3));
  expect(resultText(await kernel.execute("await sleep(50); [closed, last > 3]"))).toBe("[ 1, true ]");
});

test("output streams while a synchronous loop runs", async () => {
  const answer = await kernel.interrupt("console.log('started');\nwhile (true) {}", 0.4);
  expectStopped(answer);
  expect(streamText(answer)).toBe("started\n");
});

test("the traceback of a stopped loop tells where it was", async () => {
  const defined = await kernel.execute("function spin(): void {\n  for (;;) {\n    steps++;\n  }\n}");
  const answer = await kernel.interrupt("console.log('go');\nspin();", 0.3);
  expectStopped(answer);
  const [defines, calls] = [defined, answer].map(({ reply }) => Number(reply?.["execution_count"]));
  const traceback = (answer.reply?.["traceback"] as string[]).join("\n");
  expect(traceback).toMatch(new RegExp(`\\n {4}at spin, cell \\[${String(defines)}\\], line [23]\\n`));
  expect(traceback).toContain(`\n    at cell [${String(calls)}], line 2`);
});

test("an interrupt while nothing runs does no harm", async () => {
  const [answer] = await kernel.send(["control", "interrupt_request", {}]);
  expect(answer?.reply).toEqual({ status: "ok" });
  expect(resultText(await kernel.execute("kept"))).toBe("'kept'");
});

test("kernel_info is answered during a loop, and the state stays busy", async () => {
  const begin = Date.now();
  const [loop, info] = await kernel.send(
    [
      "shell",
      "execute_request",
      { code: "{ const end = Date.now() + 600; while (Date.now() < end); }", silent: false },
    ],
    ["control", "kernel_info_request", {}],
  );
  expect(Date.now() - begin).toBeGreaterThan(550);
  expect(info?.reply).toMatchObject({ status: "ok", language_info: { name: "typescript" } });
  expect(loop?.messages.filter(({ content }) => content["execution_state"] === "busy")).toHaveLength(2);
});

test("a training step that is cut off leaves TensorFlow.js usable, without open scopes", async () => {
  await kernel.execute(
    'import { useBackend } from "diffusion-workbook"; const tf: any = require("@tensorflow/tfjs-core");\n' +
      'await useBackend({ WORKBOOK_BACKEND: "cpu" });\n' +
      "const ones = tf.ones([60, 60]);\n" +
      "const gradient = () => tf.tidy(() => tf.grad((x: any) => tf.sum(tf.square(tf.matMul(x, ones))))(tf.ones([60, 60])).dataSync()[0]);",
  );
  const undisturbed = resultText(await kernel.execute("gradient()"));
  expect(undisturbed).toBe(String(2 * 60 ** 2));
  expectStopped(await kernel.interrupt('console.log("go");\nfor (;;) gradient();', 0.3));
  expect(resultText(await kernel.execute("gradient()"))).toBe(undisturbed);
  const open =
    "const { scopeStack, kernelDepth, gradientDepth } = tf.engine().state; [scopeStack.length, kernelDepth, gradientDepth]";
  expect(resultText(await kernel.execute(open))).toBe("[ 0, 0, 0 ]");
});

test("a loop of native operations of TensorFlow stops between two of them", async () => {
  await kernel.execute(
    'import * as tf from "@tensorflow/tfjs-core";\nconst backend = await useBackend(); const big = tf.ones([400, 400]);',
  );
  const before = resultText(await kernel.execute("[tf.memory().numTensors]"));
  expectStopped(
    await kernel.interrupt("console.log('go'); for (;;) tf.tidy(() => tf.matMul(big, big).dataSync())", 0.3),
  );
  expect(resultText(await kernel.execute("[tf.memory().numTensors]"))).toBe(before);
  expect(resultText(await kernel.execute("tf.tidy(() => tf.matMul(big, big).dataSync()[0])"))).toBe("400");
});

test("an asynchronous loop in a local TypeScript file stops", async () => {
  const folder = mkdtempSync(join(tmpdir(), "workbook loops "));
  writeFileSync(
    join(folder, "loop.ts"),
    "export let rounds = 0;\nexport async function run(): Promise<void> {\n" +
      "  for (;;) { try { rounds++; await null; await new Promise((resolve) => setImmediate(resolve)); } catch {} }\n}\n",
  );
  const local = await jupyter.start(folder);
  await local.execute('import { rounds, run } from "./loop.ts";');
  expectStopped(await local.interrupt("console.log('go'); await run();", 0.3));
  const after =
    "const noted = rounds; await new Promise((resolve) => setTimeout(resolve, 100)); rounds - noted";
  expect(resultText(await local.execute(after))).toBe("0");
  await local.shutDown();
  rmSync(folder, { recursive: true });
});
