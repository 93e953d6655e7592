/**
 * Markdown (of authors and of outputs) to HTML: GitHub's dialect with formulas. Embedded HTML is
 * parsed and passed through a list of allowed elements and attributes before formulas and code,
 * which come from libraries, are put in.
 */
import type { Element, ElementContent, Root, RootContent } from "hast";
import rehypeRaw from "rehype-raw";
import rehypeSanitize, { defaultSchema } from "rehype-sanitize";
import rehypeStringify from "rehype-stringify";
import remarkGfm from "remark-gfm";
import remarkMath from "remark-math";
import remarkParse from "remark-parse";
import remarkRehype from "remark-rehype";
import { unified } from "unified";
import { separateDisplayMath } from "../derivation/document/displayMath.js";
import type { ReportContext } from "./context.js";
import { finishTree } from "./finishTree.js";
import { trusted, type Html } from "../typeset/html.js";

type Schema = typeof defaultSchema;

/** GitHub's list, with the classes that formulas travel by, pictures in data: addresses, and progress bars. */
const schema: Schema = {
  ...defaultSchema,
  clobberPrefix: "",
  tagNames: [...(defaultSchema.tagNames ?? []), "progress", "figure", "figcaption"],
  attributes: {
    ...defaultSchema.attributes,
    code: [["className", /^language-./, "math-inline", "math-display"]],
    progress: ["value", "max"],
  },
  protocols: { ...defaultSchema.protocols, src: ["data", "http", "https"] },
};

const footnotes = {
  clobberPrefix: "",
  footnoteLabelTagName: "strong",
  footnoteBackLabel: "back to the text",
};
const fromMarkdown = unified()
  .use(remarkParse)
  .use(remarkGfm)
  .use(remarkMath)
  .use(remarkRehype, { allowDangerousHtml: true, ...footnotes });
const clean = unified().use(rehypeRaw).use(rehypeSanitize, schema);
const toText = unified().use(rehypeStringify, { allowDangerousHtml: true });

export interface MarkdownOptions {
  /** Whether headings are part of the outline; those in outputs are not. */
  readonly inOutline: boolean;
}

export function renderMarkdown(markdown: string, context: ReportContext, options: MarkdownOptions): Html {
  const { text } = separateDisplayMath(markdown);
  const tree = fromMarkdown.runSync(fromMarkdown.parse(text));
  markDisplayMath(tree, text);
  return finish(clean.runSync(tree), context, options);
}

/** One line of Markdown without its paragraph. */
export function renderInline(markdown: string, context: ReportContext): Html {
  const { html: markup } = renderMarkdown(markdown, context, { inOutline: false });
  return trusted(/^<p>([\s\S]*)<\/p>$/.exec(markup.trim())?.[1] ?? markup);
}

/** A text/html output, with all that is active or unknown taken out; undefined if nothing is left. */
export function renderForeignHtml(markup: string, context: ReportContext): Html | undefined {
  const tree: Root = { type: "root", children: [{ type: "raw", value: markup } as never] };
  const cleaned = clean.runSync(tree);
  const result = finish(cleaned, context, { inOutline: false });
  return hasContent(cleaned) ? result : undefined;
}

function finish(tree: Root, context: ReportContext, options: MarkdownOptions): Html {
  finishTree(tree, context, options.inOutline);
  return trusted(toText.stringify(tree));
}

function hasContent(tree: Root): boolean {
  const visible = (node: RootContent | ElementContent): boolean =>
    (node.type === "text" && node.value.trim() !== "") ||
    (node.type === "element" &&
      (["img", "hr", "progress"].includes(node.tagName) || node.children.some(visible)));
  return tree.children.some(visible);
}

/** remark-math calls `$$…$$` within a line inline; Jupyter displays it, and so do we. */
function markDisplayMath(tree: Root, text: string): void {
  const visit = (node: Root | Element): void => {
    for (const child of node.children) {
      if (child.type !== "element") continue;
      const classes = child.properties["className"];
      const isInline = Array.isArray(classes) && classes.includes("math-inline");
      const offset = child.position?.start.offset;
      if (isInline && offset !== undefined && text.startsWith("$$", offset)) {
        child.properties["className"] = ["language-math", "math-display"];
      }
      visit(child);
    }
  };
  visit(tree);
}
