import type { Expr, Span } from "../expr/expr.js";
import { children, mapChildren, nodes, sameExpr } from "../expr/walk.js";
import {
  directionOf,
  isConstant,
  isNeverNegative,
  linearOf,
  minus,
  negated,
  sameLinear,
  shiftedLetter,
  type Linear,
} from "./linear.js";

/**
 * `\beta_1 + \beta_2 + \dots + \beta_t` and `\alpha_t \alpha_{t-1} \cdots \alpha_1` with the dots written out
 * as a sum or product over an index, where the pattern is unmistakable: what stands on both sides of the
 * dots differs in subscripts alone, all of them by the same steps of one. Otherwise the dots stay, also
 * where the run might be empty (`\alpha_t \cdots \alpha_3` at t = 1): an empty product would be 1, but
 * factors that are written out are meant to be there.
 */
export function withoutDots(items: readonly Expr[], operator: "sum" | "product"): readonly Expr[] {
  const run = findRun(items);
  if (run === undefined) return items;
  const { from, to, first, last, holes, step } = run;
  const span = { start: first.span.start, end: last.span.end };
  const series = seriesOf({ first, last, holes, step }, operator, span);
  return series === undefined ? items : [...items.slice(0, from), series, ...items.slice(to + 1)];
}

/** `x_1, x_2, \dots, x_T` as the range `x_1:x_T`. */
export function withRanges(items: readonly Expr[]): readonly Expr[] {
  const run = findRun(items);
  if (run?.step !== 1 || run.first.kind !== "symbol") return items;
  const { from, to, first, last } = run;
  const span = { start: first.span.start, end: last.span.end };
  return [...items.slice(0, from), { kind: "range", first, last, span }, ...items.slice(to + 1)];
}

/** The first and the last member, and where they differ. */
interface Ends {
  readonly first: Expr;
  readonly last: Expr;
  readonly holes: readonly Hole[];
  readonly step: 1 | -1;
}

interface Hole {
  readonly first: Expr;
  readonly last: Expr;
  readonly start: Linear;
  readonly length: Linear;
}

function findRun(
  items: readonly Expr[],
): (Ends & { readonly from: number; readonly to: number }) | undefined {
  const at = items.findIndex((_, place) => areDots(items, place));
  const [before, last] = [items[at - 1], items[at + 1]];
  if (before === undefined || last === undefined) return undefined;
  if (items.filter((_, place) => areDots(items, place)).length > 1) return undefined;
  const near = holesOf(before, last)?.filter(({ length }) => !isConstant(length, 0));
  const step = near === undefined ? undefined : stepOf(items[at - 2], before, near);
  if (step === undefined) return undefined;
  let from = at - 1;
  while (isStep(items[from - 1], items[from], step)) from--;
  const first = items[from];
  const holes = first === undefined ? undefined : holesOf(first, last);
  if (first === undefined || holes === undefined) return undefined;
  const moving = holes.filter(({ length }) => !isConstant(length, 0));
  const [one] = moving;
  const together = one !== undefined && moving.every(({ length }) => sameLinear(length, one.length));
  if (!together || directionOf(one.length) !== step) return undefined;
  const filled = isNeverNegative(step === 1 ? one.length : negated(one.length));
  return filled ? { first, last, holes: moving, step, from, to: at + 1 } : undefined;
}

/** Dots with the sign of what they stand between: `-x_1 - \dots - x_t`. */
function areDots(items: readonly Expr[], at: number): boolean {
  const [before, item, after] = [items[at - 1], items[at], items[at + 1]];
  if (item?.kind === "negation")
    return item.of.kind === "dots" && before?.kind === "negation" && after?.kind === "negation";
  return item?.kind === "dots" && (before?.kind === "negation") === (after?.kind === "negation");
}

/** As the two members before the dots say; with one member only where one end is a number: from 1 to t. */
function stepOf(earlier: Expr | undefined, before: Expr, near: readonly Hole[]): 1 | -1 | undefined {
  if (isStep(earlier, before, 1)) return 1;
  if (isStep(earlier, before, -1)) return -1;
  const alike = earlier === undefined ? undefined : holesOf(earlier, before);
  if (alike !== undefined && alike.some(({ length }) => !isConstant(length, 0))) return undefined;
  const [hole] = near;
  if (hole === undefined || ![hole.first, hole.last].some(({ kind }) => kind === "number")) return undefined;
  return directionOf(hole.length);
}

function isStep(from: Expr | undefined, to: Expr | undefined, step: 1 | -1): boolean {
  const holes = from === undefined || to === undefined ? undefined : holesOf(from, to);
  const moving = holes?.filter(({ length }) => !isConstant(length, 0)) ?? [];
  return moving.length > 0 && moving.every(({ length }) => isConstant(length, step));
}

/** All subscripts, side by side; undefined where the members differ in anything else. */
function holesOf(a: Expr, b: Expr): readonly Hole[] | undefined {
  if (a.kind === "symbol" && b.kind === "symbol" && a.name === b.name) {
    if (a.index === undefined || b.index === undefined) return a.index === b.index ? [] : undefined;
    const [start, end] = [linearOf(a.index), linearOf(b.index)];
    if (start === undefined || end === undefined) return sameExpr(a.index, b.index) ? [] : undefined;
    return [{ first: a.index, last: b.index, start, length: minus(end, start) }];
  }
  const [left, right] = [children(a), children(b)];
  if (left.length !== right.length || !sameExpr(hollow(a), hollow(b))) return undefined;
  const holes = left.map((part, at) => {
    const other = right[at];
    return other === undefined ? undefined : holesOf(part, other);
  });
  return holes.some((each) => each === undefined) ? undefined : holes.flatMap((each) => each ?? []);
}

/** The node without its parts; a call keeps its head, which is compared among the parts too. */
const hollow = (expr: Expr): Expr => mapChildren(expr, (part) => ({ kind: "dots", span: part.span }));

const letters = ["s", "r", "k", "j", "i", "n", "m"] as const;

function seriesOf(ends: Ends, operator: "sum" | "product", span: Span): Expr | undefined {
  const { first, last, holes, step } = ends;
  const [lead] = holes;
  const used = new Set([first, last].flatMap((end) => nodes(end)).flatMap((node) => namesOf(node)));
  const index = letters.find((letter) => !used.has(letter));
  if (lead === undefined || index === undefined) return undefined;
  const replacements = new Map<Expr, Expr>();
  for (const hole of holes) {
    const moved = shiftedLetter(index, minus(hole.start, lead.start), hole.first.span);
    if (moved === undefined) return undefined;
    replacements.set(hole.first, moved);
  }
  const replace = (node: Expr): Expr => replacements.get(node) ?? mapChildren(node, replace);
  const [lower, upper] = step === 1 ? [lead.first, lead.last] : [lead.last, lead.first];
  return { kind: "series", operator, index, lower, upper, body: replace(first), span };
}

function namesOf(node: Expr): readonly string[] {
  if (node.kind === "symbol") return [node.name];
  return node.kind === "series" ? [node.index] : [];
}
