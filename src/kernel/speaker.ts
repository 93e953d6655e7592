/** The three things the kernel says: a reply to the one who asked, news for everybody, and its state. */
import type { RequestChannel, Sockets } from "./sockets.js";
import type { Json, Message } from "./wire.js";

export interface Speaker {
  /** Answers an `x_request` with an `x_reply` on the same channel. */
  readonly reply: (channel: RequestChannel, request: Message, content: Json) => void;
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
  };
}
