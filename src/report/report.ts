/** Executed notebooks to one self-contained HTML file. */
import { basename } from "node:path";
import type { Notebook } from "../notebook/format/notebook.js";
import { compactCharts } from "./compact.js";
import { renderChapter } from "./chapter.js";
import type { ReportContext } from "./context.js";
import { createOutline } from "./headings.js";
import { createHighlight } from "./highlight.js";
import { safe, nothing } from "../typeset/html.js";
import { renderPage } from "./page.js";

export interface ReportSource {
  readonly notebook: Notebook;
  /** The notebook's file; its name links and titles fall back to. */
  readonly file: string;
  /** The contents of a file given relative to the notebook, or undefined if there is none. */
  readonly readBeside: (path: string) => Uint8Array | undefined;
}

export interface ReportOptions {
  /** Of the document, if it has several notebooks. */
  readonly title?: string;
}

/**
 * The text of the HTML file. It shows everything without a script or a network, and says so where a
 * result is missing or cannot be shown. The same notebooks always give the same file.
 * @param sources one notebook, whose title is the document's, or several, one chapter each
 */
export async function buildReport(
  sources: readonly ReportSource[],
  options: ReportOptions = {},
): Promise<string> {
  const isSingle = sources.length === 1;
  const outline = createOutline(isSingle ? 0 : 1);
  const highlight = await createHighlight();
  let figures = 0;
  let prefixes = 0;
  const names = sources.map(({ file }) => basename(file, ".ipynb"));
  const notebooks = await Promise.all(sources.map(({ notebook }) => compactCharts(notebook)));
  const chapters = sources.map(({ notebook: original, readBeside }, i) => {
    const notebook = notebooks[i] ?? original;
    const name = names[i] ?? "";
    const context: ReportContext = {
      highlight,
      outline,
      readBeside,
      nextFigure: () => (figures += 1),
      nextPrefix: () => `in-${(prefixes += 1)}-`,
      chapterLink: (file) => (names.includes(file) ? `#${chapterMark(file)}` : undefined),
    };
    return safe`<div id="${chapterMark(name)}" class="notebook">${renderChapter({ notebook, name }, context)}</div>\n`;
  });
  const title = isSingle ? (outline.headings[0]?.text ?? "Report") : (options.title ?? "Diffusion workbook");
  return renderPage({
    title,
    language: "en",
    heading: isSingle ? nothing : safe`<h1>${title}</h1>`,
    chapters: safe`${chapters}`,
    headings: outline.headings,
  });
}

/** An address that no heading has, since headings have no colon. */
function chapterMark(name: string): string {
  return `notebook:${name}`;
}
