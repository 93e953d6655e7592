import type { Expr, Span, SymbolExpr } from "../expr/expr.js";
import { some } from "../expr/walk.js";
import { ReadError } from "./error.js";
import { parseExpression, type Vocabulary } from "./parse.js";
import { joinContinuations, openBrackets, splitPieces, withoutFullStop, type Piece } from "./pieces.js";
import { spanOf, type Token } from "./token.js";

export { equivalence, remaining } from "./pieces.js";
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
  const subjects =
    conditioned(lefts, split.steps, vocabulary, read) ?? lefts.map((tokens) => read(tokens, span));
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

/**
 * `X \mid Y, Z \sim …` speaks of the law of X given Y and Z: the subject is q(X | Y, Z), and p(X | Y, Z) where
 * parameters stand on the right.
 */
function conditioned(
  lefts: readonly (readonly Token[])[],
  [step]: Split["steps"],
  { density, model }: Vocabulary,
  read: (tokens: readonly Token[], near: Span) => Expr,
): readonly Expr[] | undefined {
  const [first = [], ...others] = lefts;
  const at = first.findIndex((token) => token.kind === "separator" && token.text === "|");
  if (at < 0 || step?.relation !== "\\sim") return undefined;
  const span = spanOf(lefts.flat(), step.span);
  const right = read(step.tokens, step.span);
  const learned = some(right, (node) => node.kind === "symbol" && node.name === "\\theta");
  const name = learned ? model : density;
  if (name === undefined) return undefined;
  const of = read(first.slice(0, at), span);
  const given = [first.slice(at + 1), ...others].map((tokens) => read(tokens, span));
  const head: SymbolExpr = { kind: "symbol", name, span };
  return [{ kind: "call", head, args: [of], mark: "|", rest: given, span }];
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
      const pair = next?.kind === "relation" ? `${token.text}${next.text}` : "";
      const defines = pair === ":=" || pair === "=:";
      if (defines) at++;
      // `\perp\!\!\!\perp` is one sign.
      const doubled = token.text === "\\perp" && isEmptyPerp(steps.at(-1));
      if (!doubled) steps.push({ relation: defines ? pair : token.text, tokens: [], span: token.span });
    } else if (token.kind === "separator" && token.text === "|" && steps.at(-1)?.relation === "\\perp") {
      // `X \perp Y \mid Z`: the condition is a step of its own.
      steps.push({ relation: "|", tokens: [], span: token.span });
    } else (steps.at(-1)?.tokens ?? left).push(token);
  }
  return { left, steps };
}

const isEmptyPerp = (step: Split["steps"][number] | undefined): boolean =>
  step?.relation === "\\perp" && step.tokens.length === 0;
