import type { Span } from "../expr/expr.js";
import { ReadError } from "./error.js";
import { parseKatex } from "./katex.js";
import type { KatexArray, KatexNode } from "./nodes.js";
import type { Vocabulary } from "./parse.js";
import { parseStatement, type Clause } from "./statement.js";
import { tokenize } from "./tokenize.js";
import { spanOf, type Token } from "./token.js";

/** One line of a formula: its clauses, or the place where reading stopped. */
export interface ReadLine {
  /** The line as written, without alignment marks. */
  readonly latex: string;
  readonly span: Span;
  readonly clauses?: readonly Clause[];
  readonly error?: ReadError;
}

/**
 * Reads a formula through KaTeX's parser. Several lines come from `aligned`, `gathered` and `\\`.
 * A line that cannot be read carries its error and does not stop the others.
 */
export function readLatex(latex: string, vocabulary: Vocabulary): readonly ReadLine[] {
  const whole = { start: 0, end: latex.length };
  try {
    const lines = splitLines(parseKatex(latex), latex);
    const sources = lines.length === 1 ? [latex] : sourceLines(latex);
    const sliced = sources.length === lines.length;
    return lines.map((line, at) =>
      readLine(line, sliced ? (sources[at] ?? latex) : latex, whole, vocabulary),
    );
  } catch (error) {
    if (error instanceof ReadError) return [{ latex, span: whole, error }];
    throw error;
  }
}

function readLine(tokens: LazyTokens, latex: string, whole: Span, vocabulary: Vocabulary): ReadLine {
  try {
    const made = tokens();
    return { latex, span: spanOf(made, whole), clauses: parseStatement(made, vocabulary) };
  } catch (error) {
    if (error instanceof ReadError) return { latex, span: whole, error };
    throw error;
  }
}

/** The text of each line of an environment, for showing: KaTeX's rows carry no places of their own. */
function sourceLines(latex: string): readonly string[] {
  const inside =
    /^[^]*?\\begin\{([a-z]+\*?)\}(?:\{[^}]*\})?([^]*)\\end\{\1\}[^]*$/.exec(latex.trim())?.[2] ?? latex;
  const lines: string[] = [];
  let [depth, from] = [0, 0];
  const marks = /\\begin\b|\\end\b|\\\\(?:\[[^\]]*\])?|\\.|[{}]/g;
  for (let match = marks.exec(inside); match !== null; match = marks.exec(inside)) {
    const [text] = match;
    if (text === "{" || text === "\\begin") depth++;
    else if (text === "}" || text === "\\end") depth--;
    else if (text.startsWith("\\\\") && depth === 0) {
      lines.push(inside.slice(from, match.index));
      from = match.index + text.length;
    }
  }
  lines.push(inside.slice(from));
  return lines
    .map((line) =>
      line
        .replaceAll(/(?<!\\)&/g, " ")
        .replaceAll(/\s+/g, " ")
        .trim(),
    )
    .filter((line) => line !== "");
}

type LazyTokens = () => readonly Token[];

function splitLines(nodes: readonly KatexNode[], latex: string): readonly LazyTokens[] {
  const flat = unwrap(nodes);
  const arrays = flat.filter(isRows);
  const [array] = arrays;
  if (array === undefined) return splitBreaks(flat, latex);
  const others = flat.filter((node) => node !== array && !isPunctuation(node));
  if (others.length > 0) {
    return [
      () => {
        throw new ReadError("something beside the lines of an aligned environment", {
          start: 0,
          end: latex.length,
        });
      },
    ];
  }
  return array.body.map((row) => () => tokenize(row, latex)).filter((row) => isFilled(row));
}

/** An empty last row comes from a trailing `\\`. A row that cannot be read is not empty. */
function isFilled(row: LazyTokens): boolean {
  try {
    return row().length > 0;
  } catch (error) {
    if (error instanceof ReadError) return true;
    throw error;
  }
}

function splitBreaks(nodes: readonly KatexNode[], latex: string): readonly LazyTokens[] {
  const lines: KatexNode[][] = [[]];
  for (const node of nodes) {
    if (node.type === "cr") lines.push([]);
    else lines.at(-1)?.push(node);
  }
  const filled = lines.filter((line) => line.length > 0);
  return (filled.length > 0 ? filled : [[]]).map((line) => () => tokenize(line, latex));
}

/** Through `\tag`, `\displaystyle`, colours and braces around the whole formula. */
function unwrap(nodes: readonly KatexNode[]): readonly KatexNode[] {
  return nodes.flatMap((node) => {
    const wraps =
      node.type === "tag" || node.type === "styling" || node.type === "color" || node.type === "sizing";
    if (wraps || (node.type === "ordgroup" && nodes.length === 1)) return unwrap(node.body);
    return [node];
  });
}

const isRows = (node: KatexNode): node is KatexArray =>
  node.type === "array" && ["align", "alignat", "gather"].includes(node.colSeparationType ?? "");

const isPunctuation = (node: KatexNode): boolean =>
  node.type === "kern" ||
  node.type === "spacing" ||
  ((node.type === "atom" || node.type === "textord") && /^[.,;。，；]$/.test(node.text));
