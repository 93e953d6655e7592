/**
 * What a cell has started and not waited for: one-shot timers, reads and writes of files, and the calls of
 * calls.ts. What lasts by its nature (a timer that repeats, an open server or socket, a worker) does not count.
 */
import { countCalls } from "./calls.js";
import type { TimerTracker } from "./timers.js";

export interface PendingWork {
  /** A note of what is under way before a cell starts; to be given to {@link PendingWork.since}. */
  readonly begin: () => number;
  /** Whether anything is under way that was not when the note was made. */
  readonly since: (begun: number, id: number) => boolean;
  /** Resolves a moment later: there is no event for the end of all kinds of work. */
  readonly change: () => Promise<void>;
}

const pollMs = 5;
/** Node's names of work that ends by itself: requests to the system, in contrast to handles. */
const request = /(Req(Wrap|Callback|Promise)?|REQUEST|ConnectWrap|WriteWrap|ShutdownWrap)$/;

// Kept before user code and the timer tracker can replace it.
const { setTimeout } = globalThis;

export function pendingWork(timers: TimerTracker): PendingWork {
  const calls = countCalls();
  const requests = (): number =>
    process.getActiveResourcesInfo().filter((kind) => request.test(kind)).length + calls();
  return {
    begin: requests,
    since: (begun, id) => timers.pendingOf(id) || requests() > begun,
    change: () => new Promise((resolve) => setTimeout(resolve, pollMs)),
  };
}
