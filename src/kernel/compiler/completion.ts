/** Completion: what the language service offers at a place, and the names of all cells. */
import type ts from "typescript";
import type { Json } from "../contract.js";
import { readCell } from "./cellText.js";
import { codePointOffset, utf16Offset } from "./codePoints.js";
import { accessText, type Names } from "./names.js";
import type { Service } from "./service.js";

export interface Introspected {
  readonly service: Service;
  readonly names: Names;
  /** How texts call a cell; undefined is the one at hand. */
  readonly cellName: (id: number | undefined) => string;
}

/** Names in scope wherever any value, or any type, of another cell is. */
const anyValue: string = "__workbook_any_value__";
const anyType: string = "__workbook_any_type__";
const scopeProbes = `declare const ${anyValue}: unknown; type ${anyType} = unknown; export {};`;

/**
 * Shows a text to the language service, with access to the names it mentions before it: an unfinished text
 * may leave a bracket open, which would swallow what comes after. Returns the length of what stands before.
 */
export function showText({ service, names }: Introspected, source: string): number {
  const used = names.usedBy(readCell(source));
  const header = `${scopeProbes}\n${accessText(used, service.files)}\n`;
  service.write(service.files.current, header + source);
  return header.length;
}

interface Match {
  readonly name: string;
  readonly kind: string;
  readonly sortText: string;
}

/** The content of a complete_reply. */
export function complete(session: Introspected, source: string, cursor: number): Json {
  const end = utf16Offset(source, cursor);
  const { service, names } = session;
  const shift = showText(session, source);
  const found = service.language.getCompletionsAtPosition(service.files.current, end + shift, {
    includeCompletionsForModuleExports: false,
    includeCompletionsWithInsertText: false,
  });
  const entries = found?.entries ?? [];
  const start = replacementStart(source, end, entries, shift);
  const typed = source.slice(start, end);
  const probes = new Set(
    entries.map(({ name }) => name).filter((name) => [anyValue, anyType].includes(name)),
  );
  const offered = new Map<string, Match>();
  for (const one of entries) if (!probes.has(one.name)) offered.set(one.name, one);
  for (const { name, kind, hasValue } of names.all()) {
    // A local variable hides the name; what the text mentions already is an alias to the service.
    const isHidden = offered.has(name) && offered.get(name)?.kind !== "alias";
    if (!isHidden && probes.has(hasValue ? anyValue : anyType))
      offered.set(name, { name, kind, sortText: "11" });
  }
  const matches = [...offered.values()]
    .filter(({ name }) => name.startsWith(typed))
    .sort((a, b) => compare(a.sortText, b.sortText) || compare(a.name, b.name));
  const place = { start: codePointOffset(source, start), end: codePointOffset(source, end) };
  return {
    status: "ok",
    matches: matches.map(({ name }) => name),
    cursor_start: place.start,
    cursor_end: place.end,
    metadata: {
      _jupyter_types_experimental: matches.map(({ name, kind }) => ({
        ...place,
        text: name,
        type: shownKind(kind),
      })),
    },
  };
}

/** Where the word begins that a match replaces: parts of a module's path know it themselves. */
function replacementStart(
  source: string,
  end: number,
  entries: readonly ts.CompletionEntry[],
  shift: number,
): number {
  const span = entries.find(({ replacementSpan }) => replacementSpan !== undefined)?.replacementSpan;
  if (span !== undefined) return span.start - shift;
  const word = /[\p{ID_Continue}$#]*$/u.exec(source.slice(0, end))?.[0] ?? "";
  return end - word.length;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** In the words that Jupyter's front ends have icons for. */
function shownKind(kind: string): string {
  if (/function|method/.test(kind)) return "function";
  if (/const|let|var|parameter|import/.test(kind)) return "instance";
  if (/property|getter|setter|accessor/.test(kind)) return "property";
  if (/module|namespace|script|directory/.test(kind)) return "module";
  if (/interface|type|enum/.test(kind)) return "type";
  return kind === "" ? "text" : kind;
}
