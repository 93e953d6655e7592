import type { Span } from "../expr/expr.js";
import { isInterval } from "./brackets.js";
import { characterToken, closerOf, closingOf } from "./characters.js";
import { ReadError } from "./error.js";
import type { KatexNode } from "./nodes.js";
import { spanOf, type Token } from "./token.js";
import { around, type Tokenizing } from "./tokenizing.js";

/** `\left( … \right)` */
export function leftRight(
  reader: Tokenizing,
  node: Extract<KatexNode, { type: "leftright" }>,
  span: Span,
): readonly Token[] {
  if (node.left === "." || node.right === ".") return halfOpen(reader, node, span);
  const body = reader.matched(node.body, span);
  const whole = around({ kind: "space", span }, body).span;
  const bars = (delim: string): boolean =>
    ["|", "\\vert", "\\|", "\\Vert", "\\lVert", "\\rVert", "\\lvert", "\\rvert"].includes(delim);
  const paired = bars(node.left)
    ? bars(node.right)
    : closingOf(node.left) === closerOf(node.right) || isInterval(node.left, node.right, body);
  if (!paired) throw new ReadError(`\\left${node.left} … \\right${node.right} is not read`, whole);
  return [{ kind: "group", left: node.left, right: node.right, body, span: whole }];
}

/** `\left.` and `\right.` show nothing: the other side is a bracket whose partner stands elsewhere. */
function halfOpen(
  reader: Tokenizing,
  node: Extract<KatexNode, { type: "leftright" }>,
  span: Span,
): readonly Token[] {
  const [only] = node.body;
  if (node.body.length === 1 && only?.type === "array") {
    const rows = only.body.map((row) => row.map((cell) => reader.matched([cell], span)));
    return [around({ kind: "cases", rows, span }, rows.flat(2))];
  }
  if (["|", "\\vert"].includes(node.right)) {
    const { span: whole } = around({ kind: "space", span }, reader.matched(node.body, span));
    return [{ kind: "opaque", what: "the value of an expression at a point", bounded: true, span: whole }];
  }
  const body = reader.flat(node.body, span);
  const place = spanOf(body, span);
  const side = (delim: string, mclass: "mopen" | "mclose", at: number): readonly Token[] =>
    delim === "." ? [] : [delimiter(delim, mclass, { start: at, end: at })];
  return [...side(node.left, "mopen", place.start), ...body, ...side(node.right, "mclose", place.end)];
}

export function delimiter(delim: string, mclass: string, span: Span): Token {
  const family = mclass === "mopen" ? "open" : mclass === "mclose" ? "close" : undefined;
  // `\big(` without l or r has no side of its own: a bracket's shape tells.
  const shape =
    closingOf(delim) !== undefined ? "open" : [")", "]", "\\}", "\\rVert"].includes(delim) ? "close" : family;
  return characterToken(delim, shape, span) ?? { kind: "other", text: delim, span };
}
