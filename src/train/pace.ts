/** Speed and smoothed loss of a run, for progress displays. */

/** How much of the running means each step keeps: they look back about fifty steps, resp. ten. */
const LOSS_MEMORY = 0.98;
const TIME_MEMORY = 0.9;

/** What a pace knows after a step. */
export interface Pace {
  readonly lossMean: number;
  readonly secondsPerStep: number;
}

/**
 * Follows a run. The first step, which loads kernels, is left out of the speed as soon as there is a second.
 * @param now a clock in milliseconds
 */
export function createPace(now: () => number): (loss: number) => Pace {
  const meanLoss = runningLossMean();
  const meanTime = runningMean(TIME_MEMORY);
  let steps = 0;
  let before = now();
  return (loss) => {
    const after = now();
    const seconds = (after - before) / 1000;
    before = after;
    steps += 1;
    return { lossMean: meanLoss(loss), secondsPerStep: steps === 1 ? seconds : meanTime(seconds) };
  };
}

/** The smoothed loss of a run: the exponential mean of its losses, about fifty of them. */
export function runningLossMean(): (loss: number) => number {
  return runningMean(LOSS_MEMORY);
}

/** An exponential mean without bias towards zero: the weights of what was seen sum to one. */
function runningMean(memory: number): (value: number) => number {
  let sum = 0;
  let weight = 0;
  return (value) => {
    sum = memory * sum + (1 - memory) * value;
    weight = memory * weight + (1 - memory);
    return sum / weight;
  };
}
