/** Starts kernels through jupyter_client, as front ends do; see client.py. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { installKernel } from "../../src/kernel/install.js";
import { packageRoot } from "../../src/notebook/root.js";
import { projectPython } from "../../src/notebook/run.js";

export interface IopubMessage {
  readonly type: string;
  readonly content: Readonly<Record<string, unknown>>;
}

export interface Answer {
  readonly id: string;
  readonly reply: Readonly<Record<string, unknown>> | null;
  readonly replyType: string | null;
  /** Everything on iopub that belongs to the request, status messages included. */
  readonly messages: readonly IopubMessage[];
  readonly seconds: number;
  readonly stoppedAfter?: number;
  readonly heartbeat?: boolean;
}

export interface LateMessage extends IopubMessage {
  readonly channel: string;
  readonly parent: string | null;
}

export type Request = readonly [channel: "shell" | "control", type: string, content: object];

export interface ExecuteOptions {
  readonly stop_on_error?: boolean;
  readonly silent?: boolean;
  readonly store_history?: boolean;
  readonly user_expressions?: Readonly<Record<string, string>>;
}

export function executeRequest(code: string, options: ExecuteOptions = {}): Request {
  const standard = { silent: false, store_history: true, user_expressions: {}, allow_stdin: false };
  return ["shell", "execute_request", { ...standard, stop_on_error: false, ...options, code }];
}

export interface TestKernel {
  readonly ready: number;
  readonly execute: (code: string, options?: ExecuteOptions) => Promise<Answer>;
  /** Starts a cell and does not wait for it. */
  readonly begin: (code: string) => Promise<void>;
  /** Runs a cell and interrupts it so many seconds after it has printed something. */
  readonly interrupt: (code: string, after: number) => Promise<Answer>;
  /** Sends all requests at once. */
  readonly send: (...requests: Request[]) => Promise<Answer[]>;
  readonly forge: (kind: string, code: string) => Promise<string>;
  /** What has arrived so far for a request, also after its end. */
  readonly messagesOf: (answer: Answer) => Promise<IopubMessage[]>;
  /** What arrives within the time without being asked for. */
  readonly late: (seconds: number) => Promise<LateMessage[]>;
  readonly shutDown: (restart?: boolean) => Promise<{ seconds: number; reply: unknown; printed: string }>;
}

export interface TestJupyter {
  readonly start: (folder?: string) => Promise<TestKernel>;
  readonly close: () => void;
}

/** A Jupyter of its own, whose only added kernel is the one installed from this tree. */
export function openJupyter(): TestJupyter {
  const prefix = mkdtempSync(join(tmpdir(), "workbook kernel "));
  installKernel(prefix, "workbook-under-test");
  const child = spawn(projectPython(), [join(packageRoot, "test", "kernel", "client.py")], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, JUPYTER_PATH: prefix },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (command: object): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(command)}\n`);
    const line = await lines.next();
    if (line.done === true) throw new Error("the client has ended");
    const answer = JSON.parse(line.value) as { result?: unknown; error?: string };
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.result;
  };
  return {
    start: async (folder = packageRoot) => {
      const { kernel, ready } = (await ask({ do: "start", name: "workbook-under-test", folder })) as {
        kernel: number;
        ready: number;
      };
      return testKernel(ready, (command) => ask({ ...command, kernel }));
    },
    close: () => {
      child.stdin.end();
      rmSync(prefix, { recursive: true, force: true });
    },
  };
}

function testKernel(ready: number, ask: (command: object) => Promise<unknown>): TestKernel {
  const send = async (requests: readonly Request[], interruptAfter?: number): Promise<Answer[]> =>
    (await ask({ do: "exchange", requests, timeout: 60, interruptAfter })) as Answer[];
  const one = async (request: Request, interruptAfter?: number): Promise<Answer> => {
    const [answer] = await send([request], interruptAfter);
    if (answer === undefined) throw new Error("no answer");
    return answer;
  };
  return {
    ready,
    send: (...requests) => send(requests),
    execute: (code, options) => one(executeRequest(code, options)),
    begin: async (code) => {
      await ask({ do: "begin", request: executeRequest(code) });
    },
    interrupt: (code, after) => one(executeRequest(code), after),
    forge: async (kind, code) => ((await ask({ do: "forge", kind, code })) as { id: string }).id,
    messagesOf: async ({ id }) => (await ask({ do: "messages", id })) as IopubMessage[],
    late: async (seconds) => (await ask({ do: "late", seconds })) as LateMessage[],
    shutDown: async (restart = false) =>
      (await ask({ do: "shutdown", restart })) as { seconds: number; reply: unknown; printed: string },
  };
}

/** The messages of these types, in order. */
export function ofType(answer: Answer, ...types: readonly string[]): readonly IopubMessage[] {
  return answer.messages.filter(({ type }) => types.includes(type));
}

/** All text of one stream. */
export function streamText(answer: Answer, name: "stdout" | "stderr" = "stdout"): string {
  return ofType(answer, "stream")
    .filter(({ content }) => content["name"] === name)
    .map(({ content }) => String(content["text"]))
    .join("");
}

/** text/plain of the execute_result, if there is one. */
export function resultText(answer: Answer): unknown {
  const data = ofType(answer, "execute_result")[0]?.content["data"];
  return (data as Readonly<Record<string, unknown>> | undefined)?.["text/plain"];
}
