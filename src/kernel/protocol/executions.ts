/** Cells: taken one at a time, in the order of their arrival, each to its reply, with all that it shows. */
import {
  isJson,
  type ErrorContent,
  type FromProgram,
  type InputAnswer,
  type Json,
  type Outcome,
  type StreamName,
} from "../contract.js";
import type { CompilerClient } from "../compiler/client.js";
import type { History } from "./history.js";
import type { ProgramProcess } from "./programProcess.js";
import type { Asker, Speaker } from "./speaker.js";
import { joinStreams } from "./streams.js";
import { failureOf } from "./requests.js";
import { codeOf, type Message } from "./wire.js";

/** After an error, requests already on their way may arrive this long before the error is reported. */
const drainMs = 20;

export interface Executions {
  /** Queues an execute request. */
  readonly add: (request: Message) => void;
  /** The request whose cell is being worked on. */
  readonly running: () => Message | undefined;
  /** Resolves when the running cell was told to stop. */
  readonly interrupt: () => Promise<void>;
  /** Shows what a cell says, and asks what it asks. */
  readonly said: (message: Extract<FromProgram, { id: number }>) => void;
  /** Shows a text that came from the program by another way; it belongs to the newest cell. */
  readonly wrote: (name: StreamName, text: string) => void;
  /** The program has ended: its error belongs to the newest cell, if that has had its reply already. */
  readonly programDied: (error: ErrorContent) => void;
  /** The cell that is being compiled imports these packages. */
  readonly preload: (packages: readonly string[]) => void;
  /** The answer to the question of a cell has come. */
  readonly inputReplied: (text: string) => void;
  readonly flush: () => void;
}

export interface ExecutionParts {
  readonly speaker: Speaker;
  readonly history: History;
  readonly compiler: Pick<CompilerClient, "compile" | "commit">;
  readonly program: Pick<ProgramProcess, "run" | "preload" | "interrupt" | "answerInput">;
}

const interrupted: ErrorContent = {
  ename: "Interrupted",
  evalue: "the cell was stopped before it ran",
  traceback: ["Interrupted: the cell was stopped before it ran"],
};

/** The file name under which a cell runs: it appears in `error.stack`, nowhere else. */
const fileName = (id: number, part = ""): string => `workbook-cell-${id}${part}.js`;

