import type { Arithmetic, Real } from "../../expr/number.js";
import { covariance, type Affine } from "../../probability/affine.js";
import { cholesky, solve } from "../../probability/linear.js";
import { addWaves, constantWave, scaleWave, subtractWaves, type Wave } from "../../probability/wave.js";
import type { NormalLaw } from "./law.js";

/**
 * Jointly normal states that form a Markov chain, x_t for t = 0..T: given states before and after it, a
 * state depends on the nearest ones only, whichever way the chain was built.
 */
export type NormalChain = readonly Affine[];

/**
 * The law of x_t given other states of the chain.
 * @param valueOf x_s as functions of whatever is left open, [d]
 */
export function lawInChain(
  t: number,
  given: readonly number[],
  valueOf: (s: number) => readonly Wave[],
  chain: NormalChain,
  arithmetic: Arithmetic,
): NormalLaw {
  const before = given.filter((s) => s < t);
  const after = given.filter((s) => s > t);
  const near = [
    ...before.slice(0, 1).map(() => Math.max(...before)),
    ...after.slice(0, 1).map(() => Math.min(...after)),
  ];
  const { weights, variance } = regression(t, near, chain, arithmetic);
  const offsets = chain[t]?.offset ?? [];
  const mean = offsets.map((own, i) =>
    addWaves(
      constantWave(own),
      ...near.map((s, k) =>
        scaleWave(
          subtractWaves(valueOf(s)[i] ?? [], constantWave(chain[s]?.offset[i] ?? arithmetic.zero)),
          weights[k] ?? arithmetic.zero,
        ),
      ),
    ),
  );
  return { mean, variance };
}

interface Regression {
  readonly weights: readonly Real[];
  readonly variance: Real;
}

const known = new WeakMap<NormalChain, Map<string, Regression>>();

function regression(
  t: number,
  near: readonly number[],
  chain: NormalChain,
  arithmetic: Arithmetic,
): Regression {
  const cache = known.get(chain) ?? new Map<string, Regression>();
  known.set(chain, cache);
  const key = `${t}|${near.join()}`;
  const cached = cache.get(key);
  if (cached !== undefined) return cached;
  const cov = (a: number, b: number): Real => {
    const [x, y] = [chain[a], chain[b]];
    if (x === undefined || y === undefined) throw new RangeError(`no state ${a} or ${b}`);
    return covariance(x, y, arithmetic);
  };
  const cross = near.map((s) => cov(t, s));
  const weights = solve(cholesky(near.map((a) => near.map((b) => cov(a, b)))), cross);
  const explained = weights.reduce(
    (sum, weight, k) => sum.plus(weight.times(cross[k] ?? arithmetic.zero)),
    arithmetic.zero,
  );
  const found = { weights, variance: cov(t, t).minus(explained) };
  cache.set(key, found);
  return found;
}
