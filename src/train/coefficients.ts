/** The numbers of a batch's loss that depend on t and the schedule, one for each sample, in double precision. */
import type * as tf from "@tensorflow/tfjs-core";
import type { Prediction } from "../diffusion/parameterization.js";
import type { ReverseOptions } from "../diffusion/reverse.js";
import type { Schedule } from "../diffusion/schedule.js";
import { lookupAt, type Lookup } from "../diffusion/timestep.js";
import { fixedVarianceTables, isLearned, learnedRangeTables } from "../diffusion/variance.js";

/** Coefficients by name, each of length B. */
type Coefficients = Readonly<Record<string, Float64Array>>;

/** x = first · its first argument + second · its second. */
type Pair = readonly [first: Float64Array, second: Float64Array];

/**
 * x_t = signal · x_0 + spread · ε, and what the network should predict, also of x_0 and ε.
 * @throws InputError if t is outside 1 … T, or does not match x_0
 */
export function squaredErrorCoefficients(
  schedule: Schedule,
  t: Int32Array,
  xStart: tf.Tensor,
  { predicts = "eps", weight = () => 1 }: { predicts?: Prediction; weight?: (t: number) => number },
): Coefficients {
  const at = lookupAt(schedule, t, { xStart });
  const [targetOfXStart, targetOfNoise] = targetCoefficients(schedule, at, predicts);
  return {
    signal: at(schedule.sqrtAlphaBar),
    spread: at(schedule.sqrtOneMinusAlphaBar),
    targetOfXStart,
    targetOfNoise,
    weight: Float64Array.from(t, weight),
  };
}

/** Both Gaussians of a term of the bound: means of x_0 and x_t, of x_t and the prediction; log σ² + v · …. */
export function boundCoefficients(
  schedule: Schedule,
  t: Int32Array,
  { predicts = "eps", variance = "fixedSmall" }: Pick<ReverseOptions, "predicts" | "variance">,
): Coefficients {
  const at = lookupAt(schedule, t, {});
  const [meanOfXt, meanOfPrediction] = meanCoefficients(schedule, at, predicts);
  return {
    qMeanOfXStart: at(schedule.posteriorMeanCoefXStart),
    qMeanOfXt: at(schedule.posteriorMeanCoefXt),
    qLogVariance: at(schedule.posteriorLogVarianceClipped),
    meanOfXt,
    meanOfPrediction,
    isFirst: Float64Array.from(t, (step) => (step === 1 ? 1 : 0)),
    ...logVarianceCoefficients(schedule, at, variance),
  };
}

function logVarianceCoefficients(
  schedule: Schedule,
  at: Lookup<Int32Array>,
  variance: NonNullable<ReverseOptions["variance"]>,
): Coefficients {
  if (!isLearned(variance)) return { logVariance: at(fixedVarianceTables(schedule, variance).logVariance) };
  if (variance === "learned") {
    const [logVariance, logVarianceOfV] = [at(() => 0, schedule.beta), at(() => 1, schedule.beta)];
    return { logVariance, logVarianceOfV };
  }
  const { middle, half } = learnedRangeTables(schedule);
  return { logVariance: at(middle), logVarianceOfV: at(half) };
}

/** The target as a combination of x_0 and ε. */
function targetCoefficients(schedule: Schedule, at: Lookup<Int32Array>, predicts: Prediction): Pair {
  const { beta, sqrtAlphaBar, sqrtOneMinusAlphaBar: spread } = schedule;
  const constant = (value: number): Float64Array => at(() => value, beta);
  switch (predicts) {
    case "eps":
      return [constant(0), constant(1)];
    case "xStart":
      return [constant(1), constant(0)];
    case "v":
      return [at((value) => -value, spread), at(sqrtAlphaBar)];
    case "mean": {
      // μ̃_t = c_0 x_0 + c_t x_t with x_t of x_0 and ε.
      const { posteriorMeanCoefXStart: c0, posteriorMeanCoefXt: ct } = schedule;
      return [at((a, b, s) => a + b * s, c0, ct, sqrtAlphaBar), at((b, s) => b * s, ct, spread)];
    }
  }
}

/** The mean of p(x_{t−1} | x_t) as a combination of x_t and the prediction. */
function meanCoefficients(schedule: Schedule, at: Lookup<Int32Array>, predicts: Prediction): Pair {
  const { alpha, beta, sqrtAlphaBar, sqrtOneMinusAlphaBar: spread } = schedule;
  const { posteriorMeanCoefXStart: c0, posteriorMeanCoefXt: ct } = schedule;
  switch (predicts) {
    case "eps": // Ho et al. 2020, Eq. 11
      return [
        at((a) => 1 / Math.sqrt(a), alpha),
        at((a, b, s) => -b / (s * Math.sqrt(a)), alpha, beta, spread),
      ];
    case "xStart":
      return [at(ct), at(c0)];
    case "v": // x_0 = √ᾱ_t x_t − √(1 − ᾱ_t) v
      return [at((b, a, s) => b + a * s, ct, c0, sqrtAlphaBar), at((a, s) => -a * s, c0, spread)];
    case "mean":
      return [at(() => 0, beta), at(() => 1, beta)];
  }
}
