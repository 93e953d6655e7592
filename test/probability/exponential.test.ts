import { describe, expect, test } from "vitest";
import { arithmeticOf, type Real } from "../../src/expr/number.js";
import {
  DivergentError,
  ExponentError,
  exponentialOf,
  exponentialValue,
  integrateExponential,
  inverseExponential,
  logarithmOf,
  multiplyExponentials,
  NotQuadraticError,
  waveTerm,
  type Exponential,
} from "../../src/probability/exponential.js";
import {
  addWaves,
  constantValue,
  constantWave,
  cosineWave,
  multiplyWaves,
  scaleWave,
  subtractWaves,
  variableWave,
  type Wave,
} from "../../src/probability/wave.js";

const arithmetic = arithmeticOf(40);
const { real } = arithmetic;
const x = variableWave("x", arithmetic);
const y = variableWave("y", arithmetic);
const number = (value: number): Wave => constantWave(real(value));
const square = (wave: Wave): Wave => multiplyWaves(wave, wave);
const over = (value: Exponential, name: string): Exponential => integrateExponential(value, name, arithmetic);

function valueOf(value: Exponential): number {
  const found: Real | undefined = exponentialValue(value, arithmetic);
  if (found === undefined) throw new Error("not a number");
  return found.toNumber();
}

/** N(v; mean, variance) */
const normal = (v: Wave, mean: Wave, variance: number): Exponential =>
  multiplyExponentials(
    waveTerm(number(1 / Math.sqrt(2 * Math.PI * variance))),
    exponentialOf(scaleWave(square(subtractWaves(v, mean)), real(-1 / (2 * variance))), arithmetic),
  );

describe("integrals of exponentials of quadratic functions", () => {
  test("∫ exp(-x²) dx = √π", () =>
    expect(valueOf(over(exponentialOf(scaleWave(square(x), real(-1)), arithmetic), "x"))).toBeCloseTo(
      Math.sqrt(Math.PI),
      14,
    ));

  test("∫ N(x; 2 y + 1, 3) N(y; 0.5, 2) dy is N(x; 2, 11)", () => {
    const joint = multiplyExponentials(
      normal(x, addWaves(scaleWave(y, real(2)), number(1)), 3),
      normal(y, number(0.5), 2),
    );
    const marginal = over(joint, "y");
    const ratio = multiplyExponentials(
      marginal,
      inverseExponential(normal(x, number(2), 11), arithmetic) ?? [],
    );
    const log = logarithmOf(ratio, arithmetic) ?? x;
    for (const { coefficient } of log) expect(Math.abs(coefficient.toNumber())).toBeLessThan(1e-15);
    expect(valueOf(over(marginal, "x"))).toBeCloseTo(1, 14);
  });

  test("moments and cosines are taken along: ∫ x² cos(x) N(x; 0, 1) dx = 0", () => {
    const f = multiplyExponentials(
      waveTerm(multiplyWaves(square(x), cosineWave(x, arithmetic))),
      normal(x, number(0), 1),
    );
    // E x² cos x = -d²/dw² exp(-w²/2) at w = 1, which is (1 - w²) exp(-w²/2)
    expect(valueOf(over(f, "x"))).toBeCloseTo(0, 14);
    const g = multiplyExponentials(waveTerm(square(x)), normal(x, number(3), 4));
    expect(valueOf(over(g, "x"))).toBeCloseTo(13, 12);
  });

  test("a quotient of equal densities has no integral, whatever rounding leaves of it", () => {
    const density = normal(x, number(0.1), 0.3);
    const one = multiplyExponentials(density, inverseExponential(density, arithmetic) ?? []);
    expect(() => over(one, "x")).toThrow(DivergentError);
    const rest = exponentialOf(addWaves(scaleWave(square(x), real("-1e-38")), number(5)), arithmetic);
    expect(() => over(rest, "x")).toThrow(DivergentError);
  });

  test("exp of a cosine is refused", () =>
    expect(() => over(exponentialOf(cosineWave(x, arithmetic), arithmetic), "x")).toThrow(NotQuadraticError));

  test("the logarithm of a sum of numbers that are too small for numbers", () => {
    const tiny = [...exponentialOf(number(-1e6), arithmetic), ...exponentialOf(number(-1e6), arithmetic)];
    const log = constantValue(logarithmOf(tiny, arithmetic) ?? x, arithmetic);
    expect(log?.toNumber()).toBeCloseTo(-1e6 + Math.LN2, 9);
    expect(() => exponentialValue(tiny, arithmetic)).toThrow(ExponentError);
  });

  test("the logarithm of a mixture is no quadratic function", () =>
    expect(
      logarithmOf([...normal(x, number(0), 1), ...normal(x, number(1), 1)], arithmetic),
    ).toBeUndefined());
});
