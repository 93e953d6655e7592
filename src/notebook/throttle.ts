/** Displays that are replaced while something runs: not more often than the eye and the notebook can take. */
import { performance } from "node:perf_hooks";
import { displaySinkKey } from "./display.js";

/** Milliseconds since some moment that never changes; tests pass their own. */
export type Clock = () => number;

export const systemClock: Clock = () => performance.now();

/** Drawing may take at most this share of the running time. */
const share = 0.1;

/** Calls of `draw` thinned out in time. */
export interface Throttle {
  /** Draws now if the last drawing is long enough ago; otherwise this call is dropped. */
  readonly offer: (draw: () => void) => void;
  /** Draws in any case. */
  readonly force: (draw: () => void) => void;
}

/**
 * Lets one drawing pass per `interval` milliseconds, and fewer where drawing is slow: it never takes more than
 * a tenth of the time.
 */
export function createThrottle(interval: number, clock: Clock): Throttle {
  let next = -Infinity;
  const force = (draw: () => void): void => {
    const start = clock();
    draw();
    const end = clock();
    next = Math.max(start + interval, end + (end - start) / share);
  };
  return {
    force,
    offer: (draw) => {
      if (clock() >= next) force(draw);
    },
  };
}

/** Whether a kernel takes displays; without one their text is printed. */
export function hasDisplay(): boolean {
  return typeof Reflect.get(globalThis, displaySinkKey) === "function";
}

let displays = 0;

/** A name for a display that no other output of this or an earlier kernel of the notebook has. */
export function newDisplayId(kind: string): string {
  displays += 1;
  return `${kind}-${process.pid}-${displays}`;
}
