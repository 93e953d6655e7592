/** The forward process q(x_t | x_0) = N(√ᾱ_t x_0, (1 − ᾱ_t) I) (Ho et al. 2020, Eq. 4). */
import { combine, type SameKind, type Samples } from "../tensor/affine.js";
import type { Schedule } from "./schedule.js";
import { type CoefficientAt, lookupAt, type Timestep } from "./timestep.js";

/** A Gaussian with independent coordinates of one variance per sample. */
export interface MeanVariance<S extends Samples, T extends Timestep = Timestep> {
  readonly mean: SameKind<S>;
  /** One for all samples, or one for each sample of the leading axis. */
  readonly variance: CoefficientAt<T>;
  /** log of `variance`, −∞ where it is zero unless stated otherwise. */
  readonly logVariance: CoefficientAt<T>;
}

/**
 * Mean and variance of q(x_t | x_0).
 * @param xStart x_0, samples of shape [B, …]
 * @param t from 0 (clean data: mean x_0, variance 0) to T
 * @throws InputError if t is not such a step or does not match xStart
 */
export function qMeanVariance<S extends Samples, T extends Timestep = Timestep>(
  schedule: Schedule,
  xStart: S,
  t: T,
): MeanVariance<S, T> {
  const at = lookupAt(schedule, t, { xStart }, 0);
  return {
    mean: combine<S>({ xStart: [at(schedule.sqrtAlphaBar), xStart] }),
    variance: at(schedule.oneMinusAlphaBar),
    logVariance: at(Math.log, schedule.oneMinusAlphaBar),
  };
}

/**
 * Draws x_t = √ᾱ_t x_0 + √(1 − ᾱ_t) ε from clean data and noise (Ho et al. 2020, Eq. 4).
 * @param xStart x_0, samples of shape [B, …]
 * @param t from 0 (returns x_0) to T
 * @param noise ε ~ N(0, I), of the kind and shape of xStart
 * @throws InputError if t is not such a step, or shapes do not fit
 */
export function qSample<S extends Samples>(
  schedule: Schedule,
  xStart: S,
  t: Timestep,
  noise: S,
): SameKind<S> {
  const at = lookupAt(schedule, t, { xStart }, 0);
  return combine<S>({
    xStart: [at(schedule.sqrtAlphaBar), xStart],
    noise: [at(schedule.sqrtOneMinusAlphaBar), noise],
  });
}
