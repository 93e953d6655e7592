import type { Arithmetic, Real } from "../../expr/number.js";
import { covariance, type Affine } from "../../probability/affine.js";
import type { Trace } from "../evaluate/scope.js";

/** Two Gaussian vectors and the variables that are given: equal in law means equal jointly with these. */
export interface LawPair {
  readonly left: Affine;
  readonly right: Affine;
  readonly given: readonly Affine[];
}

/** Same mean, same variance, and the same covariance with everything that is given. */
export function sameLaw(pair: LawPair, arithmetic: Arithmetic, tolerance: Real): boolean {
  const { left, right, given } = pair;
  const variance = (x: Affine): Real => covariance(x, x, arithmetic);
  const [vl, vr] = [variance(left), variance(right)];
  const spread = larger(vl, vr);
  const close = (a: Real, b: Real, scale: Real): boolean => {
    const apart = a.minus(b).abs();
    return apart.isZero() || apart.lessThanOrEqualTo(scale.times(tolerance));
  };
  const means = left.offset.every((m, at) => {
    const other = right.offset[at] ?? m;
    return close(m, other, larger(larger(m.abs(), other.abs()), spread.sqrt()));
  });
  return (
    means &&
    close(vl, vr, spread) &&
    given.every((g) =>
      close(
        covariance(left, g, arithmetic),
        covariance(right, g, arithmetic),
        spread.times(variance(g)).sqrt(),
      ),
    )
  );
}

/** Whether two vectors are made of the same noises; then only equality path by path can be meant. */
export function sameNoises(left: Affine, right: Affine, tolerance: Real): boolean {
  const names = (x: Affine): string => {
    const sizes = [...x.coefficients.values()].map((value) => value.abs());
    const least = sizes
      .reduce<Real | undefined>((a, b) => (a === undefined ? b : larger(a, b)), undefined)
      ?.times(tolerance);
    return [...x.coefficients]
      .filter(([, value]) => least === undefined || value.abs().greaterThan(least))
      .map(([name]) => name)
      .sort()
      .join();
  };
  return names(left) === names(right);
}

/**
 * What is given when `left` is said to have the law of `right`: the states on the side that describes
 * the law, and every variable that both sides mention. A side that is one state alone is the side
 * described; otherwise the left one is.
 */
export function givenVariables(left: Trace, right: Trace, described: "left" | "right"): readonly Affine[] {
  const describing = described === "left" ? right : left;
  const states = [...describing.variables].filter(([name]) => name.startsWith("state:"));
  const shared = [...left.variables].filter(([name]) => right.variables.has(name));
  return [...new Map([...states, ...shared]).values()];
}

/** The indices of the states an evaluation touched. */
export function statesIn(trace: Trace): readonly number[] {
  return [...trace.variables.keys()]
    .filter((name) => name.startsWith("state:"))
    .map((name) => Number(name.slice(6)));
}

const larger = (a: Real, b: Real): Real => (a.greaterThan(b) ? a : b);
