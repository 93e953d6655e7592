import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { BigNumber } from "mathjs";
import { accelerate } from "./elementary.js";

/** A mathjs BigNumber: decimal floating point with the digits of the arithmetic that made it. */
export type Real = BigNumber;

/**
 * Numbers with a stated number of digits. It is a mathjs instance of BigNumber alone: no parser, no
 * `evaluate`, no units, so that nothing of mathjs but arithmetic is reachable from a formula.
 */
export interface Arithmetic {
  readonly digits: number;
  /** From decimal digits or a double. */
  readonly real: (value: number | string) => Real;
  readonly zero: Real;
  readonly one: Real;
}

const instances = new Map<number, Arithmetic>();

/** The arithmetic with that many significant digits, 15 to 1000. */
export function arithmeticOf(digits: number): Arithmetic {
  const known = instances.get(digits);
  if (known !== undefined) return known;
  const Real = bigNumberClass(digits);
  accelerate(Real, digits);
  const made: Arithmetic = {
    digits,
    real: (value) => new Real(value),
    zero: new Real(0),
    one: new Real(1),
  };
  instances.set(digits, made);
  return made;
}

type BigNumberClass = (new (value: number | string) => BigNumber) & {
  readonly precision: number;
  readonly rounding: number;
};

/**
 * mathjs's BigNumber with that many digits. It is taken from its own file: mathjs as a whole takes longer to load
 * than most documents to check.
 */
function bigNumberClass(precision: number): BigNumberClass {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve("mathjs/package.json"));
  const { createBigNumberClass } = require(
    join(folder, "lib", "cjs", "type", "bignumber", "BigNumber.js"),
  ) as { readonly createBigNumberClass: (parts: object) => BigNumberClass };
  return createBigNumberClass({ config: { precision } });
}

/** |a - b| / max(|a|, |b|), and 0 when both are 0. */
export function relativeError(a: Real, b: Real): Real {
  const difference = a.minus(b).abs();
  if (difference.isZero()) return difference;
  const scale = a.abs().greaterThan(b.abs()) ? a.abs() : b.abs();
  return difference.div(scale);
}
