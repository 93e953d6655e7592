/**
 * What the parts of the kernel say to each other. The kernel process speaks with Jupyter and compiles; the
 * program process runs the user's code. Everything here is plain data: it crosses threads and processes.
 */

export type Json = Readonly<Record<string, unknown>>;

export type StreamName = "stdout" | "stderr";

/** One script to be run by `vm`: a function expression, see {@link CompiledCell.script}. */
export interface Script {
  /** The file name of its stack frames, e.g. `workbook-cell-3.js` or the path of a local module. */
  readonly file: string;
  readonly text: string;
  /** Source map from the text to the author's text, as JSON. Lines and columns of the author's text. */
  readonly map: string;
}

/** The name by which the text of a local module reaches its guards, see program/guard.ts. */
export const moduleGuardName = "guard$ofTheWorkbook";

/** A local TypeScript file that a cell imports, in SystemJS format: `System.register([…], function …)`. */
export interface LocalModule extends Script {
  /** Absolute path of the TypeScript file: the name under which `cell.import` asks for it. */
  readonly path: string;
  /** The author's text, for excerpts in tracebacks. */
  readonly source: string;
}

export interface CompiledCell {
  /**
   * `(async function (cell, require) { "use strict"; … })`, whose parameter `cell` is a `CellRuntime` (see
   * program/runtime.ts).
   */
  readonly script: Script;
  /** The names of earlier cells whose values the script asks for. */
  readonly uses: readonly string[];
  /** Every local TypeScript file that the cell reaches, in no particular order; all of them each time. */
  readonly modules: readonly LocalModule[];
}

/** An error as Jupyter shows it. */
export interface ErrorContent {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

export type Compilation =
  | { readonly status: "ok"; readonly cell: CompiledCell }
  | { readonly status: "error"; readonly error: ErrorContent };

/** How a cell ended; `bundle` is the value of its last expression, by MIME type. */
export type Outcome =
  | { readonly status: "ok"; readonly bundle?: Json }
  | { readonly status: "error"; readonly error: ErrorContent };

/** A cell on its way to the program. */
export interface RunCell {
  /** Names the run: output that comes late can still say where it belongs. */
  readonly id: number;
  /** Execution count, as in "cell [3]". */
  readonly count: number;
  /** The author's text. */
  readonly source: string;
  readonly cell: CompiledCell;
}

/** The answer to an input request: the text that was typed, or why there is none. */
export type InputAnswer =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "interrupted" };

export type ToProgram =
  /** Packages that the next run will import: they can load while its cell is being compiled. */
  | { readonly kind: "preload"; readonly id: number; readonly packages: readonly string[] }
  | ({ readonly kind: "run" } & RunCell)
  | { readonly kind: "interrupt" }
  | { readonly kind: "input"; readonly answer: InputAnswer }
  | { readonly kind: "exit" };

/** Messages that a program may publish for its cells. */
export type PublishedType = "display_data" | "update_display_data" | "clear_output" | "error";

export type FromProgram =
  | { readonly kind: "ready" }
  | { readonly kind: "stream"; readonly id: number; readonly name: StreamName; readonly text: string }
  | { readonly kind: "publish"; readonly id: number; readonly type: PublishedType; readonly content: Json }
  | { readonly kind: "input"; readonly id: number; readonly prompt: string }
  | { readonly kind: "done"; readonly id: number; readonly outcome: Outcome }
  | { readonly kind: "interrupted" };

export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
