/** TypeScript's language service over the files of a session: our cells in memory, everything else on disk. */
import { statSync } from "node:fs";
import type ts from "typescript";
import { cellGlobals, cellOptions } from "../../notebook/cellOptions.js";
import { typescript } from "../../notebook/typescript.js";
import { cellFiles, isLocalTypeScript, type CellFiles } from "./files.js";
import { createResolver, type Resolver } from "./resolve.js";

export interface Service {
  readonly options: ts.CompilerOptions;
  readonly files: CellFiles;
  readonly resolver: Resolver;
  readonly language: ts.LanguageService;
  /** Gives one of our files a new text; local files of the author's are looked at anew as well. */
  readonly write: (file: string, text: string) => void;
  readonly program: () => ts.Program;
}

/** What the language service asks for beyond its published interface. */
interface Host extends ts.LanguageServiceHost {
  readonly getModuleResolutionCache: () => ts.ModuleResolutionCache;
  readonly hasInvalidatedResolutions: (path: ts.Path) => boolean;
}

/** @param folder where relative imports of cells start */
export function createService(folder: string): Service {
  const files = cellFiles(folder);
  const options: ts.CompilerOptions = {
    ...cellOptions(),
    noEmit: false,
    sourceMap: true,
    // A half-written function must run; `workbook lint` tells about what is unused.
    noUnusedLocals: false,
    noUnusedParameters: false,
  };
  const resolver = createResolver(folder, options);
  const memory = new Map<string, { readonly text: string; readonly version: number }>();
  const onDisk = new Map<string, string>();
  const snapshots = new Map<string, { readonly version: string; readonly snapshot: ts.IScriptSnapshot }>();
  let changes = 0;

  const write = (file: string, text: string): void => {
    memory.set(file, { text, version: ++changes });
    onDisk.clear();
  };
  write(files.globals, cellGlobals);
  write(files.packages, "export {};\n");
  write(files.current, "export {};\n");

  const versionOnDisk = (file: string): string => {
    if (file.includes("/node_modules/")) return "installed";
    const known = onDisk.get(file) ?? fileVersion(file);
    onDisk.set(file, known);
    return known;
  };
  const versionOf = (file: string): string => memory.get(file)?.version.toString() ?? versionOnDisk(file);
  /** The service asks for every file of a program again for the next program. */
  const snapshotOf = (file: string): ts.IScriptSnapshot | undefined => {
    const version = versionOf(file);
    const known = snapshots.get(file);
    if (known?.version === version) return known.snapshot;
    const text = memory.get(file)?.text ?? sys.readFile(file);
    if (text === undefined) return undefined;
    const snapshot = typescript.ScriptSnapshot.fromString(text);
    snapshots.set(file, { version, snapshot });
    return snapshot;
  };
  const { sys } = typescript;
  const host: Host = {
    getCompilationSettings: () => options,
    getProjectVersion: () => String(changes),
    getScriptFileNames: () => [files.current, files.globals, files.packages],
    getScriptVersion: versionOf,
    getScriptSnapshot: snapshotOf,
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: (settings) => typescript.getDefaultLibFilePath(settings),
    useCaseSensitiveFileNames: () => sys.useCaseSensitiveFileNames,
    fileExists: (file) => memory.has(file) || sys.fileExists(file),
    readFile: (file) => memory.get(file)?.text ?? sys.readFile(file),
    directoryExists: (path) => sys.directoryExists(path),
    getDirectories: (path) => sys.getDirectories(path),
    readDirectory: (...all) => sys.readDirectory(...all),
    realpath: (path) => sys.realpath?.(path) ?? path,
    getModuleResolutionCache: () => resolver.cache,
    hasInvalidatedResolutions: (path) => isLocalTypeScript(path) && !memory.has(path),
    resolveModuleNameLiterals: (literals, from, _redirected, _options, file) =>
      literals.map((literal) => {
        const cell = cellOfSpecifier(literal.text, memory, from);
        if (cell !== undefined) return { resolvedModule: { resolvedFileName: cell, extension: ".mts" } };
        return resolver.resolve(
          literal.text,
          from,
          typescript.getModeForUsageLocation(file, literal, options),
        );
      }),
  };
  const language = typescript.createLanguageService(host, registryOfModules());
  return {
    options,
    files,
    resolver,
    language,
    write,
    program: () => {
      const program = language.getProgram();
      if (program === undefined) throw new Error("the language service has no program");
      return program;
    },
  };
}

function cellOfSpecifier(
  specifier: string,
  memory: ReadonlyMap<string, unknown>,
  from: string,
): string | undefined {
  if (!specifier.startsWith("./")) return undefined;
  const file = from.slice(0, from.lastIndexOf("/")) + specifier.slice(1).replace(/\.mjs$/, ".mts");
  return memory.has(file) ? file : undefined;
}

function fileVersion(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? "missing" : `${stats.mtimeMs}:${stats.size}`;
}

/**
 * Parses the author's TypeScript files as ES modules, whatever a package.json near them says: a folder of
 * notebooks has none, and TypeScript would take `import` and `export` in it for mistakes.
 */
function registryOfModules(): ts.DocumentRegistry {
  const registry = typescript.createDocumentRegistry();
  const asModule = (
    file: string,
    given: ts.CreateSourceFileOptions | ts.ScriptTarget,
  ): ts.CreateSourceFileOptions | ts.ScriptTarget =>
    isLocalTypeScript(file) && typeof given === "object"
      ? { ...given, impliedNodeFormat: typescript.ModuleKind.ESNext }
      : given;
  type Acquire = ts.DocumentRegistry["acquireDocumentWithKey"];
  const parsing =
    (acquire: Acquire): Acquire =>
    (file, path, settings, key, snapshot, version, kind, given) =>
      acquire(file, path, settings, key, snapshot, version, kind, given && asModule(file, given));
  return {
    ...registry,
    acquireDocumentWithKey: parsing((...all) => registry.acquireDocumentWithKey(...all)),
    updateDocumentWithKey: parsing((...all) => registry.updateDocumentWithKey(...all)),
  };
}
