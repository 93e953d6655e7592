import type { Expr, Span } from "../expr/expr.js";
import type { ReadInner } from "./call.js";
import type { Vocabulary } from "./parsing.js";
import { spanOf, type Token } from "./token.js";

/** Which times an index runs over. */
export interface IndexRange {
  readonly index: string;
  readonly lower: Expr;
  readonly upper: Expr;
}

/**
 * The range that stands below a sum or a product without an upper limit: `t > 1`, `1 < s \le t`,
 * `t \in \{1, \dots, T\}`, `t` alone. Times run from 1 to T where one end is not told. undefined for what is
 * no range of a time.
 */
export function readRange(
  below: readonly Token[],
  near: Span,
  read: ReadInner,
  vocabulary: Vocabulary,
): IndexRange | undefined {
  const { sides, relations } = splitSides(below);
  const letters = sides.map((side) => timeLetter(side, vocabulary));
  // In a chain the index stands in the middle; in `s \le t` it comes first.
  const place = sides.length === 3 ? 1 : letters.findIndex((letter) => letter !== undefined);
  const index = letters[place];
  if (index === undefined || sides.length > 3) return undefined;
  // `\sum_i` may run over anything.
  if (relations.length === 0 && index !== vocabulary.time) return undefined;
  const span = spanOf(below, near);
  const limits: { lower?: Expr; upper?: Expr } = {};
  for (const [at, relation] of relations.entries()) {
    const other = sides[at < place ? at : at + 1];
    if (other === undefined || other.length === 0) return undefined;
    const facing = at < place ? turned[relation] : relation;
    const found = facing === undefined ? undefined : limitsBy(facing, read(other, span), span);
    const known = found === undefined || Object.keys(found).some((end) => end in limits);
    if (known) return undefined;
    Object.assign(limits, found);
  }
  const { horizon } = vocabulary;
  const { lower = numberOf(1, span), upper = horizon === undefined ? undefined : letterOf(horizon, span) } =
    limits;
  return upper === undefined ? undefined : { index, lower, upper };
}

/** `a < t` is `t > a`. */
const turned: Readonly<Record<string, string>> = { "<": ">", ">": "<", "\\le": "\\ge", "\\ge": "\\le" };

/** What `t relation bound` says of the ends of the range of t; undefined for another relation. */
function limitsBy(
  relation: string,
  bound: Expr,
  span: Span,
): { readonly lower?: Expr; readonly upper?: Expr } | undefined {
  switch (relation) {
    case ">":
      return { lower: shifted(bound, 1, span) };
    case "\\ge":
      return { lower: bound };
    case "<":
      return { upper: shifted(bound, -1, span) };
    case "\\le":
      return { upper: bound };
    case "\\in":
      return endsOf(bound);
    default:
      return undefined;
  }
}

/** `\{1, \dots, T\}`, `\{1, 2, \dots, T\}` and `[1, T]`; undefined for other sets. */
export function endsOf(set: Expr): { readonly lower: Expr; readonly upper: Expr } | undefined {
  if (set.kind !== "list") return undefined;
  const { left, right, items } = set;
  const [first, second, third] = items;
  const last = items.at(-1);
  if (first === undefined || last === undefined || items.some(({ kind }) => kind === "range"))
    return undefined;
  if (items.length === 2 && left === "[" && right === "]") return { lower: first, upper: last };
  const dotted = items.at(-2)?.kind === "dots";
  const next = items.length === 4 && isNext(first, second) && third?.kind === "dots";
  if (!dotted || left !== "\\{" || !(items.length === 3 || next)) return undefined;
  return { lower: first, upper: last };
}

const isNext = (first: Expr, second: Expr | undefined): boolean =>
  first.kind === "number" && second?.kind === "number" && Number(second.text) === Number(first.text) + 1;

/** `bound + 1`, calculated where that is a number. */
function shifted(bound: Expr, by: 1 | -1, span: Span): Expr {
  const one = numberOf(1, span);
  if (bound.kind === "number" && /^[0-9]{1,9}$/.test(bound.text) && Number(bound.text) + by >= 0)
    return numberOf(Number(bound.text) + by, bound.span);
  const step: Expr = by === 1 ? one : { kind: "negation", of: one, span };
  const terms = bound.kind === "sum" ? [...bound.terms, step] : [bound, step];
  return { kind: "sum", terms, span: bound.span };
}

const numberOf = (value: number, span: Span): Expr => ({ kind: "number", text: String(value), span });
const letterOf = (name: string, span: Span): Expr => ({ kind: "symbol", name, span });

function timeLetter(side: readonly Token[], { isTime }: Vocabulary): string | undefined {
  const [only] = side;
  if (side.length !== 1 || only?.kind !== "symbol" || isTime?.(only.name) !== true) return undefined;
  return only.sub === undefined && only.sup === undefined ? only.name : undefined;
}

/** What stands between the relations of a chain `1 < t \le T`. */
export function splitSides(tokens: readonly Token[]): {
  readonly sides: readonly (readonly Token[])[];
  readonly relations: readonly string[];
} {
  const sides: Token[][] = [[]];
  const relations: string[] = [];
  for (const token of tokens) {
    if (token.kind === "relation") {
      relations.push(token.text);
      sides.push([]);
    } else sides.at(-1)?.push(token);
  }
  return { sides, relations };
}
