import type { Real } from "../../expr/number.js";
import {
  addWaves,
  constantWave,
  cosineWave,
  multiplyWaves,
  scaleWave,
  subtractWaves,
  type Wave,
} from "../../probability/wave.js";
import { stateLaw } from "./law.js";
import type { World } from "./world.js";

/** What a network predicts from x_t: the noise, the clean data, or the mean of x_{t-1}. */
export type Prediction = "noise" | "clean" | "mean";

/** Which network of a world, with its cosine or without. */
export interface Network {
  /** 0, or another number for another network, with the condition it is given. */
  readonly variant: string;
  /** ε_θ(x, t) = a + b x with one b for all coordinates: the states of the model are jointly normal. */
  readonly affine: boolean;
}

/**
 * The network of a world as a function of x_t, d functions of the variables in `x`: a smooth random
 * ε_θ(x, t) = a + b x + c cos(w·x + φ), coefficients drawn for each t. The other predictions follow from
 * it, so that all of them belong to one model: x_θ = (x - √(1-ᾱ_t) ε_θ) / √ᾱ_t and
 * μ_θ = E[x_{t-1} | x_t = x, x_0 = x_θ].
 */
export function predict(
  prediction: Prediction,
  t: number,
  x: readonly Wave[],
  world: World,
  { variant, affine }: Network,
): readonly Wave[] {
  const noise = affine ? predictAffine(t, x, world, variant) : predictNoise(t, x, world, variant);
  if (prediction === "noise") return noise;
  const kept = world.alphaBar[t] ?? world.arithmetic.one;
  const spread = world.arithmetic.one.minus(kept).sqrt();
  const clean = x.map((part, i) =>
    scaleWave(subtractWaves(part, scaleWave(noise[i] ?? [], spread)), world.arithmetic.one.div(kept.sqrt())),
  );
  if (prediction === "clean") return clean;
  return stateLaw(t - 1, [0, t], (s) => (s === 0 ? clean : x), world).mean;
}

function predictNoise(t: number, x: readonly Wave[], world: World, variant: string): readonly Wave[] {
  const { arithmetic } = world;
  const draw = (name: string): Real => coefficient(`network${variant}:${t}:${name}`, world);
  // One cosine for all coordinates keeps the sums short; a frequency near 1 varies over the whole range of x.
  const inner = x.map((part, i) => scaleWave(part, draw(`frequency${i}`).div(2)));
  const wave = cosineWave(addWaves(constantWave(draw("phase")), ...inner), arithmetic);
  return x.map((part, i) =>
    addWaves(
      constantWave(draw(`offset${i}`)),
      scaleWave(part, draw(`slope${i}`).div(4)),
      multiplyWaves(constantWave(draw(`amplitude${i}`)), wave),
    ),
  );
}

function predictAffine(t: number, x: readonly Wave[], world: World, variant: string): readonly Wave[] {
  const draw = (name: string): Real => coefficient(`network${variant}:${t}:${name}`, world);
  const slope = draw("slope0").div(4);
  return x.map((part, i) => addWaves(constantWave(draw(`offset${i}`)), scaleWave(part, slope)));
}

const drawn = new WeakMap<World, Map<string, Real>>();

function coefficient(name: string, world: World): Real {
  const known = drawn.get(world) ?? new Map<string, Real>();
  drawn.set(world, known);
  const value = known.get(name) ?? world.arithmetic.real(world.draw.free(name, "any"));
  known.set(name, value);
  return value;
}
