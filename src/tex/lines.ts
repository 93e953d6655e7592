import { matchBrackets } from "./brackets.js";
import { ReadError } from "./error.js";
import type { KatexArray, KatexNode } from "./nodes.js";
import { tokenizeOpen } from "./tokenize.js";
import type { Token } from "./token.js";

/** The tokens of one line of a formula, or why they could not be made. */
export type Line = { readonly tokens: readonly Token[] } | { readonly error: ReadError };

/** How the rows of the typeset formula make lines: `from` is the first row of the line, `rows` their number. */
export interface LineOfRows {
  readonly line: Line;
  readonly from: number;
  readonly rows: number;
}

/** The lines of a formula: rows of `aligned`, `gathered`, `array`, or parts between `\\`. */
export function splitLines(nodes: readonly KatexNode[], latex: string): readonly LineOfRows[] {
  const rows = rowsOf(unwrap(nodes)).map((row) => openRow(row, latex));
  const joined: { row: OpenRow; from: number; rows: number }[] = [];
  for (const [from, row] of rows.entries()) {
    const last = joined.at(-1);
    if (last !== undefined && goesOn(last.row, row)) {
      joined[joined.length - 1] = { ...last, row: together(last.row, row), rows: last.rows + 1 };
    } else joined.push({ row, from, rows: 1 });
  }
  // An empty last row comes from a trailing `\\`. A row that cannot be read is not empty.
  const filled = joined.filter(({ row }) => row instanceof ReadError || row.length > 0);
  const kept = filled.length > 0 ? filled : joined.slice(0, 1);
  return kept.map(({ row, ...place }) => ({ ...place, line: closed(row) }));
}

/** Brackets may be open still. */
type OpenRow = readonly Token[] | ReadError;

function openRow(nodes: readonly KatexNode[], latex: string): OpenRow {
  return caught(() => tokenizeOpen(nodes, latex));
}

function closed(row: OpenRow): Line {
  if (row instanceof ReadError) return { error: row };
  const tokens = caught(() => matchBrackets(row));
  return tokens instanceof ReadError ? { error: tokens } : { tokens };
}

function caught<T>(make: () => T): T | ReadError {
  try {
    return make();
  } catch (error) {
    if (error instanceof ReadError) return error;
    throw error;
  }
}

/**
 * Whether the row continues the one before: a bracket is open still, the row before ends with an
 * operator, or this one begins with one and states nothing of its own (`+ b`, not `-a = b`).
 */
function goesOn(before: OpenRow, row: OpenRow): boolean {
  if (before instanceof ReadError || row instanceof ReadError || before.length === 0) return false;
  if (depthOf(before) > 0) return true;
  const [first] = row.filter(({ kind }) => kind !== "space");
  if (first === undefined) return false;
  const last = before.findLast(({ kind }) => kind !== "space");
  if (last?.kind === "operator" || last?.kind === "relation") return true;
  return first.kind === "operator" && !row.some(({ kind }) => kind === "relation");
}

const together = (before: OpenRow, row: OpenRow): OpenRow =>
  before instanceof ReadError || row instanceof ReadError ? before : [...before, ...row];

function depthOf(row: readonly Token[]): number {
  return row.reduce(
    (depth, token) => (token.kind === "bracket" ? depth + (token.side === "open" ? 1 : -1) : depth),
    0,
  );
}

function rowsOf(nodes: readonly KatexNode[]): readonly (readonly KatexNode[])[] {
  const at = nodes.findIndex(isRows);
  const array = nodes[at];
  if (array === undefined || !isRows(array)) return splitBreaks(nodes);
  const before = nodes.slice(0, at);
  const after = nodes.slice(at + 1).filter((node) => !isPunctuation(node));
  const alone = before.every(isPunctuation) && after.length === 0;
  // `L = \begin{aligned} … \end{aligned}` begins its first line outside; an array may as well be a matrix.
  if (after.length > 0 || (!alone && array.colSeparationType === undefined)) return [nodes];
  return array.body.map((row, number) => (number === 0 && !alone ? [...before, ...row] : row));
}

function splitBreaks(nodes: readonly KatexNode[]): readonly (readonly KatexNode[])[] {
  const lines: KatexNode[][] = [[]];
  for (const node of nodes) {
    if (node.type === "cr") lines.push([]);
    else lines.at(-1)?.push(node);
  }
  return lines;
}

/** Through `\tag`, `\displaystyle`, colours and braces around the whole formula, and the brace of a system. */
function unwrap(nodes: readonly KatexNode[]): readonly KatexNode[] {
  return nodes.flatMap((node): readonly KatexNode[] => {
    const wraps =
      node.type === "tag" || node.type === "styling" || node.type === "color" || node.type === "sizing";
    if (wraps || (node.type === "ordgroup" && nodes.length === 1)) return unwrap(node.body);
    const system = node.type === "leftright" && nodes.length === 1 && node.right === ".";
    const [only] = system ? node.body : [];
    if (system && node.body.length === 1 && only !== undefined && isAligned(only)) return [only];
    return [node];
  });
}

const isAligned = (node: KatexNode): node is KatexArray =>
  node.type === "array" && ["align", "alignat", "gather"].includes(node.colSeparationType ?? "");

const isRows = (node: KatexNode): node is KatexArray =>
  node.type === "array" && (node.colSeparationType === undefined || isAligned(node));

const isPunctuation = (node: KatexNode): boolean =>
  node.type === "kern" ||
  node.type === "spacing" ||
  ((node.type === "atom" || node.type === "textord") && /^[.,;。，；]$/.test(node.text));

/**
 * Alignment marks outside every environment, as in a line taken out of `aligned`, and labels become
 * spaces: KaTeX refuses them. Nothing else moves, so places stay true.
 */
export function withoutLooseMarks(latex: string): string {
  let depth = 0;
  return latex.replaceAll(/\\begin\b|\\end\b|\\label\{[^{}]*\}|\\[^]|%[^\n]*|&/g, (mark) => {
    if (mark === "\\begin") depth++;
    else if (mark === "\\end") depth--;
    const refused = mark.startsWith("\\label{") || (mark === "&" && depth === 0);
    return refused ? " ".repeat(mark.length) : mark;
  });
}
