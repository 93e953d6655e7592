import type { Arithmetic, Real } from "../expr/number.js";
import { times } from "../expr/times.js";

/**
 * One term c · Π v^power · cos(Σ ω_v v + phase). Without frequency the phase is 0: a monomial.
 */
export interface WaveTerm {
  readonly coefficient: Real;
  readonly powers: ReadonlyMap<string, number>;
  readonly frequency: ReadonlyMap<string, Real>;
  readonly phase: Real;
}

/**
 * A real function of named real variables: a sum of polynomials times cosines of affine functions. Sums
 * and products of such functions are such functions, and so is the expectation over a variable that is
 * normal given the others. So expectations of squares and logarithms of normal densities are exact, also
 * around a mean that is not linear.
 */
export type Wave = readonly WaveTerm[];

const none: ReadonlyMap<string, never> = new Map<string, never>();

export function constantWave(value: Real): Wave {
  if (value.isZero()) return [];
  return [{ coefficient: value, powers: none, frequency: none, phase: zeroLike(value) }];
}

const zeros = new WeakMap<object, Real>();

/** 0 with the digits of another number: numbers of one precision have one constructor. */
function zeroLike(value: Real): Real {
  const Constructor = value.constructor as new (of: number) => Real;
  const zero = zeros.get(Constructor) ?? new Constructor(0);
  zeros.set(Constructor, zero);
  return zero;
}

/** exp, cos and ln of the same numbers come back with every coordinate and every line of a derivation. */
const computed = new WeakMap<object, Map<string, Real>>();
const mostComputed = 20_000;

export function remembered(name: "exp" | "cos" | "ln", of: Real): Real {
  const values = computed.get(of.constructor) ?? new Map<string, Real>();
  computed.set(of.constructor, values);
  const key = `${name} ${of.toString()}`;
  const known = values.get(key);
  if (known !== undefined) return known;
  if (values.size >= mostComputed) values.clear();
  const value = of[name]();
  values.set(key, value);
  return value;
}

/** The variable itself. */
export function variableWave(name: string, arithmetic: Arithmetic): Wave {
  const powers = new Map([[name, 1]]);
  return [{ coefficient: arithmetic.one, powers, frequency: none, phase: arithmetic.zero }];
}

/** A cosine of a function that is not affine has no exact expectation. */
export class NotAffineError extends Error {
  override readonly name = "NotAffineError";
}

/** The value of a function without variables; undefined if it has some. */
export function constantValue(wave: Wave, arithmetic: Arithmetic): Real | undefined {
  if (wave.some((term) => term.powers.size > 0 || term.frequency.size > 0)) return undefined;
  return wave.reduce((sum, term) => sum.plus(term.coefficient), arithmetic.zero);
}

export const scaleWave = (wave: Wave, factor: Real): Wave =>
  factor.isZero() ? [] : wave.map((term) => ({ ...term, coefficient: times(term.coefficient, factor) }));

/** So many terms are compared one by one; more are looked up. */
const mostCompared = 8;

/** The sum, like terms merged. */
export function addWaves(...waves: readonly Wave[]): Wave {
  const terms: WaveTerm[] = [];
  const sums: Real[] = [];
  const shapes: string[] = [];
  let places: Map<string, number> | undefined;
  for (const wave of waves) {
    for (const term of wave) {
      const shape = shapeOf(term);
      const at = places === undefined ? shapes.indexOf(shape) : (places.get(shape) ?? -1);
      const sum = sums[at];
      if (sum === undefined) {
        places?.set(shape, terms.length);
        terms.push(term);
        sums.push(term.coefficient);
        shapes.push(shape);
        if (shapes.length === mostCompared) places = new Map(shapes.map((each, place) => [each, place]));
      } else sums[at] = sum.plus(term.coefficient);
    }
  }
  const merged: WaveTerm[] = [];
  for (const [at, term] of terms.entries()) {
    const coefficient = sums[at] ?? term.coefficient;
    if (!coefficient.isZero())
      merged.push(coefficient === term.coefficient ? term : { ...term, coefficient });
  }
  return merged;
}

export function subtractWaves(a: Wave, b: Wave): Wave {
  return addWaves(
    a,
    b.map((term) => ({ ...term, coefficient: term.coefficient.negated() })),
  );
}

export function multiplyWaves(a: Wave, b: Wave): Wave {
  const [only] = b;
  if (b.length === 1 && only?.powers.size === 0 && only.frequency.size === 0)
    return scaleWave(a, only.coefficient);
  if (a === b) return squareWave(a);
  return addWaves(a.flatMap((x) => b.flatMap((y) => multiplyTerms(x, y))));
}

