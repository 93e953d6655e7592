/** Formulas as HTML for the eye and MathML for screen readers, both from KaTeX, made here and not in the browser. */
import katex from "katex";
import { safe, trusted, type Html } from "./html.js";

/**
 * The formula typeset, or, where KaTeX cannot, its source with the reason. Commands that could
 * carry code or addresses (`\href`, `\htmlData`, `\includegraphics`) are not obeyed.
 * @param latex without dollars
 */
export function renderMath(latex: string, isDisplay: boolean): Html {
  try {
    const markup = katex.renderToString(latex, {
      displayMode: isDisplay,
      output: "htmlAndMathml",
      strict: "error",
      throwOnError: true,
      trust: false,
      maxSize: 50,
    });
    // its box scrolls where the formula is too wide; a span, since it may stand in a paragraph
    return isDisplay ? safe`<span class="formula">${trusted(markup)}</span>` : trusted(markup);
  } catch (error) {
    if (!(error instanceof katex.ParseError)) throw error;
    return safe`<code class="unreadable-formula" title="${error.rawMessage}">${latex}</code>`;
  }
}

/** The formula in a text/latex output: without the dollars or brackets around it. */
export function stripMathDelimiters(latex: string): string {
  const text = latex.trim();
  const inner = /^(\$\$?|\\\[|\\\()([\s\S]*?)(\$\$?|\\\]|\\\))$/.exec(text)?.[2];
  return (inner ?? text).trim();
}
