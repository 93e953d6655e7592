import type { Arithmetic, Real } from "../../expr/number.js";
import { addWaves, constantWave, scaleWave, subtractWaves, type Wave } from "../../probability/wave.js";
import type { NormalLaw } from "./law.js";

/** y = slope · x + offset + noise of that variance in each coordinate. */
export interface NormalStep {
  readonly slope: Real;
  /** [d] */
  readonly offset: readonly Real[];
  readonly variance: Real;
}

/** States that are normal, each an affine function of the one before and noise of its own. */
export interface NormalChain {
  /** The times in the order in which the states are drawn: 0..T for the data, T..0 for the model. */
  readonly order: readonly number[];
  readonly start: Pick<NormalStep, "offset" | "variance">;
  /** From each state to the next in that order. */
  readonly steps: readonly NormalStep[];
}

/**
 * The law of x_t given other states of the chain: only the nearest on each side matters. By Bayes' rule for
 * normal laws, in sums of positive numbers, so that no digits are lost however far the variances lie apart.
 * @param valueOf x_s as functions of whatever is left open, [d]
 */
export function lawInChain(
  t: number,
  given: readonly number[],
  valueOf: (s: number) => readonly Wave[],
  chain: NormalChain,
  arithmetic: Arithmetic,
): NormalLaw {
  const place = (s: number): number => chain.order.indexOf(s);
  const own = place(t);
  const before = given.map(place).filter((at) => at < own);
  const after = given.map(place).filter((at) => at > own);
  const from = before.length === 0 ? undefined : Math.max(...before);
  const prior = stepBetween(from, own, chain, arithmetic);
  const priorMean = predicted(prior, from === undefined ? undefined : valueOf(chain.order[from] ?? t));
  if (after.length === 0) return { mean: priorMean, variance: prior.variance };
  const to = Math.min(...after);
  const { slope, offset, variance: noise } = stepBetween(own, to, chain, arithmetic);
  const weight = slope.div(noise);
  const variance = arithmetic.one.div(arithmetic.one.div(prior.variance).plus(slope.times(weight)));
  const seen = valueOf(chain.order[to] ?? t);
  const mean = priorMean.map((part, i) =>
    scaleWave(
      addWaves(
        scaleWave(part, arithmetic.one.div(prior.variance)),
        scaleWave(subtractWaves(seen[i] ?? [], constantWave(offset[i] ?? arithmetic.zero)), weight),
      ),
      variance,
    ),
  );
  return { mean, variance };
}

const predicted = ({ slope, offset }: NormalStep, x: readonly Wave[] | undefined): readonly Wave[] =>
  offset.map((own, i) => addWaves(constantWave(own), scaleWave(x?.[i] ?? [], slope)));

const known = new WeakMap<NormalChain, Map<string, NormalStep>>();

/** Several steps as one, from one place in the order to a later one; from the very start if `from` is left out. */
function stepBetween(
  from: number | undefined,
  to: number,
  chain: NormalChain,
  arithmetic: Arithmetic,
): NormalStep {
  const cache = known.get(chain) ?? new Map<string, NormalStep>();
  known.set(chain, cache);
  const key = `${from ?? ""}>${to}`;
  const cached = cache.get(key);
  if (cached !== undefined) return cached;
  const found = composed(from, to, chain, arithmetic);
  cache.set(key, found);
  return found;
}

function composed(
  from: number | undefined,
  to: number,
  chain: NormalChain,
  arithmetic: Arithmetic,
): NormalStep {
  if (from === undefined && to === 0) return { slope: arithmetic.zero, ...chain.start };
  const last = chain.steps[to - 1];
  if (last === undefined) throw new RangeError(`no step to place ${to} of a chain`);
  if (from === to - 1) return last;
  const { slope, offset, variance } = stepBetween(from, to - 1, chain, arithmetic);
  return {
    slope: slope.times(last.slope),
    offset: offset.map((own, i) => own.times(last.slope).plus(last.offset[i] ?? arithmetic.zero)),
    variance: variance.times(last.slope).times(last.slope).plus(last.variance),
  };
}
