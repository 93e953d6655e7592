import type { Real } from "../expr/number.js";
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

export const none: ReadonlyMap<string, never> = new Map<string, never>();

const zeros = new WeakMap<object, Real>();

/** 0 with the digits of another number: numbers of one precision have one constructor. */
export function zeroLike(value: Real): Real {
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

/** cos A cos B = (cos(A + B) + cos(A - B)) / 2. */
export function multiplyTerms(a: WaveTerm, b: WaveTerm): readonly WaveTerm[] {
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

export function withPower(term: WaveTerm, variable: string, power: number): WaveTerm {
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
export function settled(
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

export const addReals = (a: Real, b: Real): Real => a.plus(b);

export function plus<T>(
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
