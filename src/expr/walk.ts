import type { CasesExpr, Expr } from "./expr.js";

/** The direct parts of a node, from left to right. */
export function children(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "number":
    case "dots":
    case "opaque":
      return [];
    case "symbol":
      return expr.index === undefined ? [] : [expr.index];
    case "sum":
      return expr.terms;
    case "product":
      return expr.factors;
    case "list":
      return expr.items;
    case "negation":
    case "root":
    case "elementary":
    case "norm":
    case "bars":
    case "transpose":
      return [expr.of];
    case "quotient":
      return [expr.numerator, expr.denominator];
    case "power":
      return [expr.base, expr.exponent];
    case "series":
      return [expr.lower, expr.upper, expr.body];
    case "call":
      return [expr.head, ...expr.args, ...expr.rest];
    case "range":
      return [expr.first, expr.last];
    case "integral":
      return [...expr.variables, expr.body];
    case "extremum":
      return [expr.variable, expr.of];
    case "gradient":
      return expr.variable === undefined ? [expr.of] : [expr.variable, expr.of];
    case "cases":
      return expr.branches.flatMap(({ value, conditions }) => [
        value,
        ...conditions.flatMap(({ left, right }) => [left, right]),
      ]);
    case "ambiguous":
      return [expr.wide, expr.narrow];
  }
}

/** A copy in which every direct part went through `change`; spans stay. */
export function mapChildren(expr: Expr, change: (part: Expr) => Expr): Expr {
  switch (expr.kind) {
    case "number":
    case "dots":
    case "opaque":
      return expr;
    case "symbol":
      return expr.index === undefined ? expr : { ...expr, index: change(expr.index) };
    case "sum":
      return { ...expr, terms: expr.terms.map(change) };
    case "product":
      return { ...expr, factors: expr.factors.map(change) };
    case "list":
      return { ...expr, items: expr.items.map(change) };
    case "negation":
    case "root":
    case "elementary":
    case "norm":
    case "bars":
    case "transpose":
      return { ...expr, of: change(expr.of) };
    case "quotient":
      return { ...expr, numerator: change(expr.numerator), denominator: change(expr.denominator) };
    case "power":
      return { ...expr, base: change(expr.base), exponent: change(expr.exponent) };
    case "series":
      return { ...expr, lower: change(expr.lower), upper: change(expr.upper), body: change(expr.body) };
    case "call":
      return mapCall(expr, change);
    case "range":
      return { ...expr, first: change(expr.first), last: change(expr.last) };
    case "integral":
      return { ...expr, variables: expr.variables.map(change), body: change(expr.body) };
    case "extremum":
      return { ...expr, variable: change(expr.variable), of: change(expr.of) };
    case "gradient":
      return expr.variable === undefined
        ? { ...expr, of: change(expr.of) }
        : { ...expr, variable: change(expr.variable), of: change(expr.of) };
    case "cases":
      return mapCases(expr, change);
    case "ambiguous":
      return mapAmbiguous(expr, change);
  }
}

function mapCases(expr: CasesExpr, change: (part: Expr) => Expr): Expr {
  const branches = expr.branches.map(({ value, conditions }) => ({
    value: change(value),
    conditions: conditions.map(({ relation, left, right }) => ({
      relation,
      left: change(left),
      right: change(right),
    })),
  }));
  return { ...expr, branches };
}

function mapAmbiguous(expr: Extract<Expr, { kind: "ambiguous" }>, change: (part: Expr) => Expr): Expr {
  const wide = change(expr.wide);
  // What is no longer a function of anything reaches over nothing.
  return wide.kind === "elementary" ? { ...expr, wide, narrow: change(expr.narrow) } : wide;
}

function mapCall(expr: Extract<Expr, { kind: "call" }>, change: (part: Expr) => Expr): Expr {
  const head = change(expr.head);
  // A head stays a symbol: a change that turns it into something else leaves the call as it was.
  return {
    ...expr,
    head: head.kind === "symbol" ? head : expr.head,
    args: expr.args.map(change),
    rest: expr.rest.map(change),
  };
}

const collected = new WeakMap<Expr, readonly Expr[]>();

/** Every node of the tree, the root first. Trees do not change, and one is looked through for many things. */
export function nodes(expr: Expr): readonly Expr[] {
  const known = collected.get(expr);
  if (known !== undefined) return known;
  const all: Expr[] = [];
  collect(expr, all);
  collected.set(expr, all);
  return all;
}

function collect(expr: Expr, into: Expr[]): void {
  into.push(expr);
  for (const part of children(expr)) collect(part, into);
}

/** Whether some node satisfies the condition. */
export function some(expr: Expr, condition: (node: Expr) => boolean): boolean {
  return condition(expr) || children(expr).some((part) => some(part, condition));
}

/** Same tree, spans apart. */
export function sameExpr(a: Expr, b: Expr): boolean {
  if (a.kind !== b.kind || ownText(a) !== ownText(b)) return false;
  const [left, right] = [children(a), children(b)];
  return (
    left.length === right.length &&
    left.every((part, at) => {
      const other = right[at];
      return other !== undefined && sameExpr(part, other);
    })
  );
}

/** What a node says beside its parts. */
export function ownText(expr: Expr): string {
  switch (expr.kind) {
    case "number":
      return expr.text;
    case "symbol":
    case "elementary":
      return expr.name;
    case "series":
      return `${expr.operator} ${expr.index}`;
    case "call":
      return `${expr.mark ?? ""} ${expr.args.length}`;
    case "list":
      return `${expr.left} ${expr.right}`;
    case "extremum":
      return expr.which;
    case "opaque":
      return expr.what;
    case "cases":
      return expr.branches
        .map(({ conditions }) => conditions.map(({ relation }) => relation).join())
        .join(";");
    default:
      return "";
  }
}
