/**
 * The thread that speaks with Jupyter. It never runs the user's program, so the heartbeat, interrupts,
 * kernel_info and streaming output work while the main thread is inside a loop.
 */
import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { answer } from "./answers.js";
import { readConnection } from "./connection.js";
import { createHistory, type History } from "./history.js";
import { createInterrupter, type Interrupter } from "./interrupter.js";
import { endProcess, endWithParent } from "./lifetime.js";
import { createQueue, type QueuedRequest, type RequestQueue } from "./queue.js";
import { openSockets, type RequestChannel } from "./sockets.js";
import { createSpeaker, type Speaker } from "./speaker.js";
import { joinStreams, type StreamJoiner } from "./streams.js";
import { mainRequestType, type SocketThreadData, type ToMain, type ToSockets } from "./thread.js";
import { textField, type Json, type Message } from "./wire.js";

/** After an error, requests already on their way may arrive this long before the error is reported. */
const drainMs = 20;

/** What the parts of this thread share. */
interface Desk {
  readonly speaker: Speaker;
  readonly queue: RequestQueue;
  readonly history: History;
  readonly interrupter: Interrupter;
  readonly streams: StreamJoiner;
  /** Headers of execute requests by number; output that comes late is still marked with its request. */
  readonly headers: Map<number, Json>;
  /** Requests whose output nobody wants. */
  readonly silent: Set<number>;
}

async function serve(port: MessagePort, data: SocketThreadData): Promise<void> {
  const toMain = (message: ToMain): void => port.postMessage(message);
  const sockets = await openSockets(readConnection(data.connectionFile), (channel, message) =>
    receive(channel, message),
  );
  const speaker = createSpeaker(sockets);
  const headers = new Map<number, Json>();
  const desk: Desk = {
    speaker,
    headers,
    silent: new Set(),
    history: createHistory(),
    interrupter: createInterrupter(() => toMain({ kind: "interrupt" })),
    streams: joinStreams((id, name, text) =>
      speaker.publish("stream", headers.get(id) ?? {}, { name, text }),
    ),
    queue: createQueue(({ id, type, message }) => {
      speaker.status("busy", message.header);
      toMain({ kind: "request", id, type, content: message.content });
    }),
  };
  const shutDown = (): void => {
    desk.streams.flush();
    // In the next turn, so that the reply and the idle status are part of what is flushed.
    setImmediate(() => {
      void sockets.flushed().then(() => {
        sockets.close();
        endProcess(() => toMain({ kind: "exit" }));
      });
    });
  };
  const { kernelInfo } = data;
  const receive = (channel: RequestChannel, message: Message): void => {
    if (channel === "stdin") return;
    const { header } = message;
    if (channel === "shell" && enqueue(desk, message)) return;
    speaker.status("busy", header);
    void answer({ ...desk, kernelInfo, shutDown }, channel, message).then(() => {
      speaker.status("idle", header);
      const running = desk.queue.running();
      // Front ends show the latest state; a quick question must not make a long cell look finished.
      if (running !== undefined) speaker.status("busy", running.message.header);
    });
  };
  speaker.status("starting", {});
  endWithParent();
  port.on("message", (message: ToSockets) => fromMain(desk, message));
}

let lastId = 0;

/** Queues a request for the main thread; returns false if it is not one for it. */
function enqueue({ queue, headers, silent }: Desk, message: Message): boolean {
  const type = mainRequestType(message.header.msg_type);
  if (type === undefined) return false;
  const id = ++lastId;
  if (type === "execute_request") {
    headers.set(id, message.header);
    if (message.content["silent"] === true) silent.add(id);
  }
  queue.add({ id, type, message });
  return true;
}

function fromMain(desk: Desk, message: ToSockets): void {
  const { speaker, streams, headers, silent, queue, interrupter } = desk;
  switch (message.kind) {
    case "stream":
      if (!silent.has(message.id)) streams.write(message.id, message.name, message.text);
      return;
    case "publish":
      streams.flush();
      if (!silent.has(message.id)) {
        speaker.publish(message.type, headers.get(message.id) ?? {}, message.content);
      }
      return;
    case "reply": {
      streams.flush();
      const running = queue.running();
      if (running?.id === message.id) void finish(desk, running, message.content);
      return;
    }
    case "interrupted":
      interrupter.confirmed();
  }
}

/** Sends the reply, then idle; after an error also aborts what waits, if the client wants that. */
async function finish(
  { speaker, queue, history }: Desk,
  request: QueuedRequest,
  content: Json,
): Promise<void> {
  const { content: asked, header } = request.message;
  const failed = request.type === "execute_request" && content["status"] === "error";
  const aborts = failed && asked["stop_on_error"] !== false;
  if (aborts) await new Promise((resolve) => setTimeout(resolve, drainMs));
  const count = content["execution_count"];
  if (typeof count === "number" && asked["silent"] !== true && asked["store_history"] !== false) {
    history.add(count, textField(asked, "code"));
  }
  const aborted = aborts ? queue.takeExecutions() : [];
  speaker.reply("shell", request.message, content);
  speaker.status("idle", header);
  for (const { message } of aborted) {
    speaker.status("busy", message.header);
    speaker.reply("shell", message, { status: "aborted", execution_count: count ?? 0 });
    speaker.status("idle", message.header);
  }
  queue.finish();
}

if (parentPort !== null) void serve(parentPort, workerData as SocketThreadData);
