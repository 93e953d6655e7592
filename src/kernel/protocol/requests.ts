/** Requests other than cells. They are answered at once, also while a cell runs. */
import type { Json } from "../contract.js";
import type { History } from "./history.js";
import type { RequestChannel } from "./sockets.js";
import type { Speaker } from "./speaker.js";
import { codeOf, type Message } from "./wire.js";

/** The answers that need the compiler; each is the content of a reply. */
export interface Introspection {
  readonly complete: (source: string, cursor: number) => Promise<Json>;
  readonly inspect: (source: string, cursor: number, detail: number) => Promise<Json>;
  readonly isComplete: (source: string) => Promise<Json>;
}

export interface RequestParts {
  readonly speaker: Speaker;
  readonly history: History;
  readonly introspection: Introspection;
  readonly kernelInfo: Json;
  /** Content of a connect_reply: the port of each channel. */
  readonly ports: Json;
  readonly interrupt: () => Promise<void>;
  readonly shutDown: () => void;
}

/** Resolves when the answer has been given. */
export async function answer(parts: RequestParts, channel: RequestChannel, message: Message): Promise<void> {
  const { speaker } = parts;
  const { header, content } = message;
  const type = header.msg_type;
  if (type === "shutdown_request") {
    speaker.reply(channel, message, { status: "ok", restart: content["restart"] === true });
    parts.shutDown();
  } else if (type === "comm_open") {
    // There is no target to open: the protocol answers by closing.
    speaker.publish("comm_close", header, { comm_id: content["comm_id"] ?? "", data: {} });
  } else if (type.endsWith("_request")) {
    // comm_msg, comm_close and the like ask for nothing.
    speaker.reply(channel, message, await replyContent(parts, message).catch(failureOf));
  }
}

async function replyContent(parts: RequestParts, message: Message): Promise<Json> {
  const { introspection, history } = parts;
  const { content } = message;
  const cursor = numberField(content, "cursor_pos", Infinity);
  switch (message.header.msg_type) {
    case "kernel_info_request":
      return parts.kernelInfo;
    case "connect_request":
      return parts.ports;
    case "history_request":
      return history.reply(content);
    case "comm_info_request":
      return { status: "ok", comms: {} };
    case "complete_request":
      return introspection.complete(codeOf(message), cursor);
    case "inspect_request":
      return introspection.inspect(codeOf(message), cursor, numberField(content, "detail_level", 0));
    case "is_complete_request":
      return introspection.isComplete(codeOf(message));
    case "interrupt_request":
      await parts.interrupt();
      return { status: "ok" };
    default:
      return failure("NotSupported", `this kernel does not know ${message.header.msg_type}`);
  }
}

function failure(ename: string, evalue: string): Json {
  return { status: "error", ename, evalue, traceback: [] };
}

/** The reply for a request that could not be answered: the client's fault (BadRequest), or ours. */
export function failureOf(error: unknown): Json {
  return error instanceof Error ? failure(error.name, error.message) : failure("Error", String(error));
}

function numberField(from: Json, name: string, missing: number): number {
  const value = from[name];
  return typeof value === "number" ? Math.max(0, value) : missing;
}
