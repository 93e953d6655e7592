import type { Span } from "../../expr/expr.js";
import type { Real } from "../../expr/number.js";
import { exponentialOf, logarithmOf, type Exponential } from "../../probability/exponential.js";
import { addWaves, affineParts, constantWave, variableWave, type Wave } from "../../probability/wave.js";
import type { Names } from "../notation/names.js";
import { lawInChain, type NormalChain } from "../world/chain.js";
import { chainFrom, dataLaw } from "../world/data.js";
import type { NormalLaw } from "../world/law.js";
import { predict } from "../world/network.js";
import type { World } from "../world/world.js";
import { EvaluationError } from "./error.js";
import { chainOf, isScreened, logNormal, type Factor } from "./factor.js";
import { stateField, type Open } from "./field.js";
import { modelVariance, networkOf } from "./model.js";
import type { Scope, Setting } from "./scope.js";

/** A normal law of all states and how likely it is that they have it. */
interface WeightedChain {
  readonly weight: Real;
  readonly chain: NormalChain;
}

/** A density as a function of the open states: one normal density, or a mixture where the data's law enters. */
export function densityIn(factor: Factor, open: Open): Exponential {
  return chainsOf(factor, open).flatMap(({ weight, chain }) =>
    exponentialOf(logInChain(factor, chain, open), open.scope.world.arithmetic).map((term) => ({
      ...term,
      factor: constantWave(weight),
    })),
  );
}

function logInChain(factor: Factor, chain: NormalChain, open: Open): Wave {
  return addWaves(
    ...chainOf(factor).map(({ t, known }) =>
      logNormal(stateField(t, open), lawOf(t, known, chain, open), factor.expr, open),
    ),
  );
}

export const lawOf = (t: number, known: readonly number[], chain: NormalChain, open: Open): NormalLaw =>
  lawInChain(t, known, (s) => stateField(s, open), chain, open.scope.world.arithmetic);

/**
 * The normal laws that a factor is made of, each with its probability given what the factor is conditional
 * on. @throws EvaluationError where that is a mixture and still open
 */
export function chainsOf(factor: Factor, open: Open): readonly WeightedChain[] {
  const { scope } = open;
  const { arithmetic } = scope.world;
  if (factor.process === "model")
    return [{ weight: arithmetic.one, chain: modelChain(scope, factor.expr.span) }];
  const chains = dataChains(requireSetting(scope, factor.expr.span), scope.world);
  const { given } = factor;
  // Where what is given screens x_0 off, every law of it gives the same.
  if (isScreened(factor)) return chains.slice(0, 1).map((each) => ({ ...each, weight: arithmetic.one }));
  if (given.length === 0 || chains.length === 1) return chains;
  const logs = chains.map(({ weight, chain }) => {
    const density = logInChain({ ...factor, of: [...given].sort((a, b) => a - b), given: [] }, chain, open);
    return addWaves(density, constantWave(weight.ln()));
  });
  const terms = logs.flatMap((log) => exponentialOf(log, arithmetic));
  const total = logarithmOf(terms, arithmetic);
  return chains.map(({ chain }, k) => {
    const share = total === undefined ? undefined : logOfShare(logs[k] ?? [], total, open);
    if (share === undefined)
      throw new EvaluationError(
        "unsupported",
        "no exact expectation over what a mixture is conditional on",
        factor.expr.span,
      );
    return { weight: share.exp(), chain };
  });
}

function logOfShare(part: Wave, total: Wave, open: Open): Real | undefined {
  const { arithmetic } = open.scope.world;
  const [a, b] = [part, total].map((wave) =>
    wave.every(({ powers, frequency }) => powers.size + frequency.size === 0)
      ? wave.reduce((sum, { coefficient }) => sum.plus(coefficient), arithmetic.zero)
      : undefined,
  );
  return a === undefined || b === undefined ? undefined : a.minus(b);
}

/** The one normal law that a factor of the forward process has when x_0 is drawn from the data. */
export function onlyChain(factor: Factor, open: Open): NormalChain {
  const own = isScreened(factor) ? factor : { ...factor, given: [] };
  const [only, ...more] = chainsOf(own, open);
  if (only !== undefined && more.length === 0) return only.chain;
  throw new EvaluationError("unsupported", "no exact logarithm of a mixture", factor.expr.span);
}

/** Whether the law of the data enters a density. */
export const needsData = (factor: Factor): boolean => factor.process === "forward" && !isScreened(factor);

function requireSetting(scope: Scope, span: Span): Setting {
  if (scope.setting !== undefined) return scope.setting;
  throw new EvaluationError("unsupported", "the law of the data is not known here", span);
}

const data = new WeakMap<World, Map<Setting, readonly WeightedChain[]>>();

function dataChains(setting: Setting, world: World): readonly WeightedChain[] {
  const known = data.get(world) ?? new Map<Setting, readonly WeightedChain[]>();
  data.set(world, known);
  const chains =
    known.get(setting) ??
    dataLaw(setting === "normal" ? "normal" : "mixture", world).map((component) => ({
      weight: component.weight,
      chain: chainFrom(component, world),
    }));
  known.set(setting, chains);
  return chains;
}

const models = new WeakMap<World, Map<string, { readonly names: Names; readonly chain: NormalChain }>>();

/** All states of the model with an affine network: x_T ~ N(0, I), x_{t-1} = μ_θ(x_t, t) + σ_t noise. */
export function modelChain(scope: Scope, span: Span): NormalChain {
  const { world } = scope;
  scope.trace.model = true;
  const known = models.get(world) ?? new Map<string, { names: Names; chain: NormalChain }>();
  models.set(world, known);
  const key = `${scope.deviation}|${scope.network}`;
  const cached = known.get(key);
  if (cached?.names === scope.names) return cached.chain;
  const { T, d, arithmetic } = world;
  const order = Array.from({ length: T + 1 }, (_, at) => T - at);
  const start = { offset: Array.from({ length: d }, () => arithmetic.zero), variance: arithmetic.one };
  const steps = order.slice(0, T).map((t) => ({
    ...meanOf(t, scope, span),
    variance: modelVariance(t, span, scope),
  }));
  const chain: NormalChain = { order, start, steps };
  known.set(key, { names: scope.names, chain });
  return chain;
}

/** μ_θ(x_t, t) = slope · x_t + offset */
function meanOf(
  t: number,
  scope: Scope,
  span: Span,
): { readonly slope: Real; readonly offset: readonly Real[] } {
  const { world } = scope;
  const x = Array.from({ length: world.d }, (_, i) => variableWave(`${i}`, world.arithmetic));
  const parts = predict("mean", t, x, world, networkOf(scope)).map((wave) =>
    affineParts(wave, world.arithmetic),
  );
  const [first] = parts;
  const offset = parts.flatMap((part) => (part === undefined ? [] : [part.offset]));
  if (first === undefined || offset.length < parts.length)
    throw new EvaluationError("unsupported", "an integral over states behind a network that bends", span);
  return { slope: first.slopes.get("0") ?? world.arithmetic.zero, offset };
}
