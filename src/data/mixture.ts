/**
 * Mixtures of Gaussians with independent coordinates: laws whose density, score and diffused form are
 * known, so that samplers and bounds can be tested, and shown, without any training.
 */
import { InputError } from "../error.js";
import type { Random } from "../random/random.js";

/** K components in d dimensions. */
export interface MixtureParameters {
  /** K weights that sum to 1. */
  readonly weights: readonly number[];
  /** K means of length d. */
  readonly means: readonly (readonly number[])[];
  /** K lists of d variances; 0 makes a component a point, whose density does not exist until it is diffused. */
  readonly variances: readonly (readonly number[])[];
}

export interface Mixture extends MixtureParameters {
  /** d */
  readonly dimension: number;
  /** log p(x), in nats. @throws InputError if x does not have length d */
  readonly logDensity: (x: ArrayLike<number>) => number;
  /** ∇ log p(x), of length d. @throws InputError if x does not have length d */
  readonly score: (x: ArrayLike<number>) => Float64Array;
  /** E[x], of length d. */
  readonly mean: Float64Array;
  /** The variance of each coordinate, of length d. */
  readonly variance: Float64Array;
  /** The law of √ᾱ x + √(1 − ᾱ) ε: what the forward process makes of this law. */
  readonly diffused: (alphaBar: number) => Mixture;
  /** One draw, of length d, and the number of its component. */
  readonly sample: (random: Random) => { readonly x: Float64Array; readonly component: number };
}

/**
 * Makes a mixture.
 * @throws InputError if weights do not sum to 1 (to 1e-9) or are negative, lengths differ, or a variance is negative
 */
export function gaussianMixture(parameters: MixtureParameters): Mixture {
  checkMixture(parameters);
  const { weights, means, variances } = parameters;
  const dimension = means[0]?.length ?? 0;
  const moment = (ofComponent: (k: number, i: number) => number): Float64Array =>
    Float64Array.from({ length: dimension }, (_, i) =>
      weights.reduce((sum, weight, k) => sum + weight * ofComponent(k, i), 0),
    );
  const mean = moment((k, i) => means[k]?.[i] ?? NaN);
  const variance = moment(
    (k, i) => (variances[k]?.[i] ?? NaN) + ((means[k]?.[i] ?? NaN) - (mean[i] ?? NaN)) ** 2,
  );
  return {
    ...parameters,
    dimension,
    mean,
    variance,
    logDensity: (x) => logSumExp(logTerms(parameters, checkPoint(x, dimension))),
    score: (x) => scoreAt(parameters, checkPoint(x, dimension)),
    diffused: (alphaBar) => gaussianMixture(diffusedParameters(parameters, alphaBar)),
    sample: (random) => draw(parameters, random),
  };
}

/** `count` Gaussians of one size on a circle. */
export function ringMixture(options: {
  readonly count: number;
  readonly radius: number;
  readonly standardDeviation: number;
}): Mixture {
  const { count, radius, standardDeviation } = options;
  const angles = Array.from({ length: count }, (_, k) => (2 * Math.PI * k) / count);
  return gaussianMixture({
    weights: angles.map(() => 1 / count),
    means: angles.map((angle) => [radius * Math.cos(angle), radius * Math.sin(angle)]),
    variances: angles.map(() => [standardDeviation ** 2, standardDeviation ** 2]),
  });
}

/** √ᾱ m and ᾱ v + 1 − ᾱ for every component, by Eq. 4 of Ho et al. 2020. */
function diffusedParameters(parameters: MixtureParameters, alphaBar: number): MixtureParameters {
  if (!(alphaBar >= 0 && alphaBar <= 1)) {
    throw new InputError(
      `alphaBar = ${String(alphaBar)}`,
      "a number from 0 to 1",
      "Take it from a schedule: schedule.alphaBar[t].",
    );
  }
  return {
    weights: parameters.weights,
    means: parameters.means.map((mean) => mean.map((value) => Math.sqrt(alphaBar) * value)),
    variances: parameters.variances.map((variance) =>
      variance.map((value) => alphaBar * value + 1 - alphaBar),
    ),
  };
}

/** log (w_k N(x; m_k, v_k)) for every component. */
function logTerms({ weights, means, variances }: MixtureParameters, x: ArrayLike<number>): number[] {
  return weights.map((weight, k) =>
    (means[k] ?? []).reduce((sum, m, i) => {
      const v = variances[k]?.[i] ?? NaN;
      return sum - 0.5 * (Math.log(2 * Math.PI * v) + ((x[i] ?? NaN) - m) ** 2 / v);
    }, Math.log(weight)),
  );
}

function scoreAt(parameters: MixtureParameters, x: ArrayLike<number>): Float64Array {
  const terms = logTerms(parameters, x);
  const total = logSumExp(terms);
  return Float64Array.from({ length: x.length }, (_, i) =>
    terms.reduce((sum, term, k) => {
      const difference = (parameters.means[k]?.[i] ?? NaN) - (x[i] ?? NaN);
      return sum + (Math.exp(term - total) * difference) / (parameters.variances[k]?.[i] ?? NaN);
    }, 0),
  );
}

function draw(
  { weights, means, variances }: MixtureParameters,
  random: Random,
): { readonly x: Float64Array; readonly component: number } {
  let left = random.uniform();
  const found = weights.findIndex((weight) => (left -= weight) < 0);
  const component = found === -1 ? weights.length - 1 : found; // rounding may leave a last crumb
  const x = Float64Array.from(
    means[component] ?? [],
    (mean, i) => mean + Math.sqrt(variances[component]?.[i] ?? NaN) * random.normal(),
  );
  return { x, component };
}

function logSumExp(values: readonly number[]): number {
  const largest = Math.max(...values);
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}

function checkPoint(x: ArrayLike<number>, dimension: number): ArrayLike<number> {
  if (x.length === dimension) return x;
  throw new InputError(
    `x has length ${x.length}`,
    `the dimension of the mixture, ${dimension}`,
    "Give one point at a time.",
  );
}

function checkMixture({ weights, means, variances }: MixtureParameters): void {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (!(Math.abs(sum - 1) < 1e-9 && weights.every((weight) => weight >= 0))) {
    throw new InputError(
      `weights = [${weights.join(", ")}]`,
      "numbers of at least 0 that sum to 1",
      "Divide them by their sum.",
    );
  }
  const dimension = means[0]?.length ?? 0;
  const isFull = (rows: readonly (readonly number[])[]): boolean =>
    rows.length === weights.length && rows.every((row) => row.length === dimension);
  if (dimension === 0 || !isFull(means) || !isFull(variances)) {
    throw new InputError(
      `${means.length} means and ${variances.length} variances for ${weights.length} weights`,
      "one mean and one list of variances for each weight, all of the same length",
      "Give d numbers for each component in d dimensions.",
    );
  }
  const values = [...means.flat(), ...variances.flat()];
  if (!values.every(Number.isFinite) || variances.flat().some((value) => value < 0)) {
    throw new InputError(
      `variances = ${JSON.stringify(variances)}, means = ${JSON.stringify(means)}`,
      "finite numbers, and no negative variance",
      "Variances are squares of standard deviations.",
    );
  }
}
