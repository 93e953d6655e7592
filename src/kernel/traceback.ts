/** Errors in the words of the notebook: which cell, which line of the author's text; our own frames hidden. */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { CompileError, type Position } from "./compile.js";
import { packageRoot } from "../notebook/root.js";
import type { Diagnostic } from "./tslab.js";

/** A cell that was compiled: for frames of functions that later cells call. */
export interface CellSource {
  readonly count: number;
  readonly source: string;
  readonly position: (place: Position) => Position | undefined;
}

export interface ErrorContent {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

const frame = /^ {4}at (?:(?<name>.*) \()?(?<file>[^()]+?):(?<line>\d+):(?<column>\d+)\)?$/;
const hiddenFiles = /^node:|[\\/]tslab[\\/]dist[\\/]|[\\/]dist[\\/]kernel[\\/]|^evalmachine/;
const contextLines = 2;

/** The file name under which a cell runs: it appears in `error.stack`, nowhere else. */
export const cellFile = (id: number): string => `workbook-cell-${id}.js`;
const cellFilePattern = /workbook-cell-(\d+)\.js$/;

/** @param cells by the number in {@link cellFile} */
export function describeError(
  error: unknown,
  cells: ReadonlyMap<number, CellSource>,
  current: CellSource,
): ErrorContent {
  if (error instanceof CompileError) return describeDiagnostics(error, current);
  if (!isError(error)) {
    const ename = typeof error === "object" && error !== null ? error.constructor.name : typeof error;
    const evalue = typeof error === "string" ? error : inspect(error);
    return { ename, evalue, traceback: [`thrown ${ename}: ${evalue}`] };
  }
  return { ename: error.name, evalue: error.message, traceback: errorLines(error, cells) };
}

/** An error of another realm is no instance of our Error. */
function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}

function errorLines(error: Error, cells: ReadonlyMap<number, CellSource>): string[] {
  const lines = [`${error.name}: ${error.message}`];
  let excerptShown = false;
  for (const text of (error.stack ?? "").split("\n")) {
    const groups = frame.exec(text)?.groups;
    if (groups === undefined) continue;
    const { name = "", file = "", line = "1", column = "1" } = groups;
    const cell = cells.get(Number(cellFilePattern.exec(file)?.[1]));
    if (cell === undefined) {
      if (!hiddenFiles.test(readable(file)))
        lines.push(`    at ${functionName(name)}${shortPath(file)}:${line}`);
      continue;
    }
    const place = cell.position({ line: Number(line), column: Number(column) });
    lines.push(
      `    at ${functionName(name)}cell [${cell.count}]${place === undefined ? "" : `, line ${place.line}`}`,
    );
    if (!excerptShown && place !== undefined) lines.push(...excerpt(cell.source, place));
    excerptShown = true;
  }
  if (error instanceof AggregateError) {
    for (const one of error.errors) lines.push(...nested("one of them", one, cells));
  }
  if (error.cause !== undefined && error.cause !== null)
    lines.push(...nested("caused by", error.cause, cells));
  return lines;
}

function nested(label: string, error: unknown, cells: ReadonlyMap<number, CellSource>): string[] {
  if (!isError(error)) return [`${label}: ${inspect(error)}`];
  const [head = "", ...rest] = errorLines(error, cells);
  return [`${label}: ${head}`, ...rest];
}

/** Without the names of our own making: the function around a cell, and the object that shares variables. */
function functionName(name: string): string {
  const own = name.replace(/^(async )?(Proxy|Object)\./, "$1").replace(/^(async )?(<anonymous>|eval)?$/, "");
  return own === "" ? "" : `${own}, `;
}

const readable = (file: string): string => (file.startsWith("file:") ? fileURLToPath(file) : file);

function shortPath(file: string): string {
  const path = readable(file);
  const short = relative(packageRoot, path);
  return short.startsWith("..") ? path : short;
}

/** The line with its neighbours, marked as in `> 3 | const y = x.z;`. */
function excerpt(source: string, { line }: Position): string[] {
  const all = source.split("\n");
  const first = Math.max(1, line - contextLines);
  const last = Math.min(all.length, line + contextLines);
  const width = String(last).length;
  return all.slice(first - 1, last).map((text, index) => {
    const number = first + index;
    return `    ${number === line ? ">" : " "} ${String(number).padStart(width)} | ${text}`.trimEnd();
  });
}

function describeDiagnostics(error: CompileError, cell: CellSource): ErrorContent {
  const lines: string[] = [];
  let previous: Diagnostic | undefined;
  for (const one of error.diagnostics) {
    const continued = previous?.start.offset === one.start.offset && previous.fileName === one.fileName;
    previous = one;
    if (continued) {
      lines.push(`      ${one.messageText}`);
      continue;
    }
    const place = { line: one.start.line + 1, column: one.start.character + 1 };
    const where = one.fileName ?? `cell [${cell.count}]`;
    lines.push(`${where}, line ${place.line}, column ${place.column}: ${one.messageText}`);
    if (one.fileName === undefined) lines.push(...excerpt(cell.source, place));
  }
  const [first = ""] = lines;
  return { ename: error.name, evalue: first, traceback: [`${error.name}: the cell was not run`, ...lines] };
}
