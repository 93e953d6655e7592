/**
 * The checks of the public list runtimed/kernel-testbed (src/tests.rs), under their tiers and names there, each
 * at least as strict as on the list, on every version of Node that the project supports.
 */
import { afterAll, describe, expect, test } from "vitest";
import { createContext } from "../../setup/context.mjs";
import { majors, nodeProgram } from "../../setup/steps/nodes.mjs";
import {
  executeRequest,
  ofType,
  openJupyter,
  resultText,
  type Answer,
  type IopubMessage,
  type LateMessage,
  type TestJupyter,
  type TestKernel,
} from "./client.js";

describe.each(majors)("Node %i", (major) => {
  let jupyter: TestJupyter | undefined;
  let started: Promise<TestKernel> | undefined;
  /** Started by the first test, so that without this Node every test fails and says why. */
  const kernel = (): Promise<TestKernel> => (started ??= start());
  const start = async (): Promise<TestKernel> => {
    jupyter = openJupyter(nodeProgram(createContext(), major));
    return jupyter.start();
  };
  const execute = async (code: string): Promise<Answer> => (await kernel()).execute(code);
  const ask = async (
    type: string,
    content: object,
    channel: "shell" | "control" = "shell",
  ): Promise<Answer> => {
    const [answer] = await (await kernel()).send([channel, type, content]);
    if (answer === undefined) throw new Error("no answer");
    return answer;
  };

  afterAll(() => jupyter?.close());

  test("the kernel runs on this version", async () => {
    expect(resultText(await execute("process.versions.node.split('.')[0]"))).toBe(`'${major}'`);
  });

  describe("Tier 1: basic protocol", () => {
    test("heartbeat_responds", async () => {
      expect(await (await kernel()).beat("are you there? 𝔼")).toBe("are you there? 𝔼");
    });

    test("kernel_info_reply_valid", async () => {
      const { reply, replyType } = await ask("kernel_info_request", {});
      expect(replyType).toBe("kernel_info_reply");
      expect(reply).toMatchObject({
        status: "ok",
        implementation: "diffusion-workbook",
        implementation_version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
        banner: expect.stringMatching(/./) as string,
        help_links: expect.any(Array) as unknown[],
      });
    });

    test("kernel_info_has_language_info", async () => {
      const { reply } = await ask("kernel_info_request", {});
      expect(reply?.["language_info"]).toMatchObject({
        name: "typescript",
        version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
        mimetype: "text/typescript",
        file_extension: ".ts",
      });
    });

    test("kernel_info_has_protocol_version", async () => {
      const { reply } = await ask("kernel_info_request", {});
      expect(reply?.["protocol_version"]).toMatch(/^5\.([3-9]|\d\d)(\.\d+)?$/);
    });

    test("execute_stdout", async () => {
      expect(outputs(await execute("console.log('hello')"))).toEqual([
        { type: "stream", content: { name: "stdout", text: "hello\n" } },
      ]);
    });

    test("execute_stderr", async () => {
      expect(outputs(await execute("console.error('error')"))).toEqual([
        { type: "stream", content: { name: "stderr", text: "error\n" } },
      ]);
    });

    test("execute_reply_ok", async () => {
      const { reply, replyType } = await execute("const x = 1");
      expect(replyType).toBe("execute_reply");
      expect(reply).toMatchObject({
        status: "ok",
        execution_count: expect.any(Number) as number,
        user_expressions: {},
      });
    });

    test("status_busy_idle_lifecycle", async () => {
      const { messages } = await execute("console.log('busy'); 1");
      expect(
        messages.map(({ type, content }) => (type === "status" ? content["execution_state"] : type)),
      ).toEqual(["busy", "execute_input", "stream", "execute_result", "idle"]);
    });

    test("execute_input_broadcast", async () => {
      const answer = await execute("const 𝑥 = 1 // 𝔼");
      expect(ofType(answer, "execute_input").map(({ content }) => content)).toEqual([
        { code: "const 𝑥 = 1 // 𝔼", execution_count: answer.reply?.["execution_count"] },
      ]);
    });
  });

  describe("Tier 2: interactive features", () => {
    test("complete_request", async () => {
      await execute("const testVariableForCompletion = 42");
      const { reply, replyType } = await ask("complete_request", { code: "testVariableFor", cursor_pos: 15 });
      expect(replyType).toBe("complete_reply");
      expect(reply).toMatchObject({ status: "ok", cursor_start: 0, cursor_end: 15 });
      expect(reply?.["matches"]).toContain("testVariableForCompletion");
    });

    test("inspect_request", async () => {
      await execute("const testVariableForInspection = 42");
      const code = "testVariableForInspection";
      const request = { code, cursor_pos: code.length, detail_level: 0 };
      const { reply, replyType } = await ask("inspect_request", request);
      expect(replyType).toBe("inspect_reply");
      expect(reply).toMatchObject({ status: "ok", found: true });
      expect((reply?.["data"] as Record<string, unknown>)["text/plain"]).toContain(`const ${code}: 42`);
    });

    test("is_complete_complete", async () => {
      const { reply, replyType } = await ask("is_complete_request", { code: "const x = 1" });
      expect([replyType, reply]).toEqual(["is_complete_reply", { status: "complete" }]);
    });

    test("is_complete_incomplete", async () => {
      const { reply, replyType } = await ask("is_complete_request", { code: "const x = {" });
      expect(replyType).toBe("is_complete_reply");
      expect(reply).toEqual({ status: "incomplete", indent: expect.stringMatching(/^ *$/) as string });
    });

    test("history_request", async () => {
      const count = (await execute("const remembered = 1")).reply?.["execution_count"];
      const request = { hist_access_type: "tail", n: 1, output: false, raw: true };
      const { reply, replyType } = await ask("history_request", request);
      expect(replyType).toBe("history_reply");
      expect(reply).toMatchObject({
        status: "ok",
        history: [[expect.any(Number) as number, count, "const remembered = 1"]],
      });
    });

    test("comm_info_request", async () => {
      const { reply, replyType } = await ask("comm_info_request", {});
      expect([replyType, reply]).toEqual(["comm_info_reply", { status: "ok", comms: {} }]);
    });

    test("error_handling", async () => {
      const answer = await execute("function function");
      expect(answer.reply).toMatchObject({
        status: "error",
        ename: expect.stringMatching(/./) as string,
        evalue: expect.stringMatching(/./) as string,
      });
      const { ename, evalue, traceback } = answer.reply ?? {};
      expect((traceback as string[]).join("\n")).toContain("function function");
      expect(outputs(answer)).toEqual([{ type: "error", content: { ename, evalue, traceback } }]);
    });
  });

  describe("Tier 3: rich output", () => {
    test("display_data", async () => {
      const answer = await execute(
        "import { display } from 'diffusion-workbook';\n" +
          "display({ 'text/html': '<b>bold</b>', 'text/plain': 'bold' }, { metadata: { 'text/html': { isolated: true } } })",
      );
      expect(outputs(answer)).toEqual([
        {
          type: "display_data",
          content: {
            data: { "text/html": "<b>bold</b>", "text/plain": "bold" },
            metadata: { "text/html": { isolated: true } },
            transient: {},
          },
        },
      ]);
    });

    test("update_display_data", async () => {
      const answer = await execute(
        "import { display, updateDisplay } from 'diffusion-workbook';\n" +
          "display({ 'text/plain': 'initial' }, { displayId: 'test_update' });\n" +
          "updateDisplay('test_update', { 'text/plain': 'updated' })",
      );
      const transient = { display_id: "test_update" };
      expect(outputs(answer)).toEqual([
        {
          type: "display_data",
          content: { data: { "text/plain": "initial" }, metadata: {}, transient },
        },
        {
          type: "update_display_data",
          content: { data: { "text/plain": "updated" }, metadata: {}, transient },
        },
      ]);
    });

    test("execute_result", async () => {
      const answer = await execute("1 + 1");
      const execution_count = answer.reply?.["execution_count"];
      expect(outputs(answer)).toEqual([
        { type: "execute_result", content: { execution_count, data: { "text/plain": "2" }, metadata: {} } },
      ]);
    });

    test("rich_execute_result", async () => {
      const data = { "text/html": "<b>bold</b>", "text/plain": "bold" };
      const answer = await execute(`({ [Symbol.for('Jupyter.display')]: () => (${JSON.stringify(data)}) })`);
      const execution_count = answer.reply?.["execution_count"];
      expect(outputs(answer)).toEqual([
        { type: "execute_result", content: { execution_count, data, metadata: {} } },
      ]);
    });
  });

  describe("Tier 4: advanced features", () => {
    test("stdin_input_request", async () => {
      const answer = await (await kernel()).converse("prompt('Enter: ')", ["test_input_42"]);
      expect(answer).toMatchObject({
        prompts: [{ prompt: "Enter: ", password: false }],
        reply: { status: "ok" },
      });
      expect(resultText(answer)).toBe("'test_input_42'");
    });

    test("comms_lifecycle", async () => {
      const about = { comm_id: "a comm", data: {} };
      const open = await (
        await kernel()
      ).post(["shell", "comm_open", { ...about, target_name: "jupyter.kernel_testbed.test" }]);
      const close = await (await kernel()).post(["shell", "comm_close", about]);
      expect(resultText(await execute("1 + 1"))).toBe("2");
      const news = await (await kernel()).news();
      const of = (id: string): unknown[] =>
        news
          .filter(({ parent, type }) => parent === id && type !== "status")
          .map(({ channel, type, content }) => [channel, type, content]);
      expect(of(open)).toEqual([["iopub", "comm_close", about]]);
      expect(of(close)).toEqual([]);
    });

    test("interrupt_request", async () => {
      const { reply, replyType } = await ask("interrupt_request", {}, "control");
      expect([replyType, reply]).toEqual(["interrupt_reply", { status: "ok" }]);
    });

    test("execution_count_increments", async () => {
      const counts = [];
      for (let i = 0; i < 3; i++)
        counts.push(Number((await execute("const x = 1")).reply?.["execution_count"]));
      const [first = Number.NaN] = counts;
      expect(counts).toEqual([first, first + 1, first + 2]);
    });

    test("parent_header_correlation", async () => {
      await (await kernel()).news();
      const { id } = await execute("console.log('hello'); 1");
      const news = await (await kernel()).news();
      expect(news.map(({ channel, type }) => `${channel} ${type}`).sort()).toEqual([
        "iopub execute_input",
        "iopub execute_result",
        "iopub status",
        "iopub status",
        "iopub stream",
        "shell execute_reply",
      ]);
      expectCorrelated(news, id);
    });
  });

  describe("Beyond the list", () => {
    test("a cell asks twice, and goes on with both answers", async () => {
      const answer = await (
        await kernel()
      ).converse("[prompt('Name'), prompt('𝔼?')].join()", ["Ada", "𝓝 = 1"]);
      expect(answer).toMatchObject({
        prompts: [{ prompt: "Name" }, { prompt: "𝔼?" }],
        reply: { status: "ok" },
      });
      expect(resultText(answer)).toBe("'Ada,𝓝 = 1'");
    });

    test("a front end that cannot be asked: the prompt fails and says so", async () => {
      const [answer] = await (
        await kernel()
      ).send(executeRequest("prompt('Enter: ')", { allow_stdin: false }));
      expect(answer?.reply).toMatchObject({
        status: "error",
        evalue: expect.stringMatching(/input|stdin|ask/i) as string,
      });
      expect(answer?.prompts).toEqual([]);
    });

    test("clear_output", async () => {
      const answer = await execute(
        "import { clearOutput } from 'diffusion-workbook';\n" +
          "console.log('gone'); clearOutput({ wait: true }); console.log('kept'); clearOutput()",
      );
      expect(outputs(answer)).toEqual([
        { type: "stream", content: { name: "stdout", text: "gone\n" } },
        { type: "clear_output", content: { wait: true } },
        { type: "stream", content: { name: "stdout", text: "kept\n" } },
        { type: "clear_output", content: { wait: false } },
      ]);
    });
  });

  describe("Tier 1: at the end", () => {
    test("shutdown_reply", async () => {
      const { reply, seconds, printed } = await (await kernel()).shutDown(false);
      expect({ reply, printed }).toEqual({ reply: { status: "ok", restart: false }, printed: "" });
      expect(seconds).toBeLessThan(1);
    });
  });
});

/** What the cell shows: everything on iopub but the status messages and its own input. */
function outputs({ messages }: Answer): readonly IopubMessage[] {
  return messages.filter(({ type }) => type !== "status" && type !== "execute_input");
}

/** Every message answers the request, in its own words: one id each, one session, a full header. */
function expectCorrelated(messages: readonly LateMessage[], request: string): void {
  const [first] = messages;
  for (const { header, parentHeader, type } of messages) {
    expect(parentHeader).toEqual(first?.parentHeader);
    expect(parentHeader).toMatchObject({ msg_id: request, msg_type: "execute_request" });
    expect(header).toEqual({
      msg_id: expect.stringMatching(/./) as string,
      msg_type: type,
      username: expect.any(String) as string,
      session: first?.header["session"],
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$/) as string,
      version: expect.stringMatching(/^5\.\d+$/) as string,
    });
  }
  expect(String(first?.header["session"])).toMatch(/./);
  const ids = messages.map(({ header }) => header["msg_id"]);
  expect(new Set(ids).size).toBe(ids.length);
}
