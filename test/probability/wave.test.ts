import { describe, expect, test } from "vitest";
import { arithmeticOf, type Real } from "../../src/expr/number.js";
import {
  addWaves,
  affineParts,
  constantValue,
  constantWave,
  cosineWave,
  multiplyWaves,
  NotAffineError,
  scaleWave,
  subtractWaves,
  variableWave,
  type Wave,
} from "../../src/probability/wave.js";
import { expectWave } from "../../src/probability/waveExpectation.js";

const arithmetic = arithmeticOf(40);
const { real } = arithmetic;
const x = variableWave("x", arithmetic);
const y = variableWave("y", arithmetic);
const number = (value: number): Wave => constantWave(real(value));
const value = (wave: Wave): Real => {
  const found = constantValue(wave, arithmetic);
  if (found === undefined) throw new Error("not a number");
  return found;
};
const over = (wave: Wave, mean: Wave, variance: number): Wave =>
  expectWave(wave, { variable: "x", mean, variance: real(variance) }, arithmetic);

describe("functions with exact normal expectations", () => {
  test("powers: E x² = m² + s², E x⁴ = m⁴ + 6 m² s² + 3 s⁴", () => {
    const square = multiplyWaves(x, x);
    expect(value(over(square, number(3), 4)).toNumber()).toBe(13);
    expect(value(over(multiplyWaves(square, square), number(3), 4)).toNumber()).toBe(81 + 216 + 48);
  });

  test("a cosine: E cos(w x + a) = exp(-w² s² / 2) cos(w m + a)", () => {
    const wave = cosineWave(addWaves(scaleWave(x, real(2)), number(0.5)), arithmetic);
    expect(value(over(wave, number(0.3), 0.7)).toNumber()).toBeCloseTo(Math.exp(-1.4) * Math.cos(1.1), 14);
  });

  test("products of powers and cosines agree with a sum over 40,000 points", () => {
    const wave = cosineWave(addWaves(scaleWave(x, real(1.5)), number(-0.2)), arithmetic);
    const f = multiplyWaves(multiplyWaves(x, x), multiplyWaves(wave, wave));
    const [m, s] = [0.4, 1.3];
    let sum = 0;
    const step = 20 / 40_000;
    for (let z = -10; z < 10; z += step) {
      const at = m + s * z;
      sum +=
        (at * at * Math.cos(1.5 * at - 0.2) ** 2 * Math.exp((-z * z) / 2) * step) / Math.sqrt(2 * Math.PI);
    }
    expect(value(over(f, number(m), s * s)).toNumber()).toBeCloseTo(sum, 10);
  });

  test("the mean may depend on another variable, which is integrated next", () => {
    // x | y ~ N(2 y + 1, 3), y ~ N(0, 1): E x² = E (2 y + 1)² + 3 = 8, E x y = 2
    const mean = addWaves(scaleWave(y, real(2)), number(1));
    const last = (wave: Wave): Wave =>
      expectWave(wave, { variable: "y", mean: [], variance: real(1) }, arithmetic);
    expect(value(last(over(multiplyWaves(x, x), mean, 3))).toNumber()).toBe(8);
    expect(value(last(over(multiplyWaves(x, y), mean, 3))).toNumber()).toBe(2);
  });

  test("like terms cancel to nothing", () => {
    const wave = cosineWave(x, arithmetic);
    expect(subtractWaves(multiplyWaves(wave, y), multiplyWaves(y, wave))).toEqual([]);
  });

  test("a polynomial may have any mean, a cosine an affine one", () => {
    const bent = multiplyWaves(y, y);
    expect(affineParts(bent, arithmetic)).toBeUndefined();
    expect(over(x, bent, 1)).toEqual(bent);
    expect(() => over(cosineWave(x, arithmetic), bent, 1)).toThrow(
      new NotAffineError("expectWave: expected an affine mean inside a cosine"),
    );
    expect(() => cosineWave(bent, arithmetic)).toThrow(
      new NotAffineError("cosineWave: expected an affine function"),
    );
  });
});
