import type { CallExpr, Expr, OpaqueExpr, SymbolExpr } from "../../expr/expr.js";
import { mapChildren } from "../../expr/walk.js";
import type { Vocabulary } from "../../tex/parse.js";
import { readLatex } from "../../tex/read.js";
import type { Clause } from "../../tex/statement.js";

/**
 * The clause with the subscripts of expectations read that are no times: `x_0, \bar z_t \sim N(0, I)`
 * becomes a call of the expectation's own letter with the variables as arguments and their laws as rest.
 */
export function readSubscripts(clause: Clause, latex: string, vocabulary: Vocabulary): Clause {
  const read = (expr: Expr): Expr => {
    const inner = mapChildren(expr, read);
    if (inner.kind !== "call" || inner.head.index?.kind !== "opaque") return inner;
    const index = variablesOf(inner.head, inner.head.index, latex, vocabulary);
    return index === undefined ? inner : { ...inner, head: { ...inner.head, index } };
  };
  return {
    ...clause,
    subjects: clause.subjects.map(read),
    steps: clause.steps.map((step) => ({ ...step, right: read(step.right) })),
  };
}

/** Whether the subscript of that head is such a list. */
export const isVariables = (index: Expr, head: SymbolExpr): index is CallExpr =>
  index.kind === "call" && index.head.name === head.name;

/** undefined for what is no list of variables and laws. */
function variablesOf(
  head: SymbolExpr,
  subscript: OpaqueExpr,
  latex: string,
  vocabulary: Vocabulary,
): CallExpr | undefined {
  const { span } = subscript;
  const args: Expr[] = [];
  const rest: Expr[] = [];
  for (const piece of splitAtCommas(latex.slice(span.start, span.end))) {
    const clause = readLatex(piece, vocabulary)[0]?.clauses?.[0];
    const [subject] = clause?.subjects ?? [];
    const [law, ...more] = clause?.steps ?? [];
    if (subject === undefined || more.length > 0 || (law !== undefined && law.relation !== "\\sim"))
      return undefined;
    args.push({ ...subject, span });
    if (law !== undefined) rest.push({ ...law.right, span });
  }
  return { kind: "call", head: { kind: "symbol", name: head.name, span }, args, rest, span };
}

/** Commas within brackets do not count. */
function splitAtCommas(text: string): readonly string[] {
  const pieces: string[] = [];
  let piece = "";
  let depth = 0;
  for (const character of text) {
    if ("([{".includes(character)) depth++;
    if (")]}".includes(character)) depth--;
    if (character === "," && depth === 0) {
      pieces.push(piece);
      piece = "";
    } else piece += character;
  }
  return [...pieces, piece].filter((each) => each.trim() !== "");
}
