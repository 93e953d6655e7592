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
  /** What the cell asked for on the stdin channel. */
  readonly prompts: readonly Readonly<Record<string, unknown>>[];
  readonly seconds: number;
  readonly stoppedAfter?: number;
  readonly heartbeat?: boolean;
}

export interface LateMessage extends IopubMessage {
  readonly channel: string;
  readonly parent: string | null;
  readonly header: Readonly<Record<string, unknown>>;
  readonly parentHeader: Readonly<Record<string, unknown>>;
}

/** Frames as they are sent, from the delimiter on. */
export type Frames = readonly Buffer[];

/** See `flood` in client.py. Memory in MB, times in seconds. */
export interface Flood {
  readonly before: number;
  readonly peak: number;
  readonly replyAfter: number | null;
  readonly idleAfter: number;
  readonly lines: number;
  readonly firstWrongLine: readonly [number, string] | null;
}

export type Request = readonly [channel: "shell" | "control", type: string, content: object];

export interface ExecuteOptions {
  readonly stop_on_error?: boolean;
  readonly silent?: boolean;
  readonly store_history?: boolean;
  readonly user_expressions?: Readonly<Record<string, string>>;
  readonly allow_stdin?: boolean;
}

export function executeRequest(code: string, options: ExecuteOptions = {}): Request {
  const standard = { silent: false, store_history: true, user_expressions: {}, allow_stdin: false };
  return ["shell", "execute_request", { ...standard, stop_on_error: false, ...options, code }];
}

export interface TestKernel {
  readonly ready: number;
  /** The key that signs this session's messages. */
  readonly key: string;
  readonly execute: (code: string, options?: ExecuteOptions) => Promise<Answer>;
  /** Starts a cell and does not wait for it. */
  readonly begin: (code: string) => Promise<void>;
  /** Sends a message that has no reply and returns its id. */
  readonly post: (request: Request) => Promise<string>;
  /** Runs a cell and interrupts it so many seconds after it has printed something. */
  readonly interrupt: (code: string, after: number) => Promise<Answer>;
  /** Runs a cell that may ask, and gives these answers in turn. */
  readonly converse: (code: string, inputs: readonly string[]) => Promise<Answer>;
  /** Sends all requests at once. */
  readonly send: (...requests: Request[]) => Promise<Answer[]>;
  /** Sends one request and gives up waiting for reply and idle after so many seconds. */
  readonly within: (seconds: number, request: Request) => Promise<Answer>;
  readonly forge: (kind: string, code: string) => Promise<string>;
  /** What has arrived so far for a request, also after its end. */
  readonly messagesOf: (answer: Pick<Answer, "id">) => Promise<IopubMessage[]>;
  /** What arrives within the time without being asked for. */
  readonly late: (seconds: number) => Promise<LateMessage[]>;
  /** Everything that has arrived since this was asked last. */
  readonly news: () => Promise<LateMessage[]>;
  readonly sendFrames: (...messages: (readonly [channel: string, frames: Frames])[]) => Promise<void>;
  /** Sends frames to the heartbeat, and what is no ZeroMQ at all to every port. */
  readonly disturb: (frames: readonly Frames[]) => Promise<void>;
  /** What the heartbeat sends back; null if nothing within ten seconds. */
  readonly beat: (text: string) => Promise<string | null>;
  /** Resident memory of the kernel and of the processes it has started, in MB. */
  readonly memory: () => Promise<number>;
  /** Runs a cell that prints numbered lines for ever, reads nothing for some seconds, then interrupts it. */
  readonly flood: (code: string, seconds: number) => Promise<Flood>;
  readonly shutDown: (restart?: boolean) => Promise<{ seconds: number; reply: unknown; printed: string }>;
}

export interface StartOptions {
  /** Instead of a random one. */
  readonly key?: string;
  /** How many messages the client's sockets hold while nobody reads. */
  readonly receiveQueue?: number;
}

export interface TestJupyter {
  readonly start: (folder?: string, options?: StartOptions) => Promise<TestKernel>;
  readonly close: () => void;
}

/** The Node that runs the kernels under test: `WORKBOOK_KERNEL_NODE=/path/to/node npx vitest run test/kernel`. */
const kernelNode = process.env["WORKBOOK_KERNEL_NODE"] ?? process.execPath;

/**
 * A Jupyter of its own, whose only added kernel is the one installed from this tree.
 * @param node the Node that is to run the kernel
 */
export function openJupyter(node: string = kernelNode): TestJupyter {
  const prefix = mkdtempSync(join(tmpdir(), "workbook kernel "));
  installKernel(prefix, { name: "workbook-under-test", node });
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
    start: async (folder = packageRoot, options = {}) => {
      const command = { do: "start", name: "workbook-under-test", folder, ...options };
      const { kernel, ...started } = (await ask(command)) as { kernel: number; ready: number; key: string };
      return testKernel(started, (command) => ask({ ...command, kernel }));
    },
    close: () => {
      child.stdin.end();
      rmSync(prefix, { recursive: true, force: true });
    },
  };
}

interface ExchangeOptions {
  readonly timeout?: number;
  readonly interruptAfter?: number;
  readonly inputs?: readonly string[];
}

function testKernel(
  started: Pick<TestKernel, "ready" | "key">,
  ask: (command: object) => Promise<unknown>,
): TestKernel {
  const send = async (requests: readonly Request[], options: ExchangeOptions = {}): Promise<Answer[]> =>
    (await ask({ do: "exchange", requests, timeout: 60, ...options })) as Answer[];
  const one = async (request: Request, options?: ExchangeOptions): Promise<Answer> => {
    const [answer] = await send([request], options);
    if (answer === undefined) throw new Error("no answer");
    return answer;
  };
  const base64 = (frames: Frames): string[] => frames.map((frame) => frame.toString("base64"));
  return {
    ...started,
    send: (...requests) => send(requests),
    within: (timeout, request) => one(request, { timeout }),
    execute: (code, options) => one(executeRequest(code, options)),
    begin: async (code) => {
      await ask({ do: "begin", request: executeRequest(code) });
    },
    post: async (request) => ((await ask({ do: "begin", request })) as { id: string }).id,
    interrupt: (code, after) => one(executeRequest(code), { interruptAfter: after }),
    converse: (code, inputs) => one(executeRequest(code, { allow_stdin: true }), { inputs }),
    forge: async (kind, code) => ((await ask({ do: "forge", kind, code })) as { id: string }).id,
    messagesOf: async ({ id }) => (await ask({ do: "messages", id })) as IopubMessage[],
    late: async (seconds) => (await ask({ do: "late", seconds })) as LateMessage[],
    news: async () => (await ask({ do: "news" })) as LateMessage[],
    sendFrames: async (...messages) => {
      await ask({ do: "frames", messages: messages.map(([channel, frames]) => [channel, base64(frames)]) });
    },
    disturb: async (frames) => {
      await ask({ do: "disturb", frames: frames.map(base64) });
    },
    beat: async (text) => (await ask({ do: "beat", text })) as string | null,
    memory: async () => (await ask({ do: "memory" })) as number,
    flood: async (code, stall) => (await ask({ do: "flood", code, stall })) as Flood,
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
