import { expect, test } from "vitest";
import { arithmeticOf, type Real } from "../../src/expr/number.js";
import {
  applyMatrix,
  determinantOf,
  identityTimes,
  inverseOf,
  multiplyMatrices,
  outerProduct,
  traceOf,
} from "../../src/probability/dense.js";
import { DegenerateError, type Matrix } from "../../src/probability/linear.js";
import { createRandom } from "../../src/random/random.js";

const arithmetic = arithmeticOf(64);
const matrix = (rows: readonly (readonly number[])[]): Matrix => rows.map((row) => row.map(arithmetic.real));
const largest = (a: Matrix): number => Math.max(...a.flat().map((value) => value.abs().toNumber()));
const minus = (a: Matrix, b: Matrix): Matrix =>
  a.map((row, i) => row.map((value, j) => value.minus(b[i]?.[j] ?? NaN)));

/** The sum over all permutations, sign times product: the definition. */
function leibniz(a: Matrix, columns: readonly number[] = a.map((_, at) => at)): Real {
  const [row, ...rest] = a;
  if (row === undefined) return arithmetic.one;
  return columns
    .map((column, at) => {
      const minor = leibniz(
        rest,
        columns.filter((each) => each !== column),
      );
      const term = (row[column] ?? arithmetic.zero).times(minor);
      return at % 2 === 0 ? term : term.negated();
    })
    .reduce((sum, term) => sum.plus(term));
}

test("inverse and determinant of random matrices, pivots that vanish among them", () => {
  const random = createRandom(3);
  for (let trial = 0; trial < 40; trial++) {
    const size = 1 + (trial % 4);
    const rows = Array.from({ length: size }, () =>
      Array.from({ length: size }, () => (random.uniform() < 0.3 ? 0 : random.normal())),
    );
    const a = matrix(rows);
    const determinant = determinantOf(a, arithmetic);
    expect(determinant.minus(leibniz(a)).abs().toNumber()).toBeLessThan(1e-60);
    if (leibniz(a).abs().lessThan(1e-50)) continue;
    const identity = identityTimes(arithmetic.one, size);
    expect(largest(minus(multiplyMatrices(a, inverseOf(a, arithmetic)), identity))).toBeLessThan(1e-55);
    expect(largest(minus(multiplyMatrices(inverseOf(a, arithmetic), a), identity))).toBeLessThan(1e-55);
  }
});

test("a matrix of rank one: its trace, its action, no inverse", () => {
  const [v, w] = [matrix([[1, 2, 3]]), matrix([[4, 5, 6]])].map((rows) => rows[0] ?? []);
  if (v === undefined || w === undefined) throw new RangeError("two vectors");
  const product = outerProduct(v, w);
  expect(traceOf(product).toNumber()).toBe(32);
  expect(applyMatrix(product, v).map((value) => value.toNumber())).toEqual([32, 64, 96]);
  expect(determinantOf(product, arithmetic).isZero()).toBe(true);
  expect(() => inverseOf(product, arithmetic)).toThrow(DegenerateError);
});
