/** Reads MyST Markdown into a notebook; the form is described in myst.ts. */
import { InputError } from "../../error.js";
import { findBlocks, type Block } from "./blocks.js";
import { assignIds } from "./cellId.js";
import {
  isJsonObject,
  languageInfo,
  languageOf,
  toJsonObject,
  without,
  type Cell,
  type JsonObject,
  type Notebook,
} from "./notebook.js";
import { readYaml } from "./yaml.js";

/** What tells jupytext how to read the file. */
export const textRepresentation = { extension: ".md", format_name: "myst", format_version: 0.13 };

interface Draft {
  readonly type: Cell["type"];
  readonly metadata: JsonObject;
  readonly source: string;
  readonly givenId: string | undefined;
  /** The line of the file, from 1, on which the source starts. */
  readonly line: number;
}

/** A notebook and, per cell, the line of the .md (from 1) on which its source starts. */
export interface MystNotebook extends Notebook {
  readonly lines: readonly number[];
}

/**
 * @param name the file, for messages
 * @param previous the notebook as it was last: unchanged cells keep their ids from there
 * @throws InputError with the line for whatever is not a notebook in this form
 */
export function readMyst(text: string, name: string, previous?: Notebook): MystNotebook {
  if (text.includes("\r")) {
    throw new InputError(`${name} has carriage returns`, "LF line ends", "Save it with LF line ends.");
  }
  const lines = text.split("\n");
  const { metadata, bodyStart } = readFrontMatter(lines, name);
  const language = languageOf({ metadata }, name);
  const drafts = readCells(lines.slice(bodyStart), { name, offset: bodyStart, language });
  const ids = assignIds(drafts, previous, (i) => `${name}:${drafts[i]?.line ?? 0}`);
  const cells = drafts.map(({ type, metadata, source }, i): Cell => {
    const common = { id: ids[i] ?? "", metadata, source };
    return type === "code" ? { type, ...common, outputs: [], executionCount: null } : { type, ...common };
  });
  return { metadata, cells, lines: drafts.map((draft) => draft.line) };
}

function readFrontMatter(
  lines: readonly string[],
  name: string,
): { metadata: JsonObject; bodyStart: number } {
  const end = lines.indexOf("---", 1);
  if (lines[0] !== "---" || end < 0) {
    throw new InputError(
      `${name}:1: ${JSON.stringify(lines[0])}`,
      "front matter: a line ---, the notebook's metadata as YAML, a line ---",
      "Copy it from another notebook.",
    );
  }
  const front = readYaml(lines.slice(1, end).join("\n"), `${name}: front matter`);
  const metadata = without(front, "jupytext");
  const jupytext = isJsonObject(front["jupytext"]) ? front["jupytext"] : {};
  const form = jupytext["text_representation"];
  const settings = without(jupytext, "text_representation");
  const format = isJsonObject(form) ? form["format_name"] : undefined;
  if (format !== undefined && format !== "myst") {
    throw new InputError(
      `${name}: format_name = ${JSON.stringify(format)}`,
      "myst",
      `Convert it: jupytext --to md:myst ${name}`,
    );
  }
  const info =
    languageOf({ metadata }, name) === languageInfo.name
      ? { language_info: languageInfo, ...metadata }
      : metadata;
  const all = Object.keys(settings).length === 0 ? info : { ...info, jupytext: settings };
  return { metadata: toJsonObject(all, "metadata"), bodyStart: end + 1 };
}

interface Place {
  readonly name: string;
  /** Lines of the file before the body. */
  readonly offset: number;
  readonly language: string;
}

function readCells(body: readonly string[], place: Place): readonly Draft[] {
  const drafts: Draft[] = [];
  let start = 0;
  let metadata: JsonObject | undefined;
  const flush = (end: number): void => {
    const draft = readMarkdown(body, start, end, metadata, place);
    if (draft !== undefined) drafts.push(draft);
  };
  for (const block of findBlocks(body.join("\n"))) {
    refuseIndented(block, body, place);
    flush(block.first);
    start = block.last + 1;
    metadata = block.type === "break" ? readBreak(body[block.first] ?? "", place, block.first) : undefined;
    if (block.type === "fence") drafts.push(readFence(block, body, place));
  }
  flush(body.length);
  return drafts;
}

