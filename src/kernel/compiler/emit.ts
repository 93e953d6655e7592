/** Writes a checked cell as a script of the program, with its source map. */
import type ts from "typescript";
import type { Script } from "../contract.js";
import type { CellText } from "./cellText.js";
import type { SharedName } from "./names.js";
import { dropEmptyExport, transformCell } from "./transform.js";

export interface EmittedCell {
  readonly text: CellText;
  /** Length of the author's text. */
  readonly end: number;
  readonly used: readonly SharedName[];
  /** The name of the script's stack frames. */
  readonly file: string;
  readonly moduleOf: (specifier: string) => string;
}

/** The function expression that the contract describes; `source` is the cell's file in the program. */
export function emitCell(program: ts.Program, source: ts.SourceFile, cell: EmittedCell): Script {
  const { declared, mentioned } = cell.text;
  const unused = (name: string): string => {
    let candidate = name;
    for (let n = 1; mentioned.has(candidate); n++) candidate = `${name}_${n}`;
    return candidate;
  };
  const runtime = unused("cell");
  const before = transformCell({
    checker: program.getTypeChecker(),
    end: cell.end,
    declared: [...declared.values()],
    used: cell.used,
    runtime,
    moduleName: (index) => unused(`module${index + 1}`),
    moduleOf: cell.moduleOf,
  });
  let output = "";
  let map = "";
  const write: ts.WriteFileCallback = (name, text) => {
    if (name.endsWith(".map")) map = text;
    else output = text;
  };
  program.emit(source, write, undefined, false, { before: [before], after: [dropEmptyExport] });
  // An author's own `require` replaces the parameter.
  const require = declared.get("require")?.hasValue === true ? unused("require") : "require";
  return {
    file: cell.file,
    text: `(async function (${runtime}, ${require}) { "use strict";\n${bodyOf(output)}\n})`,
    map: shiftMap(map, cell.file, 1),
  };
}

/** The script of a cell that has nothing to run. */
export function emptyScript(file: string): Script {
  const map = { version: 3, sources: [file], names: [], mappings: "" };
  return { file, text: "(async function () {})", map: JSON.stringify(map) };
}

/** Without what stands for the whole of a file: a `#!` line and the place of the map. */
export function bodyOf(output: string): string {
  return output.replace(/^#!.*/, "").replace(/\n?\/\/# sourceMappingURL=\S*\s*$/, "\n");
}

/** The map of a text that got `lines` more lines at its start. */
export function shiftMap(map: string, source: string, lines: number): string {
  const { version, names, mappings } = JSON.parse(map) as Record<"version" | "names" | "mappings", unknown>;
  return JSON.stringify({
    version,
    sources: [source],
    names,
    mappings: ";".repeat(lines) + String(mappings),
  });
}
