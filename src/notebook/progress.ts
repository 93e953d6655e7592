/** How far a long computation is: one line that is replaced in place, with the time that is left. */
import { SingleBar } from "cli-progress";
import { InputError } from "../error.js";
import { display, updateDisplay, type MimeBundle } from "./display.js";
import { escapeHtml } from "./show.js";
import { createThrottle, hasDisplay, newDisplayId, systemClock, type Clock } from "./throttle.js";

/** Named values shown behind the time, e.g. `{ loss: 0.03124 }`. */
export type ProgressValues = Readonly<Record<string, number | string>>;

export interface Progress {
  /** @param done how many of `total` are done, from 0 */
  readonly update: (done: number, values?: ProgressValues) => void;
  /** Shows the last state for good, with the time it took. */
  readonly done: () => void;
}

export interface ProgressOptions {
  /** Least time between two updates in milliseconds: 500 in notebooks, 10 s for printed lines. */
  readonly interval?: number;
  readonly clock?: Clock;
  /** Where to show it; by default the notebook if there is one, else the terminal if it is one, else printed lines. */
  readonly to?: "notebook" | "terminal" | "lines";
}

/** What is known at one moment. */
export interface ProgressState {
  readonly title: string;
  readonly done: number;
  readonly total: number;
  readonly values: ProgressValues;
  /** Seconds since the start. */
  readonly elapsed: number;
  /** Seconds to go; undefined as long as nothing is known of the pace. */
  readonly remaining: number | undefined;
  readonly finished: boolean;
}

/**
 * Opens a progress line and shows it at 0.
 * @param total number of steps, at least 1
 * @throws InputError if total is not such a number
 */
export function progress(title: string, total: number, options: ProgressOptions = {}): Progress {
  if (!Number.isInteger(total) || total < 1) {
    throw new InputError(`total = ${total}`, "a whole number from 1", "Say how many steps there will be.");
  }
  const { clock = systemClock, to = defaultPlace() } = options;
  const throttle = createThrottle(options.interval ?? (to === "lines" ? 10_000 : 500), clock);
  const place = places[to]();
  const pace = createPace();
  const start = clock();
  let [done, values, open]: [number, ProgressValues, boolean] = [0, {}, true];

  const draw = (finished: boolean): void => {
    const now = clock();
    place({
      ...{ title, done, total, values, finished },
      elapsed: (now - start) / 1000,
      remaining: finished ? 0 : pace(now, done, total),
    });
  };
  throttle.force(() => draw(false));
  return {
    update: (position, latest = {}) => {
      [done, values] = [position, latest];
      if (open) throttle.offer(() => draw(false));
    },
    done: () => {
      if (open) throttle.force(() => draw(true));
      open = false;
    },
  };
}

/** The line in plain text: `training  312/1500  21 %  2:14 left  loss 0.0312`. */
export function progressLine({
  title,
  done,
  total,
  values,
  elapsed,
  remaining,
  finished,
}: ProgressState): string {
  const time = finished
    ? `${done < total ? "stopped after" : "took"} ${clockTime(elapsed)}`
    : remaining === undefined
      ? ""
      : `${clockTime(remaining)} left`;
  const named = Object.entries(values).map(
    ([name, value]) => `${name} ${typeof value === "number" ? value.toPrecision(3) : value}`,
  );
  const percent = `${Math.floor((100 * done) / total)} %`;
  return [title, `${done}/${total}`, percent, time, ...named].filter((part) => part !== "").join("  ");
}

/** `2:14`, or `1:02:14` from one hour on. */
function clockTime(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  const end = String(whole % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${end}` : `${minutes}:${end}`;
}

/** Remaining seconds from the pace of the last updates: a first step that is slow to start soon no longer counts. */
function createPace(): (now: number, done: number, total: number) => number | undefined {
  const window = 30;
  const marks: { now: number; done: number }[] = [];
  return (now, done, total) => {
    marks.push({ now, done });
    if (marks.length > window) marks.shift();
    const first = marks[0];
    if (first === undefined || done <= first.done) return undefined;
    return ((total - done) * (now - first.now)) / (done - first.done) / 1000;
  };
}

type Place = (state: ProgressState) => void;

function defaultPlace(): "notebook" | "terminal" | "lines" {
  if (hasDisplay()) return "notebook";
  return process.stdout.isTTY ? "terminal" : "lines";
}

const places: Readonly<Record<"notebook" | "terminal" | "lines", () => Place>> = {
  notebook: () => {
    const displayId = newDisplayId("progress");
    let shown = false;
    return (state) => {
      if (shown) updateDisplay(displayId, progressBundle(state));
      else display(progressBundle(state), { displayId });
      shown = true;
    };
  },
  lines: () => (state) => console.log(progressLine(state)),
  terminal: () => {
    const bar = new SingleBar({
      format: "{bar} {line}",
      stream: process.stdout,
      barsize: 24,
      hideCursor: true,
    });
    let shown = false;
    return (state) => {
      const payload = { line: progressLine(state) };
      if (shown) bar.update(state.done, payload);
      else bar.start(state.total, state.done, payload);
      shown = true;
      if (state.finished) bar.stop();
    };
  },
};

function progressBundle(state: ProgressState): MimeBundle {
  const line = progressLine(state);
  const bar = `<progress value="${state.done}" max="${state.total}" style="width: 14em"></progress>`;
  return { "text/html": `<label>${bar} ${escapeHtml(line)}</label>`, "text/plain": line };
}
