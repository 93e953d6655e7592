import type { Code, RootContent } from "mdast";
import remarkMath from "remark-math";
import remarkParse from "remark-parse";
import { unified } from "unified";
import { delimited } from "./delimited.js";
import { separateDisplayMath } from "./displayMath.js";
import { lineStarts, type FoundFormula } from "./formula.js";
import { findTexFormulas } from "./tex.js";

const parser = unified().use(remarkParse).use(remarkMath);

/**
 * The formulas of a Markdown text in order of appearance: `$`, `$$`, `\(`, `\[`, fences `math` and
 * `{math}`, and what LaTeX stands in fences `latex` and `tex`. Those in other code are none.
 */
export function findFormulas(markdown: string): readonly FoundFormula[] {
  const dollars = withDollars(markdown);
  const { text, lines } = separateDisplayMath(dollars);
  const starts = lineStarts(dollars);
  let cursor = 0;
  return collect(parser.parse(text).children, text).flatMap((found) => {
    const from = Math.max(cursor, starts[(lines[found.line - 1] ?? 1) - 1] ?? 0);
    const [first = ""] = found.latex.split("\n");
    const at = Math.max(dollars.indexOf(first, from), from);
    cursor = at + first.length;
    if (!found.isSource) return [{ latex: found.latex, isDisplay: found.isDisplay, offset: at }];
    return findTexFormulas(found.latex).map((inner) => ({ ...inner, offset: at + inner.offset }));
  });
}

interface Found {
  readonly latex: string;
  readonly isDisplay: boolean;
  /** LaTeX source, of which only parts are formulas. */
  readonly isSource?: boolean;
  /** In the separated text, from 1. */
  readonly line: number;
}

function collect(nodes: readonly RootContent[], text: string): readonly Found[] {
  return nodes.flatMap((node): readonly Found[] => {
    const line = node.position?.start.line ?? 1;
    // The text of a block begins below its dollars or ticks.
    if (node.type === "math") return [{ latex: node.value, isDisplay: true, line: line + 1 }];
    if (node.type === "inlineMath") {
      return [{ latex: node.value, isDisplay: isDisplayInline(text, node.position?.start.offset), line }];
    }
    if (node.type === "code") return fenced(node, line);
    return "children" in node ? collect(node.children, text) : [];
  });
}

function fenced(node: Code, line: number): readonly Found[] {
  const language = (node.lang ?? "").replace(/^\{(.*)\}$/, "$1");
  const found = { latex: node.value, isDisplay: true, line: line + 1 };
  if (language === "math") return [found];
  return language === "latex" || language === "tex" ? [{ ...found, isSource: true }] : [];
}

/** remark-math calls `$$…$$` within a line inline; Jupyter displays it. */
function isDisplayInline(text: string, offset: number | undefined): boolean {
  return offset !== undefined && text.startsWith("$$", offset);
}

/**
 * `\( \)` and `\[ \]` with dollars in their place, so that nothing moves. In Markdown a backslash also
 * keeps a bracket from making a link: brackets without anything mathematical between them stay.
 */
function withDollars(markdown: string): string {
  const pieces: string[] = [];
  let from = 0;
  for (const { opening, body, start } of delimited(markdown, brackets, ([whole]) => closingOf(whole))) {
    const dollars = opening[0] === "\\(" ? ([" $", "$ "] as const) : (["$$", "$$"] as const);
    const inline = opening[0] === "\\(" && body.includes("\n");
    if (!/^\\[([]$/.test(opening[0]) || inline || !mathematical.test(body)) continue;
    pieces.push(markdown.slice(from, start - 2), dollars[0], body, dollars[1]);
    from = start + body.length + 2;
  }
  return [...pieces, markdown.slice(from)].join("");
}

const brackets = /`+|~{3,}|\$\$|\\[^]/g;

function closingOf(opening: string): string | undefined {
  if (opening.startsWith("\\")) return opening === "\\(" ? "\\)" : opening === "\\[" ? "\\]" : undefined;
  return opening;
}

const mathematical = /[=<>_^\\]|^\s*[a-zA-Z]\s*$/;
