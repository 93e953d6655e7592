/**
 * Jupyter, VS Code and GitHub take `$$…$$` for a displayed formula wherever it stands. remark-math
 * does so only if each `$$` has its line for itself, and otherwise loses the first line of the
 * formula. So the dollars are put on lines of their own before the text is parsed.
 */

/** The text with its `$$` apart, and for each of its lines the line (from 1) it came from. */
export interface SeparatedMath {
  readonly text: string;
  readonly lines: readonly number[];
}

/** Spaces and quote marks before a line; a formula in a list item or quotation stays in it. */
const prefixOf = (line: string): string => /^[ >]*/.exec(line)?.[0] ?? "";

export function separateDisplayMath(markdown: string): SeparatedMath {
  const out: string[] = [];
  const lines: number[] = [];
  let fence: string | undefined;
  /** The prefix of the formula we are in. */
  let math: string | undefined;
  markdown.split("\n").forEach((line, i) => {
    const emit = (...texts: readonly string[]): void => {
      out.push(...texts);
      lines.push(...texts.map(() => i + 1));
    };
    const ticks = math === undefined ? /^[ >]*(`{3,}|~{3,})/.exec(line)?.[1] : undefined;
    if (fence !== undefined) {
      if (ticks?.startsWith(fence) === true) fence = undefined;
      emit(line);
    } else if (ticks !== undefined) {
      fence = ticks;
      emit(line);
    } else if (math === undefined) {
      const opened = open(line);
      emit(...opened.lines);
      if (opened.isOpen) math = prefixOf(line);
    } else {
      const closed = close(line, math);
      emit(...closed.lines);
      if (!closed.isOpen) math = undefined;
    }
  });
  return { text: out.join("\n"), lines };
}

interface Step {
  readonly lines: readonly string[];
  /** Whether a formula is open after these lines. */
  readonly isOpen: boolean;
}

/** A line outside formulas. */
function open(line: string): Step {
  const pieces = line.split("$$");
  const prefix = prefixOf(line);
  const [before = "", inside = "", after = ""] = pieces;
  const startsHere = before === prefix;
  if (pieces.length === 3 && startsHere && after.trim() === "" && inside.trim() !== "") {
    return { lines: [`${prefix}$$`, `${prefix}${inside.trim()}`, `${prefix}$$`], isOpen: false };
  }
  const isOddAtEnd = pieces.length === 2 && (startsHere || inside.trim() === "");
  if (!isOddAtEnd) return { lines: [line], isOpen: false };
  const text = startsHere ? [] : [before.trimEnd()];
  const first = inside.trim() === "" ? [] : [`${prefix}${inside.trim()}`];
  return { lines: [...text, `${prefix}$$`, ...first], isOpen: true };
}

/** A line inside a formula. */
function close(line: string, prefix: string): Step {
  const at = line.indexOf("$$");
  if (at < 0) return { lines: [line], isOpen: true };
  const last = line.slice(prefix.length, at).trim();
  const after = line.slice(at + 2).trim();
  return {
    lines: [
      ...(last === "" ? [] : [`${prefix}${last}`]),
      `${prefix}$$`,
      ...(after === "" ? [] : [`${prefix}${after}`]),
    ],
    isOpen: false,
  };
}
