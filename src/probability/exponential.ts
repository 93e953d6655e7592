import type { Arithmetic, Real } from "../expr/number.js";
import { pi } from "./gaussian.js";
import { addWaves, constantValue, constantWave, multiplyWaves, scaleWave, type Wave } from "./wave.js";
import { expectWave } from "./waveExpectation.js";
import { remembered } from "./waveTerm.js";

/** factor · exp(exponent) */
export interface ExponentialTerm {
  readonly factor: Wave;
  readonly exponent: Wave;
}

/**
 * A sum of waves times exponentials, as products and quotients of normal densities are. The integral over
 * a variable in which the exponents are quadratic is of that form again, so it is exact.
 */
export type Exponential = readonly ExponentialTerm[];

/** The integral over a variable has no value. */
export class DivergentError extends Error {
  override readonly name = "DivergentError";
}

/** The exponent is no quadratic function of the variable. */
export class NotQuadraticError extends Error {
  override readonly name = "NotQuadraticError";
}

/** The exponent of a number is beyond those that are computed. */
export class ExponentError extends Error {
  override readonly name = "ExponentError";
}

/** exp of a wave. */
export const exponentialOf = (exponent: Wave, arithmetic: Arithmetic): Exponential => [
  { factor: constantWave(arithmetic.one), exponent },
];

/** A wave itself. */
export const waveTerm = (factor: Wave): Exponential =>
  factor.length === 0 ? [] : [{ factor, exponent: [] }];

export const multiplyExponentials = (a: Exponential, b: Exponential): Exponential =>
  a.flatMap((x) =>
    b.map((y) => ({
      factor: multiplyWaves(x.factor, y.factor),
      exponent: addWaves(x.exponent, y.exponent),
    })),
  );

/** 1 / value for a single term with a constant factor; undefined for anything else. */
export function inverseExponential(value: Exponential, arithmetic: Arithmetic): Exponential | undefined {
  const [term] = value;
  const factor = term === undefined ? undefined : constantValue(term.factor, arithmetic);
  if (term === undefined || value.length > 1 || factor === undefined || factor.isZero()) return undefined;
  const exponent = scaleWave(term.exponent, arithmetic.one.negated());
  return [{ factor: constantWave(arithmetic.one.div(factor)), exponent }];
}

/** The logarithm where it is a wave: of a single positive term, or of a positive number. */
export function logarithmOf(value: Exponential, arithmetic: Arithmetic): Wave | undefined {
  const terms = value.map((term) => ({ ...term, scale: constantValue(term.factor, arithmetic) }));
  const [first] = terms;
  if (first === undefined) return undefined;
  if (terms.length === 1 && first.scale?.greaterThan(0) === true)
    return addWaves(first.exponent, constantWave(first.scale.ln()));
  const numbers = terms.map(({ scale, exponent }) => ({ scale, at: constantValue(exponent, arithmetic) }));
  const largest = numbers
    .map(({ at }) => at)
    .reduce((a, b) => (a === undefined || b === undefined ? undefined : a.greaterThan(b) ? a : b));
  if (largest === undefined) return undefined;
  let sum = arithmetic.zero;
  for (const { scale, at } of numbers) {
    if (scale === undefined || at === undefined) return undefined;
    sum = sum.plus(scale.times(at.minus(largest).exp()));
  }
  return sum.greaterThan(0) ? constantWave(largest.plus(sum.ln())) : undefined;
}

/** Exponents beyond this are refused: their digits would take for ever. */
const largestExponent = 100_000;

/** The value of a function without variables; undefined where it has some. @throws ExponentError */
export function exponentialValue(value: Exponential, arithmetic: Arithmetic): Real | undefined {
  let sum = arithmetic.zero;
  for (const { factor, exponent } of value) {
    const [scale, at] = [constantValue(factor, arithmetic), constantValue(exponent, arithmetic)];
    if (scale === undefined || at === undefined) return undefined;
    if (at.abs().greaterThan(largestExponent))
      throw new ExponentError(`exp of a number beyond ±${largestExponent}`);
    sum = sum.plus(scale.times(remembered("exp", at)));
  }
  return sum;
}

/**
 * ∫ value dv over the whole line.
 * @throws DivergentError where it has no value
 * @throws NotQuadraticError where the exponent is not quadratic in the variable
 */
export const integrateExponential = (
  value: Exponential,
  variable: string,
  arithmetic: Arithmetic,
): Exponential => value.map((term) => integrateTerm(term, variable, arithmetic));

/** exp(-(v - m)² / (2 s²)) is taken out of the exponent; what multiplies it is an expectation. */
function integrateTerm(term: ExponentialTerm, variable: string, arithmetic: Arithmetic): ExponentialTerm {
  const { rest, linear, square } = quadraticIn(term.exponent, variable, arithmetic);
  if (!square.lessThan(0)) throw new DivergentError("the integral has no value");
  const variance = arithmetic.one.div(square.times(-2));
  const mean = scaleWave(linear, variance);
  const shifted = scaleWave(multiplyWaves(linear, linear), variance.div(2));
  const volume = pi(arithmetic).times(2).times(variance).sqrt();
  const factor = scaleWave(expectWave(term.factor, { variable, mean, variance }, arithmetic), volume);
  return { factor, exponent: addWaves(rest, shifted) };
}

/** exponent = rest + linear · v + square · v² */
function quadraticIn(
  exponent: Wave,
  variable: string,
  arithmetic: Arithmetic,
): { readonly rest: Wave; readonly linear: Wave; readonly square: Real } {
  const rest: Wave[number][] = [];
  const linear: Wave[number][] = [];
  let square = arithmetic.zero;
  let largest = arithmetic.zero;
  for (const term of exponent) {
    const power = term.powers.get(variable) ?? 0;
    const pure = term.powers.size === 1 && term.frequency.size === 0;
    if (term.frequency.has(variable) || power > 2 || (power === 2 && !pure))
      throw new NotQuadraticError("the exponent is not quadratic");
    if (term.coefficient.abs().greaterThan(largest)) largest = term.coefficient.abs();
    if (power === 2) square = square.plus(term.coefficient);
    else if (power === 0) rest.push(term);
    else {
      const powers = new Map(term.powers);
      powers.delete(variable);
      linear.push({ ...term, powers });
    }
  }
  // What a quotient of equal densities leaves of its exponent is rounding.
  const rounding = largest.times(arithmetic.real(10).pow(-Math.floor((arithmetic.digits * 5) / 8)));
  return { rest, linear, square: square.abs().greaterThan(rounding) ? square : arithmetic.zero };
}
