import type { Arithmetic, Real } from "../../expr/number.js";
import {
  add,
  constant,
  covariance,
  realize,
  scale,
  standardNoise,
  type Affine,
} from "../../probability/affine.js";
import { conditional, type Conditional } from "../../probability/gaussian.js";
import type { BoundPoint } from "../notation/notation.js";
import type { Draw } from "./draw.js";

/**
 * One world: everything a statement may mention, consistent by construction. x_t is built from x_0
 * and the step noises by the definition of the forward process (Ho et al. 2020, Eq. 2), and every
 * other quantity (ε̄_t, μ̃_t, β̃_t, densities) by conditioning the joint Gaussian of the x_t, never
 * by a formula that a text under check may contain.
 */
export class World {
  /** Tables for t = 0..T; entry 0 of beta and alpha is not a time. */
  readonly beta: readonly Real[];
  readonly alpha: readonly Real[];
  readonly alphaBar: readonly Real[];
  /** x_t as an affine vector of the noises `z1`…`zT`; t = 0..T. */
  readonly states: readonly Affine[];
  private readonly values = new Map<string, readonly Real[]>();

  constructor(
    readonly draw: Draw,
    readonly arithmetic: Arithmetic,
  ) {
    const { real, one } = arithmetic;
    this.beta = draw.beta.map(real);
    this.alpha = this.beta.map((beta) => one.minus(beta));
    const alphaBar: Real[] = [one];
    const states: Affine[] = [constant(draw.x0.map(real))];
    for (let t = 1; t <= draw.T; t++) {
      alphaBar.push(at(alphaBar, t - 1).times(at(this.alpha, t)));
      const kept = scale(at(states, t - 1), at(this.alpha, t).sqrt());
      states.push(add(kept, scale(this.noise(`z${t}`), at(this.beta, t).sqrt())));
    }
    this.alphaBar = alphaBar;
    this.states = states;
  }

  get T(): number {
    return this.draw.T;
  }

  get d(): number {
    return this.draw.d;
  }

  /** A standard normal vector as a random variable. `z3` is the noise of step 3; other names are fresh. */
  noise(name: string): Affine {
    return standardNoise(name, this.draw.d, this.arithmetic);
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

  /** The vector in this world: noises replaced by their values. */
  realize(vector: Affine): Affine {
    return constant(realize(vector, this.valueOf));
  }

  /** ε̄_t, all noise up to t as one standard normal vector; t = 1..T. */
  accumulated(t: number): Affine {
    const state = at(this.states, t);
    const noise: Affine = {
      offset: state.offset.map(() => this.arithmetic.zero),
      coefficients: state.coefficients,
    };
    return scale(noise, this.arithmetic.one.div(covariance(state, state, this.arithmetic).sqrt()));
  }

  /** The law of x_{t-1} given x_t and x_0, at the given values of both; t = 1..T. */
  posterior(t: number, xt: Affine, x0: Affine): Conditional {
    // x_0 is a constant of the world; its value enters through the means √ᾱ x_0 of x_{t-1} and x_t.
    const meanOf = (s: number): Affine => scale(x0, at(this.alphaBar, s).sqrt());
    const zero = x0.offset.map(() => this.arithmetic.zero);
    const centred = (s: number): Affine => ({ offset: zero, coefficients: at(this.states, s).coefficients });
    const residual = add(xt, scale(meanOf(t), this.arithmetic.one.negated()));
    const law = conditional(centred(t - 1), [{ variable: centred(t), value: residual }], this.arithmetic);
    return { mean: add(meanOf(t - 1), law.mean), variance: law.variance };
  }

  /** This world in double precision, for functions of the library bound to a symbol. */
  boundPoint(t: number): BoundPoint {
    const numbers = (values: readonly Real[]): readonly number[] => values.map((value) => value.toNumber());
    return {
      t,
      T: this.T,
      d: this.d,
      beta: [0, ...numbers(this.beta.slice(1))],
      alpha: [1, ...numbers(this.alpha.slice(1))],
      alphaBar: numbers(this.alphaBar),
      x: this.states.map((state) => numbers(realize(state, this.valueOf))),
    };
  }
}

function at<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value === undefined) throw new RangeError(`no entry ${index} among ${values.length}`);
  return value;
}
