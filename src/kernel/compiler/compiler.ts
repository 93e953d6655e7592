/**
 * Compiles the cells of a notebook with TypeScript. Each cell is a module of its own that imports the names of
 * other cells which it mentions, so every name keeps its exact type, and a cell costs the same however many
 * there were before it.
 */
import type { Compilation, Json } from "../contract.js";
import { readCell } from "./cellText.js";
import { complete } from "./completion.js";
import { cellProblems, describeProblems } from "./diagnostics.js";
import { emitCell, emptyScript } from "./emit.js";
import { moduleSpecifiers } from "./imports.js";
import { inspectAt } from "./inspection.js";
import { isComplete } from "./isComplete.js";
import { createLocalModules } from "./localModules.js";
import { accessText, createNames, exportText } from "./names.js";
import { createService, type Service } from "./service.js";

/** A cell as it is sent: `count` is the execution count of messages, `file` the name of stack frames. */
export interface CompileRequest {
  readonly source: string;
  readonly count: number;
  readonly file: string;
}

export interface Compiler {
  /** Compiles one cell. */
  readonly compile: (request: CompileRequest) => Compilation;
  /** The cell compiled last is going to run: its names are known to later cells from now on. */
  readonly commit: () => void;
  /** The content of a complete_reply; `cursor` and places in the result count code points. */
  readonly complete: (source: string, cursor: number) => Json;
  /** The content of an inspect_reply; detail 1 adds the tags of the documentation. */
  readonly inspect: (source: string, cursor: number, detail: number) => Json;
  /** The content of an is_complete_reply. */
  readonly isComplete: (source: string) => Json;
  /** Forgets all names: the program was started anew. */
  readonly reset: () => void;
}

/** @param folder where relative imports of cells start */
export function createCompiler(folder: string): Compiler {
  const service = createService(folder);
  const { files, resolver } = service;
  const names = createNames();
  const locals = createLocalModules(service, folder);
  const packages = rememberPackages(service);
  /** Execution counts of the compiled cells, by the numbers of their files. */
  const counts: number[] = [];

  const nameOfCell = (id: number | undefined, current: string): string =>
    id === undefined ? current : `cell [${counts[id] ?? "?"}]`;

  let compiled: (() => void) | undefined;
  const compile: Compiler["compile"] = ({ source, count, file }) => {
    compiled = undefined;
    const name = `cell [${count}]`;
    const text = readCell(source);
    if (text.syntaxProblems.length > 0) {
      return failure([{ name, text: source, problems: text.syntaxProblems }]);
    }
    if (text.isEmpty) return { status: "ok", cell: { script: emptyScript(file), uses: [], modules: [] } };
    const used = names.usedBy(text);
    const whole = `${source}\n${exportText(text)}\n${accessText(used, files)}\n`;
    service.write(files.current, whole);
    const program = service.program();
    const module = program.getSourceFile(files.current);
    if (module === undefined) throw new Error(`${files.current} is not in the program`);
    const cellName = (id: number | undefined): string => nameOfCell(id, name);
    const context = { end: source.length, used, cellName };
    const problems = [...text.refused, ...cellProblems(program.getSemanticDiagnostics(module), context)];
    const reached = locals.reachedBy(module, source.length);
    const sources = [{ name, text: source, problems }, ...locals.problems(reached, cellName)];
    if (sources.some((one) => one.problems.length > 0)) return failure(sources);
    const moduleOf = (specifier: string): string => resolver.local(specifier, files.current) ?? specifier;
    const script = emitCell(program, module, { text, end: source.length, used, file, moduleOf });
    const modules = locals.compile(reached);
    const imported = moduleSpecifiers(module, source.length);
    compiled = () => {
      packages.add(imported);
      if (text.declared.size === 0) return;
      const id = counts.push(count) - 1;
      service.write(files.cell(id), whole);
      names.add(id, text.declared.values());
    };
    const uses = used.filter(({ hasValue }) => hasValue).map((one) => one.name);
    return { status: "ok", cell: { script, uses, modules } };
  };

  const session = { service, names, cellName: (id: number | undefined) => nameOfCell(id, "this cell") };
  return {
    compile,
    commit: () => {
      compiled?.();
      compiled = undefined;
    },
    complete: (source, cursor) => complete(session, source, cursor),
    inspect: (source, cursor, detail) => inspectAt(session, source, cursor, detail),
    isComplete,
    reset: () => names.clear(),
  };
}

function failure(sources: Parameters<typeof describeProblems>[0]): Compilation {
  return { status: "error", error: describeProblems(sources) };
}

/** Keeps the types of imported packages in the program, also while a cell does not mention them. */
function rememberPackages({ files, resolver, write }: Service): { add: (specifiers: string[]) => void } {
  const known = new Set<string>();
  return {
    add: (specifiers) => {
      const before = known.size;
      for (const one of specifiers) {
        const file = resolver.resolve(one, files.packages).resolvedModule?.resolvedFileName ?? "";
        if (/\.d\.[cm]?ts$/.test(file)) known.add(one);
      }
      if (known.size === before) return;
      write(files.packages, [...known].map((one) => `import ${JSON.stringify(one)};`).join("\n"));
    },
  };
}
