import type { Real } from "../../expr/number.js";
import type { Scope } from "./scope.js";
import type { Value } from "./value.js";

/** Sides are compared to 5/8 of the digits carried; what is smaller by all but these of them is not seen. */
const margin = 10;

/** The decimal places that one term may lie below another. */
const reachOf = (digits: number): number => Math.floor((digits * 5) / 8) - margin;

/**
 * Notes that a term is lost beside another: 1 + 10^{-100} is 1 to 64 digits, and no comparison of its value tells
 * it from 1.
 */
export function noteLoss(terms: readonly Value[], scope: Scope): void {
  noteLossOf(terms.map(numbersOf), scope);
}

/** The same for terms of several numbers, of which the largest counts. */
export function noteLossOf(terms: readonly (readonly Real[])[], scope: Scope): void {
  if (scope.trace.lost) return;
  let [low, high] = [Infinity, -Infinity];
  for (const numbers of terms) {
    const size = exponentOf(numbers);
    if (size === undefined) continue;
    if (size < low) low = size;
    if (size > high) high = size;
  }
  if (high - low > reachOf(scope.world.arithmetic.digits)) scope.trace.lost = true;
}

/** The power of ten of the largest; undefined where all are zero. */
function exponentOf(numbers: readonly Real[]): number | undefined {
  let largest: number | undefined;
  for (const x of numbers) if (!x.isZero() && (largest === undefined || x.e > largest)) largest = x.e;
  return largest;
}

function numbersOf(value: Value): readonly Real[] {
  switch (value.kind) {
    case "zero":
      return [];
    case "number":
      return [value.value];
    case "matrix":
    case "variance":
      return [value.scale];
    case "dense":
      return value.rows.flat();
    case "row":
      return value.parts;
    case "vector":
      return value.value.coefficients.size > 0 ? [] : value.value.offset;
  }
}
