import type { Real } from "../../expr/number.js";
import type { NormalChain } from "./chain.js";
import type { World } from "./world.js";

/** One normal part of the law of x_0. */
export interface DataComponent {
  readonly weight: Real;
  /** [d] */
  readonly mean: readonly Real[];
  /** Per coordinate: the covariance is variance · I. */
  readonly variance: Real;
}

/** How the law of the data is drawn: with several normal components, or as one normal law. */
export type DataLaw = "mixture" | "normal";

const mostComponents = 3;

/**
 * The law of the data in a world, for statements in which it matters: a mixture of three normal laws, so
 * that what is true of normal data only fails, or its first component alone.
 */
export function dataLaw(kind: DataLaw, world: World): readonly DataComponent[] {
  const { draw, arithmetic } = world;
  const count = kind === "mixture" ? mostComponents : 1;
  const positive = (name: string): Real => arithmetic.real(draw.free(`data ${name}`, "positive"));
  const sizes = Array.from({ length: count }, (_, k) => positive(`weight ${k}`));
  const total = sizes.reduce((sum, size) => sum.plus(size), arithmetic.zero);
  return sizes.map((size, k) => ({
    weight: size.div(total),
    mean: draw.fresh(`data mean ${k}`).map((m) => arithmetic.real(m).times(1.5)),
    variance: positive(`variance ${k}`).div(2),
  }));
}

/** The forward process with x_0 drawn from one component. */
export function chainFrom({ mean, variance }: DataComponent, world: World): NormalChain {
  const { arithmetic, T } = world;
  const zeros = mean.map(() => arithmetic.zero);
  return {
    order: Array.from({ length: T + 1 }, (_, t) => t),
    start: { offset: mean, variance },
    steps: Array.from({ length: T }, (_, t) => ({
      slope: (world.alpha[t + 1] ?? arithmetic.one).sqrt(),
      offset: zeros,
      variance: world.beta[t + 1] ?? arithmetic.one,
    })),
  };
}
