/**
 * The sampler of Song, Meng and Ermon, "Denoising Diffusion Implicit Models", 2021: the same network, in
 * fewer steps. From x_t it goes to any earlier x_s, with as much fresh noise as η asks for.
 */
import * as tf from "@tensorflow/tfjs-core";
import { combine, type SameKind, type Samples, tidySamples } from "../tensor/affine.js";
import { InputError } from "../error.js";
import { predictEpsFromXStart } from "./parameterization.js";
import { type Denoiser, pMeanVariance, type ReverseOptions } from "./reverse.js";
import { followSteps, type LoopOptions, type SampleState, type TakeStep } from "./sample.js";
import type { Schedule } from "./schedule.js";
import { lookupAt } from "./timestep.js";

/** Of `variance`, only whether it is learned matters: then the second half of the output is left aside. */
export interface DdimOptions extends ReverseOptions {
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
  checkEarlier(t, s);
  checkEta(eta);
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
 * The step of η = 0 the other way: x_t from an earlier x_s, as if the noise ε̂ that the network sees at s were that at t.
 * Small steps make it the inverse of `ddimStep` (Song et al. 2021, Section 4.3; `ddim_reverse_sample` of the Improved
 * DDPM code).
 * @param s from 0 to T − 1, one for all samples; at 0, where the network knows no noise, it is asked about t = 1
 * @param t from s + 1 to T
 * @returns `sample`, which is x_t, and the estimate of x_0 it was made from, which at s = 0 is x_0
 * @throws InputError if s and t are not such numbers, or as `pMeanVariance` does
 */
export function ddimInvertStep<S extends Samples>(
  schedule: Schedule,
  denoiser: Denoiser<S>,
  xs: S,
  s: number,
  t: number,
  options: ReverseOptions = {},
): { readonly sample: SameKind<S>; readonly xStart: SameKind<S> } {
  lookupAt(schedule, t, { xs });
  checkEarlier(t, s);
  const asked = Math.max(s, 1);
  return tidySamples(() => {
    const guess = pMeanVariance(schedule, denoiser, xs, asked, options).xStart;
    const eps = predictEpsFromXStart<Samples>(schedule, xs, asked, guess);
    const xStart = s === 0 ? combine<Samples>({ xs: [1, xs] }) : guess;
    const sample = combine<Samples>({
      xStart: [entry(schedule.sqrtAlphaBar, t), xStart],
      eps: [entry(schedule.sqrtOneMinusAlphaBar, t), eps],
    });
    return { sample, xStart };
  }) as { sample: SameKind<S>; xStart: SameKind<S> };
}

/** How many steps a loop makes. */
interface StepCount {
  /** From 1 to T, evenly spaced. */
  readonly steps: number;
}

/**
 * Samples in `steps` steps, evenly spaced over 1 … T, and yields steps + 1 states from t = T to 0.
 * @throws InputError as `ddimStep` and `pSampleLoop` do
 */
export function ddimSampleLoop(
  schedule: Schedule,
  denoiser: Denoiser,
  options: LoopOptions & DdimOptions & StepCount,
): AsyncGenerator<SampleState, void, void> {
  const times = evenlySpaced(schedule.T, options.steps);
  const take: TakeStep = (xt, { from, to }, noise) => {
    const z = (options.eta ?? 0) === 0 ? tf.zerosLike(xt) : noise();
    return ddimStep(schedule, denoiser, xt, from, to, z, options);
  };
  return followSteps(pairs(times), options, take);
}

/**
 * From data to the noise that `ddimSampleLoop` with η = 0 makes them of, in as many steps; yields steps + 1 states from
 * t = 0 to T. The last x_t is a `start` for that loop.
 * @param xStart x_0 of shape [B, …]; stays the caller's
 * @throws InputError as `ddimInvertStep` does, or if `steps` is not from 1 to T
 */
export function ddimInvertLoop(
  schedule: Schedule,
  denoiser: Denoiser,
  xStart: tf.Tensor,
  options: ReverseOptions & StepCount & Pick<LoopOptions, "chunk">,
): AsyncGenerator<SampleState, void, void> {
  const times = [...evenlySpaced(schedule.T, options.steps)].reverse();
  const loop = { ...options, shape: xStart.shape, seed: 0, start: xStart };
  return followSteps(pairs(times), loop, (xs, { from, to }) =>
    ddimInvertStep(schedule, denoiser, xs, from, to, options),
  );
}

/** Each time with the one after it. */
function pairs(times: readonly number[]): readonly { readonly from: number; readonly to: number }[] {
  return times.slice(1).map((to, i) => ({ from: times[i] ?? NaN, to }));
}

/** T, …, 0 in `steps` equal steps, rounded to integers. */
function evenlySpaced(T: number, steps: number): readonly number[] {
  if (!(Number.isInteger(steps) && steps >= 1 && steps <= T)) {
    throw new InputError(`steps = ${steps}`, `an integer from 1 to T = ${T}`, "Ask for at most T steps.");
  }
  return Array.from({ length: steps + 1 }, (_, i) => Math.round((T * (steps - i)) / steps));
}

function checkEarlier(t: number, s: number): void {
  if (!(Number.isInteger(s) && s >= 0 && s < t)) {
    throw new InputError(
      `s = ${s}`,
      `an integer from 0 to t − 1 = ${t - 1}`,
      "A step leads from one time to another, and s is the earlier.",
    );
  }
}

function checkEta(eta: number): void {
  if (!(eta >= 0 && eta <= 1)) {
    throw new InputError(`eta = ${eta}`, "a number from 0 to 1", "0 adds no noise, 1 as much as DDPM.");
  }
}

function entry(table: Float64Array, t: number): number {
  return table[t] ?? NaN;
}
