import type { ElementaryName, ExtremumExpr, Span } from "../expr/expr.js";

/** Raised and lowered parts, already tokens themselves. */
export interface Scripts {
  readonly sub?: readonly Token[];
  readonly sup?: readonly Token[];
}

interface Base extends Scripts {
  readonly span: Span;
}

/**
 * A formula after invisible things (braces, colours, sizes, thin space) are gone: what a reader sees,
 * from left to right. Brackets are matched: what stands between them is the body of a `group`.
 */
export type Token =
  | (Base & { readonly kind: "number"; readonly text: string })
  | (Base & { readonly kind: "symbol"; readonly name: string })
  | (Base & { readonly kind: "function"; readonly name: ElementaryName })
  | (Base & { readonly kind: "operator"; readonly text: "+" | "-" | "*" | "/" })
  | (Base & { readonly kind: "series"; readonly operator: "sum" | "product" })
  /** `\int`; `count` is 2 for `\iint`. */
  | (Base & { readonly kind: "integral"; readonly count: 1 | 2 | 3 })
  | (Base & { readonly kind: "extremum"; readonly which: ExtremumExpr["which"] | "arg" })
  | (Base & { readonly kind: "gradient" })
  | (Base & {
      readonly kind: "fraction";
      readonly numerator: readonly Token[];
      readonly denominator: readonly Token[];
    })
  | (Base & { readonly kind: "root"; readonly body: readonly Token[] })
  | (Base & {
      readonly kind: "group";
      readonly left: string;
      readonly right: string;
      readonly body: readonly Token[];
    })
  | (Base & { readonly kind: "bracket"; readonly side: "open" | "close"; readonly text: string })
  | (Base & { readonly kind: "separator"; readonly text: "," | ";" | "|" | "||" })
  | (Base & { readonly kind: "relation"; readonly text: string })
  | (Base & { readonly kind: "dots" })
  | (Base & { readonly kind: "text"; readonly text: string })
  | (Base & { readonly kind: "space" })
  | (Base & { readonly kind: "newline" })
  /** `\begin{cases}`: the cells of each row. */
  | (Base & { readonly kind: "cases"; readonly rows: readonly (readonly (readonly Token[])[])[] })
  /** `bounded`: it ends where it stands (a matrix); otherwise it swallows the rest of its term (an integral). */
  | (Base & { readonly kind: "opaque"; readonly what: string; readonly bounded?: true })
  | (Base & { readonly kind: "other"; readonly text: string });

export type TokenKind = Token["kind"];

/** From the first token to the last; `fallback` where there is none. */
export function spanOf(tokens: readonly Token[], fallback: Span): Span {
  const first = tokens[0];
  const last = tokens[tokens.length - 1];
  return first === undefined || last === undefined
    ? fallback
    : { start: first.span.start, end: last.span.end };
}

export const hasScripts = (token: Token): boolean => token.sub !== undefined || token.sup !== undefined;

/** What a message calls the token. */
export function describeToken(token: Token): string {
  switch (token.kind) {
    case "separator":
    case "relation":
    case "operator":
    case "other":
      return `"${token.text}"`;
    case "text":
      return `the text "${token.text}"`;
    default:
      return `this ${token.kind}`;
  }
}
