/** The other requests, and messages that must not be obeyed. */
import ts from "typescript";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openJupyter, resultText, type Answer, type TestJupyter, type TestKernel } from "./client.js";

let jupyter: TestJupyter;
let kernel: TestKernel;

beforeAll(async () => {
  jupyter = openJupyter();
  kernel = await jupyter.start();
  await kernel.execute("const alphabet = 'abc'; let executed = 0");
});

afterAll(async () => {
  const { reply, seconds, printed } = await kernel.shutDown(false);
  jupyter.close();
  expect(reply).toEqual({ status: "ok", restart: false });
  expect(printed).toBe("");
  expect(seconds).toBeLessThan(1);
});

async function ask(type: string, content: object, channel: "shell" | "control" = "shell"): Promise<Answer> {
  const [answer] = await kernel.send([channel, type, content]);
  if (answer === undefined) throw new Error("no answer");
  return answer;
}

test("kernel_info says what runs here", async () => {
  const { reply, replyType } = await ask("kernel_info_request", {});
  expect(replyType).toBe("kernel_info_reply");
  expect(reply).toMatchObject({
    status: "ok",
    protocol_version: "5.4",
    implementation: "diffusion-workbook",
    language_info: {
      name: "typescript",
      version: ts.version,
      mimetype: "text/typescript",
      file_extension: ".ts",
    },
  });
});

test("completion counts the cursor in code points", async () => {
  const code = "'𝔼𝓝𝔼𝓝𝔼𝓝'; alpha";
  const { reply } = await ask("complete_request", { code, cursor_pos: Array.from(code).length });
  expect(reply).toMatchObject({ status: "ok", cursor_start: 10, cursor_end: 15 });
  expect(reply?.["matches"]).toContain("alphabet");
});

test("inspection shows the type at the cursor, or that there is nothing", async () => {
  const found = await ask("inspect_request", { code: "'𝔼'; alphabet", cursor_pos: 7, detail_level: 0 });
  expect(found.reply).toEqual({
    status: "ok",
    found: true,
    data: { "text/plain": 'const alphabet: "abc"' },
    metadata: {},
  });
  const nothing = await ask("inspect_request", { code: "  ", cursor_pos: 1, detail_level: 0 });
  expect(nothing.reply).toEqual({ status: "ok", found: false, data: {}, metadata: {} });
});

test.each([
  ["const a = 1", { status: "complete" }],
  ["for (const a of [1]) {", { status: "incomplete", indent: "  " }],
  ["let x = ]", { status: "invalid" }],
])("is_complete of %j", async (code, expected) => {
  expect((await ask("is_complete_request", { code })).reply).toEqual(expected);
});

test("history has the inputs of this session", async () => {
  await kernel.execute("'to be remembered'");
  const { reply } = await ask("history_request", {
    hist_access_type: "tail",
    n: 1,
    output: false,
    raw: true,
  });
  expect(reply).toMatchObject({ status: "ok", history: [[0, expect.any(Number), "'to be remembered'"]] });
  const found = await ask("history_request", {
    hist_access_type: "search",
    pattern: "*remem*",
    n: 5,
    output: true,
  });
  expect(found.reply?.["history"]).toEqual([[0, expect.any(Number), ["'to be remembered'", null]]]);
});

test("connect_request is told the ports", async () => {
  const { reply, replyType } = await ask("connect_request", {});
  expect(replyType).toBe("connect_reply");
  const ports = ["shell_port", "control_port", "iopub_port", "stdin_port", "hb_port"];
  expect(Object.keys(reply ?? {}).sort()).toEqual([...ports].sort());
  expect(Object.values(reply ?? {}).every((port) => Number.isInteger(port))).toBe(true);
});

test("completion and inspection answer while a cell runs", async () => {
  await kernel.begin("{ const end = Date.now() + 1500; while (Date.now() < end); }");
  const begin = Date.now();
  const completed = await ask("complete_request", { code: "alpha", cursor_pos: 5 });
  const inspected = await ask("inspect_request", { code: "alphabet", cursor_pos: 3, detail_level: 0 });
  expect(Date.now() - begin).toBeLessThan(1000);
  expect(completed.reply?.["matches"]).toContain("alphabet");
  expect(inspected.reply).toMatchObject({ found: true });
});

test("there are no comms", async () => {
  const { reply, replyType } = await ask("comm_info_request", { target_name: "jupyter.widget" });
  expect([replyType, reply]).toEqual(["comm_info_reply", { status: "ok", comms: {} }]);
});

test("a request nobody knows gets an error reply, and no cell sees it", async () => {
  const { reply, replyType, messages } = await ask("debug_request", { command: "attach" }, "control");
  expect(replyType).toBe("debug_reply");
  expect(reply).toEqual({
    status: "error",
    ename: "NotSupported",
    evalue: "this kernel does not know debug_request",
    traceback: [],
  });
  expect(messages.map(({ type }) => type)).toEqual(["status", "status"]);
});

test.each(["unsigned", "wrong", "changed", "truncated", "no delimiter", "not JSON", "no header"])(
  "a message that is %s is neither obeyed nor answered",
  async (kind) => {
    const id = await kernel.forge(kind, "executed++");
    const late = await kernel.late(0.2);
    expect(late.filter(({ parent }) => parent === id)).toEqual([]);
    expect(resultText(await kernel.execute("executed"))).toBe("0");
  },
);

test("a kernel inside a synchronous loop shuts down within a second", async () => {
  const looping = await jupyter.start();
  await looping.execute("let ready = true");
  await looping.begin("while (true) {}");
  await looping.late(0.3);
  const { reply, seconds } = await looping.shutDown(true);
  expect(reply).toEqual({ status: "ok", restart: true });
  expect(seconds).toBeLessThan(1);
});
