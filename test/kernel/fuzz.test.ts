/**
 * Malformed messages, all of them the same in every run: the kernel stays alive and usable, obeys and answers
 * nothing that is not signed with its key, and answers every well-formed request that is.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createRandom } from "../../src/random/random.js";
import {
  executeRequest,
  openJupyter,
  resultText,
  type Answer,
  type Frames,
  type LateMessage,
  type TestJupyter,
  type TestKernel,
} from "./client.js";
import { damaged, forged, framed, partsOf, signedFrames, truncated, withPart } from "./frames.js";

let jupyter: TestJupyter;
let kernel: TestKernel;
let fit = false;

beforeAll(() => {
  jupyter = openJupyter();
});

// One kernel for all, but after a failure a new one: each test speaks for itself.
beforeEach(async () => {
  if (!fit) {
    kernel = await jupyter.start();
    await kernel.execute("let executed = 0");
    fit = true;
  }
  await kernel.news();
});

afterEach(async ({ task }) => {
  if (task.result?.state !== "fail") return;
  fit = false;
  await kernel.shutDown();
});

afterAll(async () => {
  if (!fit) {
    jupyter.close();
    return;
  }
  const { reply, seconds, printed } = await kernel.shutDown();
  jupyter.close();
  expect({ reply, printed }).toEqual({ reply: { status: "ok", restart: false }, printed: "" });
  expect(seconds).toBeLessThan(1);
});

/** A request for each channel that would show, or end the kernel, if it were obeyed. */
const requests = {
  shell: partsOf("fuzz shell", "execute_request", {
    code: "executed++",
    silent: false,
    store_history: true,
    user_expressions: {},
    allow_stdin: false,
    stop_on_error: false,
  }),
  control: partsOf("fuzz control", "shutdown_request", { restart: false }),
  stdin: partsOf("fuzz stdin", "input_reply", { value: "executed++" }),
} as const;
const channels = ["shell", "control", "stdin"] as const;

const notObject = ["null", "[]", "7", '"text"', "true"];
const notJson: readonly (string | Buffer)[] = [
  ...["", "{", "}", "{}}", "{'a': 1}", "[1,", '"', "NaN", "\0", "hello"],
  Buffer.from([0xff, 0xfe]),
  // Latin-1 is no UTF-8; to read something else into it would be to execute what nobody wrote.
  Buffer.from('{"code": "executed++ // \xe9"}', "latin1"),
];

/** Sends them all, sees that the kernel is as it was, and returns what has arrived for them. */
async function outcome(
  messages: readonly (readonly [channel: string, frames: Frames])[],
): Promise<LateMessage[]> {
  await kernel.sendFrames(...messages);
  return expectUnharmed();
}

/** Both channels answer and nothing was executed; returns what has arrived besides. */
async function expectUnharmed(): Promise<LateMessage[]> {
  const [info] = await kernel.send(["control", "kernel_info_request", {}]);
  const cell = await kernel.execute("executed");
  expect(info?.reply).toMatchObject({ status: "ok" });
  expect({ reply: cell.reply, result: resultText(cell) }).toMatchObject({
    reply: { status: "ok" },
    result: "0",
  });
  return (await kernel.news()).filter(({ parent }) => parent !== info?.id && parent !== cell.id);
}

