import { arithmeticOf, type Real } from "../../expr/number.js";
import { drawWorld, type Draw } from "./draw.js";

/**
 * Worlds in which inequalities break that hold in all worlds drawn at random: schedules at the limits of what is
 * allowed, long ones, and models that no bound can tell from the truth. All have T of 5 and d = 1 but the long ones.
 */

/** Digits of the numbers that are computed here: more than any evaluation carries, so that zeros are seen as zeros. */
const digits = 300;
const { real, one, zero } = arithmeticOf(digits);
const shortTime = 5;

/** Powers of ten by which β is apart from 0 and from 1. Where it is near 1 for all t, ᾱ_T is too small to be seen. */
interface Limit {
  readonly low: number;
  readonly high: number;
  /** The power of ten by which vectors leave their usual size. */
  readonly vector: number;
  /** Digits carried, as a multiple of the usual number: a term in 1/β² takes twice the digits of β. */
  readonly precision: number;
}

const near: Limit = { low: 13, high: 16, vector: 0, precision: 2 };
const far: Limit = { low: 50, high: 60, vector: 30, precision: 6 };

/** All β near 0; every other near 1; both in turn. */
export const drawLimitWorlds = (seed: number): readonly Draw[] => limitWorlds(seed, near);

/** The same so far out, with vectors of any size, that only numbers and vectors themselves can be evaluated there. */
export const drawFarWorlds = (seed: number): readonly Draw[] => limitWorlds(seed, far);

function limitWorlds(seed: number, { low, high, vector, precision }: Limit): readonly Draw[] {
  return [0, 1, 2].map((at) => {
    const ordinary = drawWorld(seed, at, 1, shortTime);
    const scaled = (values: readonly string[]): readonly string[] =>
      values.map((value) => `${value}e${at === 0 ? -vector : vector}`);
    const beta = ordinary.beta.map((own, t) => {
      const places = low + Math.floor(Number(own) * (high - low + 1));
      const [small, large] = [`1e-${places}`, `0.${"9".repeat(places)}`];
      return t % 2 === 0 ? ([small, own, small][at] ?? own) : ([small, large, large][at] ?? own);
    });
    return {
      ...ordinary,
      beta,
      x0: scaled(ordinary.x0),
      noise: ordinary.noise.map(scaled),
      fresh: (name) => scaled(ordinary.fresh(name)),
      precision,
    };
  });
}

const longTime = 128;
const longBetas = ["0.8", "0.02", "0.000001"];
/** ᾱ_T is 10^-90 in the first. */
const longPrecision = 3;

/** Schedules of 128 equal steps: what grows with T is larger there than in other worlds. */
export function drawLongWorlds(seed: number): readonly Draw[] {
  return longBetas.map((beta, at) => ({
    ...drawWorld(seed, at, 1, longTime),
    beta: Array.from({ length: longTime + 1 }, () => beta),
    schedule: `\\beta_t = ${beta}`,
    precision: longPrecision,
  }));
}

/** How the β of the worlds with an ideal model are spread: entropies are positive in one and negative in another. */
const spreads = [1, 1e-3, 1e-8];
/** There log p_θ(x_0) of a model that predicts x_0 is 27. */
const tinySpread = 1e-24;
const tinyPrecision = 3;

/** A world in which all free numbers are one, and all vectors are alike: what compares two of a kind may be 0 there. */
export function drawEqualWorld(seed: number): Draw {
  const ordinary = drawWorld(seed, 0, 1, shortTime);
  const [own = "1"] = ordinary.x0;
  const alike = [own];
  return {
    ...ordinary,
    noise: ordinary.noise.map(() => alike),
    fresh: () => alike,
    free: () => "0.75",
    remark: "where free numbers are equal",
  };
}

/** Worlds in which a model is as good, or as empty, as it can be. */
export function drawModelWorlds(seed: number): readonly Draw[] {
  const base = (at: number, spread = spreads[at] ?? 1): Draw => {
    const ordinary = drawWorld(seed, at, 1, shortTime);
    return { ...ordinary, beta: ordinary.beta.map((beta) => real(beta).times(spread).toFixed()) };
  };
  return [
    ...spreads.map((_, at) => withModel(base(at), exactReverse)),
    withModel(base(0), knowsData),
    { ...withModel(base(1, tinySpread), knowsData), precision: tinyPrecision },
    withModel(base(0), constant),
    withModel(base(0), empty),
  ];
}

