import { createRandom, type Random } from "../../random/random.js";

/**
 * The numbers of one world as decimal text: exact at any precision, so that a statement can be
 * evaluated again with more digits, and short enough to print.
 */
export interface Draw {
  /** The last time: 2..8, or that of a given schedule. */
  readonly T: number;
  /** Dimension of the vectors. */
  readonly d: number;
  /** beta[t], t = 1..T, strictly between 0 and 1; entry 0 is unused. */
  readonly beta: readonly string[];
  /** [d] */
  readonly x0: readonly string[];
  /** noise[t] is the noise of step t, [d]; entry 0 is unused. */
  readonly noise: readonly (readonly string[])[];
  /** A vector [d] of standard normal noise, or a number, that belongs to that name. */
  readonly fresh: (name: string) => readonly string[];
  /** A number for a symbol that may have any value; never 0. */
  readonly free: (name: string, sign: "positive" | "any") => string;
  /** Whether vectors, of one dimension, are written as numbers. */
  readonly scalar?: true;
  /** The name of the schedule whose betas these are; absent where they were drawn. */
  readonly schedule?: string;
  /** Digits to carry there, as a multiple of the usual number, where β is so near to 0 or 1 that many are lost. */
  readonly precision?: number;
  /** What is special about the world, for those who read a counterexample in it. */
  readonly remark?: string;
}

/** How the β of a world are spread: ordinary, or near one of the ends where inequalities break first. */
const spreads = [
  { low: 0.02, width: 0.96 },
  { low: 0.02, width: 0.96 },
  { low: 0.0002, width: 0.002 },
  { low: 0.02, width: 0.96 },
  { low: 0.98, width: 0.0199 },
] as const;

const kept = new Map<string, Draw>();
const mostKept = 300;

/** One draw for the same seed and number: what was evaluated in its world is found again. */
function once(name: string, make: () => Draw): Draw {
  const known = kept.get(name);
  if (known !== undefined) return known;
  const draw = make();
  if (kept.size >= mostKept) kept.clear();
  kept.set(name, draw);
  return draw;
}

/** World number `at` of a seed: T of 5 to 8, d alternating 1 and 3 unless told, everything independent. */
export function drawWorld(seed: number, at: number, dimension?: number, last?: number): Draw {
  return once(`world ${seed} ${at} ${dimension} ${last}`, () => makeWorld(seed, at, dimension, last));
}

function makeWorld(seed: number, at: number, dimension?: number, last?: number): Draw {
  const random = createRandom(seed).fork("world", at);
  const spread = spreads[at % spreads.length] ?? spreads[0];
  const own = random.integer(5, 8);
  const T = last ?? own;
  const d = dimension ?? (at % 2 === 0 ? 1 : 3);
  return {
    T,
    d,
    beta: steps(T, () => (spread.low + spread.width * random.uniform()).toFixed(6)),
    x0: vector(d, () => (6 * random.uniform() - 3).toFixed(4)),
    noise: steps(T, () => normals(random, d)),
    ...named(random, d, 5),
  };
}

/** A world at the edge, for inequalities: some β within 10^-9 of 0 or of 1, the others anywhere. */
export function drawEdgeWorld(seed: number, at: number): Draw {
  return once(`edge ${seed} ${at}`, () => makeEdgeWorld(seed, at));
}

function makeEdgeWorld(seed: number, at: number): Draw {
  const random = createRandom(seed).fork("edge", at);
  const ordinary = drawWorld(seed, at);
  const edge = (): string => {
    const tiny = `${"0".repeat(8)}${random.integer(1, 9)}`;
    return random.uniform() < 0.5 ? `0.${tiny}` : `0.${"9".repeat(8)}${random.integer(1, 9)}`;
  };
  return { ...ordinary, beta: ordinary.beta.map((beta) => (random.uniform() < 0.6 ? edge() : beta)) };
}

/** Powers of ten by which vectors and free numbers leave their usual size, turn by turn. */
const scales = [
  { vector: -6, free: 6 },
  { vector: 6, free: -6 },
  { vector: -1, free: -1 },
  { vector: 1, free: 1 },
] as const;

