import type { Expr, Span } from "../expr/expr.js";
import { ReadError } from "./error.js";
import { parseExpression, type Vocabulary } from "./parse.js";
import { spanOf, type Token } from "./token.js";

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
  const pieces = joinContinuations(splitPieces(withoutFullStop(line)));
  const clauses: Clause[] = [];
  let waiting: Piece[] = [];
  for (const piece of pieces) {
    const split = splitRelations(piece.tokens);
    if (split.steps.length === 0) {
      waiting.push(piece);
      continue;
    }
    clauses.push(clauseOf(piece, split, waiting, clauses.length === 0, vocabulary));
    waiting = [];
  }
  if (pieces.length === 0)
    throw new ReadError("nothing stands here; a formula was expected", spanOf(line, { start: 0, end: 0 }));
  if (waiting.length === 0) return clauses;
  if (clauses.length === 0 && waiting.length === 1)
    return waiting.map((piece) => bareClause(piece, vocabulary));
  const [first] = waiting;
  const near = spanOf(line, { start: 0, end: 0 });
  throw new ReadError("a part that states nothing (no relation in it)", spanOf(first?.tokens ?? [], near));
}

function bareClause(piece: Piece, vocabulary: Vocabulary): Clause {
  const span = spanOf(piece.tokens, { start: 0, end: 0 });
  return { subjects: [parseExpression(piece.tokens, vocabulary, span)], steps: [], words: piece.words, span };
}

function clauseOf(
  piece: Piece,
  split: Split,
  waiting: readonly Piece[],
  first: boolean,
  vocabulary: Vocabulary,
): Clause {
  const span = spanOf(piece.tokens, { start: 0, end: 0 });
  const lefts = [...waiting.map((each) => each.tokens), ...(split.left.length > 0 ? [split.left] : [])];
  if (lefts.length === 0 && !first) throw new ReadError("a relation with nothing on its left", span);
  const relation = split.steps[0]?.relation ?? "";
  if (lefts.length > 1 && relation !== "\\sim") {
    throw new ReadError("a list on the left is read in front of \\sim only", spanOf(lefts[0] ?? [], span));
  }
  const subjects = lefts
    .map((tokens) => parseSide(tokens, vocabulary, span))
    // `z_1, z_2, \dots \sim N`: the dots say "and so on".
    .filter((expr) => lefts.length === 1 || expr.kind !== "dots");
  const steps = split.steps.map((step) => ({
    relation: step.relation,
    right: parseSide(step.tokens, vocabulary, step.span),
    span: step.span,
  }));
  const words = [...waiting.map((each) => each.words), piece.words].filter((each) => each !== "").join(" ");
  return { subjects, steps, words, span };
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
      steps.push({ relation: defines ? ":=" : token.text, tokens: [], span: token.span });
    } else (steps.at(-1)?.tokens ?? left).push(token);
  }
  return { left, steps };
}

function splitPieces(line: readonly Token[]): readonly Piece[] {
  const pieces: Piece[] = [];
  let tokens: Token[] = [];
  let words = "";
  let before: Piece["before"] = "start";
  const close = (next: Piece["before"]): void => {
    if (tokens.length > 0) {
      pieces.push({ tokens, words, before });
      tokens = [];
      words = "";
      before = next;
    } else if (before !== "start") before = next;
  };
  for (const token of line) {
    if (token.kind === "text") {
      close("text");
      words = `${words} ${token.text}`.trim();
    } else if (token.kind === "separator" && (token.text === "," || token.text === ";")) close("comma");
    else if (token.kind === "space") close("space");
    else tokens.push(token);
  }
  close("start");
  if (words !== "" && conditional.test(words))
    throw new ReadError(`the condition "${words}" is not read`, spanOf(line, { start: 0, end: 0 }));
  return pieces;
}

/** Words after which a clause limits the statement instead of adding to it. */
export const conditional =
  /(?:^|\W)(?:if|else|otherwise|when|whenever|unless|for|as|provided|given|若|当|如果|其他)(?:$|\W)/i;

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

function withoutFullStop(line: readonly Token[]): readonly Token[] {
  const last = line.at(-1);
  const stop = last?.kind === "other" && [".", "。", "．"].includes(last.text) && last.sub === undefined;
  return stop ? line.slice(0, -1) : line;
}
