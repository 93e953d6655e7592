/** A cell's TypeScript to a script that runs in the kernel's process. */
import { SourceMap, type SourceMapPayload } from "node:module";
import type ts from "@tslab/typescript-for-tslab";
import { guardName } from "./guard.js";
import type { Compiler, ConvertResult, Diagnostic, Tslab, Trace } from "./tslab.js";

export interface Position {
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
}

export interface CompiledCell {
  /** A function expression with the parameters `exports, require, guard, link`. */
  readonly script: string;
  readonly own: ReadonlySet<string>;
  readonly result: string | undefined;
  /** Declarations of all variables known after this cell, for the next compilation. */
  readonly declarations: string;
  /** Local modules the cell imports, compiled. */
  readonly modules: readonly { readonly path: string; readonly data: string }[];
  /** Where in the author's text a place of the script comes from. */
  readonly position: (place: Position) => Position | undefined;
}

/** The author's text does not compile: nothing was run. */
export class CompileError extends Error {
  override readonly name = "TypeScriptError";
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((one) => one.messageText).join("\n"));
  }
}

/** @throws CompileError if the cell has an error of syntax or type. */
export function compileCell(tslab: Tslab, declarations: string, source: string): CompiledCell {
  const converted = tslab.converter.convert(declarations, source);
  if (converted.diagnostics.length > 0) throw new CompileError(converted.diagnostics);
  const output = converted.output ?? "";
  const names = declaredNames(tslab.compiler, output);
  const links = names.map((name) => `${name}: [() => ${name}, (value) => { ${name} = value; }]`);
  const start =
    `(${isAsync(converted, tslab.trace) ? "async " : ""}function (exports, require, ${guardName}, link) { ` +
    `"use strict"; link({ ${links.join(", ")} }); `;
  return {
    // All of `start` stays on the first line: the source map knows lines, not this beginning.
    script: `${start}${output}\n})`,
    own: new Set([...names, ...importedNames(output)]),
    result: converted.lastExpressionVar,
    declarations: converted.declOutput ?? "",
    modules: converted.sideOutputs ?? [],
    position: positions(tslab.trace.maps),
  };
}

function isAsync(converted: ConvertResult, trace: Trace): boolean {
  return converted.hasToplevelAwait === true || trace.loopsAwait;
}

/** Every variable that the script declares at its top level, `var` in blocks included. */
function declaredNames(compiler: Compiler, output: string): string[] {
  const file = compiler.createSourceFile("cell.js", output, compiler.ScriptTarget.ES2022);
  const names = new Set<string>();
  const bind = (name: ts.BindingName): void => {
    if (compiler.isIdentifier(name)) names.add(name.text);
    else for (const one of name.elements) if (compiler.isBindingElement(one)) bind(one.name);
  };
  const visit = (node: ts.Node, top: boolean): void => {
    if (compiler.isFunctionDeclaration(node) || compiler.isClassDeclaration(node)) {
      if (top && node.name !== undefined) names.add(node.name.text);
    } else if (compiler.isVariableDeclarationList(node)) {
      const hoisted = (node.flags & compiler.NodeFlags.BlockScoped) === 0;
      if (top || hoisted) for (const one of node.declarations) bind(one.name);
    } else if (!compiler.isFunctionLike(node)) {
      compiler.forEachChild(node, (child) => visit(child, top && compiler.isVariableStatement(node)));
    }
  };
  compiler.forEachChild(file, (child) => visit(child, true));
  return [...names];
}

/** Imports by name are published as getters. */
function importedNames(output: string): string[] {
  return [...output.matchAll(/^Object\.defineProperty\(exports, "([^"]+)", \{ enumerable: true, get:/gm)].map(
    (match) => match[1] ?? "",
  );
}

/** tslab puts `export {};` on a line of its own before the author's text. */
const linesBefore = 1;

function positions([first = "", second = ""]: readonly string[]): CompiledCell["position"] {
  if (first === "" || second === "") return () => undefined;
  const maps = [second, first].map((text) => new SourceMap(JSON.parse(text) as SourceMapPayload));
  return (place) => {
    let line = place.line - 1;
    let column = place.column - 1;
    for (const map of maps) {
      const entry = map.findEntry(line, column);
      if (!("originalLine" in entry)) return undefined;
      line = entry.originalLine;
      column = entry.originalColumn;
    }
    return { line: line - linesBefore + 1, column: column + 1 };
  };
}