describe.each(channels)("on the %s channel", (channel) => {
  const parts = requests[channel];
  const to = (frames: Frames): readonly [string, Frames] => [channel, frames];

  test("a message that is not signed, or wrongly, is neither obeyed nor answered", async () => {
    expect(await outcome(forged(kernel.key, parts).map(to))).toEqual([]);
  });

  test("nor is a part of one", async () => {
    expect(await outcome(truncated(signedFrames(kernel.key, parts)).map(to))).toEqual([]);
  });

  test("nor one that was changed on its way, in 300 random places", async () => {
    const random = createRandom("fuzz").fork(channel);
    const frames = signedFrames(kernel.key, parts);
    for (let batch = 0; batch < 3; batch++) {
      const messages = Array.from({ length: 100 }, () => to(damaged(random, frames)));
      expect(await outcome(messages)).toEqual([]);
    }
  });

  test("nor one that is signed, but whose header or content is no JSON", async () => {
    const messages = notJson.flatMap((junk) =>
      [0, 3].map((at) => signedFrames(kernel.key, withPart(parts, at, junk))),
    );
    // One byte moves from a part to the next: the signature holds, for it joins the parts.
    messages.push(signedFrames(kernel.key, [parts[0], parts[1], "{", `}${parts[3]}`]));
    expect((await outcome(messages.map(to))).filter(isAnswer)).toEqual([]);
  });

  test("one whose parent header or metadata make no sense does no harm", async () => {
    const harmless = partsOf("harmless", channel === "stdin" ? "input_reply" : "kernel_info_request", {});
    const messages = [...notJson, ...notObject].flatMap((junk) =>
      [1, 2].map((at) => signedFrames(kernel.key, withPart(harmless, at, junk))),
    );
    const answers = (await outcome(messages.map(to))).filter(isAnswer);
    expect(answers.filter(({ type }) => type !== "kernel_info_reply")).toEqual([]);
  });

  test("nor one whose header or content is something else than an object", async () => {
    const messages = notObject.flatMap((junk) =>
      [0, 3].map((at) => signedFrames(kernel.key, withPart(parts, at, junk))),
    );
    expect((await outcome(messages.map(to))).filter(isAnswer)).toEqual([]);
  });

  test("one whose header lacks a type or has a strange one does no harm", async () => {
    const header = JSON.parse(parts[0]) as Readonly<Record<string, unknown>>;
    const types = [
      undefined,
      null,
      7,
      {},
      [],
      "",
      "hello",
      "execute_reply",
      "__proto__",
      "constructor",
      "toString",
    ];
    const messages = types.map((msg_type) =>
      signedFrames(kernel.key, withPart(parts, 0, JSON.stringify({ ...header, msg_type }))),
    );
    const ids = [undefined, null, 7, {}, []].map((msg_id) =>
      signedFrames(kernel.key, withPart(parts, 0, JSON.stringify({ ...header, msg_id, msg_type: "hello" }))),
    );
    expect((await outcome([...messages, ...ids].map(to))).filter(isAnswer)).toEqual([]);
  });
});

/** Whether something was done for a message; to refuse it, with an error or a mere status, is no answer. */
function isAnswer({ type, content }: LateMessage): boolean {
  return type !== "status" && type !== "error" && content["status"] !== "error";
}

/** Requests with contents of wrong types, and what their replies may say. */
const nonsense: readonly (readonly [type: string, content: object, statuses: readonly string[]])[] = [
  ...[{}, { code: 7 }, { code: null }, { code: ["1"] }, { code: {} }].flatMap((content) =>
    ["execute", "complete", "inspect", "is_complete"].map(
      (name) => [`${name}_request`, content, ["error", "invalid", "unknown"]] as const,
    ),
  ),
  ...[
    { silent: "yes" },
    { store_history: 7 },
    { user_expressions: "no" },
    { user_expressions: { a: 1, b: "(", c: null } },
    { allow_stdin: "maybe" },
    { stop_on_error: {} },
  ].map((more) => ["execute_request", { code: "1", ...more }, ["ok", "error"]] as const),
  ...["\0", "\u2028", "\ufeff1", "\r", "#!", "}", "})", "*/", "`${"].map(
    (code) => ["execute_request", { code }, ["ok", "error"]] as const,
  ),
  ...[-5, 1e9, 1.5, "NaN", null, {}, undefined].flatMap((cursor_pos) =>
    ["complete_request", "inspect_request"].map(
      (type) => [type, { code: "exec", cursor_pos, detail_level: "x" }, ["ok", "error"]] as const,
    ),
  ),
  ...[
    {},
    { hist_access_type: "nonsense" },
    { hist_access_type: "tail", n: -3 },
    { hist_access_type: "tail", n: 1e300 },
    { hist_access_type: "tail", n: "all" },
    { hist_access_type: "range", session: "x", start: {}, stop: -1 },
    { hist_access_type: "search", pattern: 5, n: 1 },
    { hist_access_type: "search", pattern: "[(*+?{", n: 1 },
  ].map((content) => ["history_request", content, ["ok", "error"]] as const),
  ["comm_info_request", { target_name: 4 }, ["ok", "error"]],
  ["kernel_info_request", { anything: [1] }, ["ok"]],
  ...["make_coffee_request", "constructor_request", "__proto___request", "_request"].map(
    (type) => [type, {}, ["error"]] as const,
  ),
];

