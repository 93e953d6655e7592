import type { Span } from "../expr/expr.js";
import type { KatexNode } from "./nodes.js";
import type { Token } from "./token.js";

/** What the makers of tokens need of each other: tokens of the nodes within. */
export interface Tokenizing {
  /** The formula as written. */
  readonly latex: string;
  /** Tokens of a closed part of the formula, brackets matched within it. */
  readonly matched: (nodes: readonly KatexNode[], near: Span) => readonly Token[];
  /** Tokens with brackets still open: braces do not bound what they enclose. */
  readonly flat: (nodes: readonly KatexNode[], near: Span) => readonly Token[];
}

/** An entry of a table; `constructor` and its like are none. */
export const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** The token with the span of its parts: a fraction or root has no place of its own in KaTeX's tree. */
export function around(token: Token, parts: readonly Token[]): Token {
  if (parts.length === 0) return token;
  const start = Math.min(...parts.map((part) => part.span.start));
  const end = Math.max(...parts.map((part) => part.span.end));
  return { ...token, span: { start, end } };
}
