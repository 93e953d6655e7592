/**
 * Remembers the timers that cells start: their callbacks belong to the cell that started them, and stopping
 * the program stops them too.
 */
import type { Attribution } from "./attribution.js";

type Handle = NodeJS.Timeout | NodeJS.Immediate;
type Callback = (...all: never[]) => unknown;
type Start = (callback: Callback, ...rest: never[]) => Handle;

interface Timer {
  readonly number: number;
  readonly repeats: boolean;
  stopped: boolean;
}

export interface TimerTracker {
  /** A mark to be given to {@link TimerTracker.stopSince}. */
  readonly mark: () => number;
  /**
   * Stops every timer started after the mark. What repeats is cancelled. What fires once still does, so that
   * code that sleeps wakes up and can clean up, but its callback can start no further timer.
   */
  readonly stopSince: (mark: number) => void;
}

/** Replaces the global timer functions by ones that behave the same and are remembered. */
export function trackTimers(attribution: Attribution): TimerTracker {
  const { clearTimeout } = globalThis;
  const active = new Map<Handle, Timer>();
  let started = 0;
  let inStopped = false;

  const call = (timer: Timer, id: number, callback: Callback, all: never[]): unknown => {
    const before = inStopped;
    inStopped = timer.stopped;
    try {
      return attribution.callBack(id, () => callback(...all));
    } finally {
      inStopped = before;
    }
  };
  const starter = (original: Start, cancel: (handle: never) => void, repeats: boolean): Start => {
    const start: Start = (callback, ...rest) => {
      // Node's own error for a missing callback is the right one.
      if (typeof callback !== "function") return original(callback, ...rest);
      const timer: Timer = { number: ++started, repeats, stopped: false };
      const id = attribution.currentId();
      const handle = original(
        (...all) => {
          if (!repeats) active.delete(handle);
          return call(timer, id, callback, all);
        },
        ...rest,
      );
      if (inStopped) cancel(handle as never);
      else active.set(handle, timer);
      return handle;
    };
    // Keeps the promise form that util.promisify looks for.
    return Object.defineProperties(start, Object.getOwnPropertyDescriptors(original));
  };
  const stopper =
    (original: (handle: never) => void) =>
    (handle: never): void => {
      active.delete(handle);
      original(handle);
    };

  replaceGlobals(starter, stopper);
  return {
    mark: () => {
      // A cell starts: no callback is running, whatever a termination has left here.
      inStopped = false;
      return started;
    },
    stopSince: (mark) => {
      for (const [handle, timer] of active) {
        if (timer.number <= mark) continue;
        timer.stopped = true;
        if (!timer.repeats) continue;
        active.delete(handle);
        clearTimeout(handle as NodeJS.Timeout);
      }
    },
  };
}

function replaceGlobals(
  starter: (original: Start, cancel: (handle: never) => void, repeats: boolean) => Start,
  stopper: (original: (handle: never) => void) => (handle: never) => void,
): void {
  const { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate } = globalThis;
  Object.assign(globalThis, {
    setTimeout: starter(setTimeout as unknown as Start, clearTimeout, false),
    setInterval: starter(setInterval as unknown as Start, clearInterval, true),
    setImmediate: starter(setImmediate as unknown as Start, clearImmediate, false),
    clearTimeout: stopper(clearTimeout),
    clearInterval: stopper(clearInterval),
    clearImmediate: stopper(clearImmediate),
  });
}
