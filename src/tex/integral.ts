import type { Expr, IntegralExpr } from "../expr/expr.js";
import { printExpr } from "../expr/print.js";
import type { ReadInner } from "./call.js";
import { withRanges } from "./dots.js";
import { measureAt, measuresFrom, variableOf, variablesBelow } from "./measure.js";
import { spanOf, type Token } from "./token.js";

type IntegralToken = Token & { kind: "integral" };
type DotsToken = Token & { kind: "dots" };

const dotsOf = ({ span }: DotsToken): Expr => ({ kind: "dots", span });

/** An integral and the token behind it, or why it is not read. */
export type IntegralReading =
  { readonly expr: IntegralExpr; readonly next: number } | { readonly what: string };

/**
 * Reads the integral whose sign stands at `at`. It ends with its last d: `\int f + g \, dx` integrates the
 * sum. Where the d comes first (`\int dx \, f`), or there is only a subscript (`\int_x f`), it reaches over
 * its term. @throws ReadError for what stands under it
 */
export function parseIntegral(tokens: readonly Token[], at: number, read: ReadInner): IntegralReading {
  const signs = signsFrom(tokens, at);
  const below = signs.heads.map((head) => (head.kind === "dots" ? [dotsOf(head)] : readBelow(head, read)));
  const limited = below.find((each) => each === "limits");
  if (limited !== undefined) return { what: "an integral between limits" };
  const given = below.flatMap((each) => (typeof each === "string" ? [] : each));
  // `\int\cdots\int` has dots and no variables.
  const named = given.some(({ kind }) => kind !== "dots") ? withRanges(given) : [];
  const reading = measured(tokens, signs, read) ?? subscripted(tokens, signs, named, read);
  if ("what" in reading) return reading;
  const { variables, body, next } = reading;
  const written = variables.map(variableOf);
  const same = named.map(variableOf).map(printExpr).sort().join() === written.map(printExpr).sort().join();
  if (named.length > 0 && !same) return { what: "an integral over something else than its variables" };
  const span = { start: tokens[at]?.span.start ?? 0, end: tokens[next - 1]?.span.end ?? body.span.end };
  return { expr: { kind: "integral", variables: written, body, span }, next };
}

/** `\sum_x f`, `\sum_{x, y} f`: the variables below the sign; undefined where limits stand there. */
export function sumVariables(
  token: Token & { kind: "series" },
  read: ReadInner,
): readonly Expr[] | undefined {
  if (token.operator !== "sum" || token.sup !== undefined) return undefined;
  return token.sub === undefined ? [] : variablesBelow(token.sub, token.span, read);
}

/** One or several integral signs in a row, perhaps with dots between them. */
interface Signs {
  readonly heads: readonly (IntegralToken | DotsToken)[];
  readonly count: number;
  readonly dotted: boolean;
  /** The token behind them. */
  readonly next: number;
}

function signsFrom(tokens: readonly Token[], at: number): Signs {
  const heads: (IntegralToken | DotsToken)[] = [];
  let [next, dotted] = [at, false];
  for (;;) {
    const token = tokens[next];
    if (token?.kind === "integral") {
      heads.push(token);
      next++;
    } else if (token?.kind === "dots" && tokens[next + 1]?.kind === "integral") {
      heads.push(token);
      dotted = true;
      next++;
    } else break;
  }
  const count = heads.reduce((sum, head) => sum + (head.kind === "dots" ? 0 : head.count), 0);
  return { heads, count, dotted, next };
}

/** The variables below the sign; none for the whole line or the whole space. */
function readBelow(head: IntegralToken, read: ReadInner): readonly Expr[] | "limits" {
  const { sub = [], sup = [] } = head;
  const infinite = (token: Token | undefined): boolean =>
    token?.kind === "symbol" && token.name === "\\infty";
  if (sup.length > 0) {
    const line = isSign(sub[0], "-") && infinite(sub[1]) && sub.length === 2;
    const upper = isSign(sup[0], "+") ? sup.slice(1) : sup;
    return line && upper.length === 1 && infinite(upper[0]) ? [] : "limits";
  }
  const [only] = sub;
  const space = only?.kind === "symbol" && /^\\mathbb\{R\}|^\\mathcal\{|^\\Omega$/.test(only.name);
  if (sub.length === 0 || (sub.length === 1 && space)) return [];
  return variablesBelow(sub, head.span, read) ?? "limits";
}

const isSign = (token: Token | undefined, sign: "+" | "-"): boolean =>
  token?.kind === "operator" && token.text === sign;

interface Parts {
  readonly variables: readonly Expr[];
  readonly body: Expr;
  readonly next: number;
}

/** The integral by its d; undefined if none belongs to it. */
function measured(
  tokens: readonly Token[],
  signs: Signs,
  read: ReadInner,
): Parts | { readonly what: string } | undefined {
  const near = spanOf(signs.heads, { start: 0, end: 0 });
  const first = measuresFrom(tokens, signs.next, read);
  if (first.variables.length > 0) {
    if (!signs.dotted && first.variables.length !== signs.count)
      return { what: "an integral whose variables stand apart" };
    const end = termEnd(tokens, first.next);
    return { variables: first.variables, body: read(tokens.slice(first.next, end), near), next: end };
  }
  const found = closing(tokens, signs, read);
  if (found === undefined || "what" in found) return found;
  return { ...found, body: read(tokens.slice(signs.next, found.from), near) };
}

/** The d that belong to these signs: each sign further inside has its own before them. */
function closing(
  tokens: readonly Token[],
  signs: Signs,
  read: ReadInner,
):
  | { readonly variables: readonly Expr[]; readonly from: number; readonly next: number }
  | { readonly what: string }
  | undefined {
  let inner = 0;
  for (let at = signs.next; at < tokens.length; at++) {
    const token = tokens[at];
    if (token?.kind === "integral") {
      const own = measuresFrom(tokens, at + 1, read);
      if (own.variables.length > 0) at = own.next - 1;
      else inner += token.count;
      continue;
    }
    const { variables, next } = measuresFrom(tokens, at, read);
    if (variables.length === 0) continue;
    if (variables.length <= inner) inner -= variables.length;
    else if (inner > 0) {
      // The inner ones close first; what is left of the run belongs to these signs.
      const from = measureAt(tokens, at, read, inner);
      const rest = variables.slice(inner);
      if (rest.length !== signs.count) return { what: "an integral whose variables stand apart" };
      return { variables: rest, from, next };
    } else if (signs.dotted || variables.length === signs.count) return { variables, from: at, next };
    else if (variables.length > signs.count) {
      const end = measureAt(tokens, at, read, signs.count);
      return { variables: variables.slice(0, signs.count), from: at, next: end };
    } else return { what: "an integral whose variables stand apart" };
    at = next - 1;
  }
  return undefined;
}

/** The integral by its subscripts, over the term. */
function subscripted(
  tokens: readonly Token[],
  signs: Signs,
  named: readonly Expr[],
  read: ReadInner,
): Parts | { readonly what: string } {
  if (named.length === 0) return { what: "an integral that does not say over what" };
  const end = termEnd(tokens, signs.next);
  const near = spanOf(signs.heads, { start: 0, end: 0 });
  return { variables: named, body: read(tokens.slice(signs.next, end), near), next: end };
}

function termEnd(tokens: readonly Token[], from: number): number {
  const end = tokens.findIndex((token, at) => at > from && (isSign(token, "+") || isSign(token, "-")));
  return end < 0 ? tokens.length : end;
}
