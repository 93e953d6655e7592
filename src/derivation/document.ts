import type { Code, Parents, Root } from "mdast";
import remarkMath from "remark-math";
import remarkParse from "remark-parse";
import { unified } from "unified";
import { InputError } from "../error.js";
import type { StatementSource } from "./check.js";

/** Reads the formulas of a document, each with its place. What kind it is, the name's ending says. */
export function readDocument(text: string, file: string): readonly StatementSource[] {
  if (file.endsWith(".md")) return readMarkdown(text, file);
  if (file.endsWith(".ipynb")) return readNotebook(text, file);
  if (file.endsWith(".json")) return readList(text, file);
  throw new InputError(
    file,
    "a file ending in .md, .ipynb or .json",
    "Give one of these, or - for standard input.",
  );
}

/** Standard input: a JSON list, or one formula per line. */
export function readStream(text: string): readonly StatementSource[] {
  if (text.trimStart().startsWith("[")) return readList(text, "-");
  return text
    .split("\n")
    .flatMap((line, at) =>
      line.trim() === ""
        ? []
        : [{ id: `line-${at + 1}`, latex: line.trim(), source: { file: "-", line: at + 1, column: 1 } }],
    );
}

/**
 * Displayed formulas (`$$`, fences `math` and `{math}`) and those inline ones that state something:
 * a formula without a relation in the middle of a sentence claims nothing.
 */
export function readMarkdown(text: string, file: string, prefix = ""): readonly StatementSource[] {
  const root = unified().use(remarkParse).use(remarkMath).parse(text);
  return formulasOf(root).flatMap(({ latex, offset, displayed }, at) => {
    if (!displayed && !(statesSomething.test(latex) && !startsWithRelation.test(latex))) return [];
    const before = text.slice(0, offset).split("\n");
    const source = { file, line: before.length, column: (before.at(-1) ?? "").length + 1 };
    return [{ id: `${prefix}formula-${at + 1}`, latex, source }];
  });

  function formulasOf(node: Root | Parents): readonly Formula[] {
    return node.children.flatMap((child): readonly Formula[] => {
      if ("children" in child) return formulasOf(child);
      const from = child.position?.start.offset ?? 0;
      const written = text.slice(from, child.position?.end.offset ?? from);
      if (!isFormula(child)) return [];
      const displayed = child.type !== "inlineMath" || written.startsWith("$$");
      return [{ latex: child.value, offset: from + Math.max(0, written.indexOf(child.value)), displayed }];
    });
  }
}

interface Formula {
  readonly latex: string;
  readonly offset: number;
  readonly displayed: boolean;
}

const statesSomething = /[=<>≤≥∝∼]|\\(?:leq?|geq?|sim|propto|approx|equiv|coloneqq|lt|gt)(?![a-zA-Z])/;

/** `$\propto$` in a sentence speaks of the sign. */
const startsWithRelation = new RegExp(`^\\s*(?:${statesSomething.source})`);

function isFormula(node: { readonly type: string }): node is { type: string; value: string } {
  if (node.type === "math" || node.type === "inlineMath") return true;
  return node.type === "code" && /^\{?math\}?$/.test((node as Code).lang ?? "");
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

/** `[{id, latex, chain?, line?}]`. */
function readList(text: string, file: string): readonly StatementSource[] {
  const list = parseJson(text, file);
  if (!Array.isArray(list)) {
    throw new InputError(file, "a JSON list of statements", 'Write [{"id": "…", "latex": "…"}].');
  }
  return list.map((entry: unknown, at) => statementOf(entry, at, file));
}

function statementOf(entry: unknown, at: number, file: string): StatementSource {
  const where = `${file}, entry ${at + 1}`;
  if (!isRecord(entry) || typeof entry["latex"] !== "string") {
    throw new InputError(where, "an object whose latex is a string", 'Write {"id": "…", "latex": "…"}.');
  }
  const { id, latex, chain, line } = entry;
  if (id !== undefined && typeof id !== "string")
    throw new InputError(`${where}: id`, "a string", "Quote it.");
  if (chain !== undefined && typeof chain !== "string")
    throw new InputError(`${where}: chain`, "a string", "Quote it.");
  if (line !== undefined && typeof line !== "number")
    throw new InputError(`${where}: line`, "a number", "Remove the quotes.");
  return {
    id: id ?? `entry-${at + 1}`,
    latex,
    source: { file, line: at + 1, column: 1 },
    ...(chain === undefined ? {} : { chain }),
    ...(line === undefined ? {} : { line }),
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
