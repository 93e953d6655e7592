/**
 * The process in fewer steps: a schedule that visits some of the times of another (Nichol and Dhariwal 2021,
 * Section 4). Its β_i = 1 − ᾱ_{t_i}/ᾱ_{t_{i−1}} lead over the times left out, so ᾱ is the old one where it stops.
 */
import { InputError } from "../error.js";
import type { Samples } from "../tensor/affine.js";
import type { Denoiser } from "./reverse.js";
import { type Schedule, scheduleFromBetas } from "./schedule.js";

export interface Respaced {
  /** The schedule of the steps that are left, 1 … their number. */
  readonly schedule: Schedule;
  /** The time in the old schedule of each step; entry 0 is 0. */
  readonly timesteps: Int32Array;
  /** A network of the old schedule for use with the new: it is told the old times. */
  readonly denoiser: <S extends Samples>(denoiser: Denoiser<S>) => Denoiser<S>;
}

/**
 * Leaves out all times but `timesteps`.
 * @param timesteps increasing integers from 1 to T, at least one; those of the paper
 * @throws InputError if they are not
 */
export function respace(schedule: Schedule, timesteps: ArrayLike<number>): Respaced {
  const times = checkTimes(schedule, timesteps);
  const betas = Float64Array.from({ length: times.length - 1 }, (_, i) =>
    betaBetween(schedule, times[i] ?? NaN, times[i + 1] ?? NaN),
  );
  return {
    schedule: scheduleFromBetas(`${schedule.name}, ${betas.length} of ${schedule.T} steps`, betas),
    timesteps: times,
    denoiser: (network) => (xt, t) =>
      network(
        xt,
        t.map((step) => times[step] ?? NaN),
      ),
  };
}

/**
 * Times from 1 to T for `respace`, as `space_timesteps` of the Improved DDPM code chooses them.
 * @param counts how many in all, the first and the last among them; or how many in each of several sections of T of
 *   equal length (the first ones longer by one where T does not divide), each at least 1
 * @throws InputError if a section has fewer times than it should keep
 */
export function spaceTimesteps(T: number, counts: number | readonly number[]): Int32Array {
  const sections = typeof counts === "number" ? [counts] : counts;
  const times: number[] = [];
  let start = 1;
  for (const [i, count] of sections.entries()) {
    const size = Math.floor(T / sections.length) + (i < T % sections.length ? 1 : 0);
    if (!(Number.isInteger(count) && count >= 1 && count <= size))
      throw new InputError(
        `${count} steps of ${size} times`,
        `an integer from 1 to ${size}`,
        "Ask for at most as many steps as there are times.",
      );
    const stride = count === 1 ? 1 : (size - 1) / (count - 1);
    for (let k = 0; k < count; k += 1) times.push(start + roundHalfToEven(k * stride));
    start += size;
  }
  return Int32Array.from(times);
}

/** 1 − ᾱ_t/ᾱ_s = 1 − Π α_r, by 1 − ab = (1 − a) b + (1 − b): positive terms only, so no digit cancels. */
function betaBetween({ alpha, beta }: Schedule, s: number, t: number): number {
  let result = 0;
  for (let r = s + 1; r <= t; r += 1) result = result * (alpha[r] ?? NaN) + (beta[r] ?? NaN);
  return result;
}

function checkTimes({ T }: Schedule, timesteps: ArrayLike<number>): Int32Array {
  const times = Array.from(timesteps);
  const increasing = times.every(
    (t, i) => Number.isInteger(t) && t >= 1 && t <= T && (i === 0 || t > (times[i - 1] ?? NaN)),
  );
  if (times.length === 0 || !increasing)
    throw new InputError(
      `timesteps = ${times.join(", ")}`,
      `increasing integers from 1 to T = ${T}, at least one`,
      "Take those of spaceTimesteps.",
    );
  return Int32Array.of(0, ...times);
}

/** As Python rounds, so that the times are those of the reference code. */
function roundHalfToEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}
