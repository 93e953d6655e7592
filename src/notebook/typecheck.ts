/**
 * Type-checks the code cells of notebooks as strictly as `src/`: the options come from the
 * project's own tsconfig.json. The cells of one notebook are one module in reading order, so a name
 * may be declared once per notebook: a name that changes its meaning further down confuses readers
 * of the derivation, and a restarted kernel even more.
 */
import { join } from "node:path";
import type ts from "typescript";
import { cellGlobals, cellOptions } from "./cellOptions.js";
import type { Notebook } from "./format/notebook.js";
import { packageRoot } from "./root.js";
import { typescript } from "./typescript.js";

/** One complaint of the compiler, at its place in the notebook. */
export interface CellProblem {
  /** Counted over all cells, from 0, as an index into `notebook.cells`. */
  readonly cell: number;
  /** From 1, within the cell. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A notebook to check: `file` is where it lies (absolute), for its relative imports. */
export interface CheckedNotebook {
  readonly file: string;
  readonly notebook: Notebook;
}

/**
 * The problems of each notebook, in the order given; an empty list where all is well. A notebook
 * with a syntax error gets only those errors, since they make everything after them meaningless.
 */
export function typecheckNotebooks(
  notebooks: readonly CheckedNotebook[],
): readonly (readonly CellProblem[])[] {
  const modules = notebooks.map(({ file, notebook }) => toModule(file, notebook));
  const syntax = notebooks.map(({ notebook }) => syntaxProblems(notebook));
  const sound = modules.filter((_, i) => syntax[i]?.length === 0);
  const program = createProgram(sound);
  return modules.map((module, i) => {
    const problems = syntax[i] ?? [];
    return problems.length > 0 ? problems : semanticProblems(program, module);
  });
}

interface CellModule {
  readonly file: string;
  readonly text: string;
  /** For each line of the text the cell and the line in it (from 0); cell -1 between cells. */
  readonly origin: readonly { readonly cell: number; readonly line: number }[];
}

function toModule(file: string, notebook: Notebook): CellModule {
  const lines: string[] = [];
  const origin: { cell: number; line: number }[] = [];
  notebook.cells.forEach((cell, index) => {
    if (cell.type !== "code") return;
    cell.source.split("\n").forEach((text, line) => {
      lines.push(text);
      origin.push({ cell: index, line });
    });
    // ends the cell's last statement, which may have no semicolon of its own
    lines.push(";");
    origin.push({ cell: index, line: cell.source.split("\n").length - 1 });
  });
  lines.push("export {};");
  origin.push({ cell: -1, line: 0 });
  return { file: `${file.replace(/\.(md|ipynb)$/, "")}.cells.mts`, text: lines.join("\n"), origin };
}

function syntaxProblems(notebook: Notebook): readonly CellProblem[] {
  return notebook.cells.flatMap((cell, index) => {
    if (cell.type !== "code") return [];
    const compilerOptions = { target: typescript.ScriptTarget.ES2022, module: typescript.ModuleKind.ESNext };
    const { diagnostics = [] } = typescript.transpileModule(cell.source, {
      compilerOptions,
      reportDiagnostics: true,
    });
    return diagnostics.map((diagnostic): CellProblem => {
      const { line, character } = place(diagnostic);
      return { cell: index, line: line + 1, column: character + 1, message: messageOf(diagnostic) };
    });
  });
}

function place(diagnostic: ts.Diagnostic): ts.LineAndCharacter {
  const { file, start = 0 } = diagnostic;
  return file === undefined ? { line: 0, character: 0 } : file.getLineAndCharacterOfPosition(start);
}

function messageOf(diagnostic: ts.Diagnostic): string {
  return `TS${diagnostic.code}: ${typescript.flattenDiagnosticMessageText(diagnostic.messageText, "\n  ")}`;
}

function createProgram(modules: readonly CellModule[]): ts.Program {
  const options = { ...cellOptions(), noEmit: true };
  const base = typescript.createCompilerHost(options);
  const texts = new Map(modules.map(({ file, text }) => [file, text]));
  texts.set(join(packageRoot, "cell-globals.d.ts"), cellGlobals);
  const host: ts.CompilerHost = {
    ...base,
    getCurrentDirectory: () => packageRoot,
    fileExists: (file) => texts.has(file) || base.fileExists(file),
    readFile: (file) => texts.get(file) ?? base.readFile(file),
    getSourceFile: (file, version) => {
      const text = texts.get(file);
      return text === undefined
        ? base.getSourceFile(file, version)
        : typescript.createSourceFile(file, text, version);
    },
  };
  return typescript.createProgram([...texts.keys()], options, host);
}

function semanticProblems(program: ts.Program, module: CellModule): readonly CellProblem[] {
  const file = program.getSourceFile(module.file);
  if (file === undefined) throw new Error(`${module.file} is not in the program`);
  return typescript
    .getPreEmitDiagnostics(program, file)
    .filter((diagnostic) => !isUnusedName(diagnostic, file))
    .map((diagnostic) => {
      const { line, character } = place(diagnostic);
      const { cell, line: lineInCell } = module.origin[line] ?? { cell: 0, line: 0 };
      return { cell, line: lineInCell + 1, column: character + 1, message: messageOf(diagnostic) };
    });
}

/**
 * A name at the top level of a cell is used by being there: the reader can ask for it. An import
 * that nobody uses is still refused.
 */
function isUnusedName(diagnostic: ts.Diagnostic, file: ts.SourceFile): boolean {
  const unused = [6133, 6192, 6196, 6198, 6199];
  if (!unused.includes(diagnostic.code)) return false;
  const start = diagnostic.start ?? 0;
  const statement = file.statements.find((node) => node.getStart(file) <= start && start < node.end);
  if (statement === undefined || typescript.isImportDeclaration(statement)) return false;
  return isDeclaredBy(statement, start, file);
}

/** Whether the name at `position` is declared by the statement itself and not deeper inside it. */
function isDeclaredBy(statement: ts.Statement, position: number, file: ts.SourceFile): boolean {
  const holds = (node: ts.Node | undefined): boolean =>
    node !== undefined && node.getStart(file) <= position && position < node.end;
  if (typescript.isVariableStatement(statement)) {
    const { declarations } = statement.declarationList;
    return position === statement.getStart(file) || declarations.some(({ name }) => holds(name));
  }
  const isNamed =
    typescript.isFunctionDeclaration(statement) ||
    typescript.isClassDeclaration(statement) ||
    typescript.isInterfaceDeclaration(statement) ||
    typescript.isTypeAliasDeclaration(statement);
  return isNamed && (position === statement.getStart(file) || holds(statement.name));
}
