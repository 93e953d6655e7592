/**
 * The variance schedule β_1 … β_T of the forward process and every coefficient that follows from it
 * (Ho, Jain and Abbeel, "Denoising Diffusion Probabilistic Models", 2020, Eq. 2, 4 and 7), computed
 * once in double precision. t counts as in the paper; entry 0 of every table is clean data.
 */
import { InputError } from "../error.js";

/**
 * Tables of length T + 1, indexed by t. Shared by all who hold the schedule: read them, do not write.
 * Where a quantity does not exist at t = 0 (there is no step to clean data), the entry is that of a
 * step which changes nothing.
 */
export interface Schedule {
  readonly name: string;
  /** The number of steps. */
  readonly T: number;

  /** β_t, the variance that step t adds; β_0 = 0. */
  readonly beta: Float64Array;
  /** α_t = 1 − β_t. */
  readonly alpha: Float64Array;
  /** ᾱ_t = Π α_s, the share of the data's variance that is left; ᾱ_0 = 1. */
  readonly alphaBar: Float64Array;
  /** 1 − ᾱ_t, the variance of the accumulated noise, without the cancellation of the subtraction. */
  readonly oneMinusAlphaBar: Float64Array;
  /** SNR_t = ᾱ_t / (1 − ᾱ_t); infinite at t = 0. */
  readonly snr: Float64Array;

  // q(x_t | x_0), Eq. 4, and its inverse
  readonly sqrtAlphaBar: Float64Array;
  readonly sqrtOneMinusAlphaBar: Float64Array;
  /** 1/√ᾱ_t */
  readonly sqrtRecipAlphaBar: Float64Array;
  /** √(1/ᾱ_t − 1) */
  readonly sqrtRecipAlphaBarMinusOne: Float64Array;

  // q(x_{t−1} | x_t, x_0), Eq. 6 and 7
  /** β̃_t = β_t (1 − ᾱ_{t−1}) / (1 − ᾱ_t); zero at t = 1. */
  readonly posteriorVariance: Float64Array;
  /** log β̃_t, with log β̃_2 in place of log β̃_1 = −∞ (log β_1 if T = 1). */
  readonly posteriorLogVarianceClipped: Float64Array;
  /** The weight of x_0 in μ̃_t: √ᾱ_{t−1} β_t / (1 − ᾱ_t). */
  readonly posteriorMeanCoefXStart: Float64Array;
  /** The weight of x_t in μ̃_t: √α_t (1 − ᾱ_{t−1}) / (1 − ᾱ_t). */
  readonly posteriorMeanCoefXt: Float64Array;

  // p(x_{t−1} | x_t), Section 3.2
  /** σ_t² = β_t, the larger of the two fixed variances, with β̃_2 at t = 1 as in the code of the paper. */
  readonly fixedLargeVariance: Float64Array;
}

/**
 * Makes a schedule from its betas.
 * @param name how the schedule calls itself in figures and checkpoints
 * @param betas β_1 … β_T, so `betas[0]` is β_1
 * @throws InputError if there is no beta, or one is not a number strictly between 0 and 1
 */
export function scheduleFromBetas(name: string, betas: ArrayLike<number>): Schedule {
  const T = betas.length;
  if (T === 0) {
    throw new InputError("betas is empty", "at least one beta, T ≥ 1", "Give β_1 … β_T, one for each step.");
  }
  const beta = Float64Array.from({ length: T + 1 }, (_, t) => (t === 0 ? 0 : checkBeta(betas[t - 1], t)));
  const table = (entry: (t: number) => number): Float64Array =>
    Float64Array.from({ length: T + 1 }, (_, t) => entry(t));

  const alpha = beta.map((value) => 1 - value);
  const alphaBar = scan(T, 1, (previous, t) => previous * at(alpha, t));
  // 1 − ᾱ_t = α_t (1 − ᾱ_{t−1}) + β_t has positive terms only, so it keeps all its digits where ᾱ ≈ 1.
  const oneMinusAlphaBar = scan(T, 0, (previous, t) => at(alpha, t) * previous + at(beta, t));
  const posteriorVariance = table((t) =>
    t === 0 ? 0 : (at(beta, t) * at(oneMinusAlphaBar, t - 1)) / at(oneMinusAlphaBar, t),
  );
  const smallest = T > 1 ? at(posteriorVariance, 2) : at(beta, 1);

  return Object.freeze({
    name,
    T,
    beta,
    alpha,
    alphaBar,
    oneMinusAlphaBar,
    snr: table((t) => at(alphaBar, t) / at(oneMinusAlphaBar, t)),
    sqrtAlphaBar: alphaBar.map(Math.sqrt),
    sqrtOneMinusAlphaBar: oneMinusAlphaBar.map(Math.sqrt),
    sqrtRecipAlphaBar: alphaBar.map((value) => 1 / Math.sqrt(value)),
    sqrtRecipAlphaBarMinusOne: table((t) => Math.sqrt(at(oneMinusAlphaBar, t) / at(alphaBar, t))),
    posteriorVariance,
    posteriorLogVarianceClipped: table((t) => Math.log(t < 2 ? smallest : at(posteriorVariance, t))),
    posteriorMeanCoefXStart: table((t) =>
      t === 0 ? 0 : (Math.sqrt(at(alphaBar, t - 1)) * at(beta, t)) / at(oneMinusAlphaBar, t),
    ),
    posteriorMeanCoefXt: table((t) =>
      t === 0 ? 1 : (Math.sqrt(at(alpha, t)) * at(oneMinusAlphaBar, t - 1)) / at(oneMinusAlphaBar, t),
    ),
    fixedLargeVariance: beta.map((value, t) => (t === 1 ? smallest : value)),
  });
}

function checkBeta(value: unknown, t: number): number {
  if (typeof value === "number" && value > 0 && value < 1) return value;
  throw new InputError(
    `beta[${t}] = ${String(value)}`,
    "a number strictly between 0 and 1",
    "Every step must add some noise and keep some signal: change betaStart, betaEnd or T.",
  );
}

function scan(T: number, start: number, next: (previous: number, t: number) => number): Float64Array {
  const result = new Float64Array(T + 1).fill(start);
  for (let t = 1; t <= T; t += 1) result[t] = next(at(result, t - 1), t);
  return result;
}

function at(table: Float64Array, t: number): number {
  return table[t] ?? NaN;
}
