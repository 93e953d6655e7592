/**
 * What belongs to a notebook's text and what only to one run or one viewer. `notebooks/` holds the
 * former; outputs are made again by `workbook run`.
 */
import {
  isJsonObject,
  languageInfo,
  languageOf,
  without,
  type Cell,
  type JsonObject,
  type Notebook,
} from "./format/notebook.js";

/** Metadata in which Jupyter and VS Code keep the state of a run or of the screen. */
const volatile = ["ExecuteTime", "autoscroll", "collapsed", "execution", "scrolled", "trusted", "vscode"];
const volatileOfNotebook = ["signature", "vscode", "widgets"];

export interface Tidied {
  readonly notebook: Notebook;
  /** What was taken away, in words: "outputs of 3 cells". Changes of no interest are not mentioned. */
  readonly removed: readonly string[];
}

/** The notebook without outputs, state of viewers, empty Markdown cells and blank edges of Markdown. */
export function tidy(notebook: Notebook, name: string): Tidied {
  const kept = notebook.cells.filter((cell) => !isEmptyMarkdown(cell));
  const cells = kept.map(tidyCell);
  const withOutputs = kept.filter((cell) => cell.type === "code" && cell.outputs.length > 0).length;
  const trimmed = kept.filter((cell, i) => cell.source !== cells[i]?.source).length;
  const empty = notebook.cells.length - kept.length;
  return {
    notebook: { metadata: tidyMetadata(notebook.metadata, name), cells },
    removed: [
      ...count(withOutputs, (cells) => `outputs of ${cells}`),
      ...count(trimmed, (cells) => `blank edges of ${cells}`),
      ...count(empty, (cells) => `${cells} of empty Markdown`),
    ],
  };
}

function count(n: number, phrase: (cells: string) => string): readonly string[] {
  return n === 0 ? [] : [phrase(n === 1 ? "1 cell" : `${n} cells`)];
}

/** An empty cell that carries metadata (a place for an answer, say) is not ours to remove. */
function isEmptyMarkdown(cell: Cell): boolean {
  return cell.type === "markdown" && cell.source.trim() === "" && Object.keys(cell.metadata).length === 0;
}

function tidyCell(cell: Cell): Cell {
  const metadata = without(cell.metadata, ...volatile);
  if (cell.type === "code") return { ...cell, metadata, outputs: [], executionCount: null };
  if (cell.type === "raw") return { ...cell, metadata };
  return { ...cell, metadata, source: cell.source.replace(/^([^\S\n]*\n)+/, "").trimEnd() };
}

/** The recorded state of the pair is taken off too: it is about the files, not part of the text. */
function tidyMetadata(metadata: JsonObject, name: string): JsonObject {
  const usual = languageOf({ metadata }, name) === languageInfo.name ? { language_info: languageInfo } : {};
  const rest = without(metadata, ...volatileOfNotebook, "diffusion_workbook");
  const ours = metadata["diffusion_workbook"];
  const kept = isJsonObject(ours) ? without(ours, "source_hash", "run") : {};
  const all = { ...rest, ...(Object.keys(kept).length === 0 ? {} : { diffusion_workbook: kept }), ...usual };
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}
