import type { CallExpr, Expr, Mark, OpaqueExpr, Span, SymbolExpr } from "../expr/expr.js";
import { withRanges } from "./dots.js";
import { spanOf, type Token } from "./token.js";

/** Reads an expression within; handed in, so that this file and the expression reader form no cycle. */
export type ReadInner = (tokens: readonly Token[], near: Span) => Expr;

/** The brackets after a function's name: `(x_t; m, S)`, `(a, b | c)`, `(p \| q)`. */
export function parseCall(
  head: SymbolExpr,
  group: Token & { kind: "group" },
  read: ReadInner,
): CallExpr | OpaqueExpr {
  const marks = group.body.filter(isMark);
  const [mark] = marks;
  if (marks.length > 1) {
    const span = { start: head.span.start, end: group.span.end };
    return { kind: "opaque", what: "an argument list with more than one bar or semicolon", span };
  }
  const at = mark === undefined ? group.body.length : group.body.indexOf(mark);
  const call: CallExpr = {
    kind: "call",
    head,
    args: withRanges(parseItems(group.body.slice(0, at), read, group.span)),
    rest: mark === undefined ? [] : withRanges(parseItems(group.body.slice(at + 1), read, mark.span)),
    span: { start: head.span.start, end: group.span.end },
    ...(mark === undefined ? {} : { mark: mark.text }),
  };
  return head.name === divergence ? divergenceOf(call) : call;
}

const divergence = "\\mathrm{KL}";

/** `D_{KL}`, `\mathbb{D}_{\mathrm{KL}}` and `KL` are one name. */
export function canonicalHead(head: SymbolExpr): SymbolExpr {
  const labelled = head.index?.kind === "symbol" && head.index.name === divergence;
  const letter = ["D", "\\mathbb{D}", "\\mathcal{D}"].includes(head.name);
  return labelled && letter ? { kind: "symbol", name: divergence, span: head.span } : head;
}

/** `KL(p | q)`, `KL(p, q)` and `KL(p \| q)` are one call. */
function divergenceOf(call: CallExpr): CallExpr {
  const [first, second] = call.args;
  if (call.mark === "|") return { ...call, mark: "||" };
  if (call.mark !== undefined || call.args.length !== 2 || first === undefined || second === undefined)
    return call;
  return { ...call, args: [first], mark: "||", rest: [second] };
}

const isMark = (token: Token): token is Token & { kind: "separator"; text: Mark } =>
  token.kind === "separator" && token.text !== ",";

/** Expressions with commas between them, each perhaps a range. */
export function parseItems(tokens: readonly Token[], read: ReadInner, near: Span): readonly Expr[] {
  const items: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === "separator" && token.text === ",") items.push([]);
    else items.at(-1)?.push(token);
  }
  return items.map((item) => parseItem(item, read, near));
}

/** One argument, which may be a range: `x_{1:T}`, `x_1:x_T`. */
function parseItem(tokens: readonly Token[], read: ReadInner, near: Span): Expr {
  const colon = tokens.findIndex((token) => token.kind === "relation" && token.text === ":");
  if (colon < 0) return read(tokens, near);
  const first = read(tokens.slice(0, colon), near);
  const last = read(tokens.slice(colon + 1), near);
  return { kind: "range", first, last, span: spanOf(tokens, near) };
}

/** A subscript: a time, a range of times, a label, or the distribution an expectation is taken over. */
export function parseIndex(tokens: readonly Token[], read: ReadInner, near: Span): Expr {
  const span = spanOf(tokens, near);
  const [only] = tokens;
  if (tokens.length === 1 && only?.kind === "text") {
    return { kind: "symbol", name: `\\mathrm{${only.text}}`, span };
  }
  if (
    tokens.length > 1 &&
    tokens.every((token) => token.kind === "symbol" && /^[A-Za-z]$/.test(token.name))
  ) {
    // D_{KL}, P_{data}: letters in a row are a word. A product of two times is no subscript.
    const word = tokens.map((token) => (token.kind === "symbol" ? token.name : "")).join("");
    return { kind: "symbol", name: `\\mathrm{${word}}`, span };
  }
  const readable = !tokens.some(
    (token) =>
      (token.kind === "relation" && token.text !== ":") ||
      token.kind === "separator" ||
      token.kind === "other",
  );
  if (!readable) return { kind: "opaque", what: "a subscript that is not a time", span };
  return parseItem(tokens, read, near);
}