/** Σ x² + 2 Σ x y: each pair once. */
function squareWave(wave: Wave): Wave {
  const products = wave.flatMap((x, at) => {
    const double: WaveTerm = { ...x, coefficient: x.coefficient.times(2) };
    return [multiplyTerms(x, x), ...wave.slice(at + 1).map((y) => multiplyTerms(double, y))].flat();
  });
  return addWaves(products);
}

/** cos A cos B = (cos(A + B) + cos(A - B)) / 2. */
function multiplyTerms(a: WaveTerm, b: WaveTerm): Wave {
  const coefficient = times(a.coefficient, b.coefficient);
  const powers = productOf(a.powers, b.powers);
  if (b.frequency.size === 0) return [{ ...a, coefficient, powers }];
  if (a.frequency.size === 0) return [{ ...b, coefficient, powers }];
  const half = coefficient.div(2);
  const opposite = new Map([...b.frequency].map(([name, value]) => [name, value.negated()] as const));
  return [
    settled(half, powers, plus(a.frequency, b.frequency, addReals), a.phase.plus(b.phase)),
    settled(half, powers, plus(a.frequency, opposite, addReals), a.phase.minus(b.phase)),
  ];
}

/**
 * cos of an affine function.
 * @throws NotAffineError for any other
 */
export function cosineWave(of: Wave, arithmetic: Arithmetic): Wave {
  const affine = affineParts(of, arithmetic);
  if (affine === undefined) throw new NotAffineError("cosineWave: expected an affine function");
  return [settled(arithmetic.one, none, affine.slopes, affine.offset)];
}

/** Slopes and offset of an affine function; undefined for any other. */
export function affineParts(
  wave: Wave,
  arithmetic: Arithmetic,
): { readonly slopes: ReadonlyMap<string, Real>; readonly offset: Real } | undefined {
  const slopes = new Map<string, Real>();
  let offset = arithmetic.zero;
  for (const { coefficient, powers, frequency } of wave) {
    const [first] = powers;
    if (frequency.size > 0 || powers.size > 1 || (first?.[1] ?? 1) > 1) return undefined;
    if (first === undefined) offset = offset.plus(coefficient);
    else slopes.set(first[0], (slopes.get(first[0]) ?? arithmetic.zero).plus(coefficient));
  }
  return { slopes, offset };
}

/** A variable that is normal given the others: its mean is a function of them. */
export interface WaveLaw {
  readonly variable: string;
  readonly mean: Wave;
  readonly variance: Real;
}

/**
 * E[wave] over the variable, a function of the other variables.
 * @throws NotAffineError where the variable stands in a cosine and its mean is not affine
 */
export function expectWave(wave: Wave, law: WaveLaw, arithmetic: Arithmetic): Wave {
  const byPower = new Map<number, WaveTerm[]>();
  const cosines: Wave[] = [];
  for (const term of wave) {
    const power = term.powers.get(law.variable) ?? 0;
    if (term.frequency.has(law.variable)) cosines.push(expectTerm(term, law, arithmetic));
    else {
      const group = byPower.get(power) ?? [];
      byPower.set(power, group);
      group.push(power === 0 ? term : withPower(term, law.variable, 0));
    }
  }
  const moments = momentsOf(law, Math.max(0, ...byPower.keys()), arithmetic);
  const parts = [...byPower].map(([power, terms]) =>
    power === 0 ? terms : multiplyWaves(terms, moments[power] ?? []),
  );
  return addWaves(...parts, ...cosines);
}

/** E[v^k] = m E[v^(k-1)] + (k-1) s² E[v^(k-2)] for k = 0…highest. */
function momentsOf(law: WaveLaw, highest: number, arithmetic: Arithmetic): readonly Wave[] {
  const moments: Wave[] = [constantWave(arithmetic.one), law.mean];
  for (let k = 2; k <= highest; k++) {
    moments.push(
      addWaves(
        multiplyWaves(law.mean, moments[k - 1] ?? []),
        scaleWave(moments[k - 2] ?? [], law.variance.times(k - 1)),
      ),
    );
  }
  return moments;
}

/** Stein's identity E[v g(v)] = m E[g] + s² E[g'] takes one power away at a time. */
function expectTerm(term: WaveTerm, law: WaveLaw, arithmetic: Arithmetic): Wave {
  const power = term.powers.get(law.variable) ?? 0;
  const omega = term.frequency.get(law.variable);
  if (power === 0) return omega === undefined ? [term] : expectCosine(term, omega, law, arithmetic);
  const lower = withPower(term, law.variable, power - 1);
  const parts = [multiplyWaves(law.mean, expectTerm(lower, law, arithmetic))];
  if (power > 1) {
    const slope = withPower(term, law.variable, power - 2);
    parts.push(scaleWave(expectTerm(slope, law, arithmetic), law.variance.times(power - 1)));
  }
  if (omega !== undefined) {
    // cos' = -sin, and -sin(a) = cos(a + π/2).
    const turned = { ...lower, phase: lower.phase.plus(quarterTurn(arithmetic)) };
    parts.push(scaleWave(expectTerm(turned, law, arithmetic), times(law.variance, omega)));
  }
  return addWaves(...parts);
}

