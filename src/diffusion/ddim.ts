/**
 * The sampler of Song, Meng and Ermon, "Denoising Diffusion Implicit Models", 2021: the same network, in
 * fewer steps. From x_t it goes to any earlier x_s, with as much fresh noise as η asks for.
 */
import { combine, type SameKind, type Samples, tidySamples } from "../tensor/affine.js";
import { InputError } from "../error.js";
import { predictEpsFromXStart } from "./parameterization.js";
import { type Denoiser, pMeanVariance, type ReverseOptions } from "./reverse.js";
import { followSteps, type SampleLoopOptions, type SampleState, type Step } from "./sample.js";
import type { Schedule } from "./schedule.js";
import { lookupAt } from "./timestep.js";

export interface DdimOptions extends Omit<ReverseOptions, "variance"> {
  /** 0 (default) adds no noise; 1 with s = t − 1 is Algorithm 2 with the variance β̃_t. */
  readonly eta?: number;
}

/**
 * x_s = √ᾱ_s x̂_0 + √(1 − ᾱ_s − σ²) ε̂ + σ z with σ² = η² (1 − ᾱ_s)/(1 − ᾱ_t) (1 − ᾱ_t/ᾱ_s) (Eq. 12 and 16).
 * @param t from 1 to T, one for all samples
 * @param s from 0 to t − 1
 * @param noise z ~ N(0, I), of the kind and shape of xt; not used up where η = 0 or s = 0
 * @returns `sample`, which is x_s, and the estimate of x_0 it was made from
 * @throws InputError if t, s or η are not such numbers, or as `pMeanVariance` does
 */
export function ddimStep<S extends Samples>(
  schedule: Schedule,
  denoiser: Denoiser<S>,
  xt: S,
  t: number,
  s: number,
  noise: S,
  options: DdimOptions = {},
): { readonly sample: SameKind<S>; readonly xStart: SameKind<S> } {
  const { eta = 0 } = options;
  lookupAt(schedule, t, { xt });
  checkStep(t, s, eta);
  const [bar, open] = [entry(schedule.alphaBar, s), entry(schedule.oneMinusAlphaBar, s)];
  // The variance that the steps from s to t add to √(ᾱ_t/ᾱ_s) x_s.
  const between = 1 - entry(schedule.alphaBar, t) / bar;
  const sigma2 = (eta ** 2 * open * between) / entry(schedule.oneMinusAlphaBar, t);
  return tidySamples(() => {
    const { xStart } = pMeanVariance(schedule, denoiser, xt, t, options);
    const eps = predictEpsFromXStart<Samples>(schedule, xt, t, xStart);
    const sample = combine<Samples>({
      xStart: [Math.sqrt(bar), xStart],
      eps: [Math.sqrt(open - sigma2), eps],
      noise: [Math.sqrt(sigma2), noise],
    });
    return { sample, xStart };
  }) as { sample: SameKind<S>; xStart: SameKind<S> };
}

/**
 * Samples in `steps` steps, evenly spaced over 1 … T, and yields steps + 1 states from t = T to 0.
 * @param options.steps from 1 to T
 * @throws InputError as `ddimStep` and `pSampleLoop` do
 */
export function ddimSampleLoop(
  schedule: Schedule,
  denoiser: Denoiser,
  options: Omit<SampleLoopOptions, "variance"> & DdimOptions & { readonly steps: number },
): AsyncGenerator<SampleState, void, void> {
  const times = evenlySpaced(schedule.T, options.steps);
  const steps = times.slice(1).map((to, i): Step => ({ from: times[i] ?? NaN, to }));
  return followSteps(steps, options, (xt, { from, to }, noise) =>
    ddimStep(schedule, denoiser, xt, from, to, noise, options),
  );
}

/** T, …, 0 in `steps` equal steps, rounded to integers. */
function evenlySpaced(T: number, steps: number): readonly number[] {
  if (!(Number.isInteger(steps) && steps >= 1 && steps <= T)) {
    throw new InputError(`steps = ${steps}`, `an integer from 1 to T = ${T}`, "Ask for at most T steps.");
  }
  return Array.from({ length: steps + 1 }, (_, i) => Math.round((T * (steps - i)) / steps));
}

function checkStep(t: number, s: number, eta: number): void {
  if (!(Number.isInteger(s) && s >= 0 && s < t)) {
    throw new InputError(
      `s = ${s}`,
      `an integer from 0 to t − 1 = ${t - 1}`,
      "A step leads to an earlier time.",
    );
  }
  if (!(eta >= 0 && eta <= 1)) {
    throw new InputError(`eta = ${eta}`, "a number from 0 to 1", "0 adds no noise, 1 as much as DDPM.");
  }
}

function entry(table: Float64Array, t: number): number {
  return table[t] ?? NaN;
}
