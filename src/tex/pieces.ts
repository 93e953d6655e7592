import { ReadError } from "./error.js";
import { conditional, readRemark } from "./remark.js";
import { hasScripts, spanOf, type Token } from "./token.js";

/** What stands between commas, wide spaces and words. */
export interface Piece {
  readonly tokens: readonly Token[];
  readonly words: string;
  readonly before: "start" | "comma" | "space" | "text";
}

/** The pieces of a line, conditions among them. @throws ReadError for a condition that is not read */
export function splitPieces(line: readonly Token[]): readonly Piece[] {
  const pieces: Piece[] = [];
  let tokens: Token[] = [];
  let words = "";
  let before: Piece["before"] = "start";
  let implied = false;
  const close = (next: Piece["before"]): void => {
    if (tokens.length > 0) {
      pieces.push({ tokens, words, before });
      tokens = [];
      words = "";
      before = next;
    } else if (before !== "start") before = next;
  };
  for (const token of withoutRemarks(line)) {
    if (token.kind === "text") {
      close("text");
      words = `${words} ${token.text}`.trim();
    } else if (token.kind === "relation" && equivalences.has(token.text)) {
      close("text");
      words = `${words} ${equivalence}`.trim();
    } else if (token.kind === "relation" && implications.has(token.text)) {
      // What follows from a premise, and the premise itself, are claimed under a condition.
      close("text");
      words = `${words} if ${token.text}`.trim();
      implied = true;
    } else if (token.kind === "separator" && (token.text === "," || token.text === ";")) close("comma");
    else if (token.kind === "space") close("space");
    else tokens.push(token);
  }
  close("start");
  if (implied) return underCondition(pieces, "if");
  const last = pieces.at(-1);
  if (last !== undefined && last.words === "" && remaining.test(words))
    return [...pieces.slice(0, -1), { ...last, words }];
  if (words !== "" && conditional.test(words))
    throw new ReadError(`the condition "${words}" is not read`, spanOf(line, { start: 0, end: 0 }));
  return pieces;
}

/** Brackets with words in them that stand alone between spaces are a remark. */
function withoutRemarks(line: readonly Token[]): readonly Token[] {
  const apart = (token: Token | undefined): boolean =>
    token === undefined || token.kind === "space" || token.kind === "text";
  return line.flatMap((token, at) => {
    if (token.kind !== "group" || !apart(line[at - 1]) || !apart(line[at + 1])) return [token];
    return readRemark(token.body, token.span) ?? [token];
  });
}

/** What an implication claims, it claims under a condition. */
const underCondition = (pieces: readonly Piece[], words: string): readonly Piece[] =>
  pieces.map((piece) => (conditional.test(piece.words) ? piece : { ...piece, words }));

const implications = new Set(["\\Rightarrow", "\\Leftarrow", "\\Longrightarrow", "\\Longleftarrow"]);
const equivalences = new Set(["\\Leftrightarrow", "\\Longleftrightarrow"]);

/** The word in front of the second of two claims that are said to be equivalent. */
export const equivalence = "\\Leftrightarrow";

/** Words for what the condition before left over. */
export const remaining = /^(?:or )?(?:else|otherwise|其他|否则)[.,]?$/i;

/** Wide space inside a formula is only space: what begins with a relation or an operator goes on. */
export function joinContinuations(pieces: readonly Piece[]): readonly Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    const goesOn = beginsOpen(piece.tokens) || (last !== undefined && endsOpen(last.tokens));
    if (last !== undefined && piece.before === "space" && piece.words === "" && goesOn) {
      joined[joined.length - 1] = { ...last, tokens: [...last.tokens, ...piece.tokens] };
    } else joined.push(piece);
  }
  return joined;
}

const isOpen = (token: Token | undefined): boolean =>
  token?.kind === "relation" || token?.kind === "operator";
const beginsOpen = (tokens: readonly Token[]): boolean => isOpen(tokens[0]);
const endsOpen = (tokens: readonly Token[]): boolean => isOpen(tokens.at(-1));

/**
 * Brackets around a condition on times are no brackets: `(t > 1)` behind a wide space. Nor are
 * the braces of
 * `\\{\\beta_t \\in (0, 1)\\}_{t=1}^T`, which say it of all times.
 */
export function openBrackets(line: readonly Token[]): readonly Token[] {
  const [only] = line;
  if (only?.kind === "group" && line.length === 1 && isWholeFamily(only)) return only.body;
  return line.flatMap((token, at): readonly Token[] => {
    const apart = standsApart(line[at - 1]) && standsApart(line[at + 1]);
    const round = token.kind === "group" && token.left === "(" && !hasScripts(token);
    if (!round || !apart || !isOnTimes(token.body)) return [token];
    const space: Token = { kind: "space", span: { start: token.span.start, end: token.span.start } };
    return [space, ...token.body, space];
  });
}

const isRelation = (token: Token): boolean => token.kind === "relation" && token.text !== ":";

/** A comparison of whole numbers and letters that may be times. */
const isOnTimes = (body: readonly Token[]): boolean =>
  body.some(isRelation) &&
  body.every(
    (token) =>
      ["number", "relation", "dots", "separator", "operator"].includes(token.kind) ||
      (token.kind === "symbol" && /^[i-nr-tT]$/.test(token.name) && !hasScripts(token)),
  );

const standsApart = (token: Token | undefined): boolean =>
  token === undefined || ["space", "text", "separator"].includes(token.kind);

/** Whether the scripts of a set in braces are 1 or t = 1 and T. */
function isWholeFamily({ left, body, sub, sup }: Token & { kind: "group" }): boolean {
  const [first, second, third] = sub ?? [];
  const [last, ...more] = sup ?? [];
  const start = second === undefined ? first : third;
  const counted =
    second === undefined || (second.kind === "relation" && second.text === "=" && sub?.length === 3);
  return (
    (left === "\\{" || left === "\\lbrace") &&
    counted &&
    start?.kind === "number" &&
    start.text === "1" &&
    last?.kind === "symbol" &&
    last.name === "T" &&
    more.length === 0 &&
    body.some(isRelation)
  );
}

export function withoutFullStop(line: readonly Token[]): readonly Token[] {
  const last = line.at(-1);
  const stop = last?.kind === "other" && [".", "。", "．"].includes(last.text) && last.sub === undefined;
  return stop ? line.slice(0, -1) : line;
}