function refuseIndented(block: Block, body: readonly string[], { name, offset }: Place): void {
  if (!block.indented) return;
  throw new InputError(
    `${name}:${offset + block.first + 1}: ${JSON.stringify(body[block.first])}`,
    "a cell to start in the first column",
    "Remove the spaces before it, or indent it by four.",
  );
}

function readMarkdown(
  body: readonly string[],
  start: number,
  end: number,
  metadata: JsonObject | undefined,
  { name, offset }: Place,
): Draft | undefined {
  let first = start;
  while (first < end && (body[first] ?? "").trim() === "") first += 1;
  const source = body.slice(first, end).join("\n").trimEnd();
  if (source !== "")
    return { type: "markdown", source, line: offset + first + 1, ...splitId(metadata ?? {}) };
  if (metadata === undefined || Object.keys(metadata).length === 0) return undefined;
  throw new InputError(
    `${name}:${offset + start}: ${JSON.stringify(body[start - 1])}`,
    "text after a +++ line with metadata",
    "Write the cell, or remove the line.",
  );
}

/** The cell's id is shown as one of its metadata; in the notebook it is not. */
function splitId(metadata: JsonObject): { metadata: JsonObject; givenId: string | undefined } {
  const { id } = metadata;
  const givenId = typeof id === "string" || id === undefined ? id : JSON.stringify(id);
  return { metadata: without(metadata, "id"), givenId };
}

function readBreak(line: string, { name, offset }: Place, at: number): JsonObject {
  const json = line.replace(/^\++/, "").trim();
  if (json === "") return {};
  const where = `${name}:${offset + at + 1}: ${JSON.stringify(line)}`;
  try {
    return toJsonObject(JSON.parse(json), where);
  } catch (error) {
    throw new InputError(where, '+++ alone or +++ {"name": "value"}', "Correct the JSON after +++.", {
      cause: error,
    });
  }
}

function readFence(block: Extract<Block, { type: "fence" }>, body: readonly string[], place: Place): Draft {
  const { first, last, info } = block;
  const where = `${place.name}:${place.offset + first + 1}`;
  const [directive, lexer, ...more] = info.split(/\s+/);
  const type = directive === "{code-cell}" ? "code" : "raw";
  const expectedInfo = type === "code" ? `{code-cell} ${place.language}` : "{raw-cell}";
  const isUsual = more.length === 0 && (lexer === undefined || (type === "code" && lexer === place.language));
  if (!isUsual || !/^\{(code|raw)-cell\}$/.test(directive ?? "")) {
    throw new InputError(
      `${where}: ${JSON.stringify(info)}`,
      expectedInfo,
      "Metadata belong below it, as :name: value.",
    );
  }
  const fence = /^(`+|~+)/.exec(body[first] ?? "")?.[0] ?? "```";
  const closing = /^ {0,3}(`+|~+)\s*$/.exec(body[last] ?? "")?.[1] ?? "";
  const isClosed = last > first && closing.startsWith(fence);
  if (!isClosed) throw new InputError(`${where}: the cell has no end`, `a line ${fence} after it`, "Add it.");
  const { metadata, bodyStart } = readOptions(body.slice(first + 1, last), where);
  return {
    type,
    source: body.slice(first + 1 + bodyStart, last).join("\n"),
    line: place.offset + first + 1 + bodyStart + 1,
    ...splitId(metadata),
  };
}

/** The metadata at the top of a cell, in either form, and the index of the line where its source starts. */
function readOptions(lines: readonly string[], where: string): { metadata: JsonObject; bodyStart: number } {
  let yaml: string;
  let end = 0;
  if (lines[0]?.startsWith("---") === true) {
    end = lines.findIndex((line, i) => i > 0 && line.startsWith("---")) + 1;
    if (end === 0) throw new InputError(`${where}: metadata without end`, "a line --- after them", "Add it.");
    yaml = lines.slice(1, end - 1).join("\n");
  } else {
    while (/^\s*:/.test(lines[end] ?? "")) end += 1;
    yaml = lines
      .slice(0, end)
      .map((line) => line.trimStart().slice(1))
      .join("\n");
  }
  // one blank line may stand between the metadata and the source, and belongs to neither
  const isBlank = end < lines.length && (lines[end] ?? "").trim() === "";
  return { metadata: readYaml(yaml, `${where}: metadata`), bodyStart: end + (isBlank ? 1 : 0) };
}
