/**
 * The last step for cleaned HTML: formulas typeset, code coloured, headings put into the outline,
 * pictures taken into the file, and ids made unique.
 */
import type { Element, ElementContent, Root, RootContent } from "hast";
import type { ReportContext } from "./context.js";
import { safe, nothing, type Html } from "../typeset/html.js";
import { renderMath } from "../typeset/math.js";

type Node = RootContent | ElementContent;
/** HTML that rehype-stringify writes as it is; only made from {@link Html}. */
const raw = ({ html: value }: Html): Node => ({ type: "raw", value }) as never;

export function finishTree(tree: Root, context: ReportContext, inOutline: boolean): void {
  const prefix = context.nextPrefix();
  const ids = new Set<string>();
  walk(tree, (element) => {
    const { id } = element.properties;
    if (typeof id !== "string") return element;
    ids.add(id);
    element.properties["id"] = `${prefix}${id}`;
    return element;
  });
  walk(tree, (element) => {
    const { href, ariaDescribedBy } = element.properties;
    if (Array.isArray(ariaDescribedBy)) {
      element.properties["ariaDescribedBy"] = ariaDescribedBy.map((id) => `${prefix}${id}`);
    }
    const isOwn = typeof href === "string" && href.startsWith("#") && ids.has(href.slice(1));
    if (isOwn) element.properties["href"] = `#${prefix}${href.slice(1)}`;
    return /^h[1-6]$/.test(element.tagName) ? finishHeading(element, context, inOutline) : element;
  });
  walk(tree, (element) => finishElement(element, context));
}

/** Replaces each element by what `change` makes of it, children first. */
function walk(parent: Root | Element, change: (element: Element) => Node): void {
  const children: Node[] = parent.children;
  children.forEach((child, i) => {
    if (child.type !== "element") return;
    walk(child, change);
    children[i] = change(child);
  });
}

function finishElement(element: Element, context: ReportContext): Node {
  const { tagName } = element;
  if (tagName === "pre") return finishPre(element, context);
  if (tagName === "code" && hasClass(element, "math-inline")) return raw(renderMath(textOf(element), false));
  if (tagName === "code" && hasClass(element, "math-display")) return raw(renderMath(textOf(element), true));
  if (tagName === "img") return finishPicture(element, context);
  if (tagName === "th") return finishHeader(element);
  if (tagName === "table") return scrollable(element);
  if (tagName === "a") return finishLink(element, context);
  if (tagName === "input") {
    element.properties["ariaLabel"] = element.properties["checked"] === true ? "done" : "to do";
  }
  return element;
}

/**
 * A column header that is a formula gets its words besides: table readers announce it with every
 * cell, and not all of them find the text in MathML.
 */
function finishHeader(header: Element): Element {
  if (textOf(header).trim() !== "" || header.children.length === 0) return header;
  const formula = header.children.map((child) => ("value" in child ? child.value : "")).join("");
  const latex = /<annotation encoding="application\/x-tex">([^<]*)</.exec(formula)?.[1] ?? "";
  const words = latex.replace(/[^\p{Letter}\p{Number}]+/gu, " ").trim();
  const hidden: Element = {
    type: "element",
    tagName: "span",
    properties: { ariaHidden: "true" },
    children: header.children,
  };
  const spoken: Element = {
    type: "element",
    tagName: "span",
    properties: { className: ["spoken"] },
    children: [{ type: "text", value: words }],
  };
  return { ...header, children: [hidden, spoken] };
}

function hasClass(element: Element, name: string): boolean {
  const { className } = element.properties;
  return Array.isArray(className) && className.includes(name);
}

export function textOf(node: Node): string {
  if (node.type === "text") return node.value;
  return "children" in node ? node.children.map(textOf).join("") : "";
}

function finishPre(element: Element, { highlight }: ReportContext): Node {
  const [code] = element.children;
  // a displayed formula arrives as code in pre, and the code has just been typeset
  if (code !== undefined && (code.type as string) === "raw") return code;
  if (code?.type !== "element" || code.tagName !== "code") return element;
  const { className } = code.properties;
  const language = /\blanguage-(\S+)/.exec(Array.isArray(className) ? className.join(" ") : "")?.[1] ?? "";
  const text = textOf(code).replace(/\n$/, "");
  return raw(safe`<pre><code>${highlight(text, language)}</code></pre>`);
}

function finishHeading(element: Element, { outline }: ReportContext, inOutline: boolean): Node {
  if (!inOutline) return { ...element, tagName: "p", properties: { className: ["minor-heading"] } };
  const text = textOf(element).trim();
  const label = safe`${element.children.map(labelOf)}`;
  const { id, level } = outline.add(Number(element.tagName.slice(1)), text, label);
  const anchor: Element = {
    type: "element",
    tagName: "a",
    properties: { className: ["anchor"], href: `#${id}`, ariaLabel: `Link to ${text}` },
    children: [{ type: "text", value: "#" }],
  };
  return { ...element, tagName: `h${level}`, properties: { id }, children: [...element.children, anchor] };
}

/** A heading in the table of contents: text and formulas, without links and emphasis. */
function labelOf(node: ElementContent): Html {
  if (node.type === "text") return safe`${node.value}`;
  if (node.type !== "element") return nothing;
  return hasClass(node, "math-inline")
    ? renderMath(textOf(node), false)
    : safe`${node.children.map(labelOf)}`;
}

function finishPicture(element: Element, context: ReportContext): Node {
  const { src, alt } = element.properties;
  const source = typeof src === "string" ? src : "";
  const description = typeof alt === "string" ? alt : "";
  if (/^data:image\/(png|jpeg|gif|webp|svg\+xml)[;,]/i.test(source)) {
    element.properties["alt"] = description;
    return element;
  }
  const inlined = /^\w+:/.test(source) ? undefined : inlinePicture(source, context);
  if (inlined !== undefined)
    return { ...element, properties: { ...element.properties, src: inlined, alt: description } };
  return raw(safe`<span class="missing">[picture not included: ${description || source}]</span>`);
}

const pictureTypes = new Map([
  ["gif", "image/gif"],
  ["jpeg", "image/jpeg"],
  ["jpg", "image/jpeg"],
  ["png", "image/png"],
  ["svg", "image/svg+xml"],
  ["webp", "image/webp"],
]);

function inlinePicture(path: string, { readBeside }: ReportContext): string | undefined {
  const type = pictureTypes.get(/\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? "");
  const bytes = type === undefined ? undefined : readBeside(decodeURI(path));
  return bytes === undefined ? undefined : `data:${type};base64,${Buffer.from(bytes).toString("base64")}`;
}

function scrollable(table: Element): Node {
  return { type: "element", tagName: "div", properties: { className: ["table"] }, children: [table] };
}

/** A link to another notebook goes to its chapter, if the report has it. */
function finishLink(element: Element, { chapterLink }: ReportContext): Element {
  const { href } = element.properties;
  const file = typeof href === "string" ? /^(?:\.\/)?([\w.-]+)\.(?:ipynb|md)$/.exec(href)?.[1] : undefined;
  const address = file === undefined ? undefined : chapterLink(file);
  return address === undefined
    ? element
    : { ...element, properties: { ...element.properties, href: address } };
}
