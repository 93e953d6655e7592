import type { CallExpr, Expr, SymbolExpr } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import { children, mapChildren, nodes, some } from "../../expr/walk.js";
import { directionOf, linearOf, minus } from "../../tex/linear.js";
import { averagesData } from "../evaluate/measure.js";
import type { Names } from "../notation/names.js";
import type { Sides } from "./equality.js";

/**
 * The statement with its expectations spelled out, where the data has a law: `E[f]` is taken over the whole
 * process, `E[f | x_t]` over the states in f given that one. Where x_0 is averaged over somewhere, E_q
 * averages over it too.
 */
export function withMeasures<S extends Sides>(sides: S, names: Names): S {
  const spelled = mapSides(sides, (expr) => spellMoments(expr, names));
  const averages = [spelled.left, spelled.right].some((side) =>
    some(side, (node) => isDataAverage(node, names)),
  );
  return averages ? mapSides(spelled, (expr) => spellWhole(expr, names)) : spelled;
}

/**
 * Whether the statement averages over x_0 in one place and has its value in another: then what is true for
 * some x_0 need not be for all.
 */
export const mixesData = ({ left, right }: Sides, names: Names): boolean =>
  [left, right].some((side) => some(side, (node) => isDataAverage(node, names))) &&
  [left, right].some((side) => hasFreeData(side, names));

/** Whether the value of x_0 enters: it stands there, or what is built from it, and nothing averages over it. */
function hasFreeData(expr: Expr, names: Names): boolean {
  if (expr.kind === "integral" && expr.variables.some((variable) => isData(variable, names))) return false;
  if (isDataAverage(expr, names) || isDataDivergence(expr, names)) return false;
  if (expr.kind === "symbol") {
    const role = names.roleOf(expr);
    const built = ["posteriorMean", "accumulatedNoise", "noise", "forwardDensity"].includes(role ?? "");
    // q(…) itself says nothing of x_0; E_q is taken given x_0.
    return isData(expr, names) || (built && expr.index === undefined && role !== "forwardDensity");
  }
  const [head, ...parts] = children(expr);
  if (expr.kind !== "call" || head?.kind !== "symbol")
    return children(expr).some((part) => hasFreeData(part, names));
  const measure = head.index;
  const whole = measure?.kind === "symbol" && names.roleOf(measure) === "forwardDensity";
  const below = names.roleOf(head) === "expectation" && measure !== undefined && hasFreeData(measure, names);
  return whole || below || parts.some((part) => hasFreeData(part, names));
}

/** D_KL(q(x_0, …) || …): the divergence averages over the states of its first density. */
function isDataDivergence(expr: Expr, names: Names): boolean {
  if (expr.kind !== "call" || names.roleOf(expr.head) !== "divergence") return false;
  const [first] = expr.args;
  return first?.kind === "call" && first.args.some((state) => isData(state, names));
}

/** x_0, or a range that begins with it. */
function isData(expr: Expr, names: Names): boolean {
  const first = expr.kind === "range" ? expr.first : expr;
  if (first.kind !== "symbol" || first.index === undefined || names.roleOf(first) !== "state") return false;
  const time = first.index.kind === "range" ? first.index.first : first.index;
  return time.kind === "number" && Number(time.text) === 0;
}

const isDataAverage = (node: Expr, names: Names): boolean =>
  node.kind === "call" && names.roleOf(node.head) === "expectation" && averagesData(node);

function spellMoments(expr: Expr, names: Names): Expr {
  const inner = mapArguments(expr, (part) => spellMoments(part, names));
  if (inner.kind !== "call" || inner.head.index !== undefined || names.roleOf(inner.head) !== "expectation")
    return inner;
  const [integrand] = inner.args;
  if (integrand === undefined || inner.args.length !== 1 || !isOfStates(integrand, names)) return inner;
  if (inner.mark === undefined) return withMeasure(inner, wholeProcess(inner, names), names);
  if (inner.mark !== "|") return inner;
  const given = new Set(inner.rest.map(printExpr));
  const states = new Map(
    nodes(integrand)
      .filter((node) => node.kind === "symbol" && names.roleOf(node) === "state")
      .map((node) => [printExpr(node), node] as const),
  );
  const of = [...states].filter(([text]) => !given.has(text)).map(([, state]) => state);
  return of.length === 0 ? inner : withMeasure(inner, { args: of, rest: inner.rest }, names);
}

