import type { Expr, ProductExpr, SeriesExpr } from "../../expr/expr.js";
import { children, mapChildren, sameExpr } from "../../expr/walk.js";
import { EvaluationError } from "./error.js";
import { withIndex, type Scope } from "./scope.js";
import { evaluateTime } from "./time.js";
import { addValues, multiply, number, type Value } from "./value.js";

const mostTerms = 10_000;

/** Σ or Π over an integer index; with upper < lower the sum is 0 and the product 1. */
export function evaluateSeries(expr: SeriesExpr, scope: Scope): Value {
  const lower = evaluateTime(expr.lower, scope);
  const upper = evaluateTime(expr.upper, scope);
  if (upper - lower >= mostTerms) {
    throw new EvaluationError("unsupported", `more than ${mostTerms} terms`, expr.span);
  }
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

/**
 * `\alpha_t\alpha_{t-1}\cdots\alpha_1`: the factors on both sides of the dots must be the same but for
 * one time, which runs from the first to the last in steps of one. Factors before the pattern
 * (`2\alpha_t\cdots`) and after it (`\cdots\alpha_1 x_0`) are factors of their own.
 * The point is admissible only where the factors written out are all there.
 */
export function evaluateDots(expr: ProductExpr, scope: Scope): Value {
  const dots = expr.factors.findIndex((factor) => factor.kind === "dots");
  const before = expr.factors[dots - 1];
  const after = expr.factors[dots + 1];
  const hole = before === undefined || after === undefined ? undefined : findHole(before, after);
  if (before === undefined || hole === undefined || hole === "same") {
    throw new EvaluationError(
      "unsupported",
      "dots between factors that do not differ in one time",
      expr.span,
    );
  }
  const last = evaluateTime(hole.last, scope);
  const near = evaluateTime(hole.first, scope);
  const earlier = expr.factors[dots - 2];
  const step = stepOf(earlier, before, near, last, scope);
  if ((last - near) * step < 1)
    throw new EvaluationError("outside", "the dots run backwards here", expr.span);
  const middle: Value[] = [];
  for (let at = near + step; at !== last; at += step) {
    const scoped = withIndex(scope, holeName, at);
    middle.push(scope.evaluate(hole.template, scoped));
  }
  const { arithmetic } = scope.world;
  const values = expr.factors.flatMap((factor, at) =>
    at === dots ? middle : [scope.evaluate(factor, scope)],
  );
  return values.reduce((a, b) => multiply(a, b, arithmetic, expr.span));
}

/** +1 or -1: as the two factors in front of the dots say, or, with one factor, towards the last. */
function stepOf(earlier: Expr | undefined, before: Expr, near: number, last: number, scope: Scope): number {
  const pair = earlier === undefined ? undefined : findHole(earlier, before);
  if (pair === undefined || pair === "same") return last < near ? -1 : 1;
  const step = evaluateTime(pair.last, scope) - evaluateTime(pair.first, scope);
  if (Math.abs(step) === 1) return step;
  throw new EvaluationError("unsupported", "dots in steps other than one", before.span);
}

interface Hole {
  readonly first: Expr;
  readonly last: Expr;
  /** The common form, with the letter `holeName` for the time that differs. */
  readonly template: Expr;
}

const holeName = "\\dots";

/** Where two trees differ, if that is in one subscript (the same difference may occur several times). */
function findHole(a: Expr, b: Expr): Hole | "same" | undefined {
  if (sameExpr(a, b)) return "same";
  if (
    a.kind === "symbol" &&
    b.kind === "symbol" &&
    a.name === b.name &&
    a.index !== undefined &&
    b.index !== undefined
  ) {
    const index: Expr = { kind: "symbol", name: holeName, span: a.index.span };
    return { first: a.index, last: b.index, template: { ...a, index } };
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
  const [first] = found;
  if (first === undefined) return undefined; // same parts, different names: not one pattern
  if (!found.every((hole) => sameExpr(hole.first, first.first) && sameExpr(hole.last, first.last)))
    return undefined;
  let at = 0;
  const template = mapChildren(a, (part) => {
    const hole = holes[at++];
    return hole === undefined || hole === "same" ? part : hole.template;
  });
  return { first: first.first, last: first.last, template };
}

/** The node without its parts: what is left must agree before the parts are compared. */
const hollow = (expr: Expr): Expr => mapChildren(expr, (part) => ({ kind: "dots", span: part.span }));