const quarterTurns = new Map<number, Real>();

/** π/2 */
function quarterTurn({ digits, real }: Arithmetic): Real {
  const value = quarterTurns.get(digits) ?? real(0).acos();
  quarterTurns.set(digits, value);
  return value;
}

/** E cos(ω v + a) = exp(-ω² s² / 2) cos(ω m + a). */
function expectCosine(term: WaveTerm, omega: Real, law: WaveLaw, arithmetic: Arithmetic): Wave {
  const mean = affineParts(law.mean, arithmetic);
  if (mean === undefined) throw new NotAffineError("expectWave: expected an affine mean inside a cosine");
  const damped = times(term.coefficient, remembered("exp", times(times(omega, omega), law.variance).div(-2)));
  const rest = new Map([...term.frequency].filter(([name]) => name !== law.variable));
  const moved = new Map([...mean.slopes].map(([name, slope]) => [name, times(slope, omega)] as const));
  const phase = term.phase.plus(times(mean.offset, omega));
  return [settled(damped, term.powers, plus(rest, moved, addReals), phase)];
}

function withPower(term: WaveTerm, variable: string, power: number): WaveTerm {
  const key = `${variable}^${power}`;
  const known = changed.get(term.powers) ?? new Map<string, Powers>();
  changed.set(term.powers, known);
  let powers = known.get(key);
  if (powers === undefined) {
    const made = new Map(term.powers);
    if (power === 0) made.delete(variable);
    else made.set(variable, power);
    known.set(key, (powers = made));
  }
  return { ...term, powers };
}

/** Products of the same monomials come back with every term; their names are then made out once. */
const products = new WeakMap<Powers, WeakMap<Powers, Powers>>();
/** And so do monomials with one power changed. */
const changed = new WeakMap<Powers, Map<string, Powers>>();
type Powers = ReadonlyMap<string, number>;

function productOf(a: Powers, b: Powers): Powers {
  if (b.size === 0) return a;
  if (a.size === 0) return b;
  const known = products.get(a) ?? new WeakMap<Powers, Powers>();
  products.set(a, known);
  const product = known.get(b) ?? plus(a, b, (x, y) => x + y);
  known.set(b, product);
  return product;
}

/** A cosine without variables is a number. */
function settled(
  coefficient: Real,
  powers: ReadonlyMap<string, number>,
  frequency: ReadonlyMap<string, Real>,
  phase: Real,
): WaveTerm {
  const waves = new Map([...frequency].filter(([, value]) => !value.isZero()));
  if (waves.size > 0) return { coefficient, powers, frequency: waves, phase };
  return {
    coefficient: times(coefficient, remembered("cos", phase)),
    powers,
    frequency: none,
    phase: zeroLike(phase),
  };
}

const addReals = (a: Real, b: Real): Real => a.plus(b);

function plus<T>(
  a: ReadonlyMap<string, T>,
  b: ReadonlyMap<string, T>,
  add: (x: T, y: T) => T,
): ReadonlyMap<string, T> {
  if (b.size === 0) return a;
  if (a.size === 0) return b;
  const sum = new Map(a);
  for (const [name, value] of b) {
    const known = sum.get(name);
    sum.set(name, known === undefined ? value : add(known, value));
  }
  return sum;
}

const keys = new WeakMap<object, string>();

/** A name for all of a term but its coefficient: terms of one shape are added. */
export function shapeOf({ powers, frequency, phase }: WaveTerm): string {
  if (frequency.size === 0) return keyOfMap(powers);
  return `${keyOfMap(powers)};${keyOfMap(frequency)};${keyOfReal(phase)}`;
}

function keyOfMap(map: ReadonlyMap<string, number | Real>): string {
  const known = keys.get(map);
  if (known !== undefined) return known;
  const key = [...map]
    .map(([name, value]) => `${name}=${typeof value === "number" ? value : keyOfReal(value)}`)
    .sort()
    .join();
  keys.set(map, key);
  return key;
}

function keyOfReal(value: Real): string {
  const key = keys.get(value) ?? value.toString();
  keys.set(value, key);
  return key;
}