/** What stands below an expectation is its measure, not an expectation itself. */
const mapArguments = (expr: Expr, change: (part: Expr) => Expr): Expr =>
  mapChildren(expr, (part) => (expr.kind === "call" && part === expr.head ? part : change(part)));

/** Noises are functions of the states too, but of which is not said. */
const isOfStates = (expr: Expr, names: Names): boolean =>
  some(expr, (node) => node.kind === "symbol" && names.roleOf(node) === "state") &&
  !some(
    expr,
    (node) =>
      node.kind === "symbol" &&
      ["noise", "stepNoise", "accumulatedNoise", "freshNoise"].includes(names.roleOf(node) ?? ""),
  );

function spellWhole(expr: Expr, names: Names): Expr {
  const inner = mapArguments(expr, (part) => spellWhole(part, names));
  if (inner.kind !== "call" || names.roleOf(inner.head) !== "expectation") return inner;
  const { index } = inner.head;
  const whole =
    index?.kind === "symbol" && index.index === undefined && names.roleOf(index) === "forwardDensity";
  return whole ? withMeasure(inner, wholeProcess(inner, names), names) : inner;
}

type Measured = Pick<CallExpr, "args" | "rest">;

/** x_{0:T} */
function wholeProcess({ span }: CallExpr, names: Names): Measured {
  const first: Expr = { kind: "number", text: "0", span };
  const last: Expr = { kind: "symbol", name: "T", span };
  const index: Expr = { kind: "range", first, last, span };
  return { args: [{ kind: "symbol", name: names.nameOf("state") ?? "x", index, span }], rest: [] };
}

function withMeasure(call: CallExpr, { args, rest }: Measured, names: Names): Expr {
  const { span } = call;
  const q = names.letterOf("forwardDensity");
  if (q === undefined) return call;
  const head: SymbolExpr = { kind: "symbol", name: q, span };
  const mark = rest.length === 0 ? {} : { mark: "|" as const };
  const index: CallExpr = { kind: "call", head, args, rest, span, ...mark };
  return { kind: "call", head: { ...call.head, index }, args: call.args, rest: [], span };
}

/**
 * The statement with q for every p without a label that runs the way of the forward process, p(x_t | x_{t-1}) or
 * p(x_t | x_0); undefined if there is none. Some texts write p for both processes.
 */
export function withForward<S extends Sides>(sides: S, names: Names): S | undefined {
  const q = names.letterOf("forwardDensity");
  const runsForward = (node: Expr): node is CallExpr =>
    node.kind === "call" &&
    node.head.index === undefined &&
    names.roleOf(node.head) === "reverseDensity" &&
    node.rest.some((given) => isData(given, names) || node.args.some((of) => isLater(of, given)));
  if (q === undefined || ![sides.left, sides.right].some((side) => some(side, runsForward))) return undefined;
  const replace = (expr: Expr): Expr => {
    const inner = mapChildren(expr, replace);
    return runsForward(inner) ? { ...inner, head: { ...inner.head, name: q } } : inner;
  };
  return mapSides(sides, replace);
}

/** Whether the first of two states is later by a fixed number of steps. */
function isLater(a: Expr, b: Expr): boolean {
  if (a.kind !== "symbol" || b.kind !== "symbol" || a.index === undefined || b.index === undefined)
    return false;
  const [first, second] = [linearOf(a.index), linearOf(b.index)];
  if (first === undefined || second === undefined) return false;
  return directionOf(minus(first, second)) === 1;
}

const mapSides = <S extends Sides>(sides: S, change: (expr: Expr) => Expr): S => ({
  ...sides,
  left: change(sides.left),
  right: change(sides.right),
});
