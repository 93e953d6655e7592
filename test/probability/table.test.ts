import { describe, expect, test } from "vitest";
import {
  addTables,
  constantTable,
  exponentialTable,
  multiplyTables,
  scaleTable,
  TableError,
  tableValue,
  tabulate,
  variableTable,
  type Axis,
  type Grid,
  type TableSum,
} from "../../src/probability/table.js";
import { expTable, inverseTable, logarithmTable, mapTable } from "../../src/probability/tableFunctions.js";
import { integrateAllTables } from "../../src/probability/tableIntegral.js";

const axis = (low: number, high: number, count: number): Axis => {
  const step = (high - low) / (count - 1);
  return { points: Float64Array.from({ length: count }, (_, at) => low + at * step), step };
};
const grid: Grid = new Map([
  [0, axis(-9, 10, 81)],
  [1, axis(-11, 12, 90)],
  [2, axis(-10, 9, 101)],
]);
const x = variableTable(0, grid);

/** N(axis a; slope · axis b + offset, variance) */
const normal = (a: number, b: number, slope: number, offset: number, variance: number): TableSum => {
  const [first, second] = [Math.min(a, b), Math.max(a, b)];
  const log = (u: number, v: number): number => {
    const [own, other] = a < b ? [u, v] : [v, u];
    return -((own - slope * other - offset) ** 2) / (2 * variance) - Math.log(2 * Math.PI * variance) / 2;
  };
  return exponentialTable(tabulate([first, second], log, grid));
};
const alone = (a: number, mean: number, variance: number): TableSum =>
  exponentialTable(
    tabulate([a], (u) => -((u - mean) ** 2) / (2 * variance) - Math.log(2 * Math.PI * variance) / 2, grid),
  );
const product = (...sums: readonly TableSum[]): TableSum =>
  sums.reduce((a, b) => multiplyTables(a, b, grid), constantTable(1));
const over = (sum: TableSum, ...names: readonly number[]): number =>
  tableValue(integrateAllTables(sum, names, grid)) ?? NaN;

describe("functions on grids", () => {
  // x_2 ~ N(0.5, 1), x_1 = 0.8 x_2 + 0.1 + √0.6 z, x_0 = -0.7 x_1 + 0.3 + √0.5 z
  const chain = product(alone(2, 0.5, 1), normal(1, 2, 0.8, 0.1, 0.6), normal(0, 1, -0.7, 0.3, 0.5));
  const mean1 = 0.8 * 0.5 + 0.1;
  const [mean, variance] = [-0.7 * mean1 + 0.3, 0.49 * (0.64 + 0.6) + 0.5];

  test("a chain integrates to 1, with the mean and variance of the closed form", () => {
    expect(over(chain, 0, 1, 2)).toBeCloseTo(1, 13);
    expect(over(multiplyTables(x, chain, grid), 0, 1, 2)).toBeCloseTo(mean, 13);
    const centred = addTables(x, constantTable(-mean), grid);
    expect(over(product(centred, centred, chain), 0, 1, 2)).toBeCloseTo(variance, 13);
  });

  test("the marginal law of the chain, point by point", () => {
    const ratio = product(
      integrateAllTables(chain, [1, 2], grid),
      inverseTable(alone(0, mean, variance), grid),
    );
    const apart = mapTable(logarithmTable(ratio, grid), Math.abs, grid);
    // Weighted with the law itself: far out the trapezoidal rule has nothing to sum.
    expect(over(product(apart, alone(0, mean, variance / 4)), 0)).toBeLessThan(1e-12);
  });

  test("an expectation of a logarithm: the entropy of a normal law", () => {
    const density = alone(0, 0.5, 1.2);
    const entropy = scaleTable(multiplyTables(logarithmTable(density, grid), density, grid), -1);
    expect(over(entropy, 0)).toBeCloseTo(Math.log(2 * Math.PI * Math.E * 1.2) / 2, 12);
  });

  test("the logarithm of a mixture, against a sum of 200,000 points", () => {
    const mixture = addTables(scaleTable(alone(0, -1, 1), 0.3), scaleTable(alone(0, 1, 0.8), 0.7), grid);
    const found = over(multiplyTables(logarithmTable(mixture, grid), mixture, grid), 0);
    const at = (u: number): number =>
      (0.3 * Math.exp(-((u + 1) ** 2) / 2)) / Math.sqrt(2 * Math.PI) +
      (0.7 * Math.exp(-((u - 1) ** 2) / 1.6)) / Math.sqrt(1.6 * Math.PI);
    let sum = 0;
    for (let u = -9; u < 9; u += 18 / 200_000) sum += at(u) * Math.log(at(u)) * (18 / 200_000);
    expect(found).toBeCloseTo(sum, 10);
  });

  test("exp of a sum and powers of the variable", () => {
    // E exp(0.4 x + 0.2) = exp(0.4 m + 0.08 s² + 0.2)
    const f = expTable(addTables(scaleTable(x, 0.4), constantTable(0.2), grid), grid);
    expect(over(product(f, alone(0, 0.3, 1.5)), 0)).toBeCloseTo(Math.exp(0.12 + 0.12 + 0.2), 12);
    expect(over(product(x, x, x, alone(0, 0.5, 1)), 0)).toBeCloseTo(0.125 + 1.5, 12);
  });

  test("numbers far below what a double holds stay exact as logarithms", () => {
    const tiny = exponentialTable(tabulate([0], (u) => -2000 - u * u, grid));
    const log = logarithmTable(integrateAllTables(tiny, [0], grid), grid);
    expect(tableValue(log)).toBeCloseTo(-2000 + Math.log(Math.PI) / 2, 9);
  });

  test("more points than are summed in a few seconds are refused, whatever was left to do", () => {
    const work = { points: 1.5e9 - 81 };
    expect(integrateAllTables(x, [0], grid, work)).toHaveLength(1);
    expect(() => integrateAllTables(x, [0], grid, work)).toThrow(TableError);
  });

  test("more than two variables at once are refused", () => {
    const three = addTables(x, addTables(variableTable(1, grid), variableTable(2, grid), grid), grid);
    expect(() => mapTable(three, Math.cos, grid)).toThrow(new TableError("a function of 3 states at once"));
    expect(() => logarithmTable(scaleTable(x, 1), grid)).toThrow(
      new TableError("the logarithm of a number that is not positive"),
    );
  });
});
