import type { Arithmetic, Real } from "../../expr/number.js";
import { times } from "../../expr/times.js";
import { add, constant, realize, scale, standardNoise, type Affine } from "../../probability/affine.js";
import type { Conditional } from "../../probability/gaussian.js";
import type { BoundPoint } from "../notation/notation.js";
import type { Draw } from "./draw.js";

/**
 * One world: everything a statement may mention, consistent by construction. x_t is built from x_0
 * and the step noises by the definition of the forward process (Ho et al. 2020, Eq. 2), and every
 * other quantity (ε̄_t, μ̃_t, β̃_t, densities) by conditioning the joint Gaussian of the x_t, never
 * by a formula that a text under check may contain. Nothing is computed before it is asked for.
 */
export class World {
  /** Tables for t = 0..T; entry 0 of beta and alpha is not a time. */
  readonly beta: readonly Real[];
  readonly alpha: readonly Real[];
  readonly alphaBar: readonly Real[];
  private readonly values = new Map<string, readonly Real[]>();
  private readonly freeNumbers = new Map<string, Real>();
  private readonly noises = new Map<string, Affine>();
  private readonly realized = new WeakMap<Affine, Affine>();
  private readonly wholeNoises = new Map<number, Affine>();
  private readonly steps = new Map<number, Step>();
  private statesMade: readonly Affine[] | undefined;
  private variancesMade: readonly Real[] | undefined;
  private doublesMade: Omit<BoundPoint, "t"> | undefined;

  constructor(
    readonly draw: Draw,
    readonly arithmetic: Arithmetic,
  ) {
    const { real, one } = arithmetic;
    this.beta = draw.beta.map(real);
    this.alpha = this.beta.map((beta) => one.minus(beta));
    const alphaBar: Real[] = [one];
    for (let t = 1; t <= draw.T; t++) alphaBar.push(times(at(alphaBar, t - 1), at(this.alpha, t)));
    this.alphaBar = alphaBar;
  }

  /**
   * x_t as an affine vector of the noises `z1`…`zT`; t = 0..T. Made when first asked for: T²/2 coefficients, which
   * a statement about the schedule alone does not need.
   */
  get states(): readonly Affine[] {
    this.statesMade ??= this.makeStates();
    return this.statesMade;
  }

  private makeStates(): readonly Affine[] {
    const states: Affine[] = [constant(this.draw.x0.map(this.arithmetic.real))];
    for (let t = 1; t <= this.T; t++) {
      const kept = scale(at(states, t - 1), at(this.alpha, t).sqrt());
      states.push(add(kept, scale(this.noise(`z${t}`), at(this.beta, t).sqrt())));
    }
    return states;
  }

  /**
   * Var(x_t | x_0) per coordinate, t = 0..T: x_t = √α_t x_{t-1} + √β_t z_t with z_t independent of x_{t-1}, so
   * α_t of the variance is kept and β_t added.
   */
  get variances(): readonly Real[] {
    this.variancesMade ??= this.makeVariances();
    return this.variancesMade;
  }

  private makeVariances(): readonly Real[] {
    const variances = [this.arithmetic.zero];
    for (let t = 1; t <= this.T; t++)
      variances.push(times(at(this.alpha, t), at(variances, t - 1)).plus(at(this.beta, t)));
    return variances;
  }

  get T(): number {
    return this.draw.T;
  }

  get d(): number {
    return this.draw.d;
  }

  /** A standard normal vector as a random variable. `z3` is the noise of step 3; other names are fresh. */
  noise(name: string): Affine {
    const noise = this.noises.get(name) ?? standardNoise(name, this.draw.d, this.arithmetic);
    this.noises.set(name, noise);
    return noise;
  }

  /** The value that noise has in this world, [d]. */
  readonly valueOf = (name: string): readonly Real[] => {
    const known = this.values.get(name);
    if (known !== undefined) return known;
    const step = /^z([0-9]+)$/.exec(name)?.[1];
    const text = step === undefined ? this.draw.fresh(name) : at(this.draw.noise, Number(step));
    const value = text.map(this.arithmetic.real);
    this.values.set(name, value);
    return value;
  };

  /** A number for a symbol that may have any value. */
  free(name: string, sign: "positive" | "any"): Real {
    const key = `${sign} ${name}`;
    const value = this.freeNumbers.get(key) ?? this.arithmetic.real(this.draw.free(name, sign));
    this.freeNumbers.set(key, value);
    return value;
  }

  /** The vector in this world: noises replaced by their values. */
  realize(vector: Affine): Affine {
    const known = this.realized.get(vector) ?? constant(realize(vector, this.valueOf));
    this.realized.set(vector, known);
    return known;
  }

  /** ε̄_t, all noise up to t as one standard normal vector; t = 1..T. */
  accumulated(t: number): Affine {
    const known = this.wholeNoises.get(t) ?? this.makeAccumulated(t);
    this.wholeNoises.set(t, known);
    return known;
  }

  private makeAccumulated(t: number): Affine {
    const state = at(this.states, t);
    const offset = state.offset.map(() => this.arithmetic.zero);
    const deviation = at(this.variances, t).sqrt();
    return scale({ offset, coefficients: state.coefficients }, this.arithmetic.one.div(deviation));
  }

  /**
   * The law of x_{t-1} given x_t and x_0, at the given values of both; t = 1..T. x_0 is a constant of the world;
   * its value enters through the means √ᾱ x_0 of x_{t-1} and x_t.
   */
  posterior(t: number, xt: Affine, x0: Affine): Conditional {
    const { before, now, weight, variance } = this.step(t);
    const surprise = add(xt, scale(x0, now.negated()));
    return { mean: add(scale(x0, before), scale(surprise, weight)), variance };
  }

  /** Var[x_{t-1} | x_t, x_0] per coordinate; t = 1..T. */
  posteriorVariance(t: number): Real {
    return this.step(t).variance;
  }

  /** x_{t-1} conditioned on x_t in their joint normal law given x_0. */
  private step(t: number): Step {
    const known = this.steps.get(t);
    if (known !== undefined) return known;
    const [own, given] = [at(this.variances, t - 1), at(this.variances, t)];
    const common = times(at(this.alpha, t).sqrt(), own);
    const weight = common.div(given);
    const made = {
      before: at(this.alphaBar, t - 1).sqrt(),
      now: at(this.alphaBar, t).sqrt(),
      weight,
      variance: own.minus(times(weight, common)),
    };
    this.steps.set(t, made);
    return made;
  }

  /** This world in double precision, for functions of the library bound to a symbol. */
  boundPoint(t: number): BoundPoint {
    this.doublesMade ??= this.makeDoubles();
    return { t, ...this.doublesMade };
  }

  private makeDoubles(): Omit<BoundPoint, "t"> {
    const numbers = (values: readonly Real[]): readonly number[] => values.map((value) => value.toNumber());
    return {
      T: this.T,
      d: this.d,
      beta: [0, ...numbers(this.beta.slice(1))],
      alpha: [1, ...numbers(this.alpha.slice(1))],
      alphaBar: numbers(this.alphaBar),
      x: this.states.map((state) => numbers(realize(state, this.valueOf))),
    };
  }
}

/** How x_{t-1} follows from x_t and x_0. */
interface Step {
  /** √ᾱ_{t-1} and √ᾱ_t */
  readonly before: Real;
  readonly now: Real;
  /** Cov(x_{t-1}, x_t) / Var(x_t) */
  readonly weight: Real;
  readonly variance: Real;
}

function at<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value === undefined) throw new RangeError(`no entry ${index} among ${values.length}`);
  return value;
}
