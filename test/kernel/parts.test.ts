/** Parts of the kernel that can be looked at without a kernel. */
import { createHmac } from "node:crypto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createHistory } from "../../src/kernel/history.js";
import { hasUserCode } from "../../src/kernel/interrupter.js";
import { joinStreams } from "../../src/kernel/streams.js";
import { readMessage, sign, writeMessage } from "../../src/kernel/wire.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("a written message can be read, and its signature is the HMAC of its four frames", () => {
  const outgoing = {
    identities: [Buffer.from("me")],
    type: "stream",
    parent: { a: 1 },
    content: { text: "ε" },
  };
  const frames = writeMessage("key", "session", outgoing);
  const body = Buffer.concat(frames.slice(-4));
  expect(frames[2]?.toString()).toBe(createHmac("sha256", "key").update(body).digest("hex"));
  expect(readMessage("key", frames)).toMatchObject({
    identities: [Buffer.from("me")],
    header: { msg_type: "stream", session: "session", version: "5.4" },
    content: { text: "ε" },
  });
  expect(readMessage("another key", frames)).toBeUndefined();
});

test("an empty key means a session without signatures", () => {
  const frames = writeMessage("", "session", { identities: [], type: "status", parent: {}, content: {} });
  expect(sign("", frames)).toBe("");
  expect(readMessage("", frames)?.header.msg_type).toBe("status");
  expect(readMessage("key", frames)).toBeUndefined();
});

test("text is joined for 40 ms, per stream and request, and sent before anything else", () => {
  const sent: unknown[] = [];
  const streams = joinStreams((id, name, text) => sent.push([id, name, text]));
  streams.write(1, "stdout", "a");
  streams.write(1, "stdout", "b");
  vi.advanceTimersByTime(39);
  expect(sent).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(sent).toEqual([[1, "stdout", "ab"]]);
  streams.write(1, "stdout", "c");
  streams.write(1, "stderr", "d");
  streams.write(2, "stderr", "e");
  streams.flush();
  streams.flush();
  expect(sent.slice(1)).toEqual([
    [1, "stdout", "c"],
    [1, "stderr", "d"],
    [2, "stderr", "e"],
  ]);
  streams.write(2, "stdout", "x".repeat(2 ** 20 + 1));
  expect(sent).toHaveLength(5);
});

test("history: tail, range and search", () => {
  const history = createHistory();
  ["one", "two", "one.more"].forEach((source, index) => history.add(index + 1, source));
  const ask = (request: Readonly<Record<string, unknown>>): unknown => history.reply(request)["history"];
  expect(ask({ hist_access_type: "tail", n: 2 })).toEqual([
    [0, 2, "two"],
    [0, 3, "one.more"],
  ]);
  expect(ask({ hist_access_type: "tail", n: 0 })).toEqual([]);
  expect(ask({ hist_access_type: "range", session: 0, start: 1, stop: 3 })).toEqual([
    [0, 1, "one"],
    [0, 2, "two"],
  ]);
  expect(ask({ hist_access_type: "search", pattern: "one.*" })).toEqual([[0, 3, "one.more"]]);
  expect(ask({ hist_access_type: "search", pattern: "t?o", output: true })).toEqual([[0, 2, ["two", null]]]);
});

test.each([
  [
    "Error: probe\n    at <anonymous>:1:10\n    at loop (workbook-cell-3.js:2:5)\n    at node:internal/timers:1:1",
    true,
  ],
  ["Error: probe\n    at <anonymous>:1:10\n    at step (file:///project/dist/train/loop.js:9:5)", true],
  [
    "Error: probe\n    at <anonymous>:1:10\n    at compileCell (file:///project/dist/kernel/compile.js:9:5)",
    false,
  ],
  [
    "Error: probe\n    at <anonymous>:1:10\n    at parse (/project/node_modules/@tslab/typescript-for-tslab/lib/typescript.js:1:1)",
    false,
  ],
  ["Error: probe\n    at <anonymous>:1:10", false],
])("the stack %j has user code: %j", (stack, expected) => {
  expect(hasUserCode(stack)).toBe(expected);
});
