import type { Highlight } from "./highlight.js";
import type { Outline } from "./headings.js";

/** What the parts of one report share while it is made. */
export interface ReportContext {
  readonly highlight: Highlight;
  readonly outline: Outline;
  /** The number of the next figure, from 1. */
  readonly nextFigure: () => number;
  /** A prefix that no other cell or output has, for ids inside foreign markup. */
  readonly nextPrefix: () => string;
  /** The contents of a file beside the notebook, or undefined if there is none. */
  readonly readBeside: (path: string) => Uint8Array | undefined;
  /** The address, within the report, of another notebook by its file name; undefined if it is not part of it. */
  readonly chapterLink: (file: string) => string | undefined;
}
