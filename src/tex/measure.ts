import type { Expr, Span } from "../expr/expr.js";
import { parseItems, type ReadInner } from "./call.js";
import { withRanges } from "./dots.js";
import type { Token } from "./token.js";

/** `x`, `x, y`, `x_1:x_T`, `x \in X`: the variables that stand below an operator. */
export function variablesBelow(
  tokens: readonly Token[],
  near: Span,
  read: ReadInner,
): readonly Expr[] | undefined {
  const within = tokens.findIndex((token) => token.kind === "relation" && token.text === "\\in");
  const named = within < 0 ? tokens : tokens.slice(0, within);
  const readable = named.every(
    ({ kind, ...token }) =>
      kind === "symbol" ||
      kind === "dots" ||
      (kind === "separator" && "text" in token && token.text === ",") ||
      (kind === "relation" && "text" in token && token.text === ":"),
  );
  if (!readable || named.length === 0) return undefined;
  const variables = withRanges(parseItems(named, read, near)).map(variableOf);
  return variables.every(({ kind }) => kind === "symbol") ? variables : undefined;
}

/** The token behind the first `count` measures of a run. */
export function measureAt(tokens: readonly Token[], at: number, read: ReadInner, count: number): number {
  let next = at;
  for (let passed = 0; passed < count; passed++) next = measure(tokens, next, read)?.next ?? next;
  return next;
}

/** `dx \, dz`, `dx_1 dx_2 \cdots dx_T` from that token on. */
export function measuresFrom(
  tokens: readonly Token[],
  at: number,
  read: ReadInner,
): { readonly variables: readonly Expr[]; readonly next: number } {
  const items: Expr[] = [];
  let next = at;
  for (;;) {
    const token = tokens[next];
    const found = measure(tokens, next, read);
    if (found !== undefined) {
      items.push(found.variable);
      next = found.next;
    } else if (items.length > 0 && token?.kind === "dots" && measure(tokens, next + 1, read) !== undefined) {
      items.push({ kind: "dots", span: token.span });
      next++;
    } else break;
  }
  return { variables: withRanges(items).map(variableOf), next };
}

/** One `dx`; also `d_{x_1}`, which is meant so behind an integral sign. */
function measure(
  tokens: readonly Token[],
  at: number,
  read: ReadInner,
): { readonly variable: Expr; readonly next: number } | undefined {
  const [token, after] = [tokens[at], tokens[at + 1]];
  if (token?.kind !== "symbol" || token.sup !== undefined) return undefined;
  const joined = /^\\mathrm\{d([A-Za-z])\}$/.exec(token.name)?.[1];
  if (joined !== undefined)
    return { variable: variableOf(read([{ ...token, name: joined }], token.span)), next: at + 1 };
  if (token.name !== "d") return undefined;
  if (token.sub !== undefined) {
    const [variable, ...more] = variablesBelow(token.sub, token.span, read) ?? [];
    return variable === undefined || more.length > 0 ? undefined : { variable, next: at + 1 };
  }
  if (after?.kind !== "symbol" || after.sup !== undefined) return undefined;
  return { variable: variableOf(read([after], after.span)), next: at + 2 };
}

/** `x_1:x_T` is `x_{1:T}`, so that one spelling is printed. */
export function variableOf(variable: Expr): Expr {
  if (variable.kind !== "range") return variable;
  const { first, last, span } = variable;
  if (first.kind !== "symbol" || last.kind !== "symbol" || first.name !== last.name) return variable;
  if (first.index === undefined || last.index === undefined) return variable;
  const index: Expr = { kind: "range", first: first.index, last: last.index, span };
  return { kind: "symbol", name: first.name, index, span };
}
