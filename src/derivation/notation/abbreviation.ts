import type { Expr, SymbolExpr } from "../../expr/expr.js";
import { mapChildren } from "../../expr/walk.js";
import type { Clause } from "../../tex/statement.js";
import type { Names } from "./names.js";

/** The clause with networks that stand without arguments taken where they always are: `\mu_\theta` is μ_θ(x_t, t). */
export function readNetworks(clause: Clause, names: Names): Clause {
  const letter = names.nameOf("state");
  if (letter === undefined) return clause;
  const read = (expr: Expr): Expr => {
    if (expr.kind === "call") {
      const { index } = expr.head;
      const head = index === undefined ? expr.head : { ...expr.head, index: read(index) };
      return { ...expr, head, args: expr.args.map(read), rest: expr.rest.map(read) };
    }
    if (expr.kind === "symbol") return names.roleOf(expr) === "network" ? atState(expr, letter, names) : expr;
    return mapChildren(expr, read);
  };
  return {
    ...clause,
    subjects: clause.subjects.map(read),
    steps: clause.steps.map((step) => ({ ...step, right: read(step.right) })),
  };
}

function atState(head: SymbolExpr, letter: string, names: Names): Expr {
  const { span } = head;
  const time: Expr = { kind: "symbol", name: names.time, span };
  return {
    kind: "call",
    head,
    args: [{ kind: "symbol", name: letter, index: time, span }, time],
    rest: [],
    span,
  };
}
