import { describe, expect, test } from "vitest";
import { arithmeticOf, relativeError } from "../../src/expr/number.js";
import { pi } from "../../src/probability/gaussian.js";

describe("numbers", () => {
  test("carry the digits asked for, instances side by side", () => {
    const [short, long] = [arithmeticOf(20), arithmeticOf(64)];
    // mpmath: mp.dps = 70; sqrt(mpf(2))
    expect(long.real(2).sqrt().toString()).toBe(
      "1.414213562373095048801688724209698078569671875376948073176679738",
    );
    expect(short.real(2).sqrt().toString()).toBe("1.4142135623730950488");
  });

  test("π to 64 digits", () => {
    // mpmath: mp.dps = 64; pi
    expect(pi(arithmeticOf(64)).toString()).toBe(
      "3.141592653589793238462643383279502884197169399375105820974944592",
    );
  });

  test("relative error is |a - b| over the larger, 0 for two zeros", () => {
    const { real } = arithmeticOf(64);
    expect(relativeError(real(3), real(4)).toNumber()).toBe(0.25);
    expect(relativeError(real(-1), real(1)).toNumber()).toBe(2);
    expect(relativeError(real(0), real(0)).toNumber()).toBe(0);
  });
});
