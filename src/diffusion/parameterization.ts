/**
 * What a network may predict, and how each prediction turns into the others. Given x_t, the four are
 * affine in one another: the noise ε, the clean x_0, the velocity v = √ᾱ_t ε − √(1 − ᾱ_t) x_0
 * (Salimans and Ho, "Progressive Distillation", 2022, Section 4) and the posterior mean μ̃_t(x_t, x_0).
 * All functions take t from 1 to T and throw an InputError where t or the shapes do not fit.
 */
import { combine, type SameKind, type Samples } from "../tensor/affine.js";
import { posteriorMean } from "./posterior.js";
import type { Schedule } from "./schedule.js";
import { lookupAt, type Timestep } from "./timestep.js";

/** The quantity that a network's output means. */
export type Prediction = "eps" | "xStart" | "v" | "mean";

/** x_0 = x_t/√ᾱ_t − √(1/ᾱ_t − 1) ε, the inverse of Eq. 4 of Ho et al. 2020. */
export function predictXStartFromEps<S extends Samples>(
  schedule: Schedule,
  xt: S,
  t: Timestep,
  eps: S,
): SameKind<S> {
  const at = lookupAt(schedule, t, { xt });
  return combine<S>({
    xt: [at(schedule.sqrtRecipAlphaBar), xt],
    eps: [at((value) => -value, schedule.sqrtRecipAlphaBarMinusOne), eps],
  });
}

/** ε = (x_t − √ᾱ_t x_0) / √(1 − ᾱ_t). */
export function predictEpsFromXStart<S extends Samples>(
  schedule: Schedule,
  xt: S,
  t: Timestep,
  xStart: S,
): SameKind<S> {
  const at = lookupAt(schedule, t, { xt });
  return combine<S>({
    xt: [at((value) => 1 / value, schedule.sqrtOneMinusAlphaBar), xt],
    xStart: [at((value) => -1 / value, schedule.sqrtRecipAlphaBarMinusOne), xStart],
  });
}

/** v = √ᾱ_t ε − √(1 − ᾱ_t) x_0: the target of a network that predicts the velocity. */
export function predictV<S extends Samples>(
  schedule: Schedule,
  xStart: S,
  t: Timestep,
  noise: S,
): SameKind<S> {
  const at = lookupAt(schedule, t, { xStart });
  return combine<S>({
    xStart: [at((value) => -value, schedule.sqrtOneMinusAlphaBar), xStart],
    noise: [at(schedule.sqrtAlphaBar), noise],
  });
}

/** x_0 = √ᾱ_t x_t − √(1 − ᾱ_t) v. */
export function predictXStartFromV<S extends Samples>(
  schedule: Schedule,
  xt: S,
  t: Timestep,
  v: S,
): SameKind<S> {
  const at = lookupAt(schedule, t, { xt });
  return combine<S>({
    xt: [at(schedule.sqrtAlphaBar), xt],
    v: [at((value) => -value, schedule.sqrtOneMinusAlphaBar), v],
  });
}

/** ε = √(1 − ᾱ_t) x_t + √ᾱ_t v. */
export function predictEpsFromV<S extends Samples>(
  schedule: Schedule,
  xt: S,
  t: Timestep,
  v: S,
): SameKind<S> {
  const at = lookupAt(schedule, t, { xt });
  return combine<S>({
    xt: [at(schedule.sqrtOneMinusAlphaBar), xt],
    v: [at(schedule.sqrtAlphaBar), v],
  });
}

/** x_0 from the posterior mean: μ̃_t(x_t, x_0) of Eq. 7 solved for x_0. */
export function predictXStartFromMean<S extends Samples>(
  schedule: Schedule,
  xt: S,
  t: Timestep,
  mean: S,
): SameKind<S> {
  const at = lookupAt(schedule, t, { xt });
  const { posteriorMeanCoefXStart: ofXStart, posteriorMeanCoefXt: ofXt } = schedule;
  return combine<S>({
    xt: [at((a, b) => -a / b, ofXt, ofXStart), xt],
    mean: [at((value) => 1 / value, ofXStart), mean],
  });
}

/** μ̃_t = (x_t − β_t/√(1 − ᾱ_t) ε) / √α_t (Ho et al. 2020, Eq. 11). */
export function predictMeanFromEps<S extends Samples>(
  schedule: Schedule,
  xt: S,
  t: Timestep,
  eps: S,
): SameKind<S> {
  const at = lookupAt(schedule, t, { xt });
  const { alpha, beta, sqrtOneMinusAlphaBar } = schedule;
  return combine<S>({
    xt: [at((a) => 1 / Math.sqrt(a), alpha), xt],
    eps: [at((a, b, s) => -b / (s * Math.sqrt(a)), alpha, beta, sqrtOneMinusAlphaBar), eps],
  });
}

/** ε from the posterior mean: Eq. 11 solved for ε. */
export function predictEpsFromMean<S extends Samples>(
  schedule: Schedule,
  xt: S,
  t: Timestep,
  mean: S,
): SameKind<S> {
  const at = lookupAt(schedule, t, { xt });
  const { alpha, beta, sqrtOneMinusAlphaBar } = schedule;
  return combine<S>({
    xt: [at((b, s) => s / b, beta, sqrtOneMinusAlphaBar), xt],
    mean: [at((a, b, s) => (-s * Math.sqrt(a)) / b, alpha, beta, sqrtOneMinusAlphaBar), mean],
  });
}

/** The posterior mean from x_0: `posteriorMean` with the arguments in the order of this file. */
export function predictMeanFromXStart<S extends Samples>(
  schedule: Schedule,
  xt: S,
  t: Timestep,
  xStart: S,
): SameKind<S> {
  return posteriorMean(schedule, xStart, xt, t);
}
