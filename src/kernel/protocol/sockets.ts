/** The five sockets of a kernel: reading never stops, and each socket is written by one queue. */
import { randomUUID } from "node:crypto";
import { Publisher, Reply, Router } from "zeromq";
import type { Channel, Connection } from "./connection.js";
import { readMessage, writeMessage, type Message, type Outgoing } from "./wire.js";

export type RequestChannel = "shell" | "control" | "stdin";

export interface Sockets {
  /** Queues a message; messages of one channel leave in the order of the calls. */
  readonly send: (channel: Exclude<Channel, "hb">, message: Outgoing) => void;
  /** Resolves when all that was queued so far has been handed to ZeroMQ. */
  readonly flushed: () => Promise<void>;
  readonly close: () => void;
}

interface Writable {
  send: (frames: Buffer[]) => Promise<void>;
}

/** So many published messages may wait in ZeroMQ for a client that does not read. */
const iopubLimit = 32;

/**
 * Binds all sockets and calls `receive` for every correctly signed message.
 * @param backlog is told how many bytes of output wait for clients, whenever that changes
 */
export async function openSockets(
  connection: Connection,
  receive: (channel: RequestChannel, message: Message) => void,
  backlog: (bytes: number) => void,
): Promise<Sockets> {
  // Replies are few and must not be lost: no limit. Output is much: with a limit, but never dropped; ZeroMQ
  // refuses what is beyond it, and the writer tries again.
  const options = { sendHighWaterMark: 0, linger: 500 };
  const shell = new Router(options);
  const control = new Router(options);
  const stdin = new Router(options);
  const iopub = new Publisher({ linger: 500, sendHighWaterMark: iopubLimit, noDrop: true });
  const hb = new Reply();
  const all = { shell, control, stdin, iopub, hb };
  await Promise.all(Object.entries(connection.address).map(([name, at]) => all[name as Channel].bind(at)));

  const session = randomUUID();
  const queues = {
    shell: writerQueue(shell),
    control: writerQueue(control),
    stdin: writerQueue(stdin),
    iopub: writerQueue(iopub, backlog),
  };
  for (const channel of ["shell", "control", "stdin"] as const) {
    void readAll(all[channel], (frames) => {
      const message = readMessage(connection.key, frames);
      if (message !== undefined) receive(channel, message);
    });
  }
  void readAll(hb, (frames) => hb.send(frames));

  return {
    send: (channel, message) => queues[channel].write(writeMessage(connection.key, session, message)),
    flushed: async () => {
      await Promise.all(Object.values(queues).map((queue) => queue.settled()));
    },
    close: () => {
      for (const socket of Object.values(all)) socket.close();
    },
  };
}

const retryMs = 2;

/** ZeroMQ refuses a second send on a busy socket, so sends are chained. */
function writerQueue(
  socket: Writable,
  backlog: (bytes: number) => void = () => undefined,
): { write: (frames: Buffer[]) => void; settled: () => Promise<void> } {
  let last = Promise.resolve();
  let waiting = 0;
  const send = async (frames: Buffer[]): Promise<void> => {
    for (;;) {
      try {
        await socket.send(frames);
        return;
      } catch (error) {
        const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
        // A client that has gone, or our own socket closed at shutdown, must not stop the messages to others.
        if (code === "EHOSTUNREACH" || code === "EBADF") return;
        // The limit is reached: a client reads more slowly than the program writes.
        if (code !== "EAGAIN") throw error;
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  };
  return {
    write: (frames) => {
      const bytes = frames.reduce((sum, frame) => sum + frame.length, 0);
      backlog((waiting += bytes));
      last = last.then(() => send(frames)).then(() => backlog((waiting -= bytes)));
    },
    settled: () => last,
  };
}

async function readAll(
  socket: AsyncIterable<Buffer[]>,
  use: (frames: Buffer[]) => void | Promise<void>,
): Promise<void> {
  for await (const frames of socket) await use(frames);
}
