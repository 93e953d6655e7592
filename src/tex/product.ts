import type { Expr, Span } from "../expr/expr.js";
import { withoutDots } from "./dots.js";
import type { Token } from "./token.js";

/** A factor of a term behind the first. */
export interface Follower {
  readonly factor: Expr;
  readonly divides?: true;
}

/** The term that a first factor and those behind it make. */
export function joined(first: Expr, followers: readonly Follower[]): Expr {
  let factors: Expr[] = [first];
  for (const { factor, divides } of followers) {
    if (divides === undefined) {
      factors.push(factor);
      continue;
    }
    const numerator = product(factors);
    const span = merge(numerator.span, factor.span);
    factors = [{ kind: "quotient", numerator, denominator: factor, span }];
  }
  return product(factors);
}

function product(written: readonly Expr[]): Expr {
  const span = mergeAll(written);
  const factors = withoutDots(written, "product");
  const [only] = factors;
  return factors.length === 1 && only !== undefined ? only : { kind: "product", factors, span };
}

/** Whether a factor can begin with this token. */
export function startsFactor(token: Token): boolean {
  return starters.has(token.kind);
}

const starters: ReadonlySet<Token["kind"]> = new Set([
  "number",
  "symbol",
  "function",
  "series",
  "integral",
  "extremum",
  "gradient",
  "fraction",
  "root",
  "group",
  "dots",
  "opaque",
  "cases",
]);

export const merge = (a: Span, b: Span): Span => ({
  start: Math.min(a.start, b.start),
  end: Math.max(a.end, b.end),
});

export const mergeAll = (parts: readonly Expr[]): Span => parts.map((part) => part.span).reduce(merge);
