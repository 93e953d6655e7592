import type { BigNumber as Real } from "mathjs";
import { base, fromWords, mostWords, wordDigits } from "./words.js";

/**
 * a / b, rounded half up to the digits of the arithmetic: what `a.div(b)` gives, to the last digit; undefined where
 * that is left to mathjs. A long division whose remainders are not carried until the end: a quotient word may then be
 * one too large or too small for a while, which the carry at the end makes good. It takes a third of the time.
 */
export function quotient(a: Real, b: Real): Real | undefined {
  const [x, y] = [a.d, b.d] as readonly (number[] | null)[];
  if (x == null || y == null || x[0] === 0 || y[0] === 0) return undefined;
  if (y.length > mostWords || Math.abs(a.e) > farthest || Math.abs(b.e) > farthest) return undefined;
  const { precision } = a.constructor as unknown as { readonly precision: number };
  // One word may be 0, one may hold a single digit, and rounding looks at one digit more.
  const count = Math.ceil(precision / wordDigits) + 2;
  if (count > mostWords) return undefined;
  const words = quotientWords(x, y, count);
  let place = Math.floor(a.e / wordDigits) - Math.floor(b.e / wordDigits);
  if (words[0] === 0) {
    words.shift();
    place--;
  }
  return fromWords(words, place, a.s * b.s, a);
}

const farthest = 1_000_000_000_000;

/** The first words of x / y, cut off: the first, before the point, may be 0. */
function quotientWords(x: readonly number[], y: readonly number[], count: number): number[] {
  const length = Math.max(x.length, count + y.length);
  const rest = new Array<number>(length);
  for (let at = 0; at < length; at++) rest[at] = at < x.length ? (x[at] as number) : 0;
  const divisor = (y[0] as number) + ((y[1] ?? 0) + (y[2] ?? 0) / base) / base;
  const words = new Array<number>(count);
  for (let k = 0; k < count; k++) {
    if (k > 0) rest[k] = (rest[k] as number) + (rest[k - 1] as number) * base;
    const ahead = (rest[k] as number) + ((rest[k + 1] ?? 0) + (rest[k + 2] ?? 0) / base) / base;
    const word = Math.floor(ahead / divisor);
    words[k] = word;
    for (let i = 0; i < y.length; i++) rest[k + i] = (rest[k + i] as number) - word * (y[i] as number);
  }
  words[count - 1] = (words[count - 1] as number) + missing(rest, y, count - 1);
  for (let k = count - 1; k > 0; k--) {
    const carry = Math.floor((words[k] as number) / base);
    words[k] = (words[k] as number) - carry * base;
    words[k - 1] = (words[k - 1] as number) + carry;
  }
  return words;
}

/** What the last word lacks: the remainder, from this word on, has to be at least 0 and less than the divisor. */
function missing(rest: readonly number[], y: readonly number[], from: number): -1 | 0 | 1 {
  if (isBelowZero(rest, [], from)) return -1;
  return isBelowZero(rest, y, from) ? 0 : 1;
}

/** The sign of the remainder less the divisor, carried. */
function isBelowZero(rest: readonly number[], y: readonly number[], from: number): boolean {
  let carry = 0;
  for (let at = rest.length - 1; at > from; at--)
    carry = Math.floor(((rest[at] as number) - (y[at - from] ?? 0) + carry) / base);
  return (rest[from] as number) - (y[0] ?? 0) + carry < 0;
}
