import type { Arithmetic, Real } from "../expr/number.js";
import { times } from "../expr/times.js";
import { multiplyTerms, none, settled, shapeOf, zeroLike, type WaveTerm } from "./waveTerm.js";

/**
 * A real function of named real variables: a sum of polynomials times cosines of affine functions. Sums
 * and products of such functions are such functions, and so is the expectation over a variable that is
 * normal given the others. So expectations of squares and logarithms of normal densities are exact, also
 * around a mean that is not linear.
 */
export type Wave = readonly WaveTerm[];

export function constantWave(value: Real): Wave {
  if (value.isZero()) return [];
  return [{ coefficient: value, powers: none, frequency: none, phase: zeroLike(value) }];
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
