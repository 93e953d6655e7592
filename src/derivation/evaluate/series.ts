import type { Expr, ProductExpr, SeriesExpr } from "../../expr/expr.js";
import { children, mapChildren, sameExpr } from "../../expr/walk.js";
import { EvaluationError } from "./error.js";
import { withIndex, type Scope } from "./scope.js";
import { evaluateTime } from "./time.js";
import { addValues, multiply, number, type Value } from "./value.js";

const mostTerms = 10_000;

/** Σ or Π over an integer index; with upper < lower the sum is 0 and the product 1. */
export function evaluateSeries(expr: SeriesExpr, scope: Scope): Value {
  const { lower, upper } = rangeOf(expr, scope);
  const { arithmetic } = scope.world;
  let total: Value = expr.operator === "sum" ? { kind: "zero" } : number(arithmetic.one);
  for (let at = lower; at <= upper; at++) {
    const term = scope.evaluate(expr.body, withIndex(scope, expr.index, at));
    total =
      expr.operator === "sum"
        ? addValues(total, term, expr.span)
        : multiply(total, term, arithmetic, expr.span);
  }
  return total;
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
