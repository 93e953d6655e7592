import type { Binding, BoundPoint } from "../derivation/notation/notation.js";
import { ddimStep } from "../diffusion/ddim.js";
import { epsLossWeight, priorBpd, vbTermsBpd } from "../diffusion/elbo.js";
import { qMeanVariance, qSample } from "../diffusion/forward.js";
import { normalKl } from "../diffusion/kl.js";
import * as parameterization from "../diffusion/parameterization.js";
import { qPosteriorMeanVariance } from "../diffusion/posterior.js";
import { pMeanVariance, pSample } from "../diffusion/reverse.js";
import { scheduleFromBetas, type Schedule } from "../diffusion/schedule.js";

/** A world as the library sees it: its schedule, and x_0, x_t, ε and the μ̃_t that goes with them, each [d]. */
interface Point {
  readonly schedule: Schedule;
  readonly t: number;
  readonly xStart: Float64Array;
  readonly xt: Float64Array;
  readonly eps: Float64Array;
  readonly zero: Float64Array;
}

/** One schedule for all times of a world. */
const schedules = new WeakMap<readonly number[], Schedule>();

function pointOf({ beta, t, d, x }: BoundPoint): Point {
  const schedule = schedules.get(beta) ?? scheduleFromBetas("world", beta.slice(1));
  schedules.set(beta, schedule);
  const state = (s: number): Float64Array => Float64Array.from(x[s] ?? []);
  const [xStart, xt] = [state(0), state(t)];
  const [kept = NaN, spread = NaN] = [schedule.sqrtAlphaBar[t], schedule.sqrtOneMinusAlphaBar[t]];
  const eps = xt.map((value, i) => (value - kept * (xStart[i] ?? NaN)) / spread);
  return { schedule, t, xStart, xt, eps, zero: new Float64Array(d) };
}

const entry =
  (table: Exclude<keyof Schedule, "name" | "T">): Binding =>
  (point) => {
    const { schedule, t } = pointOf(point);
    return schedule[table][t] ?? NaN;
  };

const vector =
  (of: (point: Point) => Float64Array): Binding =>
  (point) =>
    Array.from(of(pointOf(point)));

const number =
  (of: (point: Point) => number | undefined): Binding =>
  (point) =>
    of(pointOf(point));

const velocity = ({ schedule, xStart, t, eps }: Point): Float64Array =>
  parameterization.predictV(schedule, xStart, t, eps);

const posteriorMean = ({ schedule, xStart, xt, t }: Point): Float64Array =>
  qPosteriorMeanVariance(schedule, xStart, xt, t).mean;

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

/** A denoiser that guesses x_t for the noise: wrong, so that no term of the bound vanishes. */
const guessState = (xt: Float64Array): Float64Array => xt;

/**
 * The functions of the library that a notation may bind a symbol to, by the names that they have there.
 * Each is given what it takes: x_0, x_t and the noise ε between them at time t.
 */
export const libraryBindings: Readonly<Record<string, Binding>> = {
  beta: entry("beta"),
  alpha: entry("alpha"),
  alphaBar: entry("alphaBar"),
  oneMinusAlphaBar: entry("oneMinusAlphaBar"),
  snr: entry("snr"),
  sqrtAlphaBar: entry("sqrtAlphaBar"),
  sqrtOneMinusAlphaBar: entry("sqrtOneMinusAlphaBar"),
  sqrtRecipAlphaBar: entry("sqrtRecipAlphaBar"),
  sqrtRecipAlphaBarMinusOne: entry("sqrtRecipAlphaBarMinusOne"),
  posteriorVariance: entry("posteriorVariance"),
  posteriorLogVarianceClipped: entry("posteriorLogVarianceClipped"),
  posteriorMeanCoefXStart: entry("posteriorMeanCoefXStart"),
  posteriorMeanCoefXt: entry("posteriorMeanCoefXt"),
  fixedLargeVariance: entry("fixedLargeVariance"),
  qMean: vector(({ schedule, xStart, t }) => qMeanVariance(schedule, xStart, t).mean),
  qVariance: number(({ schedule, xStart, t }) => qMeanVariance(schedule, xStart, t).variance),
  qSample: vector(({ schedule, xStart, t, eps }) => qSample(schedule, xStart, t, eps)),
  posteriorMean: vector(posteriorMean),
  predictXStartFromEps: vector(({ schedule, xt, t, eps }) =>
    parameterization.predictXStartFromEps(schedule, xt, t, eps),
  ),
  predictEpsFromXStart: vector(({ schedule, xt, t, xStart }) =>
    parameterization.predictEpsFromXStart(schedule, xt, t, xStart),
  ),
  predictV: vector(velocity),
  predictXStartFromV: vector((point) =>
    parameterization.predictXStartFromV(point.schedule, point.xt, point.t, velocity(point)),
  ),
  predictEpsFromV: vector((point) =>
    parameterization.predictEpsFromV(point.schedule, point.xt, point.t, velocity(point)),
  ),
  predictXStartFromMean: vector((point) =>
    parameterization.predictXStartFromMean(point.schedule, point.xt, point.t, posteriorMean(point)),
  ),
  predictMeanFromEps: vector(({ schedule, xt, t, eps }) =>
    parameterization.predictMeanFromEps(schedule, xt, t, eps),
  ),
  predictEpsFromMean: vector((point) =>
    parameterization.predictEpsFromMean(point.schedule, point.xt, point.t, posteriorMean(point)),
  ),
  /** μ_θ of a network that guesses ε exactly, x̂_0 not clipped. */
  pMean: vector(({ schedule, xt, t, eps }) => pMeanVariance(schedule, () => eps, xt, t, unclipped).mean),
  /** The coefficient of z in Algorithm 2 with σ_t² = β_t. */
  pDeviation: number(({ schedule, xt, t, eps, zero }) => {
    const draw = (z: Float64Array): number =>
      pSample(schedule, () => eps, xt, t, z, { ...unclipped, variance: "fixedLarge" }).sample[0] ?? NaN;
    return draw(zero.map(() => 1)) - draw(zero);
  }),
  /** x_{t-1} of DDIM with η = 0. */
  ddimMean: vector(
    ({ schedule, xt, t, eps, zero }) =>
      ddimStep(schedule, () => eps, xt, t, t - 1, zero, { ...unclipped, eta: 0 }).sample,
  ),
  normalKl: number(({ schedule, xStart, xt, t, zero }) => {
    const { mean, logVariance } = qPosteriorMeanVariance(schedule, xStart, xt, t);
    return sum(normalKl(mean, logVariance, zero, 0));
  }),
  // Refused at t = 1, where it would divide by β̃_1 = 0.
  epsLossWeightFixedSmall: number(({ schedule, t }) => (t === 1 ? undefined : epsLossWeight(schedule, t))),
  epsLossWeightFixedLarge: number(({ schedule, t }) => epsLossWeight(schedule, t, "fixedLarge")),
  /** L_T, in bits per dimension. */
  priorBpd: number(({ schedule, xStart }) => priorBpd(schedule, xStart)[0] ?? NaN),
  /** L_{t-1} for the guess ε_θ = x_t, in bits per dimension. */
  vbTermsBpd: number(({ schedule, xStart, xt, t }) => {
    const { bpd } = vbTermsBpd(schedule, guessState, xStart, xt, t, { ...unclipped, variance: "fixedSmall" });
    return bpd[0] ?? NaN;
  }),
};

const unclipped = { clipDenoised: false } as const;
