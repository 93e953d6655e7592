import type { Expr, SymbolExpr } from "../../../expr/expr.js";
import { sameExpr } from "../../../expr/walk.js";
import type { Names } from "../../notation/names.js";
import type { Role } from "../../notation/notation.js";
import { isCoefficientSymbol, isNumber, negated, numeral, roleOf, sumOf } from "../build.js";
import type { Rule } from "../kind.js";

/** One letter for another: a bar or a tilde, α for ᾱ, β for α, x for 1 - x. */

/** Symbols of one role become the notation's symbol of another. */
const renaming =
  (from: Role, to: Role): Rule =>
  ({ node }, { names }) => {
    const name = names.nameOf(to);
    return node.kind === "symbol" && name !== undefined && roleOf(node, names) === from
      ? [{ ...node, name }]
      : [];
  };

export const barAlpha = renaming("alpha", "alphaBar");
export const unbarAlpha = renaming("alphaBar", "alpha");
export const alphaToBeta = renaming("alpha", "beta");
export const betaToAlpha = renaming("beta", "alpha");

const accents = ["bar", "tilde", "hat"] as const;

/** `\tilde\beta_t` becomes `\beta_t`, where the notation knows that one too. */
export const dropAccent: Rule = ({ node }, { names }) => {
  const inner = node.kind === "symbol" ? /^\\(?:bar|tilde|hat)\{(.*)\}$/.exec(node.name)?.[1] : undefined;
  return node.kind === "symbol" && inner !== undefined ? known(node, [inner], names) : [];
};

/** `z_t` becomes `\bar z_t`, where the notation knows that. */
export const addAccent: Rule = ({ node }, { names }) =>
  node.kind === "symbol" && !/^\\(?:bar|tilde|hat)\{/.test(node.name)
    ? known(
        node,
        accents.map((accent) => `\\${accent}{${node.name}}`),
        names,
      )
    : [];

function known(symbol: SymbolExpr, spellings: readonly string[], names: Names): readonly Expr[] {
  const before = roleOf(symbol, names);
  const alphas: readonly (Role | undefined)[] = ["alpha", "alphaBar"];
  return spellings
    .map((name) => ({ ...symbol, name }))
    .filter((each) => {
      const role = roleOf(each, names);
      // α and ᾱ are a slip of their own.
      return (
        role !== undefined &&
        before !== undefined &&
        role !== before &&
        !(alphas.includes(role) && alphas.includes(before))
      );
    });
}

/** 1 - x becomes x. */
export const dropOneMinus: Rule = ({ node }, { names }) => {
  if (node.kind !== "sum" || node.terms.length !== 2) return [];
  const [one, rest] = node.terms;
  return isNumber(one, "1") && rest?.kind === "negation" && isCoefficientSymbol(rest.of, names)
    ? [rest.of]
    : [];
};

/** x becomes 1 - x, where it does not stand in a difference from 1 already. */
export const addOneMinus: Rule = ({ node, trail }, { names }) => {
  const roles: readonly (Role | undefined)[] = ["alpha", "alphaBar", "beta"];
  const inDifference = trail
    .slice(-2)
    .some(({ parent }) => parent.kind === "sum" && parent.terms.some((term) => isNumber(term, "1")));
  return roles.includes(roleOf(node, names)) && !inDifference
    ? [sumOf([numeral("1", node), negated(node)], node)]
    : [];
};

/** N(a, b), q(a | b), D(a || b) and f(a, b) with their two arguments the other way round. */
export const exchangeArguments: Rule = ({ node }, { names }) => {
  if (node.kind !== "call") return [];
  const roles: readonly (Role | undefined)[] = [
    "divergence",
    "forwardDensity",
    "reverseDensity",
    "posteriorMean",
  ];
  const [first, second, ...more] = [...node.args, ...node.rest];
  if (
    first === undefined ||
    second === undefined ||
    more.length > 0 ||
    !roles.includes(roleOf(node.head, names))
  )
    return [];
  if (sameExpr(first, second) || first.kind === "range") return [];
  return [
    node.rest.length === 0 ? { ...node, args: [second, first] } : { ...node, args: [second], rest: [first] },
  ];
};

const densities: readonly (Role | undefined)[] = ["forwardDensity", "reverseDensity"];

/** q(a | b, c) becomes q(a | b) and q(a | c). */
export const dropCondition: Rule = ({ node }, { names }) => {
  if (node.kind !== "call" || !densities.includes(roleOf(node.head, names)) || node.rest.length < 2)
    return [];
  return node.rest.map((_, place) => ({ ...node, rest: node.rest.filter((__, at) => at !== place) }));
};

/** q(a | b) becomes q(a | b, x_0), and q(a) becomes q(a | x_0); x is the letter of a. */
export const addCondition: Rule = ({ node }, { names }) => {
  if (node.kind !== "call" || roleOf(node.head, names) !== "forwardDensity") return [];
  const [variable] = node.args;
  const state = variable?.kind === "range" ? variable.first : variable;
  if (state?.kind !== "symbol" || node.mark === ";" || node.mark === "||") return [];
  const clean: SymbolExpr = {
    kind: "symbol",
    name: state.name,
    index: numeral("0", state),
    span: state.span,
  };
  if ([...node.args, ...node.rest].some((each) => sameExpr(each, clean))) return [];
  return [{ ...node, mark: "|", rest: [...node.rest, clean] }];
};
