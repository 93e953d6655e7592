/**
 * Remembers the timers that cells start: their callbacks belong to the cell that started them, and stopping
 * the program stops them too.
 */
import { syncBuiltinESMExports } from "node:module";
import timersModule from "node:timers";
import { promisify } from "node:util";
import type { Attribution } from "./attribution.js";

type Handle = NodeJS.Timeout | NodeJS.Immediate;
type Callback = (...all: never[]) => unknown;
type Start = (callback: Callback, ...rest: never[]) => Handle;

interface Timer {
  readonly number: number;
  /** The cell that started it. */
  readonly id: number;
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
  /** Whether a timer of this cell is still to fire once. One that was `unref`ed is not waited for. */
  readonly pendingOf: (id: number) => boolean;
}

/** Replaces the global timer functions by ones that behave the same and are remembered. */
export function trackTimers(attribution: Attribution): TimerTracker {
  const { clearTimeout } = globalThis;
  const active = new Map<Handle, Timer>();
  let started = 0;
  let inStopped = false;

  const call = (timer: Timer, callback: () => unknown): unknown => {
    const before = inStopped;
    inStopped = timer.stopped;
    try {
      return attribution.callBack(timer.id, callback);
    } finally {
      inStopped = before;
    }
  };
  const starter = (original: Start, cancel: (handle: never) => void, repeats: boolean): Start => {
    const start: Start = (callback, ...rest) => {
      // Node's own error for a missing callback is the right one.
      if (typeof callback !== "function") return original(callback, ...rest);
      const id = attribution.currentId();
      const timer: Timer = { number: ++started, id, repeats, stopped: false };
      const handle = original(
        function (this: unknown, ...all: never[]) {
          if (!repeats) active.delete(handle);
          return call(timer, () => Reflect.apply(callback, this, all));
        },
        ...rest,
      );
      if (inStopped) cancel(handle as never);
      else active.set(handle, timer);
      return handle;
    };
    // The promise form, for which util.promisify looks here.
    const value: unknown = Reflect.get(original, promisify.custom);
    return Object.defineProperty(start, promisify.custom, { value, configurable: true });
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
    pendingOf: (id) =>
      [...active].some(
        ([handle, timer]) => timer.id === id && !timer.repeats && handle.hasRef() && !isOver(handle),
      ),
  };
}

/** Whether the timer was cleared in one of the ways that do not pass through here: by its number, by `close()`. */
function isOver(handle: Handle): boolean {
  return Reflect.get(handle, "_destroyed") === true;
}

function replaceGlobals(
  starter: (original: Start, cancel: (handle: never) => void, repeats: boolean) => Start,
  stopper: (original: (handle: never) => void) => (handle: never) => void,
): void {
  const { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate } = globalThis;
  const replaced = {
    setTimeout: starter(setTimeout as unknown as Start, clearTimeout, false),
    setInterval: starter(setInterval as unknown as Start, clearInterval, true),
    setImmediate: starter(setImmediate as unknown as Start, clearImmediate, false),
    clearTimeout: stopper(clearTimeout),
    clearInterval: stopper(clearInterval),
    clearImmediate: stopper(clearImmediate),
  };
  Object.assign(globalThis, replaced);
  Object.assign(timersModule, replaced);
  syncBuiltinESMExports();
}
