/**
 * The outline of the report: one h1, no level left out, and an address for every heading. Notebooks
 * are written one by one, each with an h1 of its own; here they become parts of one document.
 */
import { safe, type Html } from "../typeset/html.js";
import { slug } from "../notebook/format/cellId.js";

export interface Heading {
  /** Unique in the document. */
  readonly id: string;
  /** 1 to 6, as in h1 to h6. */
  readonly level: number;
  readonly text: string;
  /** As the table of contents shows it. */
  readonly label: Html;
}

export interface Outline {
  /**
   * Adds a heading and says what it becomes.
   * @param depth as written: 1 for `#`
   * @param label as the table of contents shows it; by default the text
   */
  readonly add: (depth: number, text: string, label?: Html) => Heading;
  /** Starts a notebook: its first `#` is its title. */
  readonly startChapter: () => void;
  readonly headings: readonly Heading[];
}

/** @param shift how much deeper the notebooks' headings lie: 0 for a single notebook, else 1 */
export function createOutline(shift: 0 | 1): Outline {
  const headings: Heading[] = [];
  const ids = new Set<string>(["contents", "text"]);
  let hasTitle = false;
  return {
    headings,
    startChapter: () => {
      hasTitle = false;
    },
    add: (depth, text, label = safe`${text}`) => {
      const isTitle = depth === 1 && !hasTitle;
      if (isTitle) hasTitle = true;
      const wanted = (isTitle ? 1 : Math.max(depth, 2)) + shift;
      const previous = headings.at(-1)?.level ?? shift;
      const heading = {
        id: freeId(slug(text) || "section", ids),
        level: Math.min(wanted, previous + 1, 6),
        text,
        label,
      };
      headings.push(heading);
      return heading;
    },
  };
}

function freeId(base: string, taken: Set<string>): string {
  let id = base;
  for (let n = 2; taken.has(id); n += 1) id = `${base}-${n}`;
  taken.add(id);
  return id;
}
