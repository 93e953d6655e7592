import type { BigNumber as Real } from "mathjs";
import { base, fromWords, mostWords, wordDigits } from "./words.js";

const farthest = 1_000_000_000_000;

/**
 * a · b, rounded half up to the digits of the arithmetic: what `a.times(b)` gives, to the last digit. The words
 * of a column are summed before anything is carried, which takes a third of the time.
 */
export function times(a: Real, b: Real): Real {
  return product(a, b) ?? a.times(b);
}

/** The same; undefined where it is left to decimal.js. */
export function product(a: Real, b: Real): Real | undefined {
  const [x, y] = [a.d, b.d] as readonly (number[] | null)[];
  const small = x != null && y != null && Math.min(x.length, y.length) <= mostWords;
  if (!small || x[0] === 0 || y[0] === 0 || Math.abs(a.e) > farthest || Math.abs(b.e) > farthest)
    return undefined;
  const words = productOfWords(x, y);
  let place = Math.floor(a.e / wordDigits) + Math.floor(b.e / wordDigits) + 1;
  if (words[0] === 0) {
    words.shift();
    place--;
  }
  return fromWords(words, place, a.s * b.s, a);
}

/** All words of the product; the first may be 0. */
function productOfWords(x: readonly number[], y: readonly number[]): number[] {
  const [n, m] = [x.length, y.length];
  const words = new Array<number>(n + m);
  let carry = 0;
  for (let k = n + m - 2; k >= 0; k--) {
    let sum = carry;
    const last = k < n ? k : n - 1;
    for (let i = k < m ? 0 : k - m + 1; i <= last; i++) sum += (x[i] as number) * (y[k - i] as number);
    carry = Math.floor(sum / base);
    words[k + 1] = sum - carry * base;
  }
  words[0] = carry;
  return words;
}
