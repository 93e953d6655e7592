import { pairBars } from "./bars.js";
import { closerOf, closingOf } from "./characters.js";
import { ReadError } from "./error.js";
import type { Token } from "./token.js";

/** Brackets may nest this deep; the readers below recurse into them. */
const deepest = 60;

/**
 * Puts what stands between a bracket and its partner into a `group`, with the scripts of the closing
 * one. @throws ReadError for a bracket without a partner
 */
export function matchBrackets(tokens: readonly Token[]): readonly Token[] {
  const open: { token: Token & { kind: "bracket" }; outer: Token[] }[] = [];
  let current: Token[] = [];
  for (const token of tokens) {
    if (token.kind !== "bracket") {
      current.push(token);
    } else if (token.side === "open") {
      if (open.length >= deepest)
        throw new ReadError(`brackets nested more than ${deepest} deep`, token.span);
      open.push({ token, outer: current });
      current = [];
    } else {
      const partner = open.pop();
      if (partner === undefined) throw new ReadError(`the bracket ${token.text} closes nothing`, token.span);
      checkPair(partner.token, token, current);
      partner.outer.push({
        kind: "group",
        left: partner.token.text,
        right: token.text,
        body: pairBars(current, true),
        span: { start: partner.token.span.start, end: token.span.end },
        ...(token.sub === undefined ? {} : { sub: token.sub }),
        ...(token.sup === undefined ? {} : { sup: token.sup }),
      });
      current = partner.outer;
    }
  }
  const unclosed = open.pop();
  if (unclosed !== undefined) {
    throw new ReadError(`the bracket ${unclosed.token.text} is never closed`, unclosed.token.span);
  }
  return pairBars(current, false);
}

function checkPair(
  open: Token & { kind: "bracket" },
  close: Token & { kind: "bracket" },
  body: readonly Token[],
): void {
  if (open.sub !== undefined || open.sup !== undefined)
    throw new ReadError("a script on an opening bracket", open.span);
  const wanted = closingOf(open.text);
  const closer = closerOf(close.text);
  if (isInterval(open.text, closer, body)) return;
  if (wanted === undefined || wanted !== closer) {
    throw new ReadError(`the bracket ${open.text} is closed by ${close.text}`, {
      start: open.span.start,
      end: close.span.end,
    });
  }
}

/** `[0, 1)` and `(0, 1]`: two ends with a comma between them. */
export function isInterval(open: string, close: string, body: readonly Token[]): boolean {
  const commas = body.filter((token) => token.kind === "separator" && token.text === ",").length;
  return commas === 1 && ((open === "[" && close === ")") || (open === "(" && close === "]"));
}
