import { InputError } from "../error.js";
import type { StatementSource } from "./options.js";
import { refuseExcess, refuseMany } from "./document/excess.js";
import { isClaim, placesIn, type FoundFormula } from "./document/formula.js";
import { findHtmlFormulas } from "./document/html.js";
import { findFormulas } from "./document/markdown.js";
import { findTexFormulas } from "./document/tex.js";

/** Reads the formulas of a document, each with its place. What kind it is, the name's ending says. */
export function readDocument(text: string, file: string): readonly StatementSource[] {
  const kind = /\.(\w+)$/.exec(file)?.[1]?.toLowerCase() ?? "";
  if (kind === "md") return readMarkdown(text, file);
  if (kind === "tex") return statementsOf(findTexFormulas(text), text, file);
  if (kind === "html" || kind === "htm") return readPage(text, file);
  if (kind === "ipynb") return readNotebook(text, file);
  if (kind === "json") return readList(text, file);
  throw new InputError(
    file,
    "a file ending in .md, .tex, .html, .ipynb or .json",
    "Give one of these, or - for standard input.",
  );
}

function readPage(text: string, file: string): readonly StatementSource[] {
  try {
    return statementsOf(findHtmlFormulas(text), text, file);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const remedy = "Give the part of the page that has the formulas.";
    throw new InputError(file, "HTML that is not nested thousands deep", remedy, { cause: error });
  }
}

/** Standard input: a JSON list, or one formula per line. */
export function readStream(text: string): readonly StatementSource[] {
  if (text.trimStart().startsWith("[")) return readList(text, "-");
  const lines = text.split("\n");
  refuseMany(lines.length, "-");
  return lines.flatMap((line, at) => {
    const latex = line.trim();
    if (latex === "") return [];
    return [
      { id: `line-${at + 1}`, latex, source: { file: "-", line: at + 1, column: line.indexOf(latex) + 1 } },
    ];
  });
}

/** The formulas of a Markdown text that state something; the n-th formula of the text is `formula-n`. */
export function readMarkdown(text: string, file: string, prefix = ""): readonly StatementSource[] {
  refuseExcess(text, file);
  try {
    return statementsOf(findFormulas(text), text, file, prefix);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const remedy = "Give the part that has the formulas.";
    throw new InputError(file, "Markdown that is not nested hundreds deep", remedy, { cause: error });
  }
}

function statementsOf(
  found: readonly FoundFormula[],
  text: string,
  file: string,
  prefix = "",
): readonly StatementSource[] {
  refuseMany(found.length, file);
  const placeOf = placesIn(text);
  return found.flatMap((formula, at) => {
    if (!isClaim(formula)) return [];
    const id = `${prefix}${formula.label ?? `formula-${at + 1}`}`;
    return [{ id, latex: formula.latex, source: { file, ...placeOf(formula.offset) } }];
  });
}

/** The Markdown cells of a notebook; `file#cell` names the cell, lines count within it. */
function readNotebook(text: string, file: string): readonly StatementSource[] {
  const notebook = parseJson(text, file);
  const cells = isRecord(notebook) ? notebook["cells"] : undefined;
  if (!Array.isArray(cells)) {
    throw new InputError(
      `the notebook ${file}`,
      "an object with a list of cells",
      "Is it a Jupyter notebook of format 4?",
    );
  }
  return cells.flatMap((cell: unknown, at) => {
    if (!isRecord(cell) || cell["cell_type"] !== "markdown") return [];
    const id = typeof cell["id"] === "string" ? cell["id"] : `cell-${at + 1}`;
    const { source } = cell;
    const lines: unknown[] = Array.isArray(source) ? source : [source];
    return readMarkdown(lines.map(String).join(""), `${file}#${id}`, `${id}:`);
  });
}

/** `[{id, latex, chain?, line?, document?}]`. */
function readList(text: string, file: string): readonly StatementSource[] {
  const list = parseJson(text, file);
  if (!Array.isArray(list)) {
    throw new InputError(file, "a JSON list of statements", 'Write [{"id": "…", "latex": "…"}].');
  }
  refuseMany(list.length, file);
  return list.map((entry: unknown, at) => statementOf(entry, at, file));
}

function statementOf(entry: unknown, at: number, file: string): StatementSource {
  const where = `${file}, entry ${at + 1}`;
  if (!isRecord(entry) || typeof entry["latex"] !== "string") {
    throw new InputError(where, "an object whose latex is a string", 'Write {"id": "…", "latex": "…"}.');
  }
  const { id, latex, chain, line, document } = entry;
  if (id !== undefined && typeof id !== "string")
    throw new InputError(`${where}: id`, "a string", "Quote it.");
  if (chain !== undefined && typeof chain !== "string")
    throw new InputError(`${where}: chain`, "a string", "Quote it.");
  if (document !== undefined && typeof document !== "string")
    throw new InputError(`${where}: document`, "a string", "Quote it.");
  if (line !== undefined && typeof line !== "number")
    throw new InputError(`${where}: line`, "a number", "Remove the quotes.");
  return {
    id: id ?? `entry-${at + 1}`,
    latex,
    source: { file, line: at + 1, column: 1 },
    ...(chain === undefined ? {} : { chain }),
    ...(line === undefined ? {} : { line }),
    ...(document === undefined ? {} : { document }),
  };
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InputError(file, `JSON (${error.message})`, "Check it with a JSON validator.", {
      cause: error,
    });
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
