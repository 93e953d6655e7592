import type { Arithmetic, Real } from "../expr/number.js";
import { times } from "../expr/times.js";
import { add, constant, covariance, scale, type Affine } from "./affine.js";
import { cholesky, solve, solveLower, type Matrix } from "./linear.js";

/** A jointly Gaussian vector together with the value it is observed at. */
export interface Observation {
  readonly variable: Affine;
  /** May itself be random: conditional means are affine in what is given. */
  readonly value: Affine;
}

export interface Conditional {
  readonly mean: Affine;
  /** Per coordinate: the covariance is variance · I. */
  readonly variance: Real;
}

/**
 * The law of `target` given the observations: mean m + Cov(target, G) Cov(G)⁻¹ (g - E G), variance
 * Var(target) - Cov(target, G) Cov(G)⁻¹ Cov(G, target). Constants among the given say nothing new.
 * @throws DegenerateError when the given variables determine one another
 */
export function conditional(
  target: Affine,
  given: readonly Observation[],
  arithmetic: Arithmetic,
): Conditional {
  const random = given.filter((each) => each.variable.coefficients.size > 0);
  const lower = cholesky(
    covarianceMatrix(
      random.map((each) => each.variable),
      arithmetic,
    ),
  );
  const cross = random.map((each) => covariance(target, each.variable, arithmetic));
  const weights = solve(lower, cross);
  let mean: Affine = constant(target.offset);
  let variance = covariance(target, target, arithmetic);
  random.forEach((each, k) => {
    const weight = weights[k] ?? arithmetic.zero;
    const surprise = add(each.value, scale(constant(each.variable.offset), arithmetic.one.negated()));
    mean = add(mean, scale(surprise, weight));
    variance = variance.minus(weight.times(cross[k] ?? arithmetic.zero));
  });
  return { mean, variance };
}

/**
 * A Gaussian density as exp(-quadratic/2) / sqrt(volume): kept apart so that quotients of densities
 * cost one exponential, and no logarithm is taken only to be undone.
 */
export interface Density {
  readonly quadratic: Real;
  readonly volume: Real;
}

/**
 * The density of jointly Gaussian vectors at a point, all coordinates together.
 * @param values one point [d] per variable
 * @throws DegenerateError when the joint law has no density
 */
export function densityOf(
  variables: readonly Affine[],
  values: readonly (readonly Real[])[],
  arithmetic: Arithmetic,
): Density {
  const lower = cholesky(covarianceMatrix(variables, arithmetic));
  const d = variables[0]?.offset.length ?? 0;
  let quadratic = arithmetic.zero;
  for (let coordinate = 0; coordinate < d; coordinate++) {
    const residual = variables.map((variable, k) =>
      (values[k]?.[coordinate] ?? arithmetic.zero).minus(variable.offset[coordinate] ?? arithmetic.zero),
    );
    for (const y of solveLower(lower, residual)) quadratic = quadratic.plus(times(y, y));
  }
  const twoPi = pi(arithmetic).times(2);
  const perCoordinate = lower.reduce((product, row, k) => {
    const pivot = row[k] ?? arithmetic.one;
    return product.times(pivot.times(pivot)).times(twoPi);
  }, arithmetic.one);
  return { quadratic, volume: perCoordinate.pow(d) };
}

/** The number a density, or a quotient of two, is. */
export function densityValue(density: Density, over?: Density): Real {
  const quadratic = over === undefined ? density.quadratic : density.quadratic.minus(over.quadratic);
  const volume = over === undefined ? density.volume : density.volume.div(over.volume);
  return quadratic.div(-2).exp().div(volume.sqrt());
}

function covarianceMatrix(variables: readonly Affine[], arithmetic: Arithmetic): Matrix {
  return variables.map((a) => variables.map((b) => covariance(a, b, arithmetic)));
}

const known = new Map<number, Real>();

/** π to the digits of the arithmetic. */
export function pi(arithmetic: Arithmetic): Real {
  const cached = known.get(arithmetic.digits);
  if (cached !== undefined) return cached;
  // arccos(-1) is decimal.js's own π, held to more than a thousand digits.
  const value = arithmetic.real(-1).acos();
  known.set(arithmetic.digits, value);
  return value;
}
