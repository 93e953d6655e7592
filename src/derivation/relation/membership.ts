import type { Expr, ListExpr } from "../../expr/expr.js";
import { EvaluationError } from "../evaluate/error.js";
import { distance } from "./compare.js";
import { conclude, tolerances } from "./conclude.js";
import type { Sides } from "./equality.js";
import { decideOrder, type Order } from "./order.js";
import { placesOf, scopeAt, type Decision, type Question } from "./question.js";
import { survey, type Judge } from "./survey.js";

/** `\beta_t \in (0, 1)`: two inequalities; `x \in \{0, 1\}`: equal to one of them everywhere. */
export function decideMembership({ left, right }: Sides, question: Question): Decision {
  if (right.kind !== "list" || right.left === "")
    throw new EvaluationError("unsupported", "only intervals and sets of numbers are known here", right.span);
  if (right.left === "\\{") return decideAmong(left, right, question);
  const [low, high] = right.items;
  if (low === undefined || high === undefined || right.items.length !== 2)
    throw new EvaluationError("unsupported", "an interval has two ends", right.span);
  const bounds: readonly (readonly [Expr, Order, Expr])[] = [
    [low, right.left === "[" ? "\\le" : "<", left],
    [left, right.right === "]" ? "\\le" : "<", high],
  ];
  const decisions = bounds
    .filter(([a, , b]) => !isInfinite(a) && !isInfinite(b))
    .map(([a, order, b]) => decideOrder({ left: a, right: b }, order, question));
  const [first] = decisions;
  if (first === undefined)
    throw new EvaluationError("unsupported", "an interval without ends says nothing", right.span);
  return (
    decisions.find(({ verdict }) => verdict === "fails") ??
    decisions.find(({ verdict }) => verdict !== "holds") ??
    first
  );
}

const isInfinite = (expr: Expr): boolean =>
  (expr.kind === "symbol" && expr.name === "\\infty") || (expr.kind === "negation" && isInfinite(expr.of));

function decideAmong(left: Expr, set: ListExpr, question: Question): Decision {
  if (set.items.some((item) => item.kind === "dots"))
    throw new EvaluationError("unsupported", "a set with dots is known for times only", set.span);
  const judge: Judge = (place, trace) => {
    const scope = scopeAt(question, place, { trace });
    const value = scope.evaluate(left, scope);
    const { tolerance } = tolerances(question.digits, trace.bound);
    const apart = set.items.map((item) => distance(value, scope.evaluate(item, scope), item.span));
    const agrees = apart.some((error) => error === 0 || error.lessThanOrEqualTo(tolerance));
    return {
      agrees,
      error: 0,
      inLaw: false,
      left: value,
      ...(agrees ? {} : { problem: "the left side is none of these" }),
    };
  };
  const found = survey(placesOf([left, set], question), judge);
  return {
    ...conclude([{ survey: found, judge, reading: "accumulated" }], question),
    maxRelativeError: null,
  };
}
