/** One notebook as a chapter: its text, its results, and its code one click away. */
import {
  isJsonObject,
  languageInfo,
  type Cell,
  type CodeCell,
  type Json,
  type Notebook,
} from "../notebook/format/notebook.js";
import type { ReportContext } from "./context.js";
import { nothing, safe, trusted, type Html } from "../typeset/html.js";
import { renderMarkdown } from "./markdown.js";
import { renderOutput } from "./output.js";

export interface ChapterSource {
  readonly notebook: Notebook;
  /** The file's name without folder and ending. */
  readonly name: string;
}

export function renderChapter({ notebook, name }: ChapterSource, context: ReportContext): Html {
  context.outline.startChapter();
  const [first] = notebook.cells;
  const hasTitle = first?.type === "markdown" && /^(\s*\n)? {0,3}# /.test(first.source);
  const title = hasTitle ? nothing : renderTitle(notebook, name, context);
  const cells = notebook.cells.map((cell) => renderCell(cell, notebook, context));
  const { html: text } = safe`${title}${cells}`;
  // how it was made stands below the title, which may be the first line of the first cell
  const head = /^(<div class="text">)?<h[12][^>]*>.*?<\/h[12]>/s.exec(text)?.[0] ?? "";
  const status = renderStatus(notebook);
  return safe`<article>${trusted(head)}${status}${trusted(text.slice(head.length))}</article>\n`;
}

/** For a notebook without a title of its own: that of its metadata, else its name in words. */
function renderTitle(notebook: Notebook, name: string, { outline }: ReportContext): Html {
  const given = notebook.metadata["title"];
  const words = name.replace(/^\d+[-_]/, "").replace(/[-_]+/g, " ");
  const { id, level, text } = outline.add(
    1,
    typeof given === "string" ? given : words.charAt(0).toUpperCase() + words.slice(1),
  );
  return level === 1 ? safe`<h1 id="${id}">${text}</h1>` : safe`<h2 id="${id}">${text}</h2>`;
}

/** Says what the reader would otherwise have to guess: that results are missing, and how the rest was made. */
function renderStatus(notebook: Notebook): Html {
  const code = notebook.cells.filter(
    (cell): cell is CodeCell => cell.type === "code" && cell.source.trim() !== "",
  );
  const executed = code.filter((cell) => cell.executionCount !== null || cell.outputs.length > 0).length;
  const notice =
    code.length === 0 || executed === code.length
      ? nothing
      : safe`<p class="notice" role="note">${
          executed === 0
            ? "This notebook was not executed: its results are missing."
            : `Only ${executed} of ${code.length} code cells were executed; the results of the others are missing.`
        }</p>`;
  return safe`${renderRun(notebook)}${notice}`;
}

/** Authors and the parameters of the run (`metadata.diffusion_workbook.run`), as far as they are given. */
function renderRun({ metadata }: Notebook): Html {
  const ours = metadata["diffusion_workbook"];
  const run = isJsonObject(ours) && isJsonObject(ours["run"]) ? ours["run"] : {};
  const authors = Array.isArray(metadata["authors"])
    ? metadata["authors"].map(nameOf).filter((one) => one !== "")
    : [];
  const entries: [string, string][] = [
    ...(authors.length === 0 ? [] : [["by", authors.join(", ")] as [string, string]]),
    ...Object.entries(run).map(([key, value]): [string, string] => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  ];
  if (entries.length === 0) return nothing;
  const items = entries.map(([key, value]) => safe`<div><dt>${key}</dt><dd>${value}</dd></div>`);
  return safe`<dl class="run">${items}</dl>`;
}

function nameOf(author: Json): string {
  if (typeof author === "string") return author;
  const name = isJsonObject(author) ? author["name"] : undefined;
  return typeof name === "string" ? name : "";
}

/** Jupyter's conventional tags for what readers of a report do not want to see. */
function hasTag(cell: Cell, ...names: readonly string[]): boolean {
  const { tags } = cell.metadata;
  return Array.isArray(tags) && names.some((name) => tags.includes(name));
}

function renderCell(cell: Cell, notebook: Notebook, context: ReportContext): Html {
  if (cell.type === "raw" || hasTag(cell, "remove-cell", "remove_cell")) return nothing;
  if (cell.type === "markdown") {
    return safe`<div class="text">${renderMarkdown(cell.source, context, { inOutline: true })}</div>\n`;
  }
  const code = hasTag(cell, "remove-input", "remove_input") ? nothing : renderCode(cell, notebook, context);
  const outputs = hasTag(cell, "remove-output", "remove_output") ? [] : cell.outputs;
  return safe`<div class="cell">${code}${outputs.map((output) => renderOutput(output, context))}</div>\n`;
}

function renderCode(cell: CodeCell, { metadata }: Notebook, { highlight }: ReportContext): Html {
  const source = cell.source.trim();
  if (source === "") return nothing;
  const spec = metadata["kernelspec"];
  const language =
    isJsonObject(spec) && typeof spec["language"] === "string" ? spec["language"] : languageInfo.name;
  const count = source.split("\n").length;
  const open = hasTag(cell, "show-input") ? safe` open` : nothing;
  const size = count === 1 ? "1 line" : `${count} lines`;
  const summary = safe`<summary>Code <span>${size}</span></summary>`;
  const code = safe`<pre><code>${highlight(source, language)}</code></pre>`;
  return safe`<details class="code"${open}>${summary}${code}</details>`;
}
