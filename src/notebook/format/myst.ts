/**
 * The .md half: a notebook as MyST Markdown, in the form jupytext reads and writes
 * (https://jupytext.readthedocs.io, "MyST Markdown"). Prose is plain Markdown; a code cell is a
 * fence ```{code-cell} with its metadata as YAML; `+++ {json}` stands before a Markdown cell that
 * has metadata or follows another one. What the form cannot hold is refused, never changed.
 */
import { InputError } from "../../error.js";
import { findBlocks } from "./blocks.js";
import { ownId } from "./cellId.js";
import { readMyst, textRepresentation } from "./mystRead.js";
import {
  languageInfo,
  languageOf,
  isJsonObject,
  sameJson,
  toJson,
  toJsonObject,
  without,
  type Cell,
  type Json,
  type JsonObject,
  type Notebook,
} from "./notebook.js";
import { escapeCharacter, writeYaml } from "./yaml.js";

/**
 * The text of the .md. Reading it back gives the same cells, ids and metadata; this is checked here.
 * @param name the notebook, for messages
 * @throws InputError naming the first cell that a .md cannot hold
 */
export function writeMyst(notebook: Notebook, name: string): string {
  const language = languageOf(notebook, name);
  notebook.cells.forEach((cell, i) => refuseUnwritable(cell, `${name}: cell ${i + 1} (${cell.id})`));
  let text = `---\n${writeYaml(frontMatter(notebook.metadata))}---\n`;
  let afterMarkdown = false;
  for (const cell of notebook.cells) {
    text += cell.type === "markdown" ? writeMarkdown(cell, afterMarkdown) : writeFenced(cell, language);
    afterMarkdown = cell.type === "markdown";
  }
  refuseLoss(notebook, readMyst(text, name), name);
  return text;
}

/** All notebook metadata but what every notebook of the language has. */
function frontMatter(metadata: JsonObject): JsonObject {
  const { language_info: info, jupytext } = metadata;
  const rest = without(metadata, "language_info", "jupytext");
  const isUsual = info === undefined || sameJson(toJson(info, "language_info"), toJson(languageInfo, ""));
  const settings = isJsonObject(jupytext) ? jupytext : {};
  return toJsonObject(
    {
      ...rest,
      jupytext: { ...settings, text_representation: textRepresentation },
      ...(isUsual ? {} : { language_info: info }),
    },
    "metadata",
  );
}

/** The metadata as the .md shows them: with the id where it is not the cell's own. */
function shownMetadata(cell: Cell): JsonObject {
  return cell.id === ownId(cell)
    ? cell.metadata
    : toJsonObject({ ...cell.metadata, id: cell.id }, "metadata");
}

function writeMarkdown(cell: Cell, afterMarkdown: boolean): string {
  const metadata = shownMetadata(cell);
  const isPlain = Object.keys(metadata).length === 0;
  const breakLine = isPlain ? (afterMarkdown ? "\n+++\n" : "") : `\n+++ ${oneLine(metadata)}\n`;
  return `${breakLine}\n${cell.source}\n`;
}

/** JSON in one line, spaced as Python does it; characters some tools take for line ends are escaped. */
function oneLine(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const pairs = Object.entries(value as JsonObject).map(
      ([key, item]) => `${oneLine(key)}: ${oneLine(item)}`,
    );
    return `{${pairs.join(", ")}}`;
  }
  return JSON.stringify(value).replace(/[\x7f-\x9f\u2028\u2029]/g, escapeCharacter);
}

function writeFenced(cell: Cell, language: string): string {
  const fence = "`".repeat(Math.max(3, longestFence(cell.source) + 1));
  const info = cell.type === "code" ? `{code-cell} ${language}` : "{raw-cell}";
  return `\n${fence}${info}\n${writeOptions(shownMetadata(cell), cell.source)}${cell.source}\n${fence}\n`;
}

function longestFence(source: string): number {
  return Math.max(0, ...[...source.matchAll(/^ {0,3}(`{3,})/gm)].map(([, ticks = ""]) => ticks.length));
}

/** The metadata above the source: `:name: value` lines where flat, else YAML between `---`. */
function writeOptions(metadata: JsonObject, source: string): string {
  const startsBlank = /^\s*(\n|$)/.test(source);
  if (Object.keys(metadata).length === 0) {
    // a reader drops one blank line, and takes a first line with --- or : for metadata
    return (startsBlank && source !== "") || /^(---|\s*:)/.test(source) ? "\n" : "";
  }
  const yaml = writeYaml(metadata);
  const lines = yaml.trimEnd().split("\n");
  if (lines.every((line) => /^\p{Letter}/u.test(line)))
    return `${lines.map((line) => `:${line}`).join("\n")}\n\n`;
  return `---\n${yaml}---\n${startsBlank ? "\n" : ""}`;
}

function refuseUnwritable(cell: Cell, where: string): void {
  // jupytext splits lines at these; a lone surrogate has no UTF-8; U+0000 is no text in Markdown
  const control = /(?![\t\n])\p{Control}|[\u2028\u2029]|\p{Surrogate}/u.exec(cell.source)?.[0];
  if (control !== undefined) {
    throw new InputError(
      `${where} holds the character U+${control.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`,
      "lines ended by line feeds and no other control characters",
      control === "\r" ? "Save it with LF line ends." : "Write it as an escape sequence.",
    );
  }
  if ("id" in cell.metadata) {
    throw new InputError(
      `${where} has metadata.id`,
      "no metadata of that name: it holds the cell's id",
      "Rename it.",
    );
  }
  if (cell.type !== "markdown") return;
  const edge = /^[^\S\n]*(\n|$)|\s$/.exec(cell.source);
  if (edge !== null) {
    throw new InputError(
      `${where} is empty, or has blank lines or spaces at its edge`,
      "Markdown that starts and ends with text",
      "Remove them, or let `workbook sync` do it.",
    );
  }
  if (standsAlone(cell.source)) return;
  throw new InputError(
    where,
    "Markdown that can stand among other cells: no line that starts with +++ or with a {code-cell} fence, every code fence and HTML comment closed",
    "Indent such a line by four spaces, or close what is open.",
  );
}

/** Whether the Markdown neither opens a cell itself nor swallows what follows it. */
function standsAlone(source: string): boolean {
  const blocks = findBlocks(`${source}\n\n+++`);
  return blocks.length === 1 && blocks[0]?.first === source.split("\n").length + 1;
}

/** The safety net under everything above: what was written has been read back. */
function refuseLoss(notebook: Notebook, back: Notebook, name: string): void {
  const content = (cell: Cell | undefined): Json =>
    cell === undefined ? null : [cell.type, cell.id, cell.metadata, cell.source];
  const count = Math.max(notebook.cells.length, back.cells.length);
  for (let i = 0; i < count; i += 1) {
    if (sameJson(content(notebook.cells[i]), content(back.cells[i]))) continue;
    throw new InputError(`${name}: cell ${i + 1}`, "a cell that reads the same from the .md", "Simplify it.");
  }
  const metadata = without(notebook.metadata, "language_info");
  if (sameJson(metadata, without(back.metadata, "language_info"))) return;
  throw new InputError(
    `${name}: metadata ${JSON.stringify(metadata)}`,
    "metadata that YAML can hold",
    "Simplify them.",
  );
}
