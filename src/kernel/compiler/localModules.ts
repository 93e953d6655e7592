/** The local TypeScript files that a cell imports: found, checked, and compiled to the format of SystemJS. */
import { isAbsolute, relative } from "node:path";
import type ts from "typescript";
import { typescript } from "../../notebook/typescript.js";
import { moduleGuardName, type LocalModule } from "../contract.js";
import { messagesOf, syntaxFirst, type ProblemSource } from "./diagnostics.js";
import { shiftMap, bodyOf } from "./emit.js";
import { guardNode, type Member } from "./guards.js";
import { isDynamicImport, moduleSpecifiers } from "./imports.js";
import type { Service } from "./service.js";

export interface LocalModules {
  /** Every local file that the cell reaches; `end` is the length of the author's text. */
  readonly reachedBy: (cell: ts.SourceFile, end: number) => ts.SourceFile[];
  readonly problems: (
    files: readonly ts.SourceFile[],
    cellName: (id: number | undefined) => string,
  ) => ProblemSource[];
  readonly compile: (files: readonly ts.SourceFile[]) => LocalModule[];
}

export function createLocalModules(service: Service, folder: string): LocalModules {
  const { resolver, options } = service;
  const compiled = new Map<string, { readonly key: string; readonly module: LocalModule }>();

  const reachedBy: LocalModules["reachedBy"] = (cell, end) => {
    const program = service.program();
    const found = new Map<string, ts.SourceFile>();
    const follow = (file: ts.SourceFile, to?: number): void => {
      for (const specifier of moduleSpecifiers(file, to)) {
        const path = resolver.local(specifier, file.fileName);
        const target = path === undefined || found.has(path) ? undefined : program.getSourceFile(path);
        if (path === undefined || target === undefined) continue;
        found.set(path, target);
        follow(target);
      }
    };
    follow(cell, end);
    return [...found.values()];
  };

  const compile = (file: ts.SourceFile): LocalModule => {
    const { fileName: path, text } = file;
    const locals = moduleSpecifiers(file).map((one) => [one, resolver.local(one, path)] as const);
    const key = JSON.stringify([text, locals]);
    const known = compiled.get(path);
    if (known?.key === key) return known.module;
    const module = compileModule(path, text, options, new Map(locals));
    compiled.set(path, { key, module });
    return module;
  };

  return {
    reachedBy,
    problems: (files, cellName) =>
      files.map((file) => ({
        name: shortName(folder, file.fileName),
        text: file.text,
        problems: syntaxFirst(service.program(), file).map((one) => ({
          start: one.start ?? 0,
          messages: messagesOf(one, cellName),
        })),
      })),
    compile: (files) => files.map(compile),
  };
}

function shortName(folder: string, file: string): string {
  const short = relative(folder, file);
  return short.startsWith("..") || isAbsolute(short) ? file : short;
}

function compileModule(
  path: string,
  source: string,
  options: ts.CompilerOptions,
  locals: ReadonlyMap<string, string | undefined>,
): LocalModule {
  const { outputText, sourceMapText = "" } = typescript.transpileModule(source, {
    fileName: path,
    compilerOptions: { ...options, module: typescript.ModuleKind.System },
    transformers: { before: [absoluteSpecifiers(locals), guarded] },
  });
  const text = bodyOf(outputText);
  return { path, file: path, text, map: shiftMap(sourceMapText, path, 0), source };
}

/** Loops of a local file can be stopped like those of a cell. */
const guarded: ts.TransformerFactory<ts.SourceFile> = (context) => (file) => {
  const { factory } = context;
  const member: Member = (name) =>
    factory.createPropertyAccessExpression(factory.createIdentifier(moduleGuardName), name);
  const visit = (node: ts.Node): ts.Node =>
    guardNode(factory, member, typescript.visitEachChild(node, visit, context));
  return typescript.visitEachChild(file, visit, context);
};

/** Local TypeScript files are asked for by their path, whatever form the author's import has. */
function absoluteSpecifiers(
  locals: ReadonlyMap<string, string | undefined>,
): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (file) => {
    const { factory } = context;
    const absolute = (node: ts.Node | undefined): ts.StringLiteral | undefined => {
      if (node === undefined || !typescript.isStringLiteralLike(node)) return undefined;
      const path = locals.get(node.text);
      return path === undefined ? undefined : factory.createStringLiteral(path);
    };
    const visit = (node: ts.Node): ts.Node => {
      const done = typescript.visitEachChild(node, visit, context);
      if (typescript.isImportDeclaration(done)) {
        const specifier = absolute(done.moduleSpecifier) ?? done.moduleSpecifier;
        return factory.updateImportDeclaration(
          done,
          done.modifiers,
          done.importClause,
          specifier,
          done.attributes,
        );
      }
      if (typescript.isExportDeclaration(done)) {
        const specifier = absolute(done.moduleSpecifier) ?? done.moduleSpecifier;
        const { modifiers, isTypeOnly, exportClause, attributes } = done;
        return factory.updateExportDeclaration(
          done,
          modifiers,
          isTypeOnly,
          exportClause,
          specifier,
          attributes,
        );
      }
      const [argument, ...rest] = isDynamicImport(done) ? done.arguments : [];
      const specifier = absolute(argument);
      if (specifier === undefined || !typescript.isCallExpression(done)) return done;
      return factory.updateCallExpression(done, done.expression, undefined, [specifier, ...rest]);
    };
    return typescript.visitEachChild(file, visit, context);
  };
}
