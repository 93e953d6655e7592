import type { Expr } from "../../src/expr/expr.js";
import {
  isCoefficient,
  isCoefficientSymbol,
  isNumber,
  productOf,
  roleOf,
  sumOf,
} from "../../src/derivation/slip/build.js";
import { replaceAt, sitesOf } from "../../src/derivation/slip/site.js";
import type { Names } from "../../src/derivation/notation/names.js";
import type { Random } from "../../src/random/random.js";

/** Rewriting that keeps the value: algebra, and what the symbols of the schedule are by definition. */
type Rewrite = (node: Expr, tools: Tools) => Expr | undefined;

interface Tools {
  readonly random: Random;
  readonly names: Names;
}

const span = { start: 0, end: 0 };
const number = (text: string): Expr => ({ kind: "number", text, span });
const symbol = (name: string, index: Expr): Expr => ({ kind: "symbol", name, index, span });
const negation = (of: Expr): Expr => ({ kind: "negation", of, span });
const root = (of: Expr): Expr => ({ kind: "root", of, span });
const quotient = (numerator: Expr, denominator: Expr): Expr => ({
  kind: "quotient",
  numerator,
  denominator,
  span,
});
const product = (...factors: readonly Expr[]): Expr => productOf(factors, number("1"));
const sum = (...terms: readonly Expr[]): Expr => sumOf(terms, number("0"));

const hasDots = (parts: readonly Expr[]): boolean => parts.some(({ kind }) => kind === "dots");

/** A coefficient that is none of 0 or 1: something to multiply, divide, add and subtract. */
function coefficient({ random }: Tools): Expr {
  const t: Expr = { kind: "symbol", name: "t", span };
  const all = [
    symbol("\\alpha", t),
    symbol("\\beta", t),
    root(symbol("\\bar{\\alpha}", t)),
    sum(number("2"), symbol("\\beta", t)),
  ];
  return all[random.integer(0, all.length - 1)] ?? number("2");
}

const commute: Rewrite = (node, { random }) => {
  if (node.kind === "sum") return { ...node, terms: rotated(node.terms, random) };
  return node.kind === "product" && !hasDots(node.factors)
    ? { ...node, factors: rotated(node.factors, random) }
    : undefined;
};

function rotated(parts: readonly Expr[], random: Random): readonly Expr[] {
  const by = random.integer(1, parts.length - 1);
  return [...parts.slice(by), ...parts.slice(0, by)];
}

const distribute: Rewrite = (node) => {
  if (node.kind !== "product" || hasDots(node.factors)) return undefined;
  const at = node.factors.findIndex(({ kind }) => kind === "sum");
  const inner = node.factors[at];
  if (inner?.kind !== "sum") return undefined;
  const rest = node.factors.filter((_, place) => place !== at);
  return sum(
    ...inner.terms.map((term) =>
      term.kind === "negation" ? negation(product(...rest, term.of)) : product(...rest, term),
    ),
  );
};

const multiplyAndDivide: Rewrite = (node, tools) => {
  if (!isCoefficient(node, tools.names)) return undefined;
  const by = coefficient(tools);
  return quotient(product(node, by), by);
};

const addAndSubtract: Rewrite = (node, tools) => {
  if (!isCoefficient(node, tools.names)) return undefined;
  const more = coefficient(tools);
  return sum(node, more, negation(more));
};

const splitRoot: Rewrite = (node, { names }) => {
  if (node.kind !== "root" || node.of.kind !== "product" || hasDots(node.of.factors)) return undefined;
  return node.of.factors.every((factor) => isCoefficient(factor, names))
    ? product(...node.of.factors.map(root))
    : undefined;
};

const joinRoots: Rewrite = (node) => {
  if (node.kind !== "product") return undefined;
  const under = node.factors.flatMap((factor) => (factor.kind === "root" ? [factor.of] : []));
  return under.length < 2
    ? undefined
    : product(root(product(...under)), ...node.factors.filter(({ kind }) => kind !== "root"));
};

const expandSquare: Rewrite = (node, { names }) => {
  if (node.kind !== "power" || !isNumber(node.exponent, "2") || !isCoefficient(node.base, names))
    return undefined;
  return product(node.base, node.base);
};

const namedByDefinition: Rewrite = (node, { names }) => {
  if (node.kind !== "symbol" || node.index === undefined) return undefined;
  const before: Expr = { kind: "sum", terms: [node.index, negation(number("1"))], span };
  switch (roleOf(node, names)) {
    case "beta":
      return sum(number("1"), negation(symbol("\\alpha", node.index)));
    case "alpha":
      return sum(number("1"), negation(symbol("\\beta", node.index)));
    case "alphaBar":
      // ᾱ_{t-1} = α_{t-1} ᾱ_{t-2} would ask for t > 1.
      return node.index.kind === "symbol"
        ? product(symbol("\\alpha", node.index), symbol("\\bar{\\alpha}", before))
        : undefined;
    default:
      return undefined;
  }
};

const commonDenominator: Rewrite = (node) => {
  if (node.kind !== "sum" || node.terms.length !== 2) return undefined;
  const [first, second] = node.terms;
  if (first?.kind !== "quotient" || second?.kind !== "quotient") return undefined;
  return quotient(
    sum(product(first.numerator, second.denominator), product(second.numerator, first.denominator)),
    product(first.denominator, second.denominator),
  );
};

const rewrites: readonly Rewrite[] = [
  commute,
  distribute,
  multiplyAndDivide,
  addAndSubtract,
  splitRoot,
  joinRoots,
  expandSquare,
  namedByDefinition,
  commonDenominator,
];

/** The expression after so many rewrites at random places; the value is the same. */
export function rewritten(expr: Expr, steps: number, tools: Tools): Expr {
  let result = expr;
  for (let made = 0, tries = 0; made < steps && tries < 400; tries++) {
    const sites = [...sitesOf(result)];
    const site = sites[tools.random.integer(0, sites.length - 1)];
    const rewrite = rewrites[tools.random.integer(0, rewrites.length - 1)];
    const after = site === undefined ? undefined : rewrite?.(site.node, tools);
    if (site === undefined || after === undefined) continue;
    result = replaceAt(site.trail, after);
    made++;
  }
  return result;
}

/** One coefficient of the expression is a thousandth too large. */
export function perturbed(expr: Expr, { random, names }: Tools): Expr {
  const sites = [...sitesOf(expr)].filter(({ node }) => isCoefficientSymbol(node, names));
  const site = sites[random.integer(0, sites.length - 1)];
  if (site === undefined) throw new RangeError("no coefficient to change");
  return replaceAt(site.trail, product(number("1.001"), site.node));
}
