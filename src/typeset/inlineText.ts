/** One line of text with formulas between `$` and the few marks that a reason needs, as HTML. */
import { safe, trusted, type Html } from "./html.js";

/** Code, strong and emphasized text; of other Markdown the signs stay as they are. */
const spans = [
  [/`([^`]+)`/gu, "code"],
  [/\*\*(\S(?:[^*]*\S)?)\*\*/gu, "strong"],
  [/\*(\S(?:[^*]*\S)?)\*/gu, "em"],
] as const;

/**
 * @param markdown `two *independent* noises add up to $z$`
 * @param formula how a formula, given without dollars, is shown
 */
export function inlineText(markdown: string, formula: (latex: string) => Html): Html {
  const parts = markdown.split(/(?<!\\)\$((?:[^$\\]|\\[^])+)\$/u);
  return safe`${parts.map((part, index) => (index % 2 === 0 ? marked(part) : formula(part)))}`;
}

function marked(text: string): Html {
  const { html } = safe`${text.replaceAll(String.raw`\$`, "$")}`;
  return trusted(spans.reduce((all, [span, tag]) => all.replaceAll(span, `<${tag}>$1</${tag}>`), html));
}
