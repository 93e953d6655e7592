import type { Expr, SymbolExpr } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import { children, nodes, some } from "../../expr/walk.js";
import { EvaluationError } from "../evaluate/error.js";
import type { Names } from "../notation/names.js";
import { decideDefinition, proposeDefinition } from "./define.js";
import { decideEquality, type Sides } from "./equality.js";
import { introduces } from "./introduce.js";
import type { Decision, Question } from "./question.js";
import { isBeforeBrackets } from "./unknown.js";

/**
 * `\frac{1}{\sigma^2} = \frac{1}{\tilde\beta_t}`: an equation in which one symbol is open, which occurs once,
 * defines that symbol. The way to it is undone step by step, and the equation must hold with what comes out.
 * undefined where there is no such symbol, or a step that cannot be undone.
 */
export function decideSolved(sides: Sides, latex: string, question: Question): Decision | undefined {
  const { names } = question;
  const open = [sides.left, sides.right].flatMap((side) => openSymbols(side, names));
  const [symbol] = open;
  if (symbol === undefined || open.length > 1) return undefined;
  if (names.lookUp(symbol).meaning.kind === "unknown" && isBeforeBrackets(symbol, latex)) return undefined;
  const onLeft = some(sides.left, (node) => node === symbol);
  const [side, value] = onLeft ? [sides.left, sides.right] : [sides.right, sides.left];
  const solved = undo(side, symbol, value);
  if (solved === undefined || (solved.left === side && side === sides.left)) return undefined;
  try {
    return defined(solved, sides, symbol, question);
  } catch (error) {
    // A division by a vector, or by nothing: then the equation is decided as it stands.
    if (error instanceof EvaluationError) return undefined;
    throw error;
  }
}

function defined(solved: Sides, sides: Sides, symbol: SymbolExpr, question: Question): Decision | undefined {
  const { names } = question;
  const proposal = proposeDefinition(solved.left, solved.right, names);
  if (proposal === undefined) return undefined;
  const found = decideDefinition(proposal, solved.right, question);
  if (found.verdict !== "defines") return undefined;
  const known = names.withDefinition(proposal.key, proposal.definition);
  if (decideEquality(sides, { ...question, names: known }).verdict !== "holds") return undefined;
  const reason = `defines ${printExpr(symbol)}: the equation is solved for it; nothing is claimed`;
  return introduces(reason, question, { definition: { ...proposal, solved: true } });
}

/** Unknown symbols and parameters where a value belongs, every occurrence of them. */
function openSymbols(expr: Expr, names: Names): readonly SymbolExpr[] {
  if (expr.kind === "call") {
    const unknown = names.lookUp(expr.head).meaning.kind === "unknown" ? [expr.head] : [];
    return [...unknown, ...[...expr.args, ...expr.rest].flatMap((part) => openSymbols(part, names))];
  }
  if (expr.kind !== "symbol") return children(expr).flatMap((part) => openSymbols(part, names));
  const { meaning } = names.lookUp(expr);
  return meaning.kind === "unknown" || (meaning.kind === "role" && meaning.role === "parameter")
    ? [expr]
    : [];
}

/** `side = value` with the symbol, or its square, alone on the left. */
function undo(side: Expr, symbol: SymbolExpr, value: Expr): Sides | undefined {
  if (side === symbol) return { left: side, right: value };
  const { span } = side;
  const has = (part: Expr): boolean => nodes(part).includes(symbol);
  const inverse = (of: Expr): Expr => ({ kind: "quotient", numerator: one(of), denominator: of, span });
  switch (side.kind) {
    case "negation":
      return undo(side.of, symbol, { kind: "negation", of: value, span });
    case "sum": {
      const own = side.terms.find(has);
      const rest = side.terms.filter((term) => term !== own);
      const terms = [value, ...rest.map((of): Expr => ({ kind: "negation", of, span }))];
      return own === undefined ? undefined : undo(own, symbol, { kind: "sum", terms, span });
    }
    case "product": {
      const own = side.factors.find(has);
      const rest = side.factors.filter((factor) => factor !== own);
      if (own === undefined || rest.some(({ kind }) => kind === "dots")) return undefined;
      return undo(own, symbol, { kind: "product", factors: [...rest.map(inverse), value], span });
    }
    case "quotient":
      return has(side.numerator)
        ? undo(side.numerator, symbol, { kind: "product", factors: [side.denominator, value], span })
        : undo(side.denominator, symbol, {
            kind: "product",
            factors: [inverse(value), side.numerator],
            span,
          });
    case "root": {
      const two: Expr = { kind: "number", text: "2", span };
      return undo(side.of, symbol, { kind: "power", base: value, exponent: two, span });
    }
    case "power":
      return side.base === symbol && side.exponent.kind === "number" && side.exponent.text === "2"
        ? { left: side, right: value }
        : undefined;
    case "elementary":
      // An angle is not told by its cosine.
      if (side.name !== "exp" && side.name !== "log") return undefined;
      return undo(side.of, symbol, {
        kind: "elementary",
        name: side.name === "exp" ? "log" : "exp",
        of: value,
        span,
      });
    default:
      return undefined;
  }
}

const one = ({ span }: Expr): Expr => ({ kind: "number", text: "1", span });
