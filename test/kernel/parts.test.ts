/** Parts of the kernel that can be looked at without a kernel. */
import { createHmac } from "node:crypto";
import { EventEmitter } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { describeDeath } from "../../src/kernel/protocol/death.js";
import { createHistory } from "../../src/kernel/protocol/history.js";
import { hasUserCode } from "../../src/kernel/program/interrupter.js";
import { readLines, toLine } from "../../src/kernel/protocol/jsonLines.js";
import { joinStreams } from "../../src/kernel/protocol/streams.js";
import { readMessage, sign, writeMessage } from "../../src/kernel/protocol/wire.js";

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

test("text is joined until a pause of 40 ms, per stream and request, and sent before anything else", () => {
  const sent: unknown[] = [];
  const streams = joinStreams((id, name, text) => sent.push([id, name, text]));
  streams.write(1, "stdout", "a");
  vi.advanceTimersByTime(30);
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
});

/** Writes the text every 10 ms; returns the lengths of what is sent within the time. */
function trickle(text: string, ms: number): number[] {
  const sent: number[] = [];
  const streams = joinStreams((_id, _name, joined) => sent.push(joined.length));
  for (let time = 0; time < ms; time += 10) {
    streams.write(1, "stdout", text);
    vi.advanceTimersByTime(10);
  }
  return sent;
}

test("text that never pauses is sent every 100 ms if it is little, every 2 s if it is much", () => {
  expect(trickle("x", 1000).length).toBeGreaterThanOrEqual(8);
  expect(trickle("x".repeat(5000), 10_000)).toEqual(Array.from({ length: 5 }, () => 1_000_000));
});

test("a huge text is sent at once", () => {
  const sent: number[] = [];
  const streams = joinStreams((_id, _name, text) => sent.push(text.length));
  streams.write(2, "stdout", "x".repeat(2 ** 22 + 1));
  expect(sent).toEqual([2 ** 22 + 1]);
});

test("lines of JSON arrive whole, however the pipe cuts them", () => {
  const values = [{ text: "a\u2028b\n" }, { text: "ε𝔼".repeat(1000) }, { n: 1 }];
  const bytes = Buffer.from(values.map(toLine).join(""));
  for (const size of [1, 3, 7, 1000, bytes.length]) {
    const got: unknown[] = [];
    const pipe = new EventEmitter();
    readLines(
      pipe,
      (value) => got.push(value),
      (line) => got.push(line),
    );
    for (let at = 0; at < bytes.length; at += size) pipe.emit("data", bytes.subarray(at, at + size));
    expect(got).toEqual(values);
  }
});

test.each(["junk", "null", "7", "[1]"])("the line %j is no message", (line) => {
  const spoiled: string[] = [];
  const pipe = new EventEmitter();
  readLines(
    pipe,
    () => expect.unreachable(),
    (one) => spoiled.push(one),
  );
  pipe.emit("data", Buffer.from(`${line}\n`));
  expect(spoiled).toEqual([line]);
});

test("half of a surrogate pair becomes U+FFFD, all else stays as it is", () => {
  const text = 'a\ud800b 𝔼 \\ud800 \n"ε\udfff';
  const frames = writeMessage("key", "session", {
    identities: [],
    type: "stream",
    parent: {},
    content: { text },
  });
  expect(readMessage("key", frames)?.content).toEqual({ text: 'a\ufffdb 𝔼 \\ud800 \n"ε\ufffd' });
});

test.each([
  [3, null, "", "the program ended with exit code 3"],
  [null, "SIGSEGV", "", "native code crashed (SIGSEGV)"],
  [null, "SIGABRT", "", "native code gave up (SIGABRT)"],
  [null, "SIGABRT", "FATAL ERROR: JavaScript heap out of memory", "the program ran out of memory"],
  [null, "SIGKILL", "", "the program was killed (SIGKILL), as the system does when memory is short"],
  [null, "SIGTERM", "", "the program was ended by SIGTERM"],
])("a program that ended with %j, %j, %j", (code, signal, tail, reason) => {
  const evalue = `${reason}. All variables are lost; a new program has been started`;
  const error = { ename: "ProgramDied", evalue, traceback: [`ProgramDied: ${evalue}`] };
  expect(describeDeath(code, signal, tail)).toEqual(error);
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
    "Error: probe\n    at <anonymous>:1:10\n    at describeError (file:///project/dist/kernel/program/traceback.js:9:5)",
    false,
  ],
  [
    "Error: probe\n    at <anonymous>:1:10\n    at say (file:///project/dist/kernel/program/output.js:9:5)\n" +
      "    at loop (workbook-cell-3.js:2:5)",
    false,
  ],
  ["Error: probe\n    at <anonymous>:1:10", false],
  [
    "Error: probe\n    at <anonymous>:1:10\n    at ReadStream.<anonymous> (workbook-cell-1.js:2:5)\n    at node:events:1:1",
    true,
  ],
  [
    "Error: probe\n    at <anonymous>:1:10\n    at eval (eval at <anonymous> (workbook-cell-1.js:2:5), <anonymous>:1:5)",
    true,
  ],
])("the stack %j has user code that may be cut off: %j", (stack, expected) => {
  expect(hasUserCode(stack)).toBe(expected);
});
