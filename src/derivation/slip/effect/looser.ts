import type { Expr, SymbolExpr } from "../../../expr/expr.js";
import type { Real } from "../../../expr/number.js";
import { printExpr } from "../../../expr/print.js";
import { constant } from "../../../probability/affine.js";
import { EvaluationError } from "../../evaluate/error.js";
import { timeWithin } from "../../evaluate/time.js";
import type { Sides } from "../../relation/equality.js";
import type { Order } from "../../relation/order.js";
import { scopeAt, type Place, type Question, type ScopeOptions } from "../../relation/question.js";
import { unknownCalls } from "../../relation/unknown.js";
import type { Effect } from "./effect.js";
import { isClose, isNear, numberOf } from "./value.js";

/** An inequality with another right side: whether it follows from what it was, or has become an equality. */
export function compareBounds(
  { left, right: before }: Sides,
  after: Expr,
  order: Order,
  question: Question,
  place: Place,
): Effect {
  const [a, was, is] = [left, before, after].map((side) => numberOf(side, question, place));
  if (a === undefined || was === undefined || is === undefined) throw new RangeError("three sides");
  const isUpper = order === "<" || order === "\\le";
  const isWithin = (x: Real, bound: Real): boolean => (isUpper ? x.lessThan(bound) : x.greaterThan(bound));
  if (isNear(was, is, question) || isWithin(was, is)) return "still true";
  if (isNear(a, is, question)) return order === "<" || order === ">" ? "changed" : "still true";
  return isWithin(a, is) ? "claims more" : "changed";
}

const trials = [0, 1, 2] as const;

/** Whether the ratio of what was and what is stays the same at three values of the variable. */
export function isProportional(
  before: Expr,
  after: Expr,
  variable: SymbolExpr,
  question: Question,
  place: Place,
): boolean {
  // Unknown functions of other variables stay what they are.
  const open = unknownCalls([before, after], question.names).map(({ head }) => head.name);
  const ratios = trials.map((trial) => {
    const [a, b] = [before, after].map((side) =>
      numberOf(side, question, place, movedTo(trial, variable, open, question, place)),
    );
    if (a === undefined || b === undefined || b.isZero())
      throw new EvaluationError("outside", "a side is zero", after.span);
    return a.div(b);
  });
  const [first] = ratios;
  return first !== undefined && ratios.every((ratio) => isNear(ratio, first, question));
}

/** The variable at another value: a state leaves its path, a letter that is no state is any number. */
function movedTo(
  trial: number,
  variable: SymbolExpr,
  open: readonly string[],
  question: Question,
  place: Place,
): ScopeOptions {
  const scope = scopeAt(question, place);
  const { real } = scope.world.arithmetic;
  const assigned = new Map(open.map((name) => [name, real(1)]));
  if (roleIsState(variable, question)) {
    if (variable.index === undefined)
      throw new EvaluationError("unsupported", "a state without an index", variable.span);
    const t = timeWithin(variable.index, 0, scope);
    const moved = new Map([[t, constant(place.draw.fresh(`compared:${t}:${trial}`).map(real))]]);
    return { moved, assigned };
  }
  if (place.draw.d !== 1 && question.names.lookUp(variable).meaning.kind !== "unknown")
    throw new EvaluationError("outside", "a vector that is no state", variable.span);
  assigned.set(`symbol ${printExpr(variable)}`, real(place.draw.free(`compared:${trial}`, "any")));
  return { assigned };
}

function roleIsState(variable: SymbolExpr, { names }: Question): boolean {
  const { meaning } = names.lookUp(variable);
  return meaning.kind === "role" && meaning.role === "state";
}

/** Whether the difference of what was and what is stays the same for three networks. */
export function differsByConstant(before: Expr, after: Expr, question: Question, place: Place): boolean {
  const differences = trials.map((network) =>
    numberOf(before, question, place, { network }).minus(numberOf(after, question, place, { network })),
  );
  const [first] = differences;
  return first !== undefined && differences.every((each) => isClose(each.minus(first).abs(), question));
}
