/** What is wrong with a cell, in the words of the notebook: which cell, which line, and an excerpt. */
import type ts from "typescript";
import { typescript } from "../../notebook/typescript.js";
import type { ErrorContent } from "../contract.js";
import type { TextProblem } from "./cellText.js";
import { excerpt } from "../excerpt.js";
import { nameCells } from "./files.js";
import type { SharedName } from "./names.js";

/** A text with what is wrong in it. */
export interface ProblemSource {
  /** How messages call it: `cell [3]`, or the path of a local file. */
  readonly name: string;
  readonly text: string;
  readonly problems: readonly TextProblem[];
}

/** The form of an error message; the first problem is the error's value. */
export function describeProblems(sources: readonly ProblemSource[]): ErrorContent {
  const lines = sources.flatMap((source) =>
    [...source.problems]
      .sort((a, b) => a.start - b.start)
      .flatMap(({ start, messages: [first = "", ...rest] }) => {
        const before = source.text.slice(0, start).split("\n");
        const column = (before.at(-1) ?? "").length + 1;
        return [
          `${source.name}, line ${before.length}, column ${column}: ${first}`,
          ...excerpt(source.text, before.length),
          ...rest.map((message) => `      ${message}`),
        ];
      }),
  );
  const ename = "TypeScriptError";
  return { ename, evalue: lines[0] ?? "", traceback: [`${ename}: the cell was not run`, ...lines] };
}

/** `<T>x` and `<T>(x) => y` would be ambiguous in a file that may hold JSX; in a cell they are not. */
const reservedInModules = [7059, 7060];
const assignmentToImport = 2632;

export interface CellContext {
  /** Length of the author's text: what the compiler says about the rest is no concern of the author's. */
  readonly end: number;
  readonly used: readonly SharedName[];
  readonly cellName: (id: number | undefined) => string;
}

export function cellProblems(
  diagnostics: readonly ts.Diagnostic[],
  { end, used, cellName }: CellContext,
): TextProblem[] {
  return diagnostics.flatMap((one) => {
    const { start = 0, code } = one;
    if (start > end || reservedInModules.includes(code)) return [];
    const messages = messagesOf(one, cellName);
    return [
      { start, messages: code === assignmentToImport ? messages.map((m) => asNameOf(used, m)) : messages },
    ];
  });
}

const missingExtension = [2834, 2835];

/** The problem's message, then those that explain it. */
export function messagesOf(
  { messageText, code, file, start = 0, length = 0 }: ts.Diagnostic,
  cellName: (id: number | undefined) => string,
): string[] {
  if (missingExtension.includes(code) && file !== undefined) {
    // Extensions may be left out here: the file itself is missing.
    const hint = /Did you mean .*$/.exec(flattened(messageText))?.[0];
    return [`Cannot find module ${file.text.slice(start, start + length)}. ${hint ?? ""}`.trimEnd()];
  }
  const flat = (message: string | ts.DiagnosticMessageChain): string[] =>
    typeof message === "string" ? [message] : [message.messageText, ...(message.next ?? []).flatMap(flat)];
  return flat(messageText).map((message) => nameCells(message, cellName));
}

/** To the author, a name of another cell is no import but what that cell made it. */
function asNameOf(used: readonly SharedName[], message: string): string {
  const name = /'([^']*)'/.exec(message)?.[1];
  const kind = used.find((one) => one.name === name)?.kind;
  if (kind === undefined || kind === "import") return message;
  const word = kind === "const" ? "a constant" : kind === "enum" ? "an enum" : `a ${kind}`;
  return message.replace("an import", word);
}

export function syntaxFirst(program: ts.Program, file: ts.SourceFile): readonly ts.Diagnostic[] {
  const syntax = program.getSyntacticDiagnostics(file);
  return syntax.length > 0 ? syntax : program.getSemanticDiagnostics(file);
}

const flattened = (message: string | ts.DiagnosticMessageChain): string =>
  typescript.flattenDiagnosticMessageText(message, "\n");
