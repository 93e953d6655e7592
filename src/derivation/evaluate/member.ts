import type { Expr, Span } from "../../expr/expr.js";
import { children, mapChildren } from "../../expr/walk.js";
import { printExpr } from "../../expr/print.js";
import { EvaluationError } from "./error.js";
import { withIndex, type Scope } from "./scope.js";
import { dottedFactors, rangeOf, type ScopedFactor } from "./series.js";
import { evaluateTime } from "./time.js";

/**
 * A term of a dotted sum at one place, all its subscripts whole numbers: `\alpha_t \cdots \alpha_3 \beta_2` at
 * t = 6 is the runs α 3…6 and β 2…2. What two terms of a pattern differ in are ends of runs.
 */
export interface Member {
  /** By symbol, in the order of writing. */
  readonly runs: ReadonlyMap<string, Run>;
  /** The factors that are no symbols with a time: roots, sums, numbers. */
  readonly others: readonly Part[];
  readonly span: Span;
}

interface Run {
  readonly low: number;
  readonly high: number;
}

interface Part {
  /** What the node says beside its parts. */
  readonly shape: string;
  readonly expr: Expr;
  readonly parts: readonly Member[];
}

/** @throws EvaluationError where the times of one symbol have gaps or repeat */
export function memberOf(expr: Expr, scope: Scope): Member {
  const times = new Map<string, number[]>();
  const others: Part[] = [];
  for (const { factor, scope: at } of factorsOf(expr, scope)) {
    const time = factor.kind === "symbol" ? scope.names.lookUp(factor).time : undefined;
    if (factor.kind !== "symbol" || time === undefined) others.push(partOf(factor, at));
    else times.set(factor.name, [...(times.get(factor.name) ?? []), evaluateTime(time, at)]);
  }
  const runs = [...times].map(([name, all]) => [name, runOf(all, expr)] as const);
  return { runs: new Map(runs), others, span: expr.span };
}

function factorsOf(expr: Expr, scope: Scope): readonly ScopedFactor[] {
  if (expr.kind === "product")
    return dottedFactors(expr, scope).flatMap(({ factor, scope: at }) => factorsOf(factor, at));
  if (expr.kind !== "series" || expr.operator === "sum") return [{ factor: expr, scope }];
  const { lower, upper } = rangeOf(expr, scope);
  const times = Array.from({ length: Math.max(0, upper - lower + 1) }, (_, at) => lower + at);
  return times.flatMap((at) => factorsOf(expr.body, withIndex(scope, expr.index, at)));
}

function runOf(times: readonly number[], expr: Expr): Run {
  const [low, high] = [Math.min(...times), Math.max(...times)];
  if (high - low + 1 === times.length && new Set(times).size === times.length) return { low, high };
  throw new EvaluationError("unsupported", "times with gaps in a term beside dots", expr.span);
}

function partOf(expr: Expr, scope: Scope): Part {
  const leaf = expr.kind === "symbol" || expr.kind === "number";
  const parts = leaf ? [] : children(expr).map((part) => memberOf(part, scope));
  const hollow = leaf ? expr : mapChildren(expr, (part) => ({ kind: "dots", span: part.span }));
  return { shape: `${expr.kind} ${printExpr(hollow)}`, expr, parts };
}

/**
 * By how much the ends that differ lie apart, the same for all of them; undefined where none differs or
 * the two terms are not of one pattern. A run that has come to its end is empty: `\alpha_t \beta_{t-1}`, `\beta_t`.
 */
export function stepsBetween(a: Member, b: Member): number | undefined {
  const [first, ...more] = new Set(
    choicesBetween(a, b)?.filter((each) => !(each.length === 1 && each[0] === 0)),
  );
  if (first === undefined) return undefined;
  const common = first.filter((steps) => steps !== 0 && more.every((each) => each.includes(steps)));
  return common.length === 1 ? common[0] : undefined;
}

/** For each end of each run the steps it may have gone; undefined for terms of different patterns. */
function choicesBetween(a: Member, b: Member): readonly (readonly number[])[] | undefined {
  if (a.others.length !== b.others.length) return undefined;
  const runs = [...new Set([...a.runs.keys(), ...b.runs.keys()])].flatMap((name) => {
    const [x, y] = [a.runs.get(name), b.runs.get(name)];
    if (x !== undefined && y !== undefined) return [[y.low - x.low], [y.high - x.high]];
    const { low, high } = x ?? y ?? { low: 0, high: -1 };
    return [[high - low + 1, low - high - 1]];
  });
  const inner = a.others.flatMap((part, at) => {
    const other = b.others[at];
    const alike =
      other !== undefined && other.shape === part.shape && other.parts.length === part.parts.length;
    if (!alike) return [undefined];
    return part.parts.map((each, place) => {
      const beside = other.parts[place];
      return beside === undefined ? undefined : choicesBetween(each, beside);
    });
  });
  return inner.includes(undefined) ? undefined : [...runs, ...inner.flatMap((each) => each ?? [])];
}

/**
 * The term `by` steps behind `a` on the way to `b`, which lies `steps` away: ends that differ between the
 * two move, all others stay.
 */
export function moved(a: Member, b: Member, steps: number, by: number): Expr {
  const factors: Expr[] = a.others.map((part, at) => {
    const other = b.others[at];
    let place = 0;
    return mapChildren(part.expr, (child) => {
      const [from, to] = [part.parts[place], other?.parts[place]];
      place++;
      return from === undefined || to === undefined ? child : moved(from, to, steps, by);
    });
  });
  for (const name of new Set([...a.runs.keys(), ...b.runs.keys()])) {
    const [x, y] = endsOf(a.runs.get(name), b.runs.get(name), steps);
    const low = x.low + (x.low === y.low ? 0 : by);
    const high = x.high + (x.high === y.high ? 0 : by);
    for (let time = low; time <= high; time++) factors.push(symbolAt(name, time, a.span));
  }
  const [only] = factors;
  if (factors.length === 1 && only !== undefined) return only;
  if (factors.length === 0) return { kind: "number", text: "1", span: a.span };
  return { kind: "product", factors, span: a.span };
}

/** An empty run lies where its one moving end has met the other. */
function endsOf(x: Run | undefined, y: Run | undefined, steps: number): readonly [Run, Run] {
  if (x !== undefined && y !== undefined) return [x, y];
  const known = x ?? y ?? { low: 0, high: -1 };
  const shrinks = steps > 0 === (x !== undefined);
  const empty = shrinks ? { low: known.high + 1, high: known.high } : { low: known.low, high: known.low - 1 };
  return x === undefined ? [empty, known] : [known, empty];
}

function symbolAt(name: string, time: number, span: Span): Expr {
  const size: Expr = { kind: "number", text: String(Math.abs(time)), span };
  return { kind: "symbol", name, index: time < 0 ? { kind: "negation", of: size, span } : size, span };
}