test("every request with a senseless content gets a reply, at once", async () => {
  const wrong: string[] = [];
  for (const [type, content, statuses] of nonsense) {
    const answer = await kernel.within(2, ["shell", type, content]);
    const { reply, replyType } = answer;
    const fits =
      replyType === type.replace("_request", "_reply") && statuses.includes(String(reply?.["status"]));
    if (!fits || !isWhole(answer))
      wrong.push(`${type} ${JSON.stringify(content)}: ${replyType} ${JSON.stringify(reply).slice(0, 200)}`);
    if (reply === null) break;
  }
  expect(wrong).toEqual([]);
  await expectUnharmed();
});

test("a search of the history for a pattern that fits in very many ways is answered at once", async () => {
  await kernel.execute(`'${"x".repeat(200)}'.length`);
  const search = { hist_access_type: "search", pattern: `${"*x".repeat(40)}!`, n: 1 };
  const answer = await kernel.within(2, ["shell", "history_request", search]);
  expect(answer.reply).toEqual({ status: "ok", history: [] });
  await expectUnharmed();
});

/** An error says what it is; places of a completion lie in the code. */
function isWhole({ reply, replyType, messages }: Answer): boolean {
  const states = messages
    .filter(({ type }) => type === "status")
    .map(({ content }) => content["execution_state"]);
  if (states.join() !== "busy,idle") return false;
  if (reply?.["status"] === "error")
    return (
      typeof reply["ename"] === "string" &&
      typeof reply["evalue"] === "string" &&
      Array.isArray(reply["traceback"])
    );
  if (replyType !== "complete_reply") return true;
  const [start, end] = [Number(reply?.["cursor_start"]), Number(reply?.["cursor_end"])];
  return 0 <= start && start <= end && end <= 4;
}

test("messages of comms that make no sense do no harm", async () => {
  for (const content of [{}, { comm_id: 5 }, { comm_id: "a", target_name: 7, data: "x" }])
    for (const type of ["comm_open", "comm_msg", "comm_close"]) await kernel.post(["shell", type, content]);
  const news = await expectUnharmed();
  expect(news.filter(({ type }) => type !== "status" && type !== "comm_close")).toEqual([]);
});

const deep = "[".repeat(100_000) + "]".repeat(100_000);

test.each([
  ["a literal of 2 MB", JSON.stringify({ code: `'${"x".repeat(2_000_000)}'.length` })],
  ["half a surrogate pair", JSON.stringify({ code: "'\ud800'.length * 2_000_000" })],
  ["a field nested 100,000 deep", `{"code": "2000000", "more": ${deep}}`],
])("%s is executed", async (name, content) => {
  const parts = withPart(partsOf(name, "execute_request", {}), 3, content);
  expect(await resultOf(name, signedFrames(kernel.key, parts))).toBe("2000000");
  expect(await expectUnharmed()).toEqual([]);
});

test("metadata and a parent header nested 100,000 deep, and a header with a text of 1 MB, do no harm", async () => {
  const parts = partsOf("deep", "execute_request", { code: "1" });
  const header = JSON.stringify({ ...(JSON.parse(parts[0]) as object), more: "x".repeat(1_000_000) });
  const junk = [
    withPart(parts, 1, `{"deep": ${deep}}`),
    withPart(parts, 2, deep),
    withPart(parts, 0, header),
  ];
  await outcome(junk.map((one) => ["shell", signedFrames(kernel.key, one)]));
});

