import type { Expr, SymbolExpr } from "../../expr/expr.js";
import { some } from "../../expr/walk.js";
import type { Names } from "../notation/names.js";
import type { Role } from "../notation/notation.js";

/** Small trees and questions that the rules share. A new node has the place of the one it stands for. */
export const numeral = (text: string, { span }: Expr): Expr => ({ kind: "number", text, span });

export const letter = (name: string, { span }: Expr): SymbolExpr => ({ kind: "symbol", name, span });

export const isNumber = (expr: Expr | undefined, text: string): boolean =>
  expr?.kind === "number" && expr.text === text;

export const negated = (expr: Expr): Expr =>
  expr.kind === "negation" ? expr.of : { kind: "negation", of: expr, span: expr.span };

export const rooted = (expr: Expr): Expr => ({ kind: "root", of: expr, span: expr.span });

/** The product; factors of factors are factors of it, and a sum keeps its brackets as a node of its own. */
export function productOf(factors: readonly Expr[], at: Expr): Expr {
  const flat = factors.flatMap((factor) => (factor.kind === "product" ? factor.factors : [factor]));
  const [only] = flat;
  if (only === undefined) return numeral("1", at);
  return flat.length === 1 ? only : { kind: "product", factors: flat, span: at.span };
}

export function sumOf(terms: readonly Expr[], at: Expr): Expr {
  const flat = terms.flatMap((term) => (term.kind === "sum" ? term.terms : [term]));
  const [only] = flat;
  if (only === undefined) return numeral("0", at);
  return flat.length === 1 ? only : { kind: "sum", terms: flat, span: at.span };
}

/** A list without its entry at that place. */
export const without = <T>(list: readonly T[], place: number): readonly T[] =>
  list.filter((_, at) => at !== place);

/** A list with another entry at that place. */
export const withAt = <T>(list: readonly T[], place: number, entry: T): readonly T[] =>
  list.map((each, at) => (at === place ? entry : each));

export function roleOf(symbol: Expr, names: Names): Role | undefined {
  if (symbol.kind !== "symbol") return undefined;
  const { meaning } = names.lookUp(symbol);
  return meaning.kind === "role" ? meaning.role : undefined;
}

export const isCallOf = (expr: Expr, roles: readonly Role[], names: Names): boolean => {
  const role = expr.kind === "call" ? roleOf(expr.head, names) : undefined;
  return role !== undefined && roles.includes(role);
};

const coefficients: readonly Role[] = ["beta", "alpha", "alphaBar", "posteriorVariance", "snr", "parameter"];

export const noises: readonly Role[] = ["stepNoise", "accumulatedNoise", "noise", "freshNoise"];

export const isCoefficientSymbol = (expr: Expr, names: Names): expr is SymbolExpr => {
  const role = roleOf(expr, names);
  return role !== undefined && coefficients.includes(role);
};

/** A positive number made of the schedule alone: what may stand under a root. */
export function isCoefficient(expr: Expr, names: Names): boolean {
  return some(expr, (node) => isCoefficientSymbol(node, names)) && isScalar(expr, names);
}

function isScalar(expr: Expr, names: Names): boolean {
  switch (expr.kind) {
    case "number":
      return true;
    case "symbol":
      return isCoefficientSymbol(expr, names) || roleOf(expr, names) === "horizon";
    case "sum":
      return expr.terms.every((term) => isScalar(term, names));
    case "product":
      return expr.factors.every((factor) => factor.kind === "dots" || isScalar(factor, names));
    case "quotient":
      return isScalar(expr.numerator, names) && isScalar(expr.denominator, names);
    case "negation":
    case "root":
      return isScalar(expr.of, names);
    case "power":
      return isScalar(expr.base, names) && expr.exponent.kind === "number";
    case "series":
      return isScalar(expr.body, names);
    case "call":
      return roleOf(expr.head, names) === "snr";
    default:
      return false;
  }
}
