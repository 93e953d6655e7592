/** Whether Enter runs a text or starts a new line of it. */
import type ts from "typescript";
import { typescript } from "../../notebook/typescript.js";
import type { Json } from "../contract.js";
import { parseErrors, parseModule } from "./cellText.js";

const unterminatedComment = 1010;
const unterminatedTemplate = 1160;

/** The content of an is_complete_reply. What is only missing its end is incomplete, not invalid. */
export function isComplete(source: string): Json {
  const first = parseErrors(parseModule(source))[0];
  if (first === undefined) return { status: "complete" };
  if (first.code === unterminatedComment || first.code === unterminatedTemplate) {
    // Any indentation would become part of the text.
    return { status: "incomplete", indent: "" };
  }
  const isMissingEnd = first.start >= source.trimEnd().length || source.endsWith("\\");
  return isMissingEnd ? { status: "incomplete", indent: indentation(source) } : { status: "invalid" };
}

/** Two spaces more than the line that opened the innermost bracket; else that of the last line. */
function indentation(source: string): string {
  const open = openBracket(source);
  const line = source.slice(source.lastIndexOf("\n", (open ?? source.length) - 1) + 1);
  const spaces = /^[ \t]*/.exec(line)?.[0] ?? "";
  return open === undefined ? spaces : `${spaces}  `;
}

function openBracket(source: string): number | undefined {
  const { SyntaxKind: kinds } = typescript;
  const scanner = typescript.createScanner(typescript.ScriptTarget.ES2022, true, undefined, source);
  const open: { readonly start: number; readonly inTemplate: boolean }[] = [];
  for (let kind: ts.SyntaxKind = scanner.scan(); kind !== kinds.EndOfFileToken; kind = scanner.scan()) {
    if (kind === kinds.CloseBraceToken && open.at(-1)?.inTemplate === true) {
      if (scanner.reScanTemplateToken(false) === kinds.TemplateTail) open.pop();
    } else if (
      [kinds.OpenBraceToken, kinds.OpenParenToken, kinds.OpenBracketToken, kinds.TemplateHead].includes(kind)
    ) {
      open.push({ start: scanner.getTokenStart(), inTemplate: kind === kinds.TemplateHead });
    } else if ([kinds.CloseBraceToken, kinds.CloseParenToken, kinds.CloseBracketToken].includes(kind)) {
      open.pop();
    }
  }
  return open.at(-1)?.start;
}
