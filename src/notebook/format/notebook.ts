/**
 * A notebook as this project sees it: the part of nbformat 4.5 that its two files (.md and .ipynb)
 * share, and the outputs that only an executed .ipynb has.
 */
import { inspect } from "node:util";
import { InputError } from "../../error.js";

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

interface CellBase {
  /** Unique in its notebook: 1 to 64 letters, digits, `-` or `_`. */
  readonly id: string;
  readonly metadata: JsonObject;
  readonly source: string;
}

export interface MarkdownCell extends CellBase {
  readonly type: "markdown";
}
/** Text for another program; Jupyter neither renders nor runs it. */
export interface RawCell extends CellBase {
  readonly type: "raw";
}
export interface CodeCell extends CellBase {
  readonly type: "code";
  /** Empty in `notebooks/`; filled in the executed notebooks of `out/`. */
  readonly outputs: readonly Output[];
  readonly executionCount: number | null;
}
export type Cell = MarkdownCell | RawCell | CodeCell;

/** One output of a code cell, as nbformat names them. Text in several lines is joined. */
export type Output =
  | { readonly type: "stream"; readonly name: "stdout" | "stderr"; readonly text: string }
  | {
      readonly type: "display";
      /** MIME type to content: text, base64 for images, plain values for `+json`. */
      readonly data: JsonObject;
      readonly metadata: JsonObject;
      /** The value of the cell's last expression, rather than something it displayed. */
      readonly isResult: boolean;
    }
  | {
      readonly type: "error";
      readonly name: string;
      readonly message: string;
      readonly traceback: readonly string[];
    };

export interface Notebook {
  readonly metadata: JsonObject;
  readonly cells: readonly Cell[];
}

/** The kernelspec that every notebook of the workbook names. */
export const kernelspec = {
  display_name: "TypeScript (Diffusion Workbook)",
  language: "typescript",
  name: "diffusion-workbook",
} as const;

/** What Jupyter and nbconvert need to know about the language; never stored in the .md. */
export const languageInfo = {
  codemirror_mode: "typescript",
  file_extension: ".ts",
  mimetype: "text/typescript",
  name: "typescript",
  pygments_lexer: "typescript",
} as const;

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The value as JSON that both files can hold, with the keys of every object sorted (as nbformat
 * writes them), so that equal metadata are equal text.
 * @throws InputError for dates, NaN and whatever else YAML knows and JSON does not
 */
export function toJson(value: unknown, where: string): Json {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item, i) => toJson(item, `${where}[${i}]`));
  const isPlain = isObject(value) && Object.getPrototypeOf(value) === Object.prototype;
  if (!isPlain) {
    throw new InputError(
      `${where} = ${inspect(value)}`,
      "a text, a finite number, true, false, null, a list or a mapping with text keys",
      "Put it in quotes if it is meant as text.",
    );
  }
  const keys = Object.keys(value).sort((a, b) => (a < b ? -1 : 1));
  return Object.fromEntries(keys.map((key) => [key, toJson(value[key], `${where}.${key}`)]));
}

/** {@link toJson} for what has to be a mapping, such as all metadata. */
export function toJsonObject(value: unknown, where: string): JsonObject {
  const json = toJson(value, where);
  if (isJsonObject(json)) return json;
  throw new InputError(
    `${where} = ${JSON.stringify(json)}`,
    "a mapping of names to values",
    "Write name: value.",
  );
}

/** The mapping without the named keys. */
export function without(object: JsonObject, ...keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** Equal as JSON; both sides must come from {@link toJson}, which sorts keys. */
export function sameJson(a: Json, b: Json): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The language of the code cells, from `metadata.kernelspec.language`. */
export function languageOf(notebook: { readonly metadata: JsonObject }, name: string): string {
  const spec = notebook.metadata["kernelspec"];
  const language = isJsonObject(spec) ? spec["language"] : undefined;
  if (typeof language === "string" && /^[a-z][\w+#-]*$/i.test(language)) return language;
  throw new InputError(
    `${name}: kernelspec.language = ${inspect(language)}`,
    'the name of a language, as in kernelspec: {display_name: …, language: "typescript", name: …}',
    "nbgrader reads it too. Copy the front matter of another notebook.",
  );
}
