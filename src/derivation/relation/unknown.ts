import type { CallExpr, Expr } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import { nodes } from "../../expr/walk.js";
import type { Names } from "../notation/names.js";

/** A letter applied to symbols: anything else is not a function the text left open but one we do not know. */
const isPlain = (call: CallExpr): boolean =>
  call.head.index === undefined &&
  call.mark === undefined &&
  call.args.every((argument) => argument.kind === "symbol");

/** Calls of functions that no one has defined: `C(x_t, x_0)`; one per function and arguments. */
export function unknownCalls(exprs: readonly Expr[], names: Names): readonly CallExpr[] {
  const found = new Map<string, CallExpr>();
  for (const expr of exprs) {
    for (const node of nodes(expr)) {
      if (node.kind === "call" && isPlain(node) && names.lookUp(node.head).meaning.kind === "unknown")
        found.set(printExpr(node), node);
    }
  }
  return [...found.values()];
}
