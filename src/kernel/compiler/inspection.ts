/** Inspection: the signature and the documentation of the name at the cursor. */
import type ts from "typescript";
import { typescript } from "../../notebook/typescript.js";
import type { Json } from "../contract.js";
import { utf16Offset } from "./codePoints.js";
import { showText, type Introspected } from "./completion.js";
import { nameCells } from "./files.js";

/** The content of an inspect_reply. */
export function inspectAt(session: Introspected, source: string, cursor: number, detail: number): Json {
  const end = utf16Offset(source, cursor);
  const { service, cellName } = session;
  const shift = showText(session, source);
  const { current } = service.files;
  const info = places(source, end)
    .map((place) => service.language.getQuickInfoAtPosition(current, place + shift))
    .find((one) => one !== undefined);
  if (info === undefined) return { status: "ok", found: false, data: {}, metadata: {} };
  const text = nameCells(describe(info, detail), cellName);
  return { status: "ok", found: true, data: { "text/plain": text }, metadata: {} };
}

/** At the cursor, just before it, and before the parenthesis just opened. */
function places(source: string, cursor: number): number[] {
  const call = /\(\s*$/.exec(source.slice(0, cursor));
  return [cursor, cursor - 1, ...(call === null ? [] : [call.index - 1])].filter((place) => place >= 0);
}

function describe({ displayParts, documentation, tags = [] }: ts.QuickInfo, detail: number): string {
  const parts = [
    typescript.displayPartsToString(withoutAlias(displayParts ?? [])),
    typescript.displayPartsToString(documentation),
  ];
  if (detail > 0) {
    parts.push(
      tags.map(({ name, text }) => `@${name} ${typescript.displayPartsToString(text)}`.trim()).join("\n"),
    );
  }
  return parts.filter((part) => part !== "").join("\n\n");
}

/** Names of other cells are imports to the compiler only: no "(alias)", no line "import name". */
function withoutAlias(parts: readonly ts.SymbolDisplayPart[]): ts.SymbolDisplayPart[] {
  if (parts[1]?.text !== "alias") return [...parts];
  const lines = parts.map(({ kind }, index) => kind === "lineBreak" && parts[index + 1]?.text === "import");
  const end = lines.lastIndexOf(true);
  const shown = parts.slice(4, end < 0 ? undefined : end);
  const isCalled = shown[0]?.kind === "functionName" || shown[0]?.kind === "aliasName";
  return isCalled ? [{ kind: "keyword", text: "function " }, ...shown] : shown;
}
