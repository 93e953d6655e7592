/** Printed text and displays: complete, in order, before idle. */
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

const lines = (count: number): string => Array.from({ length: count }, (_, i) => `line ${i}\n`).join("");

test("100,000 lines arrive whole and in order, in few messages, and idle is last", async () => {
  const answer = await kernel.execute("for (let i = 0; i < 100_000; i++) console.log(`line ${i}`)");
  expect(streamText(answer) === lines(100_000)).toBe(true);
  expect(ofType(answer, "stream").length).toBeLessThan(100);
  expect(answer.messages.at(-1)).toEqual({ type: "status", content: { execution_state: "idle" } });
});

test("lines printed by an asynchronous loop arrive in order", async () => {
  const answer = await kernel.execute(
    "for (let i = 0; i < 5000; i++) { console.log(`line ${i}`); if (i % 100 === 0) await new Promise((r) => setImmediate(r)); }",
  );
  expect(streamText(answer) === lines(5000)).toBe(true);
});

test("one output of 50 MB arrives", async () => {
  const answer = await kernel.execute("process.stdout.write('x'.repeat(50_000_000)); 0");
  expect(streamText(answer)).toHaveLength(50_000_000);
  expect(resultText(answer)).toBe("0");
});

test("stdout, stderr and displays keep their order", async () => {
  const answer = await kernel.execute(
    "import { display } from 'diffusion-workbook';\n" +
      "console.log('a'); console.error('b'); console.log('c'); display({ 'text/plain': 'd' }); console.log('e'); 'f'",
  );
  const shown = answer.messages
    .filter(({ type }) => ["stream", "display_data", "execute_result"].includes(type))
    .map(({ type, content }) => content["text"] ?? [type, content["data"]]);
  expect(shown).toEqual([
    "a\n",
    "b\n",
    "c\n",
    ["display_data", { "text/plain": "d" }],
    "e\n",
    ["execute_result", { "text/plain": "'f'" }],
  ]);
  expect(streamText(answer, "stderr")).toBe("b\n");
});

test("write takes bytes split inside a character, encodings, and a callback", async () => {
  const answer = await kernel.execute(
    "const bytes = Buffer.from('ε\\n'); process.stdout.write(bytes.subarray(0, 1)); process.stdout.write(bytes.subarray(1));\n" +
      "process.stdout.write('68690a', 'hex');\nawait new Promise<void>((resolve) => process.stdout.write('done', () => resolve()));",
  );
  expect(streamText(answer)).toBe("ε\nhi\ndone");
});

test("a display carries its bundle, metadata and id; a later cell updates it", async () => {
  const first = await kernel.execute(
    "import { display as show, updateDisplay } from 'diffusion-workbook';\nconst bundle = { 'text/plain': 'a picture', 'image/png': 'iVBORw0K', 'application/json': { a: [1] } };\n" +
      "show(bundle, { metadata: { 'image/png': { alt: 'a picture' } }, displayId: 'figure' });\nbundle['application/json'].a.push(2)",
  );
  expect(ofType(first, "display_data")).toEqual([
    {
      type: "display_data",
      content: {
        data: { "text/plain": "a picture", "image/png": "iVBORw0K", "application/json": { a: [1] } },
        metadata: { "image/png": { alt: "a picture" } },
        transient: { display_id: "figure" },
      },
    },
  ]);
  const second = await kernel.execute("updateDisplay('figure', { 'text/plain': 'another' })");
  expect(ofType(second, "update_display_data")).toEqual([
    {
      type: "update_display_data",
      content: { data: { "text/plain": "another" }, metadata: {}, transient: { display_id: "figure" } },
    },
  ]);
});

test("a warning of Node goes to stdout, where it costs no points", async () => {
  const answer = await kernel.execute(
    "process.emitWarning('careful'); await new Promise((r) => setImmediate(r));",
  );
  expect(streamText(answer)).toBe("Warning: careful\n");
  expect(streamText(answer, "stderr")).toBe("");
});

test("what a timer of an earlier cell prints belongs to that cell", async () => {
  const first = await kernel.execute("setTimeout(() => console.log('from the first'), 150).unref(); 0");
  const second = await kernel.execute("await new Promise((resolve) => setTimeout(resolve, 400)); 0");
  expect(streamText(first) + streamText(second)).toBe("");
  expect((await kernel.messagesOf(first)).at(-1)).toEqual({
    type: "stream",
    content: { name: "stdout", text: "from the first\n" },
  });
});
