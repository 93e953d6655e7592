import type { CallExpr, Expr, SymbolExpr } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import { nodes, some } from "../../expr/walk.js";
import type { Claim } from "./claim.js";
import type { Names } from "../notation/names.js";
import type { Role } from "../notation/notation.js";

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

/**
 * `D_{KL}(N(\mu_1, \sigma_1^2) \| N(\mu_2, \sigma_2^2)) = …` and `N(x; \mu, \sigma^2) = …`: a known function of
 * unknown symbols, and a formula for it in the same symbols. It is about all their values, so that one
 * value that contradicts it is enough.
 * @returns these symbols, printed; none for any other statement
 */
export function universalSymbols(
  { left, right }: { readonly left: Expr; readonly right: Expr },
  names: Names,
): ReadonlySet<string> {
  if (left.kind !== "call") return new Set();
  const { meaning } = names.lookUp(left.head);
  if (meaning.kind !== "role" || !["normal", "divergence", "entropy"].includes(meaning.role))
    return new Set();
  const [known, used] = [openSymbols(left, names), openSymbols(right, names)];
  return used.size > 0 && [...used].every((symbol) => known.has(symbol)) ? known : new Set();
}

/** Symbols that may have any value, printed: unknown ones, and parameters of the notation such as σ. */
export function openSymbols(expr: Expr, names: Names): ReadonlySet<string> {
  const found = nodes(expr).filter((node) => {
    if (node.kind !== "symbol") return false;
    const { meaning } = names.lookUp(node);
    return meaning.kind === "unknown" || (meaning.kind === "role" && meaning.role === "parameter");
  });
  return new Set(found.map(printExpr));
}

const equalities = ["=", "\\equiv"];

/**
 * `(a + b)^2 = a^2 + 2ab + b^2`: several letters of which nothing is known, the same on both sides, are any
 * numbers; where a letter stands on one side alone, or is the only one, the equation may be a condition on it. σ_t is one that the text may have chosen.
 * In `h(a + b) = h(a) + h(b)` h stands before brackets alone and may be a function.
 * @returns these symbols, printed; none for any other statement
 */
export function identitySymbols(claim: Claim, names: Names): ReadonlySet<string> {
  const { left, right, relation } = claim;
  const none = new Set<string>();
  if (!equalities.includes(relation)) return none;
  const roles = new Set([left, right].flatMap((side) => rolesOf(side, names)));
  // `1/a^2 = 1/\\beta_t + 1/a` is an equation for a.
  if (scheduled.some((role) => roles.has(role))) return none;
  const plain = !roles.has("network");
  const [known, used] = [left, right].map((side) => lettersOf(side, plain, names));
  if (known === undefined || used === undefined || known.size < 2 || known.size !== used.size) return none;
  // That matrices commute is a condition too.
  if ([...known].some((letter) => /^\\(?:Sigma|Lambda)/.test(letter))) return none;
  if (appliedLetter(claim, names) !== undefined) return none;
  return [...known].every((letter) => used.has(letter)) ? known : none;
}

/**
 * `h(a + b) = h(a) + h(b)`: a letter that stands on both sides and before brackets wherever it stands, which may be a
 * function. Beside networks, w(ε_c - ε), it is a weight.
 */
export function appliedLetter(claim: Claim, names: Names): string | undefined {
  const { left, right } = claim;
  if ([left, right].some((side) => rolesOf(side, names).includes("network"))) return undefined;
  const used = lettersOf(right, true, names);
  return [...lettersOf(left, true, names)].find((each) => used.has(each) && isApplied(each, claim));
}

/** Whether brackets follow the letter wherever it stands. Of a line before there is no text: there a distance to the next factor tells. */
function isApplied(letter: string, { left, right, ownLeft, latex }: Claim): boolean {
  const isIt = (node: Expr): node is SymbolExpr => node.kind === "symbol" && printExpr(node) === letter;
  const everywhere = (side: Expr, brackets: (symbol: SymbolExpr, next: Expr) => boolean): boolean =>
    nodes(side)
      .filter(isIt)
      .every((symbol) => {
        const next = factorAfter(symbol, side);
        return next !== undefined && brackets(symbol, next);
      });
  const written = (symbol: SymbolExpr): boolean => isBeforeBrackets(symbol, latex);
  const apart = (symbol: SymbolExpr, next: Expr): boolean => next.span.start > symbol.span.end;
  return everywhere(left, ownLeft ? written : apart) && everywhere(right, written);
}

function factorAfter(symbol: SymbolExpr, side: Expr): Expr | undefined {
  for (const node of nodes(side)) {
    const at = node.kind === "product" ? node.factors.indexOf(symbol) : -1;
    if (node.kind === "product" && at >= 0) return node.factors[at + 1];
  }
  return undefined;
}

/** `h(2) = 4`: a value of a function, or a product. */
export const isBeforeBrackets = (symbol: SymbolExpr, latex: string): boolean =>
  /^\s*(?:\\left\s*)?[([]/.test(latex.slice(symbol.span.end));

const scheduled: readonly Role[] = ["beta", "alpha", "alphaBar", "snr", "posteriorVariance", "posteriorMean"];

const rolesOf = (expr: Expr, names: Names): readonly Role[] =>
  nodes(expr).flatMap((node) => (node.kind === "symbol" ? (names.roleOf(node) ?? []) : []));

/** Letters of which nothing is known, and, where that is said, parameters without a time. */
function lettersOf(expr: Expr, parameters: boolean, names: Names): ReadonlySet<string> {
  const found = nodes(expr).filter((node) => {
    if (node.kind !== "symbol") return false;
    const { meaning, time } = names.lookUp(node);
    const parameter = meaning.kind === "role" && meaning.role === "parameter" && time === undefined;
    return meaning.kind === "unknown" || (parameters && parameter);
  });
  return new Set(found.map(printExpr));
}

/** T as a number beside T as the last time: then it is no number that the author may choose. */
export function boundHorizon({ left, right }: Claim, names: Names): readonly string[] {
  const isHorizon = (node: Expr): boolean => node.kind === "symbol" && names.roleOf(node) === "horizon";
  const places = [left, right]
    .flatMap((side) => nodes(side))
    .flatMap((node): readonly Expr[] => {
      if (node.kind === "series") return [node.lower, node.upper];
      return node.kind === "symbol" && node.index !== undefined ? [node.index] : [];
    });
  return names.horizon !== undefined && places.some((place) => some(place, isHorizon)) ? [names.horizon] : [];
}
