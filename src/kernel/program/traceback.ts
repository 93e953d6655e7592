/** Errors in the words of the notebook: which cell, which line of the author's text; our own frames hidden. */
import { SourceMap, type SourceMapPayload } from "node:module";
import { isAbsolute, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { ErrorContent, Script } from "../contract.js";
import { excerpt } from "../excerpt.js";
import { packageRoot } from "../../notebook/root.js";
import { readFrame } from "./frames.js";
import { isError, kindOf, property, shown, textProperty } from "./thrown.js";

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

const hiddenFiles = /^node:|^<anonymous>$|[\\/]dist[\\/]kernel[\\/]|^evalmachine/;
/** Causes of causes: a chain this long tells nobody anything. */
const depthLimit = 8;

/** Never throws, whatever was thrown. */
export function describeError(error: unknown, sources: Sources): ErrorContent {
  if (!isError(error)) {
    const ename = kindOf(error);
    const evalue = typeof error === "string" ? error : shown(error);
    return { ename, evalue, traceback: [`thrown ${ename}: ${evalue}`] };
  }
  return {
    ename: textProperty(error, "name", "Error"),
    evalue: messageOf(error),
    traceback: errorLines(error, sources, depthLimit),
  };
}

/** In the author's words: without the names that the compiler gave to what other cells and modules have. */
function messageOf(error: Error): string {
  return textProperty(error, "message", "")
    .replace(/\bcell(?:_\d+)?\.earlier\./g, "")
    .replace(/\(0 , (?:module\d+(?:_\d+)?\.)?([\w$.]+)\)/g, "$1");
}

function errorLines(error: Error, sources: Sources, depth: number): string[] {
  const name = textProperty(error, "name", "Error");
  const lines = [`${name}: ${messageOf(error)}`, ...frameLines(error, sources)];
  const errors = property(error, "errors");
  if (Array.isArray(errors)) {
    for (const one of errors.slice(0, depthLimit)) lines.push(...nested("one of them", one, sources, depth));
  }
  const cause = property(error, "cause");
  if (cause !== undefined && cause !== null) lines.push(...nested("caused by", cause, sources, depth));
  return lines;
}

function frameLines(error: Error, sources: Sources): string[] {
  const lines: string[] = [];
  const stack = textProperty(error, "stack", "");
  // The message stands before the frames, and may look like one.
  const message = textProperty(error, "message", "");
  const begin = stack.indexOf(message) + message.length;
  let excerptShown = false;
  for (const text of stack.slice(begin).split("\n")) {
    const frame = readFrame(text);
    if (frame === undefined) continue;
    const path = readable(frame.file);
    const place = sources.find(path, frame.line, frame.column);
    if (place === undefined) {
      if (hiddenFiles.test(path)) continue;
      lines.push(`    at ${functionName(frame.name)}${shortPath(path)}:${frame.line}`);
      continue;
    }
    const where = place.line === undefined ? "" : `, line ${place.line}`;
    lines.push(`    at ${functionName(frame.name)}${shortPath(place.source.label)}${where}`);
    if (!excerptShown && place.line !== undefined) lines.push(...excerpt(place.source.source, place.line));
    excerptShown = true;
  }
  return lines;
}

function nested(label: string, error: unknown, sources: Sources, depth: number): string[] {
  if (!isError(error)) return [`${label}: ${shown(error)}`];
  if (depth === 0) return [`${label}: …`];
  const [head = "", ...rest] = errorLines(error, sources, depth - 1);
  return [`${label}: ${head}`, ...rest];
}

/** Without the names of our own making: the function around a cell, and the object that shares variables. */
function functionName(name: string): string {
  const own = name
    .replace(/^(async )?(Proxy|Object)\./, "$1")
    .replace(/^(async )?((\w+\.)?<anonymous>|eval)?$/, "");
  return own === "" ? "" : `${own}, `;
}

const readable = (file: string): string => (file.startsWith("file:") ? fileURLToPath(file) : file);

function shortPath(path: string): string {
  if (!isAbsolute(path)) return path;
  const short = relative(packageRoot, path);
  return short.startsWith("..") ? path : short;
}
