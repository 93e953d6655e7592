import type { Expr } from "../expr/expr.js";
import { some } from "../expr/walk.js";
import { ReadError } from "./error.js";
import { parseIntegral, sumVariables } from "./integral.js";
import { variablesBelow } from "./measure.js";
import type { Parsing } from "./parsing.js";
import { merge } from "./product.js";
import { readRange, type IndexRange } from "./range.js";
import type { Token } from "./token.js";

/** A sum or a product with its limits, or a sum over variables. */
export function parseSeries(parser: Parsing, token: Token & { kind: "series" }): Expr {
  const range =
    token.sub === undefined || token.sup !== undefined
      ? undefined
      : readRange(token.sub, token.span, parser.inner, parser.vocabulary);
  if (range !== undefined) return seriesOver(range, token, parser);
  const variables = sumVariables(token, parser.inner);
  if (variables !== undefined) {
    const body = parser.term();
    return { kind: "integral", variables, body, span: merge(token.span, body.span) };
  }
  const [variable, equals, ...lower] = token.sub ?? [];
  if (
    variable?.kind !== "symbol" ||
    variable.sub !== undefined ||
    equals?.kind !== "relation" ||
    equals.text !== "="
  ) {
    return parser.opaque(token, `a ${token.operator} without limits of the form _{s=1}^{t}`);
  }
  if (token.sup === undefined) return parser.opaque(token, `a ${token.operator} without an upper limit`);
  const [from, to] = [parser.inner(lower, token.span), parser.inner(token.sup, token.span)];
  return seriesOver({ index: variable.name, lower: from, upper: to }, token, parser);
}

function seriesOver(range: IndexRange, token: Token & { kind: "series" }, parser: Parsing): Expr {
  const body = parser.term();
  if (token.operator === "product") refuseTrailing(body, range.index);
  return { kind: "series", operator: token.operator, ...range, body, span: merge(token.span, body.span) };
}

/** An integral; it ends with its last d. */
export function parseIntegralSign(parser: Parsing, token: Token & { kind: "integral" }): Expr {
  const reading = parseIntegral(parser.tokens, parser.at - 1, parser.inner);
  if ("what" in reading) return parser.opaque(token, reading.what);
  parser.skip(reading.next - parser.at);
  return reading.expr;
}

/** It reaches as far as the side it stands in. */
export function parseExtremum(parser: Parsing, token: Token & { kind: "extremum" }): Expr {
  if (token.which === "arg") return parser.opaque(token, "an argument of something");
  const variable = token.sup === undefined ? below(parser, token) : undefined;
  if (variable === undefined) return parser.opaque(token, `the operator \\${token.which}`);
  const of = parser.sum();
  return { kind: "extremum", which: token.which, variable, of, span: merge(token.span, of.span) };
}

/** It reaches over its term. */
export function parseGradient(parser: Parsing, token: Token & { kind: "gradient" }): Expr {
  const next = parser.peek();
  const divergence = next?.kind === "operator" && next.text === "*";
  if (token.sup !== undefined || divergence) return parser.opaque(token, "a derivative of another kind");
  const variable = below(parser, token);
  if (variable === undefined && token.sub !== undefined) return parser.opaque(token, "a gradient");
  const of = parser.term();
  const span = merge(token.span, of.span);
  return variable === undefined ? { kind: "gradient", of, span } : { kind: "gradient", variable, of, span };
}

/** The letters below an operator, `\theta` or `\theta \in \Theta`; several make a list. */
function below(parser: Parsing, token: Token): Expr | undefined {
  if (token.sub === undefined) return undefined;
  const items = variablesBelow(token.sub, token.span, parser.inner) ?? [];
  const [only] = items;
  if (items.length < 2) return only;
  return { kind: "list", left: "", right: "", items, span: token.span };
}

/** Whether `\prod_s a_s b` multiplies b once or every time cannot be seen. */
function refuseTrailing(body: Expr, index: string): void {
  if (body.kind !== "product") return;
  const mentions = (factor: Expr): boolean =>
    some(factor, (node) => node.kind === "symbol" && node.name === index);
  const last = body.factors.at(-1);
  if (last !== undefined && !mentions(last) && body.factors.some(mentions)) {
    throw new ReadError("whether the product sign reaches this factor is ambiguous: use brackets", last.span);
  }
}
