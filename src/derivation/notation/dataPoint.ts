import type { CallExpr, Expr, SymbolExpr } from "../../expr/expr.js";
import { mapChildren, some } from "../../expr/walk.js";
import type { Clause } from "../../tex/statement.js";
import type { Names } from "./names.js";

/**
 * The clause with two habits of the texts spelled out. Beside the states x_t of the process a bare x in a
 * density of the model is the data point: `p(x)` is p(x_0). And the parameters among what is given are the
 * label of the model: `p(x_0 | \theta)` is p_θ(x_0).
 * @param before the line that the clause goes on from
 */
export function readDataPoint(clause: Clause, before: Expr | undefined, names: Names): Clause {
  const sides = [...clause.subjects, ...clause.steps.map(({ right }) => right)];
  const context = before === undefined || clause.subjects.length > 0 ? sides : [...sides, before];
  if (!context.some((side) => some(side, (node) => isState(node, names)))) return clause;
  const read = (expr: Expr): Expr => {
    const inner = mapChildren(expr, read);
    return inner.kind === "call" ? readDensity(inner, names) : inner;
  };
  return {
    ...clause,
    subjects: clause.subjects.map(read),
    steps: clause.steps.map((step) => ({ ...step, right: read(step.right) })),
  };
}

function readDensity(call: CallExpr, names: Names): Expr {
  const role = names.roleOf(call.head);
  if (role === "reverseDensity") return withDataPoint(withoutParameters(call, names), names);
  // q(x) alone may be any law; q(x_{1:T} | x) is one of the process.
  const beside = [...call.args, ...call.rest].some((part) => some(part, (node) => isState(node, names)));
  return role === "forwardDensity" && beside ? withDataPoint(call, names) : call;
}

function withDataPoint(call: CallExpr, names: Names): CallExpr {
  const letter = names.nameOf("state");
  const point = (part: Expr): Expr => {
    if (part.kind !== "symbol" || part.index !== undefined || part.name !== letter) return part;
    return { ...part, index: { kind: "number", text: "0", span: part.span } };
  };
  return { ...call, args: call.args.map(point), rest: call.rest.map(point) };
}

/** θ among what is given; the head is labelled with it if the notation knows it so. */
function withoutParameters(call: CallExpr, names: Names): CallExpr {
  const theta = call.rest.find((part) => isParameter(part, names));
  if (theta === undefined || (call.mark !== "|" && call.mark !== ";")) return call;
  const rest = call.rest.filter((part) => part !== theta);
  const labelled: SymbolExpr = call.head.index === undefined ? { ...call.head, index: theta } : call.head;
  const head = names.roleOf(labelled) === "reverseDensity" ? labelled : call.head;
  const bare = { kind: "call", head, args: call.args, rest, span: call.span } as const;
  return rest.length === 0 ? bare : { ...bare, mark: "|" };
}

const isParameter = (expr: Expr, names: Names): boolean =>
  expr.kind === "symbol" &&
  expr.name === "\\theta" &&
  expr.index === undefined &&
  names.lookUp(expr).meaning.kind === "unknown";

const isState = (node: Expr, names: Names): boolean =>
  node.kind === "symbol" && node.index !== undefined && names.roleOf(node) === "state";
