/** Which t a step of training looks at: pure functions of what was seen before and of a stream of random numbers. */
import { InputError } from "../error.js";
import type { Random } from "../random/random.js";

/** The last losses seen at each t; entry t − 1 belongs to t, the oldest first. Plain numbers, for a checkpoint. */
export type LossesByTime = readonly (readonly number[])[];

/** Timesteps of a batch, and the factors that make its mean loss an unbiased estimate of the mean over all t. */
export interface DrawnTimesteps {
  /** From 1 to T, one for each sample. */
  readonly t: Int32Array;
  /** 1/(T p(t)): 1 where all t are as likely. */
  readonly importance: Float64Array;
}

export interface TimestepSampler {
  readonly init: () => LossesByTime;
  readonly draw: (history: LossesByTime, random: Random, count: number) => DrawnTimesteps;
  /** The history after a batch, given the loss of each sample before importance. */
  readonly record: (history: LossesByTime, t: Int32Array, losses: ArrayLike<number>) => LossesByTime;
}

/** Every t from 1 to T as likely as any other, as in Algorithm 1 of Ho et al. (2020). Remembers nothing. */
export function uniformTimesteps(T: number): TimestepSampler {
  return {
    init: () => [],
    draw: (_, random, count) => ({
      t: Int32Array.from({ length: count }, () => random.integer(1, T)),
      importance: new Float64Array(count).fill(1),
    }),
    record: (history) => history,
  };
}

/**
 * t with a probability proportional to √E[L_t²] of the last losses, which lowers the variance of L_vlb (Nichol and
 * Dhariwal 2021, Section 3.3; `LossSecondMomentResampler` of their code). Uniform until every t has a full history.
 * @param options.remember how many losses of each t count; 10 by default
 * @param options.uniformShare how much of the probability stays uniform, in [0, 1]; 0.001 by default
 * @throws InputError if an option cannot be; `record` if a loss is not a finite number
 */
export function lossSecondMomentTimesteps(
  T: number,
  {
    remember = 10,
    uniformShare = 0.001,
  }: { readonly remember?: number; readonly uniformShare?: number } = {},
): TimestepSampler {
  checkOptions(remember, uniformShare);
  const uniform = uniformTimesteps(T);
  return {
    init: () => Array.from({ length: T }, () => []),
    draw: (history, random, count) => {
      if (history.some((losses) => losses.length < remember)) return uniform.draw(history, random, count);
      const probabilities = secondMomentProbabilities(history, uniformShare);
      const t = Int32Array.from({ length: count }, () => 1 + drawIndex(probabilities, random.uniform()));
      return { t, importance: Float64Array.from(t, (step) => 1 / (T * (probabilities[step - 1] ?? NaN))) };
    },
    record: (history, t, losses) => {
      const next = [...history];
      t.forEach((step, i) => {
        const loss = losses[i] ?? NaN;
        if (!Number.isFinite(loss)) throw notFinite(loss, step);
        next[step - 1] = [...(next[step - 1] ?? []), loss].slice(-remember);
      });
      return next;
    },
  };
}

function secondMomentProbabilities(history: LossesByTime, uniformShare: number): Float64Array {
  const roots = Float64Array.from(history, (losses) =>
    Math.sqrt(losses.reduce((sum, loss) => sum + loss ** 2, 0) / losses.length),
  );
  const total = roots.reduce((sum, root) => sum + root, 0);
  // Losses that are all zero say nothing about which t matters.
  if (total === 0) return roots.fill(1 / roots.length);
  return roots.map((root) => ((1 - uniformShare) * root) / total + uniformShare / roots.length);
}

/** The first index at which the sum of the probabilities passes `u`. */
function drawIndex(probabilities: Float64Array, u: number): number {
  let sum = 0;
  const found = probabilities.findIndex((p) => (sum += p) > u);
  // Rounding may leave the sum a little below a `u` near 1.
  return found === -1 ? probabilities.length - 1 : found;
}

function checkOptions(remember: number, uniformShare: number): void {
  if (!(Number.isInteger(remember) && remember >= 1))
    throw new InputError(`remember = ${remember}`, "a whole number of at least 1", "Leave it out to get 10.");
  if (!(uniformShare >= 0 && uniformShare <= 1))
    throw new InputError(
      `uniformShare = ${uniformShare}`,
      "a number from 0 to 1",
      "Leave it out to get 0.001.",
    );
}

function notFinite(loss: number, t: number): InputError {
  return new InputError(
    `a loss of ${loss} at t = ${t}`,
    "a finite number",
    "Check the loss before it is recorded, and stop the run there.",
  );
}
