import type { Arithmetic, Real } from "../expr/number.js";
import { multiplyExponentials, waveTerm, type Exponential } from "./exponential.js";
import { addWaves, scaleWave, type Wave } from "./wave.js";
import { remembered, type WaveTerm } from "./waveTerm.js";

/** ∂wave/∂v */
export const derivativeOfWave = (wave: Wave, variable: string, arithmetic: Arithmetic): Wave =>
  addWaves(...wave.map((term) => derivativeOfTerm(term, variable, arithmetic)));

/** (v^n cos a)' = n v^(n-1) cos a - ω v^n sin a, and -sin a = cos(a + π/2). */
function derivativeOfTerm(term: WaveTerm, variable: string, arithmetic: Arithmetic): Wave {
  const power = term.powers.get(variable) ?? 0;
  const omega = term.frequency.get(variable);
  const parts: Wave[] = [];
  if (power > 0) {
    const powers = new Map(term.powers);
    if (power === 1) powers.delete(variable);
    else powers.set(variable, power - 1);
    parts.push([{ ...term, coefficient: term.coefficient.times(power), powers }]);
  }
  if (omega !== undefined) {
    const turned = { ...term, phase: term.phase.plus(arithmetic.real(0).acos()) };
    parts.push(scaleWave([turned], omega));
  }
  return addWaves(...parts);
}

/** ∂value/∂v */
export const derivativeOfExponential = (
  value: Exponential,
  variable: string,
  arithmetic: Arithmetic,
): Exponential =>
  value.flatMap((term) => [
    { factor: derivativeOfWave(term.factor, variable, arithmetic), exponent: term.exponent },
    ...multiplyExponentials(waveTerm(derivativeOfWave(term.exponent, variable, arithmetic)), [term]),
  ]);

/** The wave with its variables at these values; those without a value stay. */
export function waveAt(wave: Wave, values: ReadonlyMap<string, Real>): Wave {
  return addWaves(
    ...wave.map((term) => {
      let { coefficient, phase } = term;
      const powers = new Map(term.powers);
      const frequency = new Map(term.frequency);
      for (const [name, value] of values) {
        const [power, omega] = [powers.get(name), frequency.get(name)];
        if (power !== undefined) coefficient = coefficient.times(value.pow(power));
        if (omega !== undefined) phase = phase.plus(omega.times(value));
        powers.delete(name);
        frequency.delete(name);
      }
      if (frequency.size > 0) return [{ coefficient, powers, frequency, phase }];
      const wavy = term.frequency.size > 0;
      const scale = wavy ? coefficient.times(remembered("cos", phase)) : coefficient;
      return scale.isZero() ? [] : [{ coefficient: scale, powers, frequency, phase: phase.times(0) }];
    }),
  );
}

/** The same for a sum of exponentials. */
export const exponentialAt = (value: Exponential, values: ReadonlyMap<string, Real>): Exponential =>
  value.map(({ factor, exponent }) => ({
    factor: waveAt(factor, values),
    exponent: waveAt(exponent, values),
  }));
