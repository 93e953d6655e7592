import cliProgress from "cli-progress";
import type { Effects } from "./command.js";

/** The progress of one notebook: a moving bar on a terminal, two plain lines elsewhere. */
export interface NotebookProgress {
  readonly start: (cells: number) => void;
  /** @param cells how many are done */
  readonly reach: (cells: number) => void;
  readonly end: (how: "done" | "failed" | "stopped") => void;
}

/** How often the bar shows the elapsed time anew, in milliseconds. */
const redrawMs = 1000;

/** A moving bar on a terminal for work that is counted as it goes; nothing elsewhere. */
export interface Bar {
  readonly reach: (done: number, total: number) => void;
  readonly end: () => void;
}

export function showBar(what: string, { isTerminal }: Pick<Effects, "isTerminal">): Bar {
  if (!isTerminal) return { reach: () => undefined, end: () => undefined };
  const bar = new cliProgress.SingleBar({
    format: `{bar} {value}/{total} ${what}, {eta_formatted} left`,
    stream: process.stdout,
    barsize: 24,
    clearOnComplete: true,
  });
  let started = false;
  return {
    reach: (done, total) => {
      if (!started) bar.start(total, 0);
      started = true;
      bar.update(done);
    },
    end: () => bar.stop(),
  };
}

export function showProgress(name: string, { out, isTerminal }: Effects): NotebookProgress {
  const begin = performance.now();
  let total = 0;
  let reached = 0;
  const line = (how: string): string => {
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    return `${name}: ${how}, ${reached} of ${total} cells, ${seconds} s\n`;
  };
  const bar = isTerminal
    ? new cliProgress.SingleBar({
        format: `${name} {bar} {value}/{total} cells, {duration_formatted}`,
        stream: process.stdout,
        barsize: 24,
        clearOnComplete: true,
      })
    : undefined;
  let timer: NodeJS.Timeout | undefined;
  return {
    start: (cells) => {
      total = cells;
      if (bar === undefined) {
        out(`${name}: running ${cells} cells\n`);
        return;
      }
      bar.start(cells, 0);
      timer = setInterval(() => bar.updateETA(), redrawMs);
    },
    reach: (cells) => {
      reached = cells;
      bar?.update(cells);
    },
    end: (how) => {
      if (how === "done") reached = total;
      clearInterval(timer);
      bar?.stop();
      out(line(how));
    },
  };
}
