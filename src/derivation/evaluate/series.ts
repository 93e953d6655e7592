import type { Expr, ProductExpr, SeriesExpr } from "../../expr/expr.js";
import { children, mapChildren, sameExpr } from "../../expr/walk.js";
import type { Real } from "../../expr/number.js";
import { structureOf } from "../../expr/structure.js";
import { EvaluationError } from "./error.js";
import { noteLoss } from "./loss.js";
import { remember, traitsOf } from "./memory.js";
import { withIndex, type Scope } from "./scope.js";
import { evaluateTime } from "./time.js";
import { addValues, multiply, number, type Value } from "./value.js";

const mostTerms = 10_000;

/** Σ or Π over an integer index; with upper < lower the sum is 0 and the product 1. */
export function evaluateSeries(expr: SeriesExpr, scope: Scope): Value {
  const { lower, upper } = rangeOf(expr, scope);
  if (upper - lower >= longSeries && dependsOnIndexAlone(expr, scope))
    return runningTotal(expr, lower, upper, scope);
  let total = emptySeries(expr, scope);
  for (let at = lower; at <= upper; at++) {
    scope.trace.step(expr.span);
    total = extended(total, scope.evaluate(expr.body, withIndex(scope, expr.index, at)), expr, scope);
  }
  return total;
}

const emptySeries = ({ operator }: SeriesExpr, { world }: Scope): Value =>
  operator === "sum" ? { kind: "zero" } : number(world.arithmetic.one);

function extended(total: Value, term: Value, { operator, span }: SeriesExpr, scope: Scope): Value {
  if (operator === "product") return multiply(total, term, scope.world.arithmetic, span);
  noteLoss([total, term], scope);
  return addValues(total, term, span);
}

/** From so many terms on, a series is continued from the last time it was evaluated. */
const longSeries = 32;

function dependsOnIndexAlone({ body, index }: SeriesExpr, scope: Scope): boolean {
  const { coefficient, letters } = traitsOf(body, scope.names);
  return coefficient && letters?.every((letter) => letter === index) === true;
}

/** Totals from the lower limit on, and what the terms divided by: what there was of it after each term. */
interface Totals {
  readonly values: Value[];
  readonly divisors: Real[];
  readonly divisorsAfter: number[];
  readonly lostAfter: boolean[];
  readonly free: Set<string>;
}

/** Π_{s=1}^t α_s for all t of a schedule takes T products, not T²/2. */
function runningTotal(expr: SeriesExpr, lower: number, upper: number, scope: Scope): Value {
  const key = `totals ${structureOf(expr.body)} ${expr.operator} ${expr.index} ${lower} ${scope.deviation}`;
  const empty = (): Totals => ({
    values: [],
    divisors: [],
    divisorsAfter: [],
    lostAfter: [],
    free: new Set(),
  });
  const totals = remember(key, scope, empty, expr.span, scope.names.notation);
  let total = totals.values.at(-1) ?? emptySeries(expr, scope);
  for (let at = lower + totals.values.length; at <= upper; at++) {
    const trace = scope.trace.beside();
    total = extended(
      total,
      scope.evaluate(expr.body, { ...withIndex(scope, expr.index, at), trace }),
      expr,
      scope,
    );
    for (const symbol of trace.free) totals.free.add(symbol);
    totals.lostAfter.push(trace.lost || totals.lostAfter.at(-1) === true);
    totals.divisors.push(...trace.divisors);
    totals.divisorsAfter.push(totals.divisors.length);
    totals.values.push(total);
  }
  const last = upper - lower;
  scope.trace.lost ||= totals.lostAfter[last] === true;
  for (const symbol of totals.free) scope.trace.useFree(symbol);
  for (const divisor of totals.divisors.slice(0, totals.divisorsAfter[last])) scope.trace.divide(divisor);
  return totals.values[last] ?? total;
}

/** The limits of a sum or product. @throws EvaluationError for more terms than are evaluated */
export function rangeOf(expr: SeriesExpr, scope: Scope): { readonly lower: number; readonly upper: number } {
  const lower = evaluateTime(expr.lower, scope);
  const upper = evaluateTime(expr.upper, scope);
  if (upper - lower >= mostTerms) {
    throw new EvaluationError("unsupported", `more than ${mostTerms} terms`, expr.span);
  }
  return { lower, upper };
}

/** The product of factors of which some are only hinted at by dots. */
export function evaluateDots(expr: ProductExpr, scope: Scope): Value {
  const { arithmetic } = scope.world;
  return dottedFactors(expr, scope)
    .map(({ factor, scope: at }) => scope.evaluate(factor, at))
    .reduce((a, b) => multiply(a, b, arithmetic, expr.span));
}

