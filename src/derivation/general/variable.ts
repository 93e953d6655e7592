import type { Expr, SymbolExpr } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import type { Names } from "../notation/names.js";

/** A variable of a general distribution; `member` says which observation of a sample: `x^i`, `x^{(i)}`. */
export interface VariableUse {
  readonly name: string;
  readonly member?: Expr;
}

/** What stands as an argument of a density, if it is a variable and no state of the diffusion process. */
export function readVariable(expr: Expr, names: Names): VariableUse | undefined {
  if (expr.kind === "power" && expr.base.kind === "symbol") {
    const base = readVariable(expr.base, names);
    const { exponent } = expr;
    const index = exponent.kind === "number" || (exponent.kind === "symbol" && isIndex(exponent, names));
    return base === undefined || !index ? undefined : { ...base, member: exponent };
  }
  if (expr.kind !== "symbol") return undefined;
  const [, letter, member] = /^(.*)\^\{\(([A-Za-z]|[0-9]+)\)\}$/.exec(expr.name) ?? [];
  if (letter !== undefined && member !== undefined && expr.index === undefined) {
    const base = readVariable({ ...expr, name: letter }, names);
    const kind = /^[0-9]/.test(member)
      ? { kind: "number" as const, text: member }
      : { kind: "symbol" as const, name: member };
    return base === undefined ? undefined : { ...base, member: { ...kind, span: expr.span } };
  }
  return isVariable(expr, names) ? { name: printExpr(expr) } : undefined;
}

export const isIndex = (symbol: SymbolExpr, names: Names): boolean =>
  symbol.index === undefined && names.notation.indices.includes(symbol.name);

/** Letters, with a number below them to tell them apart; none that the notation gives another meaning. */
function isVariable(symbol: SymbolExpr, names: Names): boolean {
  const letter = /^(?:[A-Za-z]|\\mathcal\{[A-Z]\}|\\[a-z]+)'*$/.test(symbol.name);
  if (!letter || symbol.name === "\\infty" || isIndex(symbol, names)) return false;
  if (symbol.index !== undefined && symbol.index.kind !== "number") return false;
  const { meaning } = names.lookUp(symbol);
  if (meaning.kind === "unknown") return true;
  const noises = ["noise", "stepNoise", "parameter"];
  return meaning.kind === "role" && noises.includes(meaning.role);
}

/** Which distribution a letter with its subscript names. */
export interface FamilyUse {
  /** As it stands in the formula. */
  readonly written: string;
  /** p for P and p, q for Q and q alike. */
  readonly letter: string;
  /** \theta of p_\theta: another parameter, another distribution of the model. */
  readonly parameter?: string;
  /** data of P_{data}: a distribution of its own. */
  readonly label?: string;
}

/** undefined for what names no distribution, or one of a process (p_t, p_X). */
export function readFamily(head: SymbolExpr, names: Names): FamilyUse | undefined {
  const { index, ...bare } = head;
  const { meaning } = names.lookUp(bare);
  const density = ["forwardDensity", "reverseDensity"];
  if (meaning.kind !== "role" || !density.includes(meaning.role)) return undefined;
  if (["defined", "bound"].includes(names.lookUp(head).meaning.kind)) return undefined;
  const letter = head.name.toLowerCase();
  const written = printExpr(head);
  if (index === undefined) return { letter, written };
  if (index.kind !== "symbol" || index.index !== undefined) return undefined;
  if (/^\\mathrm\{[A-Za-z]{2,}\}$/.test(index.name)) return { letter, written, label: index.name };
  return isParameter(index) ? { letter, written, parameter: index.name } : undefined;
}

/** Greek letters, perhaps marked: \theta, \phi, \theta^*. */
export const isParameter = (symbol: SymbolExpr): boolean =>
  /^\\(?:theta|phi|psi|eta|lambda|omega|vartheta|varphi)(?:'|\^\{(?:\*|\\star)\})*$/.test(symbol.name) &&
  symbol.index === undefined;
