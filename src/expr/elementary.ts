import type { BigNumber } from "mathjs";
import { sum } from "./plus.js";
import { quotient } from "./quotient.js";
import { product } from "./times.js";
import { fixedCos, fixedExp, fixedLn, integerRoot, type FixedPoint } from "./fixedPoint.js";

/** Digits carried beyond those asked for: a result so close to a tie that they cannot tell is left to mathjs. */
const guard = 24;
/** mathjs knows ln 10 and π to some thousand digits; beyond these its own functions stay. */
const mostDigits = 950;
/** Words of seven digits, as BigNumber keeps them. */
const wordDigits = 7;

type Constructor = new (value: number | string) => BigNumber;
type Unary = (this: BigNumber) => BigNumber;
type Binary = (this: BigNumber, by: BigNumber | number | string) => BigNumber;
type BinaryName = "add" | "div" | "dividedBy" | "minus" | "mul" | "plus" | "sub" | "times";
type Name = "sqrt" | "exp" | "ln" | "cos";

/**
 * Gives the numbers of one mathjs instance square roots, exp, ln and cos by integer arithmetic, and sums, products and quotients. The results are
 * the same to the last digit, rounded half up; they come in a tenth of the time. Infinities, zeros and what
 * is not certain to the last digit go to mathjs's own functions.
 */
export function accelerate(Real: Rounding, digits: number): void {
  putBinary(Real, digits, ["plus", "add"], sum);
  putBinary(Real, digits, ["minus", "sub"], (a, b) => sum(a, b, -1));
  putBinary(Real, digits, ["div", "dividedBy"], quotient);
  putBinary(Real, digits, ["mul", "times"], product);
  if (digits > mostDigits) return;
  const prototype = Real.prototype as Record<Name, Unary>;
  const own = fixedPointOf(Real, digits);
  const make = (text: string): BigNumber => new Real(text);
  const put = (name: Name, fast: (x: BigNumber) => BigNumber | undefined): void => {
    const plain = prototype[name];
    prototype[name] = function (this: BigNumber): BigNumber {
      // mathjs raises the precision for intermediate results of its own.
      const usual = Real.precision === digits && this.isFinite() && !this.isZero();
      return (usual ? fast(this) : undefined) ?? plain.call(this);
    };
  };
  put("sqrt", (x) => (x.isNegative() ? undefined : make(squareRoot(x, digits))));
  put("exp", (x) => made(exponential(x, own), digits, make));
  put("ln", (x) => (x.isNegative() ? undefined : made(logarithm(x, own), digits, make)));
  put("cos", (x) => made(cosine(x, own), digits, make));
}

interface Rounding extends Constructor {
  readonly precision: number;
  readonly rounding: number;
}

/** As decimal.js numbers its ways of rounding. */
const halfUp = 4;

/** An operation under both of its names. */
function putBinary(
  Real: Rounding,
  digits: number,
  names: readonly BinaryName[],
  fast: (a: BigNumber, b: BigNumber) => BigNumber | undefined,
): void {
  const prototype = Real.prototype as Record<BinaryName, Binary>;
  for (const name of names) {
    const plain = prototype[name];
    prototype[name] = function (this: BigNumber, by: BigNumber | number | string): BigNumber {
      const other = by instanceof Real ? by : new Real(by);
      const usual = Real.precision === digits && Real.rounding === halfUp;
      return (usual ? fast(this, other) : undefined) ?? plain.call(this, other);
    };
  }
}

const made = (value: Approximate | undefined, digits: number, make: (text: string) => BigNumber) => {
  const text = value === undefined ? undefined : rounded(value, digits);
  return text === undefined ? undefined : make(text);
};

function fixedPointOf(Real: Constructor & { readonly precision: number }, digits: number): FixedPoint {
  const bits = BigInt(Math.ceil((digits + guard) * Math.log2(10)) + 32);
  const wide = (Real as unknown as { clone: (options: object) => Constructor }).clone({
    precision: digits + 2 * guard,
  });
  const fixed = (value: BigNumber): bigint => toFixed(value, bits);
  return { bits, ln10: fixed(new wide(10).ln()), pi: fixed(new wide(-1).acos()) };
}

/** value · 10^exponent */
interface Approximate {
  readonly value: bigint;
  readonly exponent: number;
}

const powers: bigint[] = [1n];

function powerOfTen(n: number): bigint {
  for (let k = powers.length; k <= n; k++) powers.push((powers[k - 1] ?? 1n) * 10n);
  return powers[n] ?? 10n ** BigInt(n);
}

