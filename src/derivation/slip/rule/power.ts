import type { Expr } from "../../../expr/expr.js";
import {
  isCallOf,
  isCoefficient,
  isNumber,
  noises,
  numeral,
  productOf,
  roleOf,
  rooted,
  withAt,
} from "../build.js";
import type { Rule } from "../kind.js";
import type { Link, Site } from "../site.js";
import type { Names } from "../../notation/names.js";

/** Roots and squares, and the same slips where they take a variance for a standard deviation. */
const parentOf = ({ trail }: Site): Link | undefined => trail.at(-1);

/** A factor beside a noise scales it: a standard deviation belongs there. */
function scalesNoise(site: Site, names: Names): boolean {
  const parent = parentOf(site)?.parent;
  return (
    parent?.kind === "product" &&
    parent.factors.some((factor) => noises.includes(roleOf(factor, names) ?? "state"))
  );
}

/** Inside the last argument of a normal law, where a variance belongs; a root or a sum in it is no part of this. */
function isVariance({ trail }: Site, names: Names): boolean {
  for (const { parent, place } of [...trail].reverse()) {
    if (isCallOf(parent, ["normal"], names) && parent.kind === "call")
      return place === parent.args.length + parent.rest.length;
    if (parent.kind !== "product" && parent.kind !== "quotient" && parent.kind !== "power") return false;
  }
  return false;
}

const special = (site: Site, names: Names): boolean => scalesNoise(site, names) || isVariance(site, names);

/** A root of a root, or of a square, is no slip that anyone makes. */
const mayTakeRoot = (site: Site, names: Names): boolean => {
  const above = parentOf(site)?.parent.kind;
  const { kind } = site.node;
  const plain = kind !== "number" && kind !== "root" && kind !== "negation" && kind !== "power";
  return plain && above !== "root" && above !== "power" && isCoefficient(site.node, names);
};

export const takeRoot: Rule = (site, { names }) => {
  if (special(site, names)) return [];
  return mayTakeRoot(site, names) ? [rooted(site.node)] : rootOfCoefficients(site.node, names);
};

/** `\alpha_t\alpha_{t-1} x` becomes `\sqrt{\alpha_t\alpha_{t-1}} x`. */
function rootOfCoefficients(node: Expr, names: Names): readonly Expr[] {
  if (node.kind !== "product" || node.factors.some(({ kind }) => kind === "dots")) return [];
  const under = node.factors.filter((factor) => factor.kind !== "root" && isCoefficient(factor, names));
  const rest = node.factors.filter((factor) => !under.includes(factor));
  return under.length > 1 && rest.length > 0
    ? [productOf([rooted(productOf(under, node)), ...rest], node)]
    : [];
}
export const dropRoot: Rule = (site, { names }) =>
  site.node.kind === "root" && !special(site, names) ? [site.node.of] : [];

export const takeRootBesideNoise: Rule = (site, { names }) =>
  scalesNoise(site, names) && mayTakeRoot(site, names) ? [rooted(site.node)] : [];
export const dropRootBesideNoise: Rule = (site, { names }) =>
  scalesNoise(site, names) && site.node.kind === "root" ? [site.node.of] : [];

/** `\beta_t I` becomes `\sqrt{\beta_t} I`, and `\beta_t` alone `\sqrt{\beta_t}`. */
export const takeRootOfVariance: Rule = (site, { names }) =>
  isVariance(site, names) && mayTakeRoot(site, names) ? [rooted(site.node)] : [];
export const dropRootOfVariance: Rule = (site, { names }) =>
  isVariance(site, names) && site.node.kind === "root" ? [site.node.of] : [];

const squared = (node: Expr): Expr => ({
  kind: "power",
  base: node,
  exponent: numeral("2", node),
  span: node.span,
});

export const takeSquare: Rule = (site, { names }) => {
  const { node } = site;
  const above = parentOf(site)?.parent.kind;
  if (above === "power" || above === "root") return [];
  if (node.kind === "norm") return [squared(node)];
  const single = node.kind === "symbol" || (node.kind === "sum" && above !== undefined);
  return single && isCoefficient(node, names) ? [squared(node)] : [];
};

/** Also a square within the name of a function of the schedule; a squared vector without its square is no number. */
export const dropSquare: Rule = ({ node }, { names }) => {
  if (node.kind !== "power" || !isNumber(node.exponent, "2")) return [];
  return node.base.kind === "norm" || isCoefficient(node.base, names) ? [node.base] : [];
};

export const doubled: Rule = (site) => {
  const { node } = site;
  const above = parentOf(site)?.parent;
  const two = numeral("2", node);
  switch (node.kind) {
    case "quotient":
      return [
        productOf([two, node], node),
        ...(isNumber(node.denominator, "2")
          ? []
          : [{ ...node, denominator: productOf([two, node.denominator], node.denominator) }]),
      ];
    case "product":
      return above?.kind === "sum" || above?.kind === "negation" || above === undefined
        ? [productOf([two, node], node)]
        : [];
    case "symbol":
    case "root":
    case "norm":
      return above?.kind === "sum" || above === undefined ? [productOf([two, node], node)] : [];
    default:
      return [];
  }
};

/** `2ab` becomes `ab`, `2/a` and `1/(2a)` become `1/a`, `1/2` and `a/2` lose their denominator. */
export const halved: Rule = ({ node }) => {
  if (node.kind === "product") {
    return node.factors.flatMap((factor, at) => {
      if (isNumber(factor, "2"))
        return [
          productOf(
            withAt(node.factors, at, numeral("1", factor)).filter((each) => !isNumber(each, "1")),
            node,
          ),
        ];
      return isHalf(factor)
        ? [
            productOf(
              node.factors.filter((_, other) => other !== at),
              node,
            ),
          ]
        : [];
    });
  }
  if (node.kind !== "quotient") return [];
  const { numerator, denominator } = node;
  return [
    ...(isNumber(numerator, "2") ? [{ ...node, numerator: numeral("1", numerator) }] : []),
    ...(isNumber(denominator, "2") ? [numerator] : []),
  ];
};

const isHalf = (expr: Expr): boolean =>
  expr.kind === "quotient" && isNumber(expr.numerator, "1") && isNumber(expr.denominator, "2");
