import katex from "katex";
import { ReadError } from "./error.js";
import type { KatexNode } from "./nodes.js";

/** Beyond these a formula is refused unread: no derivation needs them, and KaTeX recurses. */
export const limits = { characters: 20_000, depth: 120, expansions: 1_000 } as const;

interface KatexInternals {
  readonly __parse: (tex: string, options: object) => readonly KatexNode[];
}

/**
 * KaTeX's own parse tree of a formula: what is typeset is what is read.
 * @throws ReadError with the place, for what KaTeX refuses and for formulas beyond the limits
 */
export function parseKatex(latex: string): readonly KatexNode[] {
  refuseExcess(latex);
  try {
    return (katex as unknown as KatexInternals).__parse(latex, {
      displayMode: true,
      throwOnError: true,
      strict: "ignore",
      trust: false,
      maxExpand: limits.expansions,
      maxSize: 100,
      macros: {},
    });
  } catch (error) {
    if (isKatexError(error)) {
      const start = error.position ?? 0;
      throw new ReadError(
        `LaTeX that KaTeX refuses: ${error.rawMessage}`,
        { start, end: start + (error.length ?? 0) },
        { cause: error },
      );
    }
    if (error instanceof RangeError) {
      throw new ReadError("nested too deeply to be parsed", { start: 0, end: 0 }, { cause: error });
    }
    throw error;
  }
}

interface KatexError extends Error {
  readonly position?: number;
  readonly length?: number;
  readonly rawMessage: string;
}

function isKatexError(error: unknown): error is KatexError {
  return error instanceof Error && error.name === "ParseError" && "rawMessage" in error;
}

/** KaTeX's parser recurses into braces; a formula is measured before it is let in. */
function refuseExcess(latex: string): void {
  if (latex.length > limits.characters) {
    const span = { start: limits.characters, end: limits.characters };
    throw new ReadError(
      `the formula has ${latex.length} characters; at most ${limits.characters} are read`,
      span,
    );
  }
  let depth = 0;
  for (let at = 0; at < latex.length; at++) {
    const character = latex[at];
    if (character === "\\") {
      at++; // `\{` is a character, not a group
    } else if (character === "{") {
      depth++;
    } else if (character === "}") {
      depth--;
    }
    if (depth > limits.depth) {
      throw new ReadError(`nested more than ${limits.depth} deep`, { start: at, end: at + 1 });
    }
  }
}