/**
 * A world in which vectors and free numbers are far smaller or larger than usual, for inequalities: what bounds a
 * random vector must do so for all of its values.
 */
export function drawScaledWorld(seed: number, at: number): Draw {
  return once(`scaled ${seed} ${at}`, () => makeScaledWorld(seed, at));
}

function makeScaledWorld(seed: number, at: number): Draw {
  const ordinary = drawWorld(seed, at);
  const scale = scales[Math.floor(at / 2) % scales.length] ?? scales[0];
  const scaled = (values: readonly string[]): readonly string[] =>
    values.map((value) => `${value}e${scale.vector}`);
  return {
    ...ordinary,
    x0: scaled(ordinary.x0),
    noise: ordinary.noise.map(scaled),
    fresh: (name) => scaled(ordinary.fresh(name)),
    free: (name, sign) => `${ordinary.free(name, sign)}e${scale.free}`,
  };
}

const mildTimes = [4, 2, 8] as const;

/**
 * A world for quadrature: d = 1, T from 2 to 8, no law so narrow, no network so steep that the states would
 * need many points.
 */
export function drawMildWorld(seed: number, at: number): Draw {
  return once(`mild ${seed} ${at}`, () => makeMildWorld(seed, at));
}

function makeMildWorld(seed: number, at: number): Draw {
  const random = createRandom(seed).fork("mild", at);
  const T = mildTimes[at % mildTimes.length] ?? 3;
  const width = T > 5 ? 0.1 : 0.3;
  return {
    T,
    d: 1,
    beta: steps(T, () => (0.08 + width * random.uniform()).toFixed(6)),
    x0: vector(1, () => (4 * random.uniform() - 2).toFixed(4)),
    noise: steps(T, () => normals(random, 1)),
    fresh: (name) => normals(random.fork("fresh", name), 1),
    free: (name, sign) => {
      const size = 0.4 + 0.4 * random.fork("size", name).uniform();
      const negative = sign === "any" && random.fork("sign", name).uniform() < 0.5;
      return (negative ? -size : size).toFixed(5);
    },
  };
}

/** A world for people: T of 2 or 3, β of one digit, whole and half numbers, d = 1. */
export function drawPocketWorld(seed: number, at: number): Draw {
  return once(`pocket ${seed} ${at}`, () => makePocketWorld(seed, at));
}

function makePocketWorld(seed: number, at: number): Draw {
  const random = createRandom(seed).fork("pocket", at);
  const T = at % 3 === 0 ? 2 : 3;
  const halves = (): string => {
    const value = random.integer(1, 4) / 2;
    return String(random.uniform() < 0.5 ? -value : value);
  };
  return {
    T,
    d: 1,
    beta: distinct(T, () => (random.integer(1, 8) / 10).toFixed(1)),
    x0: [halves()],
    noise: steps(T, () => [halves()]),
    fresh: (name) => [String(createRandom(seed).fork("pocket", at, name).integer(1, 4) / 2)],
    free: (name) => String(createRandom(seed).fork("pocket", at, name).integer(2, 9)),
  };
}

function named(random: Random, d: number, digits: number): Pick<Draw, "fresh" | "free"> {
  return {
    fresh: (name) => normals(random.fork("fresh", name), d),
    free: (name, sign) => {
      const stream = random.fork("free", name);
      const size = (0.2 + 2.3 * stream.uniform()).toFixed(digits);
      return sign === "any" && stream.uniform() < 0.5 ? `-${size}` : size;
    },
  };
}

/** Entry t = draw for t = 1..T, entry 0 unused. */
function steps<T>(count: number, draw: () => T): readonly T[] {
  const values = Array.from({ length: count }, draw);
  return [values[0] ?? draw(), ...values];
}

function distinct(count: number, draw: () => string): readonly string[] {
  const values = new Set<string>();
  while (values.size < count) values.add(draw());
  return ["0", ...values];
}

const vector = (d: number, draw: () => string): readonly string[] => Array.from({ length: d }, draw);
const normals = (random: Random, d: number): readonly string[] => vector(d, () => random.normal().toFixed(6));
