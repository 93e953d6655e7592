import type { Real } from "../../expr/number.js";
import { covariance } from "../../probability/affine.js";
import { cholesky, solve } from "../../probability/linear.js";
import { addWaves, scaleWave, subtractWaves, type Wave } from "../../probability/wave.js";
import type { World } from "./world.js";

/** A normal vector whose mean depends on other variables; the covariance is variance · I. */
export interface NormalLaw {
  /** [d] */
  readonly mean: readonly Wave[];
  readonly variance: Real;
}

/**
 * The law of x_t given states of the forward process, x_0 among them or not: the chain is Markov, so only
 * the nearest given state on each side matters. Conditioning is done in the joint law of the states given
 * x_0; where an earlier state is given, x_0 drops out.
 * @param valueOf x_s as functions of whatever is left open, [d]
 */
export function stateLaw(
  t: number,
  given: readonly number[],
  valueOf: (s: number) => readonly Wave[],
  world: World,
): NormalLaw {
  const before = given.filter((s) => s > 0 && s < t);
  const after = given.filter((s) => s > t);
  const near = [
    ...before.slice(0, 1).map(() => Math.max(...before)),
    ...after.slice(0, 1).map(() => Math.min(...after)),
  ];
  const { weights, signals, own, variance } = weightsOf(t, near, world);
  const clean = valueOf(0);
  const mean = clean.map((x0, i) =>
    addWaves(
      scaleWave(x0, own),
      ...near.map((s, k) =>
        scaleWave(
          subtractWaves(valueOf(s)[i] ?? [], scaleWave(x0, signals[k] ?? world.arithmetic.one)),
          weights[k] ?? world.arithmetic.zero,
        ),
      ),
    ),
  );
  return { mean, variance };
}

interface Weights {
  readonly weights: readonly Real[];
  /** √ᾱ_s of the states given, and of the state itself. */
  readonly signals: readonly Real[];
  readonly own: Real;
  readonly variance: Real;
}

const known = new WeakMap<World, Map<string, Weights>>();

/** Regression of x_t on the states `near`, given x_0. */
function weightsOf(t: number, near: readonly number[], world: World): Weights {
  const cache = known.get(world) ?? new Map<string, Weights>();
  known.set(world, cache);
  const key = `${t}|${near.join()}`;
  const cached = cache.get(key);
  if (cached !== undefined) return cached;
  const cov = (a: number, b: number): Real => {
    const [x, y] = [world.states[a], world.states[b]];
    if (x === undefined || y === undefined) throw new RangeError(`no state ${a} or ${b}`);
    return covariance(x, y, world.arithmetic);
  };
  const lower = cholesky(near.map((a) => near.map((b) => cov(a, b))));
  const cross = near.map((s) => cov(t, s));
  const weights = solve(lower, cross);
  const explained = weights.reduce(
    (sum, weight, k) => sum.plus(weight.times(cross[k] ?? world.arithmetic.zero)),
    world.arithmetic.zero,
  );
  const signal = (s: number): Real => (world.alphaBar[s] ?? world.arithmetic.one).sqrt();
  const variance = cov(t, t).minus(explained);
  const found = { weights, signals: near.map(signal), own: signal(t), variance };
  cache.set(key, found);
  return found;
}
