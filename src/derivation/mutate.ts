import type { Expr, SymbolExpr } from "../expr/expr.js";
import { printExpr } from "../expr/print.js";
import { mapChildren, sameExpr } from "../expr/walk.js";
import { readLatex } from "../tex/read.js";
import type { Clause } from "../tex/statement.js";
import { Names } from "./notation/names.js";
import type { Notation } from "./notation/notation.js";

/** The slips that people make. */
export type Slip =
  | "root lost"
  | "root added"
  | "index shifted"
  | "sign"
  | "alpha for alpha-bar"
  | "factor 2"
  | "limit of a sum or product"
  | "fraction upside down"
  | "square";

export interface Mutant {
  readonly slip: Slip;
  readonly latex: string;
}

/**
 * The formula with one slip at one place of its right-hand sides, in every way that can be made.
 * A checker that calls a mutant true, though its value changed, is wrong. Formulas that cannot be
 * read have no mutants.
 */
export function mutate(latex: string, notation: Notation): readonly Mutant[] {
  const names = Names.of(notation);
  const lines = readLatex(latex, names);
  const [line] = lines;
  const [clause] = line?.clauses ?? [];
  if (clause === undefined || lines.length !== 1) return [];
  const mutants = clause.steps.flatMap((step, at) =>
    everywhere(step.right, (node) => slipsAt(node, names)).map(({ slip, expr }) => ({
      slip,
      latex: printClause(clause, at, expr),
    })),
  );
  const known = new Set([printClause(clause)]);
  return mutants.filter((mutant) => !known.has(mutant.latex) && known.add(mutant.latex));
}

interface Change {
  readonly slip: Slip;
  readonly expr: Expr;
}

/** One changed tree for every change of every node. Subscripts change as part of their symbol only. */
function everywhere(expr: Expr, changes: (node: Expr) => readonly Change[]): readonly Change[] {
  const own = changes(expr);
  if (expr.kind === "symbol") return own;
  const parts: Expr[] = [];
  mapChildren(expr, (part) => {
    parts.push(part);
    return part;
  });
  const inner = parts.flatMap((part, place) => {
    if (expr.kind === "call" && place === 0) return [];
    return everywhere(part, changes).map(({ slip, expr: changed }) => {
      let at = 0;
      return { slip, expr: mapChildren(expr, (each) => (at++ === place ? changed : each)) };
    });
  });
  return [...own, ...inner].filter((change) => !sameExpr(change.expr, expr));
}

function slipsAt(node: Expr, names: Names): readonly Change[] {
  const { span } = node;
  const two: Expr = { kind: "number", text: "2", span };
  switch (node.kind) {
    case "root":
      return [{ slip: "root lost", expr: node.of }];
    case "quotient":
      return [
        {
          slip: "fraction upside down",
          expr: { ...node, numerator: node.denominator, denominator: node.numerator },
        },
        { slip: "factor 2", expr: { kind: "product", factors: [two, node], span } },
      ];
    case "sum":
      return node.terms.map((_, at) => ({
        slip: "sign",
        expr: { ...node, terms: node.terms.map(flipAt(at)) },
      }));
    case "series":
      return seriesSlips(node);
    case "symbol":
      return symbolSlips(node, names);
    default:
      return [];
  }
}

const flipAt =
  (place: number) =>
  (term: Expr, at: number): Expr => {
    if (at !== place) return term;
    return term.kind === "negation" ? term.of : { kind: "negation", of: term, span: term.span };
  };

function seriesSlips(node: Extract<Expr, { kind: "series" }>): readonly Change[] {
  const slip = "limit of a sum or product";
  return [
    { slip, expr: { ...node, upper: shifted(node.upper, -1) } },
    { slip, expr: { ...node, upper: { kind: "symbol", name: "T", span: node.upper.span } } },
    { slip, expr: { ...node, lower: shifted(node.lower, 1) } },
  ];
}

function symbolSlips(node: SymbolExpr, names: Names): readonly Change[] {
  const { meaning, time } = names.lookUp(node);
  if (meaning.kind !== "role" || time === undefined) return [];
  const { span } = node;
  const changes: Change[] = [
    { slip: "index shifted", expr: { ...node, index: shifted(time, -1) } },
    { slip: "index shifted", expr: { ...node, index: shifted(time, 1) } },
  ];
  if (!["beta", "alpha", "alphaBar", "posteriorVariance"].includes(meaning.role)) return changes;
  changes.push({ slip: "root added", expr: { kind: "root", of: node, span } });
  changes.push({
    slip: "square",
    expr: { kind: "power", base: node, exponent: { kind: "number", text: "2", span }, span },
  });
  for (const [from, to] of [
    ["alpha", "alphaBar"],
    ["alphaBar", "alpha"],
  ] as const) {
    const name = names.nameOf(to);
    if (meaning.role === from && name !== undefined)
      changes.push({ slip: "alpha for alpha-bar", expr: { ...node, name } });
  }
  return changes;
}

/** `t` becomes `t-1`, and `t-1` becomes `t` again when it is shifted back. */
function shifted(time: Expr, by: 1 | -1): Expr {
  const { span } = time;
  if (time.kind === "number") return { ...time, text: String(Math.max(0, Number(time.text) + by)) };
  const [first, second, ...more] = time.kind === "sum" ? time.terms : [];
  const undone =
    by === 1 ? second?.kind === "negation" && isOne(second.of) : second !== undefined && isOne(second);
  if (first !== undefined && undone && more.length === 0) return first;
  const one: Expr = { kind: "number", text: "1", span };
  const step: Expr = by === 1 ? one : { kind: "negation", of: one, span };
  return { kind: "sum", terms: [...(time.kind === "sum" ? time.terms : [time]), step], span };
}

const isOne = (expr: Expr): boolean => expr.kind === "number" && expr.text === "1";

function printClause(clause: Clause, changed = -1, expr?: Expr): string {
  const steps = clause.steps.map((step, at) => {
    const right = at === changed && expr !== undefined ? expr : step.right;
    return `${step.relation === "=d" ? "\\overset{d}{=}" : step.relation} ${printExpr(right)}`;
  });
  return [clause.subjects.map(printExpr).join(", "), ...steps].filter((part) => part !== "").join(" ");
}
