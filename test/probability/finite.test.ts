import { describe, expect, test } from "vitest";
import { arithmeticOf } from "../../src/expr/number.js";
import {
  densityAt,
  jointOf,
  marginal,
  measureOf,
  pointsOf,
  type FiniteVariable,
  type Joint,
} from "../../src/probability/finite.js";

const { real } = arithmeticOf(64);
const variable = (name: string, ...weights: readonly number[]): FiniteVariable => ({
  name,
  weights: weights.map(real),
});

/** P(a) = (0.3, 0.7); P(b | a = 0) = (0.5, 0.5), P(b | a = 1) = (0.9, 0.1). */
function twoCoins(a: FiniteVariable, b: FiniteVariable): Joint {
  return jointOf(
    [a, b],
    () => undefined,
    ({ name }, given) => {
      if (name === "a") return [3, 7].map(real);
      return given.get("a") === 0 ? [5, 5].map(real) : [18, 2].map(real);
    },
  );
}

const at = (values: Readonly<Record<string, number>>): ReadonlyMap<string, number> =>
  new Map(Object.entries(values));

describe("a joint distribution of two variables", () => {
  const joint = twoCoins(variable("a", 1, 1), variable("b", 1, 1));

  test("is the product of what it was built from", () => {
    expect(joint.densities.map(Number)).toEqual([0.15, 0.15, 0.63, 0.07]);
  });

  test("marginals and conditionals by hand", () => {
    expect(marginal(joint, ["b"]).densities.map(Number)).toEqual([0.78, 0.22]);
    expect(Number(densityAt(joint, ["a"], [], at({ a: 0 })))).toBe(0.3);
    expect(Number(densityAt(joint, ["a"], ["b"], at({ a: 0, b: 1 })))).toBeCloseTo(0.15 / 0.22, 15);
    // the order in which variables are named does not matter
    expect(Number(densityAt(joint, ["b", "a"], [], at({ a: 1, b: 0 })))).toBe(0.63);
  });

  test("a value that a variable does not have", () => {
    expect(() => densityAt(joint, ["a"], [], at({ a: 2 }))).toThrow("density has no value number 2");
    expect(() => densityAt(joint, ["a"], [], at({ b: 0 }))).toThrow("no value of a at this point");
  });
});

test("with respect to other measures densities may exceed 1, and masses stay", () => {
  const [a, b] = [variable("a", 0.1, 2), variable("b", 0.5, 4)];
  const joint = twoCoins(a, b);
  const mass = pointsOf([a, b]).map((point) =>
    Number(densityAt(joint, ["a", "b"], [], point).times(measureOf([a, b], point) ?? 0)),
  );
  expect(mass.map((value) => value.toFixed(12))).toEqual(
    [0.15, 0.15, 0.63, 0.07].map((value) => value.toFixed(12)),
  );
  expect(Number(densityAt(joint, ["a"], [], at({ a: 0 })))).toBeCloseTo(3, 14);
});

test("a variable depends on its parents alone", () => {
  const names = ["a", "b", "c"];
  const parents: Readonly<Record<string, readonly string[]>> = { a: [], b: ["a"], c: ["b"] };
  let drawn = 1;
  const joint = jointOf(
    names.map((name) => variable(name, 1, 1, 1)),
    (name) => parents[name],
    ({ weights }) => weights.map(() => real((drawn = (drawn * 7) % 31))),
  );
  for (const point of pointsOf(joint.variables)) {
    const full = densityAt(joint, ["c"], ["a", "b"], point);
    expect(Number(full.minus(densityAt(joint, ["c"], ["b"], point)).abs())).toBeLessThan(1e-60);
  }
  const apart = densityAt(joint, ["c"], ["a"], at({ a: 0, b: 0, c: 0 })).minus(
    densityAt(joint, ["c"], [], at({ a: 0, b: 0, c: 0 })),
  );
  expect(Number(apart.abs())).toBeGreaterThan(1e-6);
});
