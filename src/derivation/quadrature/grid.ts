import type { Span } from "../../expr/expr.js";
import type { Axis, Grid } from "../../probability/table.js";
import { EvaluationError } from "../evaluate/error.js";
import { modelVariance } from "../evaluate/model.js";
import type { Scope } from "../evaluate/scope.js";
import { dataLaw } from "../world/data.js";
import type { World } from "../world/world.js";
import { meanFunction } from "./network.js";

/** How finely and how widely states are tabulated. */
export interface Rule {
  /** Points per standard deviation of the narrowest law. */
  readonly fineness: number;
  /** Standard deviations on each side. */
  readonly width: number;
}

/**
 * Two rules that differ in step and in range: what an integral owes to either shows as a difference of its
 * values. A normal density with standard deviation s is summed with an error of exp(-2 π² (s/step)²).
 */
export const rules: readonly (readonly [Rule, Rule])[] = [
  [
    { fineness: 1.7, width: 7.5 },
    { fineness: 2.1, width: 8.5 },
  ],
  // The logarithm of a mixture varies faster than its parts.
  [
    { fineness: 4, width: 7.5 },
    { fineness: 5, width: 8.5 },
  ],
];

const mostPoints = 1_500;

interface Interval {
  readonly low: number;
  readonly high: number;
}

/** An axis for each state x_0..x_T of a world with d = 1, wide enough for the process and the model. */
export function gridOf(scope: Scope, rule: Rule, span: Span): Grid {
  const { world } = scope;
  const variances = Array.from({ length: world.T }, (_, at) => modelVariance(at + 1, span, scope).toNumber());
  const ranges = modelRanges(scope, variances, rule.width);
  const step = narrowest(world, variances) / rule.fineness;
  const axes = ranges.map((range, t) =>
    axisOver(joined([range, ...forwardRanges(t, world, rule.width)]), step, span),
  );
  return new Map(axes.map((axis, t) => [t, axis] as const));
}

function axisOver({ low, high }: Interval, step: number, span: Span): Axis {
  const count = Math.ceil((high - low) / step) + 1;
  if (!(count <= mostPoints))
    throw new EvaluationError("unsupported", "a quadrature over more points than are tabulated", span);
  return { points: Float64Array.from({ length: count }, (_, at) => low + at * step), step };
}

const joined = (intervals: readonly Interval[]): Interval => ({
  low: Math.min(...intervals.map(({ low }) => low)),
  high: Math.max(...intervals.map(({ high }) => high)),
});

/** The smallest standard deviation among the laws that are multiplied. */
function narrowest(world: World, variances: readonly number[]): number {
  const numbers = (values: readonly { toNumber: () => number }[]): readonly number[] =>
    values.map((value) => value.toNumber());
  const [beta, kept] = [numbers(world.beta), numbers(world.alphaBar)];
  const posterior = beta.flatMap((b, t) =>
    t < 2 ? [] : [((1 - (kept[t - 1] ?? 0)) / (1 - (kept[t] ?? 0))) * b],
  );
  const data = dataLaw("mixture", world).map(({ variance }) => variance.toNumber());
  return Math.sqrt(Math.min(...beta.slice(1), ...posterior, ...variances, ...data));
}

/** Where the forward process goes, from x_0 of the world and from the data. */
function forwardRanges(t: number, world: World, width: number): readonly Interval[] {
  const kept = world.alphaBar[t]?.toNumber() ?? 1;
  const own = world.states[0]?.offset[0]?.toNumber() ?? 0;
  const data = dataLaw("mixture", world).map(({ mean, variance }) => ({
    mean: mean[0]?.toNumber() ?? 0,
    variance: variance.toNumber(),
  }));
  return [{ mean: own, variance: 0 }, ...data].map(({ mean, variance }) => {
    const reach = width * Math.sqrt(kept * variance + 1 - kept);
    return { low: Math.sqrt(kept) * mean - reach, high: Math.sqrt(kept) * mean + reach };
  });
}

/**
 * Where the states of the model are: x_{t-1} = μ_θ(x_t, t) + σ_t z is a Lipschitz function of independent
 * normal noises, so it is spread no wider than a normal variable of variance L² V + σ_t² around its mean.
 */
function modelRanges(scope: Scope, variances: readonly number[], width: number): readonly Interval[] {
  const { T } = scope.world;
  const ranges: Interval[] = [];
  let [mean, slack, variance] = [0, 0, 1];
  for (let t = T; t >= 0; t--) {
    const reach = slack + width * Math.sqrt(variance);
    ranges[t] = { low: mean - reach, high: mean + reach };
    if (t === 0) break;
    const { offset, slope, bend, lipschitz } = meanFunction(t, scope);
    mean = offset + slope * mean;
    slack = Math.abs(slope) * slack + bend;
    variance = lipschitz ** 2 * variance + (variances[t - 1] ?? 0);
  }
  return ranges;
}
