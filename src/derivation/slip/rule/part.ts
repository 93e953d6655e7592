import type { Expr } from "../../../expr/expr.js";
import { printExpr } from "../../../expr/print.js";
import { nodes, sameExpr } from "../../../expr/walk.js";
import {
  isCoefficient,
  isNumber,
  negated,
  numeral,
  productOf,
  rooted,
  sumOf,
  withAt,
  without,
} from "../build.js";
import type { Rule, Surroundings } from "../kind.js";
import type { Site } from "../site.js";

/** Terms and factors: a sign, one left out, one too many, a fraction upside down. */

/** Each term of a sum, what stands in an exponential, or a whole side, with the other sign. */
export const flipSign: Rule = ({ node, trail }) => {
  if (node.kind === "sum") {
    return node.terms.map((term, at) => ({ ...node, terms: withAt(node.terms, at, negated(term)) }));
  }
  const above = trail.at(-1)?.parent;
  if (above !== undefined && above.kind !== "elementary") return [];
  return isNumber(node, "0") || node.kind === "call" || node.kind === "list" ? [] : [negated(node)];
};

/** The fraction the other way up; 1/x becomes x. */
export const invertFraction: Rule = ({ node }) => {
  if (node.kind !== "quotient") return [];
  const { numerator, denominator } = node;
  return [
    isNumber(numerator, "1") ? denominator : { ...node, numerator: denominator, denominator: numerator },
  ];
};

export const dropTerm: Rule = ({ node }) =>
  node.kind === "sum" ? node.terms.map((_, at) => sumOf(without(node.terms, at), node)) : [];

/** A term of the other side that this sum, or this side, does not have. */
export const addTerm: Rule = ({ node, trail }, { other }) => {
  if (node.kind !== "sum" && trail.length > 0) return [];
  if (node.kind === "call" || node.kind === "list") return [];
  const terms = node.kind === "sum" ? node.terms : [node];
  const missing = (other.kind === "sum" ? other.terms : []).filter(
    (term) => !terms.some((each) => sameExpr(each, term)),
  );
  return missing.map((term) => sumOf([...terms, term], node));
};

/** A product without one factor, a fraction without its denominator or with 1 as numerator; 2 is a slip of its own. */
export const dropFactor: Rule = ({ node }) => {
  if (node.kind === "product" && !node.factors.some(({ kind }) => kind === "dots")) {
    return node.factors.flatMap((factor, at) =>
      isNumber(factor, "2") ? [] : [productOf(without(node.factors, at), node)],
    );
  }
  if (node.kind !== "quotient" || isNumber(node.denominator, "2")) return [];
  const { numerator, denominator } = node;
  return [
    numerator,
    ...(numerator.kind === "number" ? [] : [{ ...node, numerator: numeral("1", numerator), denominator }]),
  ];
};

const mostFactors = 8;
const fewFactors = 2;

/** Any coefficient of the formula once more: as a factor of a product, above or below a fraction line. */
export const addAnyFactor: Rule = (site, around) => addFactors(site, around, mostFactors);

/** The same with the first coefficients only: enough to make the slip. */
export const addFactor: Rule = (site, around) => addFactors(site, around, fewFactors);

function addFactors({ node, trail }: Site, around: Surroundings, most: number): readonly Expr[] {
  const above = trail.at(-1)?.parent.kind;
  if (above === "product" || above === "power") return [];
  const factors = atomsOf(trail[0]?.parent ?? node, around).slice(0, most);
  if (node.kind === "quotient") {
    return factors.flatMap((factor) => [
      {
        ...node,
        numerator: isNumber(node.numerator, "1")
          ? factor
          : productOf([factor, node.numerator], node.numerator),
      },
      { ...node, denominator: productOf([factor, node.denominator], node.denominator) },
    ]);
  }
  const whole = node.kind === "product" || ((above === undefined || above === "sum") && isValue(node));
  return whole ? factors.map((factor) => productOf([factor, node], node)) : [];
}

const isValue = ({ kind }: Expr): boolean =>
  kind === "symbol" || kind === "root" || kind === "norm" || kind === "power";

/** The coefficients that stand in the formula, and their roots. */
function atomsOf(side: Expr, { names, other }: Surroundings): readonly Expr[] {
  const found = new Map<string, Expr>();
  for (const expr of [other, side]) {
    for (const node of nodes(expr)) {
      const single = node.kind === "symbol" || (node.kind === "sum" && node.terms.length === 2);
      if (single && isCoefficient(node, names)) {
        found.set(printExpr(node), node);
        found.set(printExpr(rooted(node)), rooted(node));
      }
    }
  }
  return [...found.values()];
}