/** The digits of a number as an integer, and the power of ten it is to be multiplied by. */
function digitsOf({ d, e, s }: BigNumber): Approximate {
  let value = 0n;
  for (const word of d) value = value * 10_000_000n + BigInt(word);
  const exponent = wordDigits * (Math.floor(e / wordDigits) - d.length + 1);
  return { value: s < 0 ? -value : value, exponent };
}

function toFixed(x: BigNumber, bits: bigint): bigint {
  const { value, exponent } = digitsOf(x);
  return exponent >= 0 ? (value * powerOfTen(exponent)) << bits : (value << bits) / powerOfTen(-exponent);
}

const fromFixed = (fixed: bigint, bits: bigint, digits: number): bigint =>
  (fixed * powerOfTen(digits)) >> bits;

/** Exactly rounded: the integer root is exact up to its last digit. */
function squareRoot(x: BigNumber, digits: number): string {
  const { value, exponent } = digitsOf(x);
  const length = lengthOf(x);
  const missing = Math.max(0, 2 * (digits + 2) - length);
  const shift = missing + (Math.abs(exponent - missing) % 2);
  const root = integerRoot(value * powerOfTen(shift), length + shift);
  return roundHalfUp(root, (exponent - shift) / 2, digits, Math.ceil((length + shift) / 2));
}

/** How many digits the integer of a number has. */
const lengthOf = ({ d }: BigNumber): number => wordDigits * (d.length - 1) + String(d[0] ?? 0).length;

function roundHalfUp(value: bigint, exponent: number, digits: number, length: number): string {
  const excess = length - digits;
  if (excess <= 0) return `${value}e${exponent}`;
  const unit = powerOfTen(excess);
  return `${(value + unit / 2n) / unit}e${exponent + excess}`;
}

/** undefined where the digits carried do not tell how to round. */
function rounded({ value, exponent }: Approximate, digits: number): string | undefined {
  const size = value < 0n ? -value : value;
  const length = size.toString().length;
  const excess = length - digits;
  if (excess < guard / 2) return undefined;
  const unit = powerOfTen(excess);
  const fromTie = (size % unit) - unit / 2n;
  if ((fromTie < 0n ? -fromTie : fromTie) < powerOfTen(excess - guard / 4)) return undefined;
  return `${value < 0n ? "-" : ""}${roundHalfUp(size, exponent, digits, length)}`;
}

/** Beyond these the reduction would need more digits than are carried, or is not worth it. */
const farthest = { exponent: 8, logarithm: 100_000 } as const;

/** e^x = 10^k e^r with |r| ≤ ln(10)/2 */
function exponential(x: BigNumber, fixed: FixedPoint): Approximate | undefined {
  if (x.e > farthest.exponent || x.e < -1000) return undefined;
  const { bits, ln10 } = fixed;
  const whole = toFixed(x, bits);
  const k = (2n * whole + ln10) / (2n * ln10) - (2n * whole + ln10 < 0n ? 1n : 0n);
  const digits = decimalDigits(bits);
  return {
    value: fromFixed(fixedExp(whole - k * ln10, fixed), bits, digits),
    exponent: Number(k) - digits,
  };
}

/** ln x = k ln 10 + ln m with m between 1/4 and 4 */
function logarithm(x: BigNumber, fixed: FixedPoint): Approximate | undefined {
  if (Math.abs(x.e) > farthest.logarithm) return undefined;
  const { bits, ln10 } = fixed;
  const { value, exponent } = digitsOf(x);
  const length = lengthOf(x);
  let k = exponent + length;
  let m = (value << bits) / powerOfTen(length);
  // m is between 1/10 and 1 so far.
  if (m << 2n < 1n << bits) [m, k] = [((10n * value) << bits) / powerOfTen(length), k - 1];
  const digits = decimalDigits(bits);
  const found = fixedLn(m, fixed) + BigInt(k) * ln10;
  return { value: fromFixed(found, bits, digits), exponent: -digits };
}

function cosine(x: BigNumber, fixed: FixedPoint): Approximate | undefined {
  if (x.e > farthest.exponent || x.e < -1000) return undefined;
  const { bits, pi } = fixed;
  const turns = toFixed(x, bits) % (2n * pi);
  const digits = decimalDigits(bits);
  return { value: fromFixed(fixedCos(turns, fixed), bits, digits), exponent: -digits };
}

const decimalDigits = (bits: bigint): number => Math.floor(Number(bits - 20n) / Math.log2(10));
