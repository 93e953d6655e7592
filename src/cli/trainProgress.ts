/** The progress of training: a moving bar on a terminal, a line for each checkpoint elsewhere. */
import { basename } from "node:path";
import cliProgress from "cli-progress";
import type { RunStep } from "../train/run.js";
import type { Effects } from "./command.js";
import { clock } from "./numbers.js";

export interface TrainProgress {
  readonly reach: (step: RunStep) => void;
  readonly end: () => void;
}

/** @param silent shows nothing at all, for `--json` */
export function trainProgress({ out, isTerminal }: Effects, silent: boolean): TrainProgress {
  if (silent) return { reach: () => undefined, end: () => undefined };
  if (!isTerminal) {
    return {
      reach: (step) => {
        if (step.checkpoint !== undefined)
          out(`step ${step.step}/${step.steps}  ${facts(step)}  saved ${basename(step.checkpoint)}\n`);
      },
      end: () => undefined,
    };
  }
  const bar = new cliProgress.SingleBar({
    format: "{bar} {value}/{total}  {facts}",
    stream: process.stdout,
    barsize: 24,
    // The width of the terminal decides what of the facts is seen; the line must not wrap.
    linewrap: false,
  });
  let started = false;
  return {
    reach: (step) => {
      if (!started) bar.start(step.steps, step.step - 1, { facts: "" });
      started = true;
      bar.update(step.step, { facts: facts(step) });
    },
    end: () => bar.stop(),
  };
}

function facts({ loss, lossMean, imagesPerSecond, remainingSeconds }: RunStep): string {
  const speed = imagesPerSecond.toFixed(imagesPerSecond < 100 ? 1 : 0);
  return `loss ${loss.toFixed(4)} (mean ${lossMean.toFixed(4)})  ${speed} images/s  ${clock(remainingSeconds)} left`;
}
