/** The things the kernel says: a reply to the one who asked, a question to him, news for everybody, its state. */
import type { Json } from "../contract.js";
import type { RequestChannel, Sockets } from "./sockets.js";
import type { Message } from "./wire.js";

/** What an answer needs to know of the request. */
export type Asker = Pick<Message, "identities" | "header">;

export interface Speaker {
  /** Answers an `x_request` with an `x_reply` on the same channel. */
  readonly reply: (channel: RequestChannel, request: Asker, content: Json) => void;
  /** Asks the client that sent the request for a line of text. */
  readonly askInput: (request: Asker, prompt: string) => void;
  /** Tells all clients; `parent` is the header of the request that caused it. */
  readonly publish: (type: string, parent: Json, content: Json) => void;
  readonly status: (state: "starting" | "busy" | "idle", parent: Json) => void;
}

export function createSpeaker(sockets: Pick<Sockets, "send">): Speaker {
  const publish: Speaker["publish"] = (type, parent, content) =>
    sockets.send("iopub", { identities: [Buffer.from(type)], type, parent, content });
  return {
    publish,
    status: (state, parent) => publish("status", parent, { execution_state: state }),
    reply: (channel, { identities, header }, content) => {
      const type = header.msg_type.replace(/_request$/, "_reply");
      sockets.send(channel, { identities, type, parent: header, content });
    },
    askInput: ({ identities, header }, prompt) => {
      const content = { prompt, password: false };
      sockets.send("stdin", { identities, type: "input_request", parent: header, content });
    },
  };
}
