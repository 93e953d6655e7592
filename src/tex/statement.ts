import type { Expr, Span } from "../expr/expr.js";
import { ReadError } from "./error.js";
import { parseExpression, type Vocabulary } from "./parse.js";
import { conditional, readRemark } from "./remark.js";
import { hasScripts, spanOf, type Token } from "./token.js";

export { conditional, universal } from "./remark.js";

/** `relation right`, read after what stands to its left. */
export interface Step {
  readonly relation: string;
  readonly right: Expr;
  readonly span: Span;
}

/** One claim, or several in a row (`a = b = c`). Several subjects share the steps: `z_1, z_2 \sim N`. */
export interface Clause {
  /** Empty where the line begins with a relation: then the line before is meant. */
  readonly subjects: readonly Expr[];
  readonly steps: readonly Step[];
  /** Words in front of the clause: `where`, `if`. */
  readonly words: string;
  readonly span: Span;
}

interface Piece {
  readonly tokens: readonly Token[];
  readonly words: string;
  readonly before: "start" | "comma" | "space" | "text";
}

/** The clauses of one line of a formula. @throws ReadError */
export function parseStatement(line: readonly Token[], vocabulary: Vocabulary): readonly Clause[] {
  const pieces = joinContinuations(splitPieces(openBrackets(withoutFullStop(line))));
  if (pieces.length === 0)
    throw new ReadError("nothing stands here; a formula was expected", spanOf(line, { start: 0, end: 0 }));
  return joinLists(pieces).map((each, at) => clauseOf(each, at === 0, vocabulary));
}

/** A clause before it is read: the one piece with the relation, and what a list adds to its sides. */
interface Draft {
  readonly piece: Piece;
  readonly split: Split;
  /** `z_1, z_2` in front of `z_3 \sim N`. */
  readonly before: readonly Piece[];
  /** `\dots, 1` behind `t = T`. */
  readonly after: readonly Piece[];
}

/**
 * Commas make lists where a piece without a relation stands beside one that has one: `z_1, z_2 \sim N`,
 * `t = T, \dots, 1`. Behind wide space or words such a piece is an expression of its own.
 */
function joinLists(pieces: readonly Piece[]): readonly Draft[] {
  const drafts: Draft[] = [];
  let waiting: Piece[] = [];
  for (const piece of pieces) {
    const split = splitRelations(piece.tokens);
    const last = drafts.at(-1);
    if (split.steps.length > 0) {
      const apart =
        piece.before === "comma" ? waiting.findLastIndex((each) => each.before !== "comma") : waiting.length;
      drafts.push(...waiting.slice(0, Math.max(0, apart)).map(alone));
      drafts.push({ piece, split, before: waiting.slice(Math.max(0, apart)), after: [] });
      waiting = [];
    } else if (
      last !== undefined &&
      last.split.steps.length > 0 &&
      waiting.length === 0 &&
      piece.before === "comma"
    ) {
      drafts[drafts.length - 1] = { ...last, after: [...last.after, piece] };
    } else waiting.push(piece);
  }
  return [...drafts, ...waiting.map(alone)];
}

const alone = (piece: Piece): Draft => ({
  piece,
  split: { left: piece.tokens, steps: [] },
  before: [],
  after: [],
});

function clauseOf({ piece, split, before, after }: Draft, first: boolean, vocabulary: Vocabulary): Clause {
  const span = spanOf(piece.tokens, { start: 0, end: 0 });
  const read = (tokens: readonly Token[], near: Span): Expr => parseSide(tokens, vocabulary, near);
  const words = [...before, piece].flatMap((each) => (each.words === "" ? [] : [each.words])).join(" ");
  const lefts = [...before.map(({ tokens }) => tokens), ...(split.left.length > 0 ? [split.left] : [])];
  // `where \sim a = b`: such a sign relates nothing, and is passed over later.
  if (lefts.length === 0 && !first && split.steps[0]?.relation !== "\\sim")
    throw new ReadError("a relation with nothing on its left", span);
  const subjects = lefts.map((tokens) => read(tokens, span));
  const steps = split.steps.map(({ relation, tokens, span: place }) => ({
    relation,
    right: read(tokens, place),
    span: place,
  }));
  const last = steps.at(-1);
  if (last !== undefined && after.length > 0) {
    const more = after.map(({ tokens }) => read(tokens, span));
    steps[steps.length - 1] = { ...last, right: listOf([last.right, ...more]) };
  }
  return { subjects: subjectsOf(subjects, steps[0]?.relation), steps, words, span };
}

/** `z_1, z_2, \dots \sim N` speaks of each (the dots say "and so on"); `a, b = c, d` of the list. */
function subjectsOf(subjects: readonly Expr[], relation: string | undefined): readonly Expr[] {
  if (subjects.length < 2) return subjects;
  return relation === "\\sim" ? subjects.filter(({ kind }) => kind !== "dots") : [listOf(subjects)];
}

function listOf(items: readonly Expr[]): Expr {
  const [first, last] = [items[0], items.at(-1)];
  const span = { start: first?.span.start ?? 0, end: last?.span.end ?? 0 };
  return { kind: "list", left: "", right: "", items, span };
}

/** A side of a relation; a side that is nothing but dots stands for lines left out. */
function parseSide(tokens: readonly Token[], vocabulary: Vocabulary, near: Span): Expr {
  if (tokens.length > 0 && tokens.every((token) => token.kind === "dots")) {
    return { kind: "dots", span: spanOf(tokens, near) };
  }
  return parseExpression(tokens, vocabulary, near);
}

interface Split {
  readonly left: readonly Token[];
  readonly steps: readonly {
    readonly relation: string;
    readonly tokens: readonly Token[];
    readonly span: Span;
  }[];
}

function splitRelations(tokens: readonly Token[]): Split {
  const left: Token[] = [];
  const steps: { relation: string; tokens: Token[]; span: Span }[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined) break;
    const next = tokens[at + 1];
    if (token.kind === "relation") {
      const defines = token.text === ":" && next?.kind === "relation" && next.text === "=";
      if (defines) at++;
      // `\perp\!\!\!\perp` is one sign.
      const doubled = token.text === "\\perp" && isEmptyPerp(steps.at(-1));
      if (!doubled) steps.push({ relation: defines ? ":=" : token.text, tokens: [], span: token.span });
    } else if (token.kind === "separator" && token.text === "|" && steps.at(-1)?.relation === "\\perp") {
      // `X \perp Y \mid Z`: the condition is a step of its own.
      steps.push({ relation: "|", tokens: [], span: token.span });
    } else (steps.at(-1)?.tokens ?? left).push(token);
  }
  return { left, steps };
}

const isEmptyPerp = (step: Split["steps"][number] | undefined): boolean =>
  step?.relation === "\\perp" && step.tokens.length === 0;

function splitPieces(line: readonly Token[]): readonly Piece[] {
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
function joinContinuations(pieces: readonly Piece[]): readonly Piece[] {
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
function openBrackets(line: readonly Token[]): readonly Token[] {
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

function withoutFullStop(line: readonly Token[]): readonly Token[] {
  const last = line.at(-1);
  const stop = last?.kind === "other" && [".", "。", "．"].includes(last.text) && last.sub === undefined;
  return stop ? line.slice(0, -1) : line;
}
