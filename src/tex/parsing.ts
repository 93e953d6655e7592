import type { Expr } from "../expr/expr.js";
import type { ReadInner } from "./call.js";
import { ReadError } from "./error.js";
import type { Follower } from "./product.js";
import type { Token } from "./token.js";

/** What the reader must know of names: whether `name(…)` is a call or a product. */
export interface Vocabulary {
  readonly isFunction: (name: string) => boolean;
  /** Letters that stand for a time: without them a sum needs both limits. */
  readonly isTime?: (name: string) => boolean;
  /** The letter of the time, and that of the last. */
  readonly time?: string;
  readonly horizon?: string | undefined;
  /** The letter of densities: `X \mid Y \sim …` speaks of q(X | Y). */
  readonly density?: string | undefined;
  /** The letter of densities of the model: where a network stands on the right, of p(X | Y). */
  readonly model?: string | undefined;
}

/** A place in a row of tokens, and the readers that go on from there. */
export interface Parsing {
  readonly tokens: readonly Token[];
  /** The token that is read next. */
  readonly at: number;
  readonly vocabulary: Vocabulary;
  /** Reads the tokens of a closed part. */
  readonly inner: ReadInner;
  readonly peek: (ahead?: number) => Token | undefined;
  readonly skip: (count?: number) => void;
  /** a + b - c */
  readonly sum: () => Expr;
  /** a b \cdot c / d */
  readonly term: () => Expr;
  readonly factor: () => Expr;
  /** What multiplies or divides the first factor of a term. */
  readonly followers: () => readonly Follower[];
  /** The base with the superscript of the token. */
  readonly raised: (base: Expr, token: Token) => Expr;
  /** What is recognised, swallowed to the end of its term and never evaluated. */
  readonly opaque: (token: Token, what: string) => Expr;
}

export function withoutSub(token: Token, expr: Expr): Expr {
  if (token.sub === undefined) return expr;
  throw new ReadError("a subscript on this is not read: brackets or braces may be misplaced", token.span);
}
