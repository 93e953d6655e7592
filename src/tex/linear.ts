import type { Expr, Span } from "../expr/expr.js";

/** A whole-number combination of letters, such as t - 1. */
export interface Linear {
  readonly constant: number;
  readonly letters: ReadonlyMap<string, number>;
}

/** undefined for what is no such combination. */
export function linearOf(expr: Expr): Linear | undefined {
  switch (expr.kind) {
    case "number":
      return /^[0-9]{1,9}$/.test(expr.text) ? { constant: Number(expr.text), letters: new Map() } : undefined;
    case "symbol":
      return expr.index === undefined ? { constant: 0, letters: new Map([[expr.name, 1]]) } : undefined;
    case "negation": {
      const of = linearOf(expr.of);
      return of === undefined ? undefined : negated(of);
    }
    case "sum":
      return expr.terms
        .map(linearOf)
        .reduce((a, b) => (a === undefined || b === undefined ? undefined : minus(a, negated(b))), zero);
    default:
      return undefined;
  }
}

const zero: Linear = { constant: 0, letters: new Map() };

export function minus(a: Linear, b: Linear): Linear {
  const letters = new Map(a.letters);
  for (const [letter, count] of b.letters) letters.set(letter, (letters.get(letter) ?? 0) - count);
  return {
    constant: a.constant - b.constant,
    letters: new Map([...letters].filter(([, count]) => count !== 0)),
  };
}

export const negated = (a: Linear): Linear => minus(zero, a);

export const sameLinear = (a: Linear, b: Linear): boolean => isConstant(minus(a, b), 0);

export const isConstant = (a: Linear, value: number): boolean => a.letters.size === 0 && a.constant === value;

/** Which way a range of this length runs, if it shows: t - 1 letters count, constants alone do too. */
export function directionOf({ constant, letters }: Linear): 1 | -1 | undefined {
  const counts = [...letters.values()];
  if (counts.length === 0) return constant === 0 ? undefined : constant > 0 ? 1 : -1;
  if (counts.every((count) => count > 0)) return 1;
  return counts.every((count) => count < 0) ? -1 : undefined;
}

/** Whether it is 0 or more wherever every letter is 1 or more. */
export const isNeverNegative = ({ constant, letters }: Linear): boolean =>
  [...letters.values()].every((count) => count > 0) &&
  [...letters.values()].reduce((total, count) => total + count, constant) >= 0;

/** `letter + shift`; undefined where the shift is not a constant. */
export function shiftedLetter(letter: string, shift: Linear, span: Span): Expr | undefined {
  if (shift.letters.size > 0) return undefined;
  const symbol: Expr = { kind: "symbol", name: letter, span };
  if (shift.constant === 0) return symbol;
  const size: Expr = { kind: "number", text: String(Math.abs(shift.constant)), span };
  return {
    kind: "sum",
    terms: [symbol, shift.constant < 0 ? { kind: "negation", of: size, span } : size],
    span,
  };
}
