import type { CasesExpr, Comparison, Expr, ListExpr } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import { EvaluationError } from "./error.js";
import type { Scope } from "./scope.js";
import { evaluateTime } from "./time.js";

/**
 * Whether the times in scope satisfy the comparison: `t > 1`, `t \ne 1`, `t \in \{2, \dots, T\}`,
 * `t = 1, \dots, T`.
 * @throws EvaluationError for anything but times
 */
export function isSatisfied({ relation, left, right }: Comparison, scope: Scope): boolean {
  const a = evaluateTime(left, scope);
  if (right.kind === "list") {
    if (!["=", "\\in"].includes(relation)) throw unreadable(relation, right);
    return isMember(a, right, scope);
  }
  const b = evaluateTime(right, scope);
  switch (relation) {
    case "=":
      return a === b;
    case "\\ne":
      return a !== b;
    case "<":
      return a < b;
    case ">":
      return a > b;
    case "\\le":
      return a <= b;
    case "\\ge":
      return a >= b;
    default:
      throw unreadable(relation, right);
  }
}

const unreadable = (relation: string, right: Expr): EvaluationError =>
  new EvaluationError("unsupported", `${relation} ${printExpr(right)} is no condition on times`, right.span);

/** Dots stand for the whole numbers between their neighbours; `[1, T]` for those from 1 to T. */
function isMember(time: number, list: ListExpr, scope: Scope): boolean {
  const items = list.items.map((item) => (item.kind === "dots" ? undefined : evaluateTime(item, scope)));
  if (list.left === "[" || list.left === "(") {
    const [low, high] = items;
    if (low === undefined || high === undefined || items.length !== 2) throw unreadable("\\in", list);
    return (
      (list.left === "[" ? time >= low : time > low) && (list.right === "]" ? time <= high : time < high)
    );
  }
  return items.some((item, at) => {
    if (item !== undefined) return item === time;
    const [before, after] = [items[at - 1], items[at + 1]];
    if (before === undefined || after === undefined) throw unreadable("\\in", list);
    return time > Math.min(before, after) && time < Math.max(before, after);
  });
}

/** The value of the case that applies at the times in scope. @throws EvaluationError where none or two do */
export function caseAt(expr: CasesExpr, scope: Scope): Expr {
  const stated = expr.branches.filter(
    ({ conditions }) => conditions.length > 0 && conditions.every((each) => isSatisfied(each, scope)),
  );
  const [first] = stated;
  if (stated.length > 1)
    throw new EvaluationError("unsupported", "two of the cases apply at once", expr.span);
  const found = first ?? expr.branches.find(({ conditions }) => conditions.length === 0);
  if (found === undefined) throw new EvaluationError("outside", "none of the cases applies", expr.span);
  return found.value;
}
