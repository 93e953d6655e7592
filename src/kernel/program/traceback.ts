/** Errors in the words of the notebook: which cell, which line of the author's text; our own frames hidden. */
import { SourceMap, type SourceMapPayload } from "node:module";
import { isAbsolute, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import type { ErrorContent, Script } from "../contract.js";
import { excerpt } from "../excerpt.js";
import { packageRoot } from "../../notebook/root.js";

/** A text of the author that was compiled: a cell, or a local TypeScript file. */
export interface Source extends Script {
  /** How it is called in a traceback, e.g. `cell [3]`, or the path of a file. */
  readonly label: string;
  /** The author's text. */
  readonly source: string;
}

/** The texts behind the scripts that have run, by the file name in their stack frames. */
export interface Sources {
  readonly add: (source: Source) => void;
  /** The text behind a stack frame, with the line of the author; both count from 1. */
  readonly find: (file: string, line: number, column: number) => Place | undefined;
}

interface Place {
  readonly source: Source;
  readonly line: number | undefined;
}

export function createSources(): Sources {
  const sources = new Map<string, Source>();
  const maps = new Map<string, SourceMap>();
  return {
    add: (source) => {
      sources.set(source.file, source);
      maps.delete(source.file);
    },
    find: (file, line, column) => {
      const source = sources.get(file);
      if (source === undefined) return undefined;
      const map = maps.get(file) ?? new SourceMap(JSON.parse(source.map) as SourceMapPayload);
      maps.set(file, map);
      const entry = map.findEntry(line - 1, column - 1);
      return { source, line: "originalLine" in entry ? entry.originalLine + 1 : undefined };
    },
  };
}

const frame = /^ {4}at (?:(?<name>.*) \()?(?<file>[^()]+?):(?<line>\d+):(?<column>\d+)\)?$/;
const hiddenFiles = /^node:|[\\/]dist[\\/]kernel[\\/]|^evalmachine/;

export function describeError(error: unknown, sources: Sources): ErrorContent {
  if (!isError(error)) {
    const ename = typeof error === "object" && error !== null ? error.constructor.name : typeof error;
    const evalue = typeof error === "string" ? error : inspect(error);
    return { ename, evalue, traceback: [`thrown ${ename}: ${evalue}`] };
  }
  return { ename: error.name, evalue: error.message, traceback: errorLines(error, sources) };
}

/** An error of another realm is no instance of our Error. */
function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}

function errorLines(error: Error, sources: Sources): string[] {
  const lines = [`${error.name}: ${error.message}`];
  let excerptShown = false;
  for (const text of (error.stack ?? "").split("\n")) {
    const groups = frame.exec(text)?.groups;
    if (groups === undefined) continue;
    const { name = "", file = "", line = "1", column = "1" } = groups;
    const path = readable(file.replace(/^async /, ""));
    const place = sources.find(path, Number(line), Number(column));
    if (place === undefined) {
      if (!hiddenFiles.test(path)) lines.push(`    at ${functionName(name)}${shortPath(path)}:${line}`);
      continue;
    }
    const where = place.line === undefined ? "" : `, line ${place.line}`;
    lines.push(`    at ${functionName(name)}${shortPath(place.source.label)}${where}`);
    if (!excerptShown && place.line !== undefined) lines.push(...excerpt(place.source.source, place.line));
    excerptShown = true;
  }
  if (error instanceof AggregateError) {
    for (const one of error.errors) lines.push(...nested("one of them", one, sources));
  }
  if (error.cause !== undefined && error.cause !== null) {
    lines.push(...nested("caused by", error.cause, sources));
  }
  return lines;
}

function nested(label: string, error: unknown, sources: Sources): string[] {
  if (!isError(error)) return [`${label}: ${inspect(error)}`];
  const [head = "", ...rest] = errorLines(error, sources);
  return [`${label}: ${head}`, ...rest];
}

/** Without the names of our own making: the function around a cell, and the object that shares variables. */
function functionName(name: string): string {
  const own = name.replace(/^(async )?(Proxy|Object)\./, "$1").replace(/^(async )?(<anonymous>|eval)?$/, "");
  return own === "" ? "" : `${own}, `;
}

const readable = (file: string): string => (file.startsWith("file:") ? fileURLToPath(file) : file);

function shortPath(path: string): string {
  if (!isAbsolute(path)) return path;
  const short = relative(packageRoot, path);
  return short.startsWith("..") ? path : short;
}
