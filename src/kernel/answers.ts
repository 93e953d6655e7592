/** Requests that need neither the user's program nor the compiler: answered at once, also during a loop. */
import type { History } from "./history.js";
import type { Interrupter } from "./interrupter.js";
import type { RequestChannel } from "./sockets.js";
import type { Speaker } from "./speaker.js";
import type { Json, Message } from "./wire.js";

export interface AnswerParts {
  readonly speaker: Speaker;
  readonly history: History;
  readonly interrupter: Interrupter;
  readonly kernelInfo: Json;
  readonly shutDown: () => void;
}

/** Resolves when the answer has been given. */
export async function answer(parts: AnswerParts, channel: RequestChannel, message: Message): Promise<void> {
  const { speaker, history, interrupter, kernelInfo } = parts;
  const { header, content } = message;
  switch (header.msg_type) {
    case "kernel_info_request":
      speaker.reply(channel, message, kernelInfo);
      return;
    case "history_request":
      speaker.reply(channel, message, history.reply(content));
      return;
    case "comm_info_request":
      speaker.reply(channel, message, { status: "ok", comms: {} });
      return;
    case "comm_open":
      // There is no target to open: the protocol answers by closing.
      speaker.publish("comm_close", header, { comm_id: content["comm_id"] ?? "", data: {} });
      return;
    case "interrupt_request":
      await interrupter.interrupt();
      speaker.reply(channel, message, { status: "ok" });
      return;
    case "shutdown_request":
      speaker.reply(channel, message, { status: "ok", restart: content["restart"] === true });
      parts.shutDown();
      return;
    default:
      // comm_msg, comm_close and the like ask for nothing.
      if (header.msg_type.endsWith("_request"))
        speaker.reply(channel, message, notSupported(header.msg_type));
  }
}

function notSupported(type: string): Json {
  return {
    status: "error",
    ename: "NotSupported",
    evalue: `this kernel does not know ${type}`,
    traceback: [],
  };
}
