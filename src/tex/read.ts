import type { Span } from "../expr/expr.js";
import { ReadError } from "./error.js";
import { parseKatex } from "./katex.js";
import { splitLines, withoutLooseMarks, type Line } from "./lines.js";
import type { Vocabulary } from "./parse.js";
import { parseStatement, type Clause } from "./statement.js";
import { spanOf } from "./token.js";

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
    const typeset = withoutLooseMarks(latex);
    const lines = splitLines(parseKatex(typeset), typeset);
    const rows = lines.reduce((count, { from, rows: more }) => Math.max(count, from + more), 0);
    const sources = rows === 1 ? [latex] : sourceLines(latex);
    const sliced = sources.length === rows;
    return lines.map(({ line, from, rows: count }) => {
      const source = sliced ? sources.slice(from, from + count).join(" ") : latex;
      return readLine(line, source, whole, vocabulary);
    });
  } catch (error) {
    if (error instanceof ReadError) return [{ latex, span: whole, error }];
    throw error;
  }
}

function readLine(line: Line, latex: string, whole: Span, vocabulary: Vocabulary): ReadLine {
  if ("error" in line) return { latex, span: whole, error: line.error };
  try {
    return { latex, span: spanOf(line.tokens, whole), clauses: parseStatement(line.tokens, vocabulary) };
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