export function createExecutions({ speaker, history, compiler, program }: ExecutionParts): Executions {
  const waiting: Message[] = [];
  /** Whose output is shown, by the number of the run; silent requests are not among them. */
  const askers = new Map<number, Asker>();
  const parent = (id: number): Json | undefined => askers.get(id)?.header;
  const streams = joinStreams((id, name, text) => publish(id, "stream", { name, text }));
  let running: Message | undefined;
  let phase: "compiling" | "stopped" | "running" = "running";
  let asking: Asker | undefined;
  let lastId = 0;
  let count = 0;

  const publish = (id: number, type: string, content: Json): void => {
    const header = parent(id);
    if (header !== undefined) speaker.publish(type, header, content);
  };

  /** Compiles and runs one text; `part` tells an expression of the request from its code. */
  const evaluate = async (id: number, source: string, part?: string): Promise<Outcome> => {
    phase = "compiling";
    const compiled = await compiler.compile({ source, count, file: fileName(id, part) });
    if (stopped()) return { status: "error", error: interrupted };
    if (compiled.status === "error") return compiled;
    phase = "running";
    // From here on the cell's names are its own: what it does not reach has no value, and says so.
    const [outcome] = await Promise.all([
      program.run({ id, count, source, cell: compiled.cell }),
      compiler.commit(),
    ]);
    return outcome;
  };
  const stopped = (): boolean => phase === "stopped";

  const evaluateAll = async (id: number, expressions: unknown): Promise<Json> => {
    const results: Record<string, unknown> = {};
    if (!isJson(expressions)) return results;
    for (const [index, [name, source]] of Object.entries(expressions).entries()) {
      const outcome = await evaluate(id, String(source), `-${index}`);
      results[name] =
        outcome.status === "ok"
          ? { status: "ok", data: outcome.bundle ?? { "text/plain": "undefined" }, metadata: {} }
          : { status: "error", ...outcome.error };
    }
    return results;
  };

  const execute = async (id: number, request: Message): Promise<Json> => {
    const { content } = request;
    const source = codeOf(request);
    const silent = content["silent"] === true;
    if (!silent && content["store_history"] !== false) {
      count++;
      history.add(count, source);
    }
    publish(id, "execute_input", { code: source, execution_count: count });
    const outcome = await evaluate(id, source).catch(internalError);
    streams.flush();
    if (outcome.status === "error") {
      publish(id, "error", { ...outcome.error });
      return { status: "error", execution_count: count, ...outcome.error };
    }
    if (outcome.bundle !== undefined) {
      publish(id, "execute_result", { execution_count: count, data: outcome.bundle, metadata: {} });
    }
    const expressions = await evaluateAll(id, content["user_expressions"]);
    return { status: "ok", execution_count: count, payload: [], user_expressions: expressions };
  };

  /** Sends the reply, then idle; after an error also aborts what waits, if the client wants that. */
  const finish = async (request: Message, reply: Json): Promise<void> => {
    const aborts = reply["status"] === "error" && request.content["stop_on_error"] !== false;
    if (aborts) await new Promise((resolve) => setTimeout(resolve, drainMs));
    const aborted = aborts ? waiting.splice(0) : [];
    streams.flush();
    speaker.reply("shell", request, reply);
    speaker.status("idle", request.header);
    for (const one of aborted) {
      speaker.status("busy", one.header);
      // Without a count: front ends would print it beside a cell that never ran.
      speaker.reply("shell", one, { status: "aborted" });
      speaker.status("idle", one.header);
    }
  };

  const work = async (): Promise<void> => {
    while ((running = waiting.shift()) !== undefined) {
      const { identities, header, content } = running;
      const id = ++lastId;
      if (content["silent"] !== true) askers.set(id, { identities, header });
      speaker.status("busy", header);
      await finish(running, await execute(id, running).catch(failureOf));
    }
  };

  const askInput = (id: number, prompt: string): void => {
    streams.flush();
    const asker = askers.get(id);
    if (asker === undefined || running?.header !== asker.header) {
      program.answerInput({ kind: "refused", reason: "only the running cell can ask for input" });
    } else if (running.content["allow_stdin"] !== true) {
      const reason = "this front end does not answer questions of a cell (allow_stdin is false)";
      program.answerInput({ kind: "refused", reason });
    } else {
      asking = asker;
      speaker.askInput(asker, prompt);
    }
  };
  const answerInput = (answer: InputAnswer): void => {
    // An answer that nobody waits for, e.g. after an interrupt, is dropped.
    if (asking !== undefined) program.answerInput(answer);
    asking = undefined;
  };

  return {
    add: (request) => {
      waiting.push(request);
      if (running === undefined) void work();
    },
    running: () => running,
    interrupt: async () => {
      answerInput({ kind: "interrupted" });
      if (running !== undefined && phase === "compiling") phase = "stopped";
      else await program.interrupt();
    },
    said: (message) => {
      if (message.kind === "stream") {
        streams.write(message.id, message.name, message.text);
      } else if (message.kind === "input") {
        askInput(message.id, message.prompt);
      } else if (message.kind === "publish") {
        streams.flush();
        publish(message.id, message.type, message.content);
      }
    },
    wrote: (name, text) => streams.write(lastId, name, text),
    programDied: (error) => {
      asking = undefined;
      streams.flush();
      if (running === undefined) publish(lastId, "error", { ...error });
    },
    preload: (packages) => program.preload(lastId, packages),
    inputReplied: (text) => answerInput({ kind: "text", text }),
    flush: () => streams.flush(),
  };
}

/** A defect of the kernel itself: the cell fails, and its traceback is a report of the defect. */
function internalError(error: unknown): Outcome {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const evalue = `the kernel could not handle this cell: ${name}: ${message}`;
  return { status: "error", error: { ename: "KernelError", evalue, traceback: [evalue, stack ?? ""] } };
}
