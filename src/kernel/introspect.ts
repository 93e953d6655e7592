/** Completion, inspection and is_complete. The protocol counts a cursor in code points, TypeScript in UTF-16. */
import type { Tslab } from "./tslab.js";
import { textField, type Json } from "./wire.js";

export function complete(tslab: Tslab, declarations: string, request: Json): Json {
  const { source, offset } = cursor(request);
  const found = tslab.converter.complete(declarations, source, offset);
  return {
    status: "ok",
    matches: found.candidates,
    cursor_start: codePoints(source, found.start),
    cursor_end: codePoints(source, found.end),
    metadata: {},
  };
}

export function inspectAt(tslab: Tslab, declarations: string, request: Json): Json {
  const { source, offset } = cursor(request);
  // tslab's declaration says otherwise, but there is nothing to tell about white space.
  const info = tslab.converter.inspect(declarations, source, offset) as
    ReturnType<Tslab["converter"]["inspect"]> | null | undefined;
  if (info === undefined || info === null) return { status: "ok", found: false, data: {}, metadata: {} };
  return { status: "ok", found: true, data: { "text/plain": tslab.printQuickInfo(info) }, metadata: {} };
}

/** A front end asks whether Enter runs the text or starts a new line. */
export function isComplete(tslab: Tslab, request: Json): Json {
  const { source } = cursor(request);
  const { completed, indent } = tslab.isCompleteCode(source);
  if (!completed) return { status: "incomplete", indent: indent ?? "" };
  const { compiler } = tslab;
  const { diagnostics = [] } = compiler.transpileModule(source, {
    reportDiagnostics: true,
    compilerOptions: { target: compiler.ScriptTarget.ES2022, module: compiler.ModuleKind.ESNext },
  });
  return { status: diagnostics.length > 0 ? "invalid" : "complete" };
}

function cursor(request: Json): { source: string; offset: number } {
  const source = textField(request, "code");
  const position = typeof request["cursor_pos"] === "number" ? request["cursor_pos"] : Infinity;
  let offset = 0;
  let count = 0;
  for (const character of source) {
    if (count === position) break;
    offset += character.length;
    count++;
  }
  return { source, offset };
}

function codePoints(source: string, offset: number): number {
  return Array.from(source.slice(0, offset)).length;
}
