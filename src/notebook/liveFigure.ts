/** A figure that follows a running computation, e.g. the loss curve of a training. */
import type { Figure } from "../figure/figure.js";
import { show } from "./show.js";
import { createThrottle, hasDisplay, newDisplayId, systemClock, type Clock } from "./throttle.js";

export interface LiveFigure {
  /** Shows the new state, at most twice a second; states in between are dropped. */
  readonly update: (figure: Figure | (() => Figure)) => void;
  /** Shows the last state that was given, if it is not on display already. */
  readonly done: () => void;
}

export interface LiveFigureOptions {
  /** Least time between two pictures in milliseconds. */
  readonly interval?: number;
  readonly clock?: Clock;
}

/**
 * Shows a figure in place and replaces it as it changes. A function instead of a figure is called only when its
 * figure will be drawn, so that a loop may offer one at every step.
 */
export function liveFigure(
  initial?: Figure | (() => Figure),
  { interval = 500, clock = systemClock }: LiveFigureOptions = {},
): LiveFigure {
  const displayId = newDisplayId("figure");
  const throttle = createThrottle(interval, clock);
  let shown = false;
  let pending: (() => Figure) | undefined;

  const draw = (): void => {
    if (pending === undefined) return;
    show(pending(), { displayId, update: shown });
    shown = true;
    pending = undefined;
  };
  const update = (figure: Figure | (() => Figure)): void => {
    pending = typeof figure === "function" ? figure : () => figure;
    // A script without a notebook prints the text of a figure: once, at the end.
    if (hasDisplay()) throttle.offer(draw);
  };
  if (initial !== undefined) update(initial);
  return {
    update,
    done: () => {
      if (pending !== undefined) throttle.force(draw);
    },
  };
}
