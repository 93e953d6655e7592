/**
 * The schedules in use, by the formula of their betas. Ho et al. 2020 use 1000 steps from 1e-4 to
 * 0.02; for another T those ends are rescaled by 1000/T, which leaves ᾱ_T about the same
 * (Nichol and Dhariwal, "Improved Denoising Diffusion Probabilistic Models", 2021, and its code).
 */
import { InputError } from "../error.js";
import { type Schedule, scheduleFromBetas } from "./schedule.js";

/** The ends of a schedule; a given end is taken as it is, only the defaults are rescaled. */
export interface BetaRange {
  /** The number of steps, T ≥ 1. */
  readonly T: number;
  /** β_1; 1e-4 · 1000/T by default. */
  readonly betaStart?: number;
  /** β_T; 0.02 · 1000/T by default. */
  readonly betaEnd?: number;
  /** `false` leaves the defaults at 1e-4 and 0.02 whatever T is. */
  readonly rescale?: boolean;
}

/**
 * β_t on a straight line from β_1 to β_T (Ho et al. 2020, Section 4).
 * @throws InputError if T is not a positive integer or a beta leaves (0, 1); the default range does so for T ≤ 20
 */
export function linearSchedule(range: BetaRange): Schedule {
  const { T, betaStart, betaEnd } = withDefaults(range);
  return scheduleFromBetas("linear", linspace(betaStart, betaEnd, T));
}

/**
 * √β_t on a straight line from √β_1 to √β_T ("quad" in the code of Ho et al. 2020).
 * @throws InputError as `linearSchedule` does
 */
export function quadraticSchedule(range: BetaRange): Schedule {
  const { T, betaStart, betaEnd } = withDefaults(range);
  return scheduleFromBetas(
    "quadratic",
    linspace(Math.sqrt(betaStart), Math.sqrt(betaEnd), T).map((root) => root * root),
  );
}

/**
 * The same β in every step.
 * @param options.beta 0.02 · 1000/T by default
 * @throws InputError as `linearSchedule` does
 */
export function constantSchedule(options: { readonly T: number; readonly beta?: number }): Schedule {
  const T = checkT(options.T);
  return scheduleFromBetas("constant", new Float64Array(T).fill(options.beta ?? (0.02 * 1000) / T));
}

/**
 * ᾱ_t = f(t/T) / f(0) with f(u) = cos²((u + s)/(1 + s) · π/2) (Nichol and Dhariwal 2021, Eq. 17).
 * @param options.s offset that keeps the first betas from vanishing, s ≥ 0; 0.008 by default
 * @param options.maxBeta cap of every beta, in (0, 1); 0.999 by default
 * @throws InputError if T is not a positive integer, s is negative or not a number, or a beta leaves (0, 1)
 */
export function cosineSchedule(options: {
  readonly T: number;
  readonly s?: number;
  readonly maxBeta?: number;
}): Schedule {
  const T = checkT(options.T);
  const { s = 0.008, maxBeta = 0.999 } = options;
  if (!(s >= 0 && Number.isFinite(s))) {
    throw new InputError(`s = ${String(s)}`, "a number of at least 0", "Leave s out to get 0.008.");
  }
  const f = (t: number): number => Math.cos(((t / T + s) / (1 + s)) * (Math.PI / 2)) ** 2;
  const betas = Float64Array.from({ length: T }, (_, i) => Math.min(1 - f(i + 1) / f(i), maxBeta));
  return scheduleFromBetas("cosine", betas);
}

function withDefaults(range: BetaRange): { T: number; betaStart: number; betaEnd: number } {
  const T = checkT(range.T);
  const scale = range.rescale === false ? 1 : 1000 / T;
  const { betaStart = 1e-4 * scale, betaEnd = 0.02 * scale } = range;
  checkEnd("betaStart", betaStart);
  checkEnd("betaEnd", betaEnd);
  return { T, betaStart, betaEnd };
}

function checkEnd(name: string, value: unknown): void {
  if (typeof value === "number" && value > 0 && value < 1) return;
  throw new InputError(
    `${name} = ${String(value)}`,
    "a number strictly between 0 and 1",
    "Give another, or leave it out: the default is that of DDPM times 1000/T, which needs T > 20.",
  );
}

function checkT(T: unknown): number {
  if (typeof T === "number" && Number.isSafeInteger(T) && T >= 1) return T;
  throw new InputError(
    `T = ${String(T)}`,
    "a positive integer",
    "T counts the steps of the process; DDPM has 1000.",
  );
}

function linspace(start: number, end: number, count: number): Float64Array {
  const step = count > 1 ? (end - start) / (count - 1) : 0;
  // The last entry is `end` itself, not `start` plus rounding errors.
  return Float64Array.from({ length: count }, (_, i) => (i > 0 && i === count - 1 ? end : start + i * step));
}
