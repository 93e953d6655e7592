import type { CallExpr, Expr } from "../../../expr/expr.js";
import type { Real } from "../../../expr/number.js";
import { printExpr } from "../../../expr/print.js";
import { constant, type Affine } from "../../../probability/affine.js";
import { EvaluationError } from "../../evaluate/error.js";
import { Trace } from "../../evaluate/scope.js";
import type { Sides } from "../../relation/equality.js";
import { statesIn } from "../../relation/law.js";
import { scopeAt, type Place, type Question, type ScopeOptions } from "../../relation/question.js";
import { unknownCalls } from "../../relation/unknown.js";
import type { Effect } from "./effect.js";
import { isNear, numberOf, valueOf } from "./value.js";

/** How to compare sides with a function in them that the text left open. */
export type FunctionComparison = (place: Place) => Effect;

/**
 * Sides with C(x_t, x_0) of which the text says no more than its arguments. Where the line before has it too,
 * it is the same function in both. Otherwise the relation says that there is such a function, and so does the
 * changed one if, for every choice of C before, there is one after it.
 * @returns undefined where no such function occurs
 */
export function functionComparison(
  { left, right }: Sides,
  changed: Expr,
  question: Question,
): FunctionComparison | undefined {
  const { names } = question;
  const [earlier, before, after] = [left, right, changed].map((side) => unknownCalls([side], names));
  if (earlier === undefined || before === undefined || after === undefined) return undefined;
  if (earlier.length + before.length + after.length === 0) return undefined;
  const known = earlier.length > 0 && before.length > 0;
  if (known) return (place) => compareKnown(right, changed, before, after, question, place);
  const [call, ...more] = before.length > 0 ? after : earlier;
  // Without C the changed side says what C is.
  if (call === undefined) return () => "changed";
  if (more.length > 0) return () => unsupported(call);
  const sides = before.length > 0 ? { open: changed, fixed: right } : { open: left, fixed: changed };
  const solving = { ...sides, call, other: before[0] };
  return (place) => (isSolved(solving, question, place) ? "same up to a function" : "changed");
}

const unsupported = (call: CallExpr): never => {
  throw new EvaluationError("unsupported", "functions of which nothing is known", call.span);
};

const chosen = [0, 1] as const;

function compareKnown(
  right: Expr,
  changed: Expr,
  before: readonly CallExpr[],
  after: readonly CallExpr[],
  question: Question,
  place: Place,
): Effect {
  const text = (calls: readonly CallExpr[]): string => calls.map(printExpr).join();
  if (text(before) !== text(after)) return "changed";
  const { real } = scopeAt(question, place).world.arithmetic;
  const same = chosen.every((value) => {
    const assigned = new Map(before.map(({ head }) => [head.name, real(value)]));
    const [was, is] = [right, changed].map((side) => numberOf(side, question, place, { assigned }));
    return was !== undefined && is !== undefined && isNear(was, is, question);
  });
  return same ? "same value" : "changed";
}

const trials = [0, 1, 2, 3] as const;

/** A side with C in it, or the number that it shall be equal to. */
interface Solving {
  readonly open: Expr;
  readonly fixed: Expr;
  readonly call: CallExpr;
  /** C as it stands in `fixed`, where it does. */
  readonly other: CallExpr | undefined;
}

/**
 * Whether a value of C makes `open` equal to `fixed`, and goes on doing so as every state moves that C is not a
 * function of, x_0 among them. In `fixed` C has any value, another one when what it depends on has moved.
 */
function isSolved({ open, fixed, call, other }: Solving, question: Question, place: Place): boolean {
  const { real } = scopeAt(question, place).world.arithmetic;
  const at = (side: Expr, value: Real, moved: ReadonlyMap<number, Affine>): Real =>
    numberOf(side, question, place, { moved, assigned: new Map([[call.head.name, value]]) });
  const others = statesBeside([open, fixed, ...(other?.args ?? [])], call, question, place);
  if (others.length === 0) unsupported(call);
  const moves =
    other !== undefined && statesIn(traceOf(other.args, question, place)).some((t) => others.includes(t));
  let solved: Real | undefined;
  return trials.every((trial) => {
    const moved = new Map(
      others.map((t) => [t, constant(place.draw.fresh(`compared:${t}:${trial}`).map(real))] as const),
    );
    const target = at(fixed, real(place.draw.free(`compared:${moves ? trial : 0}`, "any")), moved);
    const values = [0, 1, 2].map((value) => at(open, real(value), moved));
    solved ??= solve(values, target, question) ?? unsupported(call);
    return isNear(at(open, solved, moved), target, question);
  });
}

/** Where a quantity, or its logarithm, that is affine in C reaches a value; from what it is at C = 0, 1 and 2. */
function solve(values: readonly Real[], target: Real, question: Question): Real | undefined {
  const all = [...values, target];
  const logs = all.every((value) => value.greaterThan(0)) ? all.map((value) => value.ln()) : undefined;
  for (const [zero, one, two, goal] of logs === undefined ? [all] : [logs, all]) {
    if (zero === undefined || one === undefined || two === undefined || goal === undefined) continue;
    const slope = one.minus(zero);
    if (!slope.isZero() && isNear(two.minus(one), slope, question)) return goal.minus(zero).div(slope);
  }
  return undefined;
}

/** The states in the expressions that are no arguments of C. */
function statesBeside(
  exprs: readonly Expr[],
  call: CallExpr,
  question: Question,
  place: Place,
): readonly number[] {
  const assigned = new Map([[call.head.name, scopeAt(question, place).world.arithmetic.one]]);
  const own = statesIn(traceOf(call.args, question, place));
  return statesIn(traceOf(exprs, question, place, assigned)).filter((t) => !own.includes(t));
}

function traceOf(
  exprs: readonly Expr[],
  question: Question,
  place: Place,
  assigned: ScopeOptions["assigned"] = new Map(),
): Trace {
  const trace = new Trace();
  for (const expr of exprs) valueOf(expr, question, place, { assigned, trace });
  return trace;
}
