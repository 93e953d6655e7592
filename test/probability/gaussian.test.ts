import { describe, expect, test } from "vitest";
import { arithmeticOf } from "../../src/expr/number.js";
import {
  add,
  constant,
  covariance,
  realize,
  scale,
  standardNoise,
  type Affine,
} from "../../src/probability/affine.js";
import { conditional, densityOf, densityValue } from "../../src/probability/gaussian.js";
import { DegenerateError } from "../../src/probability/linear.js";
import { integrate, normalDensity } from "../support/quadrature.js";

const arithmetic = arithmeticOf(64);
const { real } = arithmetic;
const point = (...values: readonly number[]): Affine => constant(values.map((value) => real(value)));
const noise = (name: string, size: number, d = 1): Affine =>
  scale(standardNoise(name, d, arithmetic), real(size));

describe("affine Gaussian vectors", () => {
  test("covariance counts shared noises only", () => {
    const a = add(noise("u", 2), noise("v", 3));
    const b = add(noise("v", -5), noise("w", 7));
    expect(covariance(a, b, arithmetic).toNumber()).toBe(-15);
    expect(covariance(a, a, arithmetic).toNumber()).toBe(13);
  });

  test("a realisation replaces noises by their values", () => {
    const a = add(point(1, 2), noise("u", 3, 2));
    expect(realize(a, () => [real(10), real(-1)]).map((x) => x.toNumber())).toEqual([31, -1]);
  });

  test("noises that cancel are gone", () => {
    expect(add(noise("u", 2), noise("u", -2)).coefficients.size).toBe(0);
  });
});

describe("conditioning", () => {
  // X = 1 + 2u, Y = 3 + X + v: integrate the joint density over X on a grid.
  const x = add(point(1), noise("u", 2));
  const y = add(add(x, point(3)), noise("v", 1));
  const joint = (at: number): number => normalDensity(at, 1, 4) * normalDensity(6, at + 3, 1);

  test("agrees with the posterior by quadrature", () => {
    const law = conditional(x, [{ variable: y, value: point(6) }], arithmetic);
    const mass = integrate(joint, 2, 2);
    const mean = integrate((at) => at * joint(at), 2, 2) / mass;
    const variance = integrate((at) => (at - mean) ** 2 * joint(at), 2, 2) / mass;
    // Doubles in the quadrature: 1e-12.
    expect(Math.abs((law.mean.offset[0]?.toNumber() ?? 0) - mean)).toBeLessThan(1e-12);
    expect(Math.abs(law.variance.toNumber() - variance)).toBeLessThan(1e-12);
  });

  test("constants among the given say nothing", () => {
    const law = conditional(x, [{ variable: point(5), value: point(5) }], arithmetic);
    expect(law.variance.toNumber()).toBe(4);
  });

  test("a variable given twice is refused", () => {
    const given = { variable: y, value: point(6) };
    expect(() => conditional(x, [given, given], arithmetic)).toThrow(DegenerateError);
  });
});

describe("densities", () => {
  test("of one variable in three dimensions: the product of three", () => {
    const variable = add(point(1, 2, 3), noise("u", 2, 3));
    const values = [real(0), real(2.5), real(4)];
    const expected = normalDensity(0, 1, 4) * normalDensity(2.5, 2, 4) * normalDensity(4, 3, 4);
    const found = densityValue(densityOf([variable], [values], arithmetic)).toNumber();
    expect(Math.abs(found / expected - 1)).toBeLessThan(1e-14);
  });

  test("of a pair, over that of one, is the conditional density", () => {
    const x = add(point(1), noise("u", 2));
    const y = add(add(x, point(3)), noise("v", 1));
    const pair = densityOf([x, y], [[real(2)], [real(6)]], arithmetic);
    const found = densityValue(pair, densityOf([x], [[real(2)]], arithmetic)).toNumber();
    expect(Math.abs(found / normalDensity(6, 5, 1) - 1)).toBeLessThan(1e-14);
  });

  test("of a constant there is none", () => {
    expect(() => densityOf([point(1)], [[real(1)]], arithmetic)).toThrow(DegenerateError);
  });
});
