/** The formulas of a Markdown text: where they are, and whether every viewer can typeset them. */
import katex from "katex";
import type { RootContent } from "mdast";
import remarkMath from "remark-math";
import remarkParse from "remark-parse";
import { unified } from "unified";
import { separateDisplayMath } from "../derivation/document/displayMath.js";
import { placesIn } from "../derivation/document/formula.js";
import { findFormulas } from "../derivation/document/markdown.js";

/** Something a viewer cannot show, with the line of the Markdown text, from 1. */
export interface FormulaProblem {
  readonly line: number;
  readonly message: string;
}

const parser = unified().use(remarkParse).use(remarkMath);

/** Commands that KaTeX knows and MathJax 3, as Jupyter configures it, does not. */
const katexOnly = /\\(htmlClass|htmlData|htmlId|htmlStyle|includegraphics|gdef|xdef|global|futurelet)\b/;

/** What is wrong with the formulas of a Markdown text: KaTeX in its strictest mode, and Jupyter's MathJax. */
export function checkFormulas(markdown: string): readonly FormulaProblem[] {
  const placeOf = placesIn(markdown);
  const problems = findFormulas(markdown).flatMap(
    ({ latex, isDisplay, offset }): readonly FormulaProblem[] => {
      const { line } = placeOf(offset);
      const foreign = katexOnly.exec(latex)?.[0];
      if (foreign !== undefined) return [{ line, message: `${foreign} is not known to Jupyter's MathJax` }];
      const message = typesettingError(latex, isDisplay);
      return message === undefined ? [] : [{ line, message: `${message} in ${JSON.stringify(latex)}` }];
    },
  );
  return [...problems, ...findBareEnvironments(markdown)];
}

function typesettingError(latex: string, displayMode: boolean): string | undefined {
  try {
    katex.renderToString(latex, { displayMode, strict: "error", throwOnError: true, trust: false });
    return undefined;
  } catch (error) {
    if (error instanceof katex.ParseError) return error.rawMessage;
    throw error;
  }
}

/** MathJax typesets `\begin{align}` outside dollars; KaTeX in VS Code and the report do not. */
function findBareEnvironments(markdown: string): readonly FormulaProblem[] {
  const visit = (nodes: readonly RootContent[]): readonly FormulaProblem[] =>
    nodes.flatMap((node): readonly FormulaProblem[] => {
      const environment = node.type === "text" ? /\\begin\{\w+\*?\}/.exec(node.value)?.[0] : undefined;
      if (environment !== undefined) {
        const line = lines[(node.position?.start.line ?? 1) - 1] ?? 1;
        return [{ line, message: `${environment} stands outside $$ … $$, where only MathJax finds it` }];
      }
      return "children" in node ? visit(node.children) : [];
    });
  const { text, lines } = separateDisplayMath(markdown);
  return visit(parser.parse(text).children);
}
