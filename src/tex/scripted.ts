import type { Span } from "../expr/expr.js";
import { matchBrackets } from "./brackets.js";
import { ReadError } from "./error.js";
import type { KatexNode } from "./nodes.js";
import { isUprightT, readRaised } from "./scripts.js";
import { spanOf, type Token } from "./token.js";
import type { Tokenizing } from "./tokenizing.js";
import { joinRuns } from "./words.js";

/** A letter or a bracket with what stands above and below it. */
export function scripted(
  reader: Tokenizing,
  node: Extract<KatexNode, { type: "supsub" }>,
  span: Span,
): readonly Token[] {
  if (node.base?.type === "horizBrace") return reader.flat([node.base.base], span);
  if (node.base === null) throw new ReadError("a script without a base", span);
  const stacked = stackedRelation(reader, node, span);
  if (stacked !== undefined) return [stacked];
  const tokens = scriptBase(reader, node.base, span);
  const [base] = tokens;
  if (tokens.length !== 1 || base === undefined) {
    throw new ReadError("a script on several things at once: put them in brackets", spanOf(tokens, span));
  }
  return [withScripts(reader, base, node, span)];
}

/** A bracket keeps its own token here, so that `(a+b)^2` can be matched later. */
function scriptBase(reader: Tokenizing, base: KatexNode, span: Span): readonly Token[] {
  const tokens = joinRuns(reader.flat([base], span));
  return tokens.length === 1 ? tokens : matchBrackets(tokens);
}

function withScripts(
  reader: Tokenizing,
  base: Token,
  node: Extract<KatexNode, { type: "supsub" }>,
  span: Span,
): Token {
  const near = { start: base.span.end, end: base.span.end };
  const sub = node.sub === undefined ? undefined : reader.matched([node.sub], near);
  const sup = node.sup === undefined ? undefined : superscript(reader, node.sup, near);
  if ((sub !== undefined && base.sub !== undefined) || (sup !== undefined && base.sup !== undefined)) {
    throw new ReadError("two scripts in the same place", spanOf([base], span));
  }
  const source = (place: Span): string => reader.latex.slice(place.start, place.end);
  const raised = base.kind === "symbol" && sup !== undefined ? readRaised(sup, source) : { label: "", sup };
  const token: Token = base.kind === "symbol" ? { ...base, name: base.name + raised.label } : base;
  const power = raised.sup?.length === 0 ? undefined : raised.sup;
  const scripted: Token = {
    ...token,
    ...(sub === undefined ? {} : { sub }),
    ...(power === undefined ? {} : { sup: power }),
  };
  const end = Math.max(base.span.end, ...[...(sub ?? []), ...(sup ?? [])].map((each) => each.span.end));
  // The base of a fraction or group keeps its start; the scripts may close a brace behind them.
  return { ...scripted, span: { start: base.span.start, end: closeBraces(reader, end, base.span.end) } };
}

function superscript(reader: Tokenizing, node: KatexNode, near: Span): readonly Token[] {
  const tokens = reader.matched([node], near);
  const [only] = tokens;
  const transposes =
    tokens.length === 1 && only?.kind === "symbol" && (only.name === "\\intercal" || isUprightT(node));
  return transposes ? [{ ...only, name: "\\top" }] : tokens;
}

function closeBraces(reader: Tokenizing, end: number, from: number): number {
  return end > from && reader.latex[end] === "}" ? end + 1 : end;
}

/** `\overset{d}{=}`: equal in law. Any other mark over a relation is a comment. */
function stackedRelation(
  reader: Tokenizing,
  node: Extract<KatexNode, { type: "supsub" }>,
  span: Span,
): Token | undefined {
  if (node.base?.type !== "op" || node.base.body === undefined) return undefined;
  const [relation, ...more] = reader.flat(node.base.body, span);
  if (relation?.kind !== "relation" || more.length > 0) return undefined;
  const mark = node.sup === undefined ? [] : reader.flat([node.sup], span);
  const law = mark.length === 1 && mark[0]?.kind === "symbol" && /^[dD]$/.test(mark[0].name);
  return law && relation.text === "=" ? { ...relation, text: "=d" } : relation;
}
