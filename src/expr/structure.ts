import type { Expr } from "./expr.js";
import { children, ownText } from "./walk.js";

const known = new WeakMap<Expr, number>();
const numbers = new Map<string, number>();
const mostNumbers = 50_000;
let next = 0;

/**
 * A number that two trees share only if they are the same, spans apart; a tree keeps its own. What was seen
 * long ago may be forgotten and be given another number.
 */
export function structureOf(expr: Expr): number {
  const own = known.get(expr);
  if (own !== undefined) return own;
  const key = `${expr.kind} ${ownText(expr)} ${children(expr).map(structureOf).join()}`;
  const number = numbers.get(key) ?? next++;
  if (numbers.size >= mostNumbers) numbers.clear();
  numbers.set(key, number);
  known.set(expr, number);
  return number;
}
