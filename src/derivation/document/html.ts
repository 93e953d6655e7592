import type { Element, Nodes, Root, Text } from "hast";
import rehypeRaw from "rehype-raw";
import { unified } from "unified";
import type { FoundFormula } from "./formula.js";
import { findDelimited, typesetBody } from "./tex.js";

/**
 * The formulas of an HTML page: `data-tex` attributes, `<script type="math/tex">`, the LaTeX that KaTeX and
 * MathJax leave in `<annotation encoding="application/x-tex">`, and what MathJax would find in the text.
 */
export function findHtmlFormulas(html: string): readonly FoundFormula[] {
  const end = { line: 1, column: 1, offset: html.length };
  const position = { start: { line: 1, column: 1, offset: 0 }, end };
  const raw: Root = { type: "root", children: [{ type: "raw", value: html, position } as never] };
  const tree = unified().use(rehypeRaw).runSync(raw);
  return visit(tree, html, false);
}

function visit(node: Nodes, html: string, isDisplay: boolean): readonly FoundFormula[] {
  if (node.type === "text") return inText(node, html);
  if (node.type === "root") return node.children.flatMap((child) => visit(child, html, isDisplay));
  if (node.type !== "element") return [];
  const display = isDisplay || showsDisplay(node);
  const own = ownFormula(node, html, display);
  if (own !== undefined) return [own];
  if (silent.has(node.tagName)) return [];
  return node.children.flatMap((child) => visit(child, html, display));
}

/** Elements whose text no formula is looked for in. */
const silent = new Set(["script", "style", "pre", "code", "textarea", "template", "noscript"]);

const classesOf = ({ properties }: Element): readonly string[] =>
  Array.isArray(properties["className"]) ? properties["className"].map(String) : [];

function showsDisplay(element: Element): boolean {
  const { display } = element.properties;
  return (
    display === "block" || display === "true" || classesOf(element).some((name) => /display/i.test(name))
  );
}

function ownFormula(element: Element, html: string, isDisplay: boolean): FoundFormula | undefined {
  const { tagName, properties } = element;
  const tex = properties["dataTex"];
  if (typeof tex === "string") {
    const block = isDisplay || ["div", "p", "section", "figure"].includes(tagName);
    return { latex: tex.trim(), isDisplay: block, offset: offsetOf(tex.trim(), element, html) };
  }
  const type = typeof properties["type"] === "string" ? properties["type"] : "";
  const script = tagName === "script" && /^math\/tex\b/.test(type);
  if (!script && !(tagName === "annotation" && properties["encoding"] === "application/x-tex"))
    return undefined;
  const latex = textOf(element).trim();
  return {
    latex,
    isDisplay: script ? /mode\s*=\s*display/.test(type) : isDisplay,
    offset: offsetOf(latex, element, html),
  };
}

function textOf(node: Nodes): string {
  if (node.type === "text") return node.value;
  return "children" in node ? node.children.map(textOf).join("") : "";
}

/** Where the text stands in the page; where entities hide it, where its element begins. */
function offsetOf(latex: string, node: Element | Text, html: string): number {
  const start = node.position?.start.offset ?? 0;
  const from = startOfFormula(node, html, start);
  const at = html.indexOf(latex, from);
  const to = node.position?.end.offset ?? html.length;
  return at < 0 || at >= to ? start : at;
}

function startOfFormula(node: Element | Text, html: string, start: number): number {
  if (node.type === "text") return start;
  if ("dataTex" in node.properties) return Math.max(html.indexOf("data-tex", start), start);
  return node.children[0]?.position?.start.offset ?? start;
}

function inText(node: Text, html: string): readonly FoundFormula[] {
  return findDelimited(node.value).flatMap(({ latex: body, environment, isDisplay, opening }) => {
    // "$5 or $6" speaks of money.
    if (opening === "$" && (/^\s|\s$/.test(body) || body.includes("\n\n"))) return [];
    const offset = offsetOf(body.trim(), node, html);
    return [{ latex: typesetBody(body.trim(), environment), isDisplay, offset }];
  });
}
