/** The requests that wait for the main thread, in the order of their arrival. */
import type { MainRequestType } from "./thread.js";
import type { Message } from "./wire.js";

export interface QueuedRequest {
  readonly id: number;
  readonly type: MainRequestType;
  readonly message: Message;
}

export interface RequestQueue {
  readonly add: (request: QueuedRequest) => void;
  /** The request the main thread is working on. */
  readonly running: () => QueuedRequest | undefined;
  /** Ends the running request and starts the next one. */
  readonly finish: () => void;
  /** Takes out all execute requests that wait. */
  readonly takeExecutions: () => readonly QueuedRequest[];
}

/** @param start hands a request to the main thread; called for one request at a time. */
export function createQueue(start: (request: QueuedRequest) => void): RequestQueue {
  let waiting: QueuedRequest[] = [];
  let running: QueuedRequest | undefined;
  const next = (): void => {
    if (running !== undefined) return;
    running = waiting.shift();
    if (running !== undefined) start(running);
  };
  return {
    running: () => running,
    add: (request) => {
      waiting.push(request);
      next();
    },
    finish: () => {
      running = undefined;
      next();
    },
    takeExecutions: () => {
      const taken = waiting.filter((request) => request.type === "execute_request");
      waiting = waiting.filter((request) => request.type !== "execute_request");
      return taken;
    },
  };
}
