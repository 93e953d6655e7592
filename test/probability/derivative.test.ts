import { describe, expect, test } from "vitest";
import { arithmeticOf } from "../../src/expr/number.js";
import {
  derivativeOfExponential,
  derivativeOfWave,
  exponentialAt,
  waveAt,
} from "../../src/probability/derivative.js";
import {
  exponentialOf,
  exponentialValue,
  multiplyExponentials,
  waveTerm,
} from "../../src/probability/exponential.js";
import {
  addWaves,
  constantValue,
  constantWave,
  cosineWave,
  multiplyWaves,
  scaleWave,
  variableWave,
  type Wave,
} from "../../src/probability/wave.js";

const arithmetic = arithmeticOf(40);
const { real } = arithmetic;
const x = variableWave("x", arithmetic);
const y = variableWave("y", arithmetic);
const f = addWaves(
  multiplyWaves(multiplyWaves(x, x), y),
  multiplyWaves(
    x,
    cosineWave(
      addWaves(scaleWave(x, real(1.3)), scaleWave(y, real(-0.4)), constantWave(real(0.2))),
      arithmetic,
    ),
  ),
);
const point = (px: string, py: string): Map<string, ReturnType<typeof real>> =>
  new Map([
    ["x", real(px)],
    ["y", real(py)],
  ]);
const at = (wave: Wave, px: string, py: string): number =>
  constantValue(waveAt(wave, point(px, py)), arithmetic)?.toNumber() ?? NaN;

describe("derivatives", () => {
  test("a wave has its value at a point", () =>
    expect(at(f, "0.7", "-1.1")).toBeCloseTo(0.49 * -1.1 + 0.7 * Math.cos(0.91 + 0.44 + 0.2), 15));

  test.each(["x", "y"])("of a wave in %s, against a difference of values", (name) => {
    const step = "0.0000001";
    const [px, py] =
      name === "x"
        ? [real("0.7").plus(step).toString(), "-1.1"]
        : ["0.7", real("-1.1").plus(step).toString()];
    const [mx, my] =
      name === "x"
        ? [real("0.7").minus(step).toString(), "-1.1"]
        : ["0.7", real("-1.1").minus(step).toString()];
    const difference = (at(f, px, py) - at(f, mx, my)) / 2e-7;
    expect(at(derivativeOfWave(f, name, arithmetic), "0.7", "-1.1")).toBeCloseTo(difference, 7);
  });

  test("of (x² + 1) exp(-x²/2): (2 x - x³ - x) exp(-x²/2)", () => {
    const square = multiplyWaves(x, x);
    const bell = exponentialOf(scaleWave(square, real(-0.5)), arithmetic);
    const value = multiplyExponentials(waveTerm(addWaves(square, constantWave(real(1)))), bell);
    const slope = exponentialAt(derivativeOfExponential(value, "x", arithmetic), point("0.6", "0"));
    expect(exponentialValue(slope, arithmetic)?.toNumber()).toBeCloseTo((0.6 - 0.216) * Math.exp(-0.18), 15);
  });
});
