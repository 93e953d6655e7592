/** A formula found in a document, as written, without what delimits it. */
export interface FoundFormula {
  readonly latex: string;
  readonly isDisplay: boolean;
  /** Where its own text begins, counted in the document. */
  readonly offset: number;
  /** A name the author gave it (`\label`). */
  readonly label?: string;
}

const relation = /[=<>≤≥∝∼]|\\(?:leq?|geq?|sim|propto|approx|equiv|coloneqq|lt|gt)(?![a-zA-Z])/;

/** `$\propto$` in a sentence speaks of the sign. */
const startsWithRelation = new RegExp(`^\\s*(?:${relation.source})`);

/** Displayed formulas, and inline ones with a relation: one without, in the middle of a sentence, claims nothing. */
export const isClaim = ({ latex, isDisplay }: Pick<FoundFormula, "latex" | "isDisplay">): boolean =>
  isDisplay || (relation.test(latex) && !startsWithRelation.test(latex));

/** Line and column, from 1, of the offsets of a text. */
export function placesIn(
  text: string,
): (offset: number) => { readonly line: number; readonly column: number } {
  const starts = lineStarts(text);
  return (offset) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

/** The offset of every line of a text. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** As many spaces, with the line breaks kept: what is masked moves nothing. */
export const blank = (text: string): string => text.replaceAll(/[^\n]/g, " ");