test.each<[string, (frames: Frames) => Frames]>([
  ["without buffers", (frames) => frames],
  ["with buffers", (frames) => [...frames, Buffer.from("a"), Buffer.alloc(1_000_000), Buffer.alloc(0)]],
  ["with 10,000 buffers", (frames) => [...frames, ...Array.from({ length: 10_000 }, () => Buffer.from([0]))]],
  ["with a further identity", (frames) => [Buffer.from("somebody"), ...frames]],
])("a signed message %s is executed and answered", async (how, change) => {
  const parts = partsOf(how, "execute_request", { code: "'accepted'" });
  expect(await resultOf(how, change(signedFrames(kernel.key, parts)))).toBe("'accepted'");
});

test("the heartbeat answers whatever it and the other ports were sent", async () => {
  const empty = Buffer.alloc(0);
  await kernel.disturb([
    [empty],
    [Buffer.from("x")],
    [empty, empty, empty],
    [empty, Buffer.alloc(1_000_000)],
  ]);
  expect(await kernel.beat("beating")).toBe("beating");
  expect(await expectUnharmed()).toEqual([]);
});

test("a waiting prompt takes the signed answer, not the others", async () => {
  const cell = await kernel.post(executeRequest("prompt('Who?')", { allow_stdin: true }));
  const asked = await arrivals((all) => all.some(({ channel }) => channel !== "iopub"));
  expect(asked.filter(({ channel }) => channel !== "iopub")).toMatchObject([
    { parent: cell, type: "input_request", content: { prompt: "Who?" } },
  ]);
  await kernel.sendFrames(...forged(kernel.key, requests.stdin).map((frames) => ["stdin", frames] as const));
  expect(await kernel.late(0.3)).toEqual([]);
  const answer = partsOf("answer", "input_reply", { value: "Ada" });
  await kernel.sendFrames(["stdin", signedFrames(kernel.key, answer)]);
  const rest = await arrivals((all) => hasEnded(all, cell));
  expect(rest.find(({ type }) => type === "execute_result")?.content["data"]).toEqual({
    "text/plain": "'Ada'",
  });
  expect(await expectUnharmed()).toEqual([]);
});

test("a session with an empty key takes messages as they are", async () => {
  const open = await jupyter.start(undefined, { key: "" });
  expect(open.key).toBe("");
  await open.execute("let executed = 0");
  await open.sendFrames(["shell", framed("", requests.shell)]);
  await open.sendFrames(
    ...truncated(framed("", partsOf("cut", "execute_request", { stop_on_error: false }))).map(
      (f) => ["shell", f] as const,
    ),
  );
  expect(resultText(await open.execute("executed"))).toBe("1");
  expect((await open.shutDown()).printed).toBe("");
});

/** The result of an execute request that is sent as it is; if there is none, whatever has arrived. */
async function resultOf(id: string, frames: Frames): Promise<unknown> {
  await kernel.sendFrames(["shell", frames]);
  const all = await arrivals((some) => hasEnded(some, id));
  const result = all.find(({ parent, type }) => parent === id && type === "execute_result");
  return (result?.content["data"] as Readonly<Record<string, unknown>> | undefined)?.["text/plain"] ?? all;
}

function hasEnded(messages: readonly LateMessage[], id: string): boolean {
  const mine = messages.filter(({ parent }) => parent === id);
  const idle = mine.some(({ content }) => content["execution_state"] === "idle");
  return idle && mine.some(({ channel }) => channel === "shell");
}

/** What arrives until it suffices, or for ten seconds. */
async function arrivals(suffices: (all: readonly LateMessage[]) => boolean): Promise<readonly LateMessage[]> {
  const all: LateMessage[] = [];
  const end = Date.now() + 10_000;
  do {
    all.push(...(await kernel.news()));
    await sleep(10);
  } while (!suffices(all) && Date.now() < end);
  return all;
}
