import type { Arithmetic, Real } from "../expr/number.js";
import { times } from "../expr/times.js";
import {
  addWaves,
  affineParts,
  constantWave,
  multiplyWaves,
  NotAffineError,
  scaleWave,
  type Wave,
} from "./wave.js";
import { addReals, plus, remembered, settled, withPower, type WaveTerm } from "./waveTerm.js";

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