/** A factor and the scope its indices have values in. */
export interface ScopedFactor {
  readonly factor: Expr;
  readonly scope: Scope;
}

/**
 * All factors of a product. `\\alpha_t\\alpha_{t-1}\\cdots\\alpha_1`: the factors on both sides of the dots
 * must be the same but for their times, which all run from the first to the last in steps of one. Factors
 * before the pattern (`2\\alpha_t\\cdots`) and after it (`\\cdots\\alpha_1 x_0`) are factors of their own.
 * The point is admissible only where the factors written out are all there.
 */
export function dottedFactors(expr: ProductExpr, scope: Scope): readonly ScopedFactor[] {
  const plain = (factors: readonly Expr[]): readonly ScopedFactor[] =>
    factors.map((factor) => ({ factor, scope }));
  const dots = expr.factors.findIndex((factor) => factor.kind === "dots");
  if (dots < 0) return plain(expr.factors);
  const before = expr.factors[dots - 1];
  const after = expr.factors[dots + 1];
  const hole = before === undefined || after === undefined ? undefined : findHole(before, after);
  if (before === undefined || hole === undefined || hole === "same") {
    throw new EvaluationError(
      "unsupported",
      "dots between factors that do not differ in time alone",
      expr.span,
    );
  }
  const length = lengthOf(hole, scope, expr);
  const step = stepOf(expr.factors[dots - 2], before, length, scope);
  if (length * step < 1) throw new EvaluationError("outside", "the dots run backwards here", expr.span);
  const middle: ScopedFactor[] = [];
  for (let at = step; at !== length; at += step)
    middle.push({ factor: hole.template, scope: withIndex(scope, holeName, at) });
  return [...plain(expr.factors.slice(0, dots)), ...middle, ...plain(expr.factors.slice(dots + 1))];
}

/** How far the times run, the same for each that differs. */
function lengthOf(hole: Hole, scope: Scope, expr: Expr): number {
  const lengths = hole.ends.map(({ first, last }) => evaluateTime(last, scope) - evaluateTime(first, scope));
  const [length = 0] = lengths;
  if (lengths.every((each) => each === length)) return length;
  throw new EvaluationError("outside", "the times on both sides of the dots do not run alike", expr.span);
}

/** +1 or -1: as the two factors in front of the dots say, or, with one factor, towards the last. */
function stepOf(earlier: Expr | undefined, before: Expr, length: number, scope: Scope): number {
  const pair = earlier === undefined ? undefined : findHole(earlier, before);
  if (pair === undefined || pair === "same") return length < 0 ? -1 : 1;
  const step = lengthOf(pair, scope, before);
  if (Math.abs(step) === 1) return step;
  throw new EvaluationError("unsupported", "dots in steps other than one", before.span);
}

interface Hole {
  /** The times that differ. */
  readonly ends: readonly { readonly first: Expr; readonly last: Expr }[];
  /** The common form, each time that differs moved by the letter `holeName`. */
  readonly template: Expr;
}

const holeName = "\\dots";

/** Where two trees differ, if that is in subscripts only. */
function findHole(a: Expr, b: Expr): Hole | "same" | undefined {
  if (sameExpr(a, b)) return "same";
  if (
    a.kind === "symbol" &&
    b.kind === "symbol" &&
    a.name === b.name &&
    a.index !== undefined &&
    b.index !== undefined
  ) {
    const offset: Expr = { kind: "symbol", name: holeName, span: a.index.span };
    const index: Expr = { kind: "sum", terms: [a.index, offset], span: a.index.span };
    return { ends: [{ first: a.index, last: b.index }], template: { ...a, index } };
  }
  const left = children(a);
  const right = children(b);
  if (left.length !== right.length || !sameExpr(hollow(a), hollow(b))) return undefined;
  const holes: (Hole | "same")[] = [];
  for (const [at, part] of left.entries()) {
    const other = right[at];
    const hole = other === undefined ? undefined : findHole(part, other);
    if (hole === undefined) return undefined;
    holes.push(hole);
  }
  const found = holes.flatMap((hole) => (hole === "same" ? [] : [hole]));
  if (found.length === 0) return undefined; // same parts, different names: not one pattern
  let at = 0;
  const template = mapChildren(a, (part) => {
    const hole = holes[at++];
    return hole === undefined || hole === "same" ? part : hole.template;
  });
  return { ends: found.flatMap((hole) => hole.ends), template };
}

/** The node without its parts: what is left must agree before the parts are compared. */
const hollow = (expr: Expr): Expr => mapChildren(expr, (part) => ({ kind: "dots", span: part.span }));
