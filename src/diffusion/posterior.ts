/** The posterior of the forward process, q(x_{t−1} | x_t, x_0) (Ho et al. 2020, Eq. 6 and 7). */
import { combine, type SameKind, type Samples } from "../tensor/affine.js";
import type { MeanVariance } from "./forward.js";
import type { Schedule } from "./schedule.js";
import { lookupAt, type Timestep } from "./timestep.js";

/**
 * μ̃_t(x_t, x_0) = √ᾱ_{t−1} β_t/(1 − ᾱ_t) x_0 + √α_t (1 − ᾱ_{t−1})/(1 − ᾱ_t) x_t.
 * @param t from 1 (where it is x_0) to T
 * @throws InputError if t is not such a step, or shapes do not fit
 */
export function posteriorMean<S extends Samples>(
  schedule: Schedule,
  xStart: S,
  xt: S,
  t: Timestep,
): SameKind<S> {
  const at = lookupAt(schedule, t, { xStart });
  return combine<S>({
    xStart: [at(schedule.posteriorMeanCoefXStart), xStart],
    xt: [at(schedule.posteriorMeanCoefXt), xt],
  });
}

/**
 * Mean μ̃_t and variance β̃_t of q(x_{t−1} | x_t, x_0). The variance is zero at t = 1; `logVariance`
 * is finite there (log β̃_2), so that it can enter a Kullback–Leibler divergence.
 * @throws InputError if t is not in 1 … T, or shapes do not fit
 */
export function qPosteriorMeanVariance<S extends Samples, T extends Timestep = Timestep>(
  schedule: Schedule,
  xStart: S,
  xt: S,
  t: T,
): MeanVariance<S, T> {
  const at = lookupAt(schedule, t, { xStart });
  return {
    mean: posteriorMean(schedule, xStart, xt, t),
    variance: at(schedule.posteriorVariance),
    logVariance: at(schedule.posteriorLogVarianceClipped),
  };
}
