/**
 * tslab's converter, loaded with our view of its compiler. The converter has no options, so its file is run
 * with a `require` that answers with a changed copy of the compiler: strict checks, source maps, and our
 * transformations of a cell. Nothing global is changed, and tslab's files stay as they are.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import vm from "node:vm";
import type ts from "@tslab/typescript-for-tslab";
import type * as TslabConverter from "tslab/dist/converter.js";
import type * as TslabInspect from "tslab/dist/inspect.js";
import { packageRoot } from "../notebook/root.js";
import { cellTransformer } from "./transform.js";

export type Compiler = typeof ts;
export type Converter = TslabConverter.Converter;
export type ConvertResult = TslabConverter.ConvertResult;
export type Diagnostic = TslabConverter.Diagnostic;

/** What a conversion tells besides tslab's own result. */
export interface Trace {
  /** Source map of the compiler's output, then of its translation to CommonJS; JSON texts. */
  maps: string[];
  /** Whether the cell has a `for await` outside of functions. */
  loopsAwait: boolean;
}

export interface Tslab {
  readonly compiler: Compiler;
  readonly converter: Converter;
  readonly isCompleteCode: typeof TslabConverter.isCompleteCode;
  readonly printQuickInfo: typeof TslabInspect.printQuickInfo;
  /** Of the latest conversion. */
  readonly trace: Trace;
}

const mapComment = /\n?\/\/# sourceMappingURL=data:[^,]*;base64,(?<data>\S*)\s*$/;

/** Cells resolve modules from the current folder of the process, and are checked as strictly as src/. */
export function loadTslab(): Tslab {
  const require = createRequire(import.meta.url);
  const path = require.resolve("tslab/dist/converter.js");
  const requireThere = createRequire(path);
  const compiler = requireThere("@tslab/typescript-for-tslab") as Compiler;
  const trace: Trace = { maps: [], loopsAwait: false };
  const changed = changeCompiler(compiler, trace);
  const load = (id: string): unknown => (id === "@tslab/typescript-for-tslab" ? changed : requireThere(id));
  const module = { exports: {} as typeof TslabConverter };
  const run = vm.compileFunction(
    readFileSync(path, "utf8"),
    ["exports", "require", "module", "__filename", "__dirname", "console"],
    { filename: path },
  ) as (...all: unknown[]) => unknown;
  run(module.exports, load, module, path, dirname(path), quietConsole);
  const { printQuickInfo } = require("tslab/dist/inspect.js") as typeof TslabInspect;
  return {
    compiler,
    converter: module.exports.createConverter({ isJS: false, isBrowser: false }),
    isCompleteCode: module.exports.isCompleteCode,
    printQuickInfo,
    trace,
  };
}

/** The converter's remarks about its own file watching would land in somebody's cell. */
const quietConsole = { log: () => undefined, warn: () => undefined, error: () => undefined };

function changeCompiler(compiler: Compiler, trace: Trace): Compiler {
  const createWatchCompilerHost = (
    files: string[],
    options: ts.CompilerOptions,
    ...rest: never[]
  ): ts.WatchCompilerHostOfFilesAndCompilerOptions<ts.EmitAndSemanticDiagnosticsBuilderProgram> =>
    (compiler.createWatchCompilerHost as (...all: unknown[]) => never)(
      files,
      { ...options, ...cellOptions(options) },
      ...rest,
    );

  const createWatchProgram = (
    host: ts.WatchCompilerHostOfFilesAndCompilerOptions<ts.EmitAndSemanticDiagnosticsBuilderProgram>,
  ): unknown => {
    const use = host.afterProgramCreate?.bind(host);
    host.afterProgramCreate = (program) => use?.(withTransformer(compiler, program, trace));
    return compiler.createWatchProgram(host);
  };

  const transpileModule = (input: string, options: ts.TranspileOptions): ts.TranspileOutput => {
    const first = mapComment.exec(input)?.groups?.["data"] ?? "";
    const output = compiler.transpileModule(input.replace(mapComment, ""), {
      ...options,
      compilerOptions: { ...options.compilerOptions, sourceMap: true },
    });
    trace.maps = [Buffer.from(first, "base64").toString("utf8"), output.sourceMapText ?? ""];
    return { ...output, outputText: output.outputText.replace(/\n?\/\/# sourceMappingURL=\S*\s*$/, "\n") };
  };
  return { ...compiler, createWatchCompilerHost, createWatchProgram, transpileModule } as Compiler;
}

function cellOptions(options: ts.CompilerOptions): ts.CompilerOptions {
  return {
    strict: true,
    inlineSourceMap: true,
    // Only Node's globals: what else lies in @types must not reach into cells, and costs time to read.
    types: ["node"],
    typeRoots: [...(options.typeRoots ?? []), join(packageRoot, "node_modules", "@types")],
    paths: { "diffusion-workbook": [join(packageRoot, "dist", "index.d.ts")] },
  };
}

function withTransformer(
  compiler: Compiler,
  program: ts.EmitAndSemanticDiagnosticsBuilderProgram,
  trace: Trace,
): ts.EmitAndSemanticDiagnosticsBuilderProgram {
  const transform = cellTransformer(compiler, program.getProgram().getTypeChecker(), trace);
  return {
    ...program,
    emit: (file, write, token, declarationsOnly, custom = {}) =>
      program.emit(file, write, token, declarationsOnly, {
        ...custom,
        before: [...(custom.before ?? []), transform],
      }),
  };
}