/** ε_θ(x, t) = slope · x + offset without a cosine, and σ_t². */
interface Model {
  readonly remark: string;
  readonly slope: (t: number, tables: Tables) => Real;
  /** Absent where it is as drawn. */
  readonly offset?: (t: number, tables: Tables) => Real;
  /** Absent where it is as drawn. */
  readonly variance?: (t: number, tables: Tables) => Real;
  readonly normalData?: true;
}

interface Tables {
  readonly beta: (t: number) => Real;
  readonly alphaBar: (t: number) => Real;
  readonly x0: Real;
}

/**
 * x_0 ~ N(0, I): then x_t ~ N(0, I) for all t, E[x_0 | x_t] = √ᾱ_t x_t, and x_{t-1} given x_t has the law
 * N(√α_t x_t, β_t I). With that as the model every bound on its likelihood is reached.
 */
const exactReverse: Model = {
  remark: "with x_0 ~ N(0, I) and the model the exact reverse process",
  slope: (t, { alphaBar }) => one.minus(alphaBar(t)).sqrt(),
  offset: () => zero,
  variance: (t, { beta }) => beta(t),
  normalData: true,
};

/** A network that predicts x_0 itself, and σ_t² = β̃_t: each step of the model is the posterior. */
const knowsData: Model = {
  remark: "with a network that predicts x_0 exactly",
  slope: (t, { alphaBar }) => one.div(one.minus(alphaBar(t)).sqrt()),
  offset: (t, { alphaBar, x0 }) =>
    x0
      .times(
        alphaBar(t)
          .div(one.minus(alphaBar(t)))
          .sqrt(),
      )
      .negated(),
  variance: (t, { beta, alphaBar }) =>
    t === 1
      ? beta(1)
      : one
          .minus(alphaBar(t - 1))
          .div(one.minus(alphaBar(t)))
          .times(beta(t)),
};

const constant: Model = { remark: "with a network that is constant in x_t", slope: () => zero };

/** Not 0, by which a formula may divide. */
const empty: Model = {
  remark: "with a network that predicts next to nothing",
  slope: () => zero,
  offset: () => real("1e-40"),
};

function withModel(draw: Draw, model: Model): Draw {
  const tables = tablesOf(draw);
  const known = new Map<string, string>();
  const free = (name: string, sign: "positive" | "any"): string => {
    const found = known.get(name) ?? chosen(name, model, tables)?.toString() ?? draw.free(name, sign);
    known.set(name, found);
    return found;
  };
  const fresh = (name: string): readonly string[] =>
    model.normalData === true && name.startsWith("data mean") ? ["0"] : draw.fresh(name);
  return { ...draw, free, fresh, remark: model.remark };
}

/** The names that `predict`, `modelVariance` and `dataLaw` draw their numbers by, and the factors they take them with. */
function chosen(name: string, model: Model, tables: Tables): Real | undefined {
  const [, time, part] = /^network\d+:(\d+):(slope|offset|amplitude)/.exec(name) ?? [];
  if (part === "slope") return model.slope(Number(time), tables).times(4);
  if (part === "amplitude") return zero;
  if (part === "offset") return model.offset?.(Number(time), tables);
  const [, step] = /^\\sigma_t(\d+)$/.exec(name) ?? [];
  if (step !== undefined) return model.variance?.(Number(step), tables).sqrt();
  return model.normalData === true && name.startsWith("data variance") ? real(2) : undefined;
}

function tablesOf({ beta, x0 }: Draw): Tables {
  const alphaBar = [one];
  for (const each of beta.slice(1)) alphaBar.push((alphaBar.at(-1) ?? one).times(one.minus(real(each))));
  return {
    beta: (t) => real(beta[t] ?? "0"),
    alphaBar: (t) => alphaBar[t] ?? one,
    x0: real(x0[0] ?? "0"),
  };
}
