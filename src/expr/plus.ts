import type { BigNumber as Real } from "mathjs";
import { base, fromWords, mostWords, wordDigits } from "./words.js";

/**
 * a + b, or a − b with `sign` −1, rounded half up to the digits of the arithmetic: what decimal.js gives, to the last
 * digit, in half the time; undefined where that is left to decimal.js: for 0, for a − a, and for numbers so far apart
 * that one does not reach the other.
 */
export function sum(a: Real, b: Real, sign: 1 | -1 = 1): Real | undefined {
  const [x, y] = [a.d, b.d] as readonly (number[] | null)[];
  if (x == null || y == null || x[0] === 0 || y[0] === 0) return undefined;
  const [above, below] = [Math.floor(a.e / wordDigits), Math.floor(b.e / wordDigits)];
  const apart = above - below;
  // Also not a number: the exponent of an infinity.
  if (!(Math.abs(apart) <= mostWords) || x.length > mostWords || y.length > mostWords) return undefined;
  const other = b.s * sign;
  if (a.s === other) {
    const words = apart >= 0 ? added(x, y, apart) : added(y, x, -apart);
    return placed(words, Math.max(above, below) + 1, a.s, a);
  }
  const order = apart === 0 ? compared(x, y) : apart;
  if (order === 0) return undefined;
  const words = order > 0 ? subtracted(x, y, apart) : subtracted(y, x, -apart);
  return placed(words, Math.max(above, below) + 1, order > 0 ? a.s : other, a);
}

/** The number with these words, of which the first may be 0. */
function placed(words: number[], place: number, sign: number, like: Real): Real {
  let zeros = 0;
  while (words[zeros] === 0) zeros++;
  return fromWords(zeros === 0 ? words : words.slice(zeros), place - zeros, sign, like);
}

/** The words of x + y, where the first of y stands `shift` ≥ 0 places below the first of x; a word for the carry in front. */
function added(x: readonly number[], y: readonly number[], shift: number): number[] {
  const length = Math.max(x.length, y.length + shift);
  const words = new Array<number>(length + 1);
  let carry = 0;
  for (let at = length - 1; at >= 0; at--) {
    const word = wordOf(x, at) + wordOf(y, at - shift) + carry;
    carry = word >= base ? 1 : 0;
    words[at + 1] = word - carry * base;
  }
  words[0] = carry;
  return words;
}

/** The words of x − y for x > y, as in `added`. */
function subtracted(x: readonly number[], y: readonly number[], shift: number): number[] {
  const length = Math.max(x.length, y.length + shift);
  const words = new Array<number>(length + 1);
  let borrow = 0;
  for (let at = length - 1; at >= 0; at--) {
    const word = wordOf(x, at) - wordOf(y, at - shift) - borrow;
    borrow = word < 0 ? 1 : 0;
    words[at + 1] = word + borrow * base;
  }
  words[0] = 0;
  return words;
}

const wordOf = (words: readonly number[], at: number): number =>
  at >= 0 && at < words.length ? (words[at] as number) : 0;

/** The sign of x − y for numbers that begin at one place. */
function compared(x: readonly number[], y: readonly number[]): number {
  for (let at = 0; at < x.length || at < y.length; at++) {
    const difference = wordOf(x, at) - wordOf(y, at);
    if (difference !== 0) return difference;
  }
  return 0;
}
