import type { BigNumber as Real } from "mathjs";

/** Numbers are arrays of words of seven digits, the most significant first. */
export const base = 10_000_000;
export const wordDigits = 7;

/** Products of two words and sums of 80 of them are exact in a double. */
export const mostWords = 80;

const tens = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, base] as const;

interface Parts {
  s: number;
  e: number;
  d: number[];
}

/**
 * The number with these words, rounded half up to the digits of the arithmetic of `like`.
 * @param words the first is not 0; they are changed
 * @param place power of the base that the first word is to be multiplied by
 */
export function fromWords(words: number[], place: number, sign: number, like: Real): Real {
  const Constructor = like.constructor as (new (value: number) => Real) & { readonly precision: number };
  const first = roundWords(words, Constructor.precision) ? place + 1 : place;
  for (let last = words.length - 1; words[last] === 0; last--) words.pop();
  const result = new Constructor(0);
  const parts = result as unknown as Parts;
  parts.s = sign;
  parts.e = first * wordDigits + digitsIn(words[0] ?? 0) - 1;
  parts.d = words;
  return result;
}

function digitsIn(word: number): number {
  let digits = 1;
  while (word >= (tens[digits] ?? Infinity)) digits++;
  return digits;
}

/** Rounds half up to so many digits, in place; whether a word was put in front. */
function roundWords(words: number[], digits: number): boolean {
  const first = digitsIn(words[0] ?? 0);
  if (first + wordDigits * (words.length - 1) <= digits) return false;
  const behind = digits - first;
  const last = behind <= 0 ? 0 : Math.ceil(behind / wordDigits);
  const unit = tens[behind <= 0 ? -behind : wordDigits * last - behind] ?? 1;
  const word = words[last] ?? 0;
  const rest = word % unit;
  const up = unit > 1 ? 2 * rest >= unit : 2 * (words[last + 1] ?? 0) >= base;
  words.length = last + 1;
  words[last] = word - rest + (up ? unit : 0);
  for (let at = last; words[at] === base; at--) {
    words[at] = 0;
    if (at === 0) {
      words.unshift(1);
      return true;
    }
    words[at - 1] = (words[at - 1] ?? 0) + 1;
  }
  return false;
}
