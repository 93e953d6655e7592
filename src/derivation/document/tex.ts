import { delimited } from "./delimited.js";
import { blank, type FoundFormula } from "./formula.js";
import { expandCommands } from "./texCommands.js";

/** Environments of displayed formulas, and what KaTeX knows in their place. */
const environments: Readonly<Record<string, string | undefined>> = {
  equation: undefined,
  displaymath: undefined,
  math: undefined,
  multline: undefined,
  align: "aligned",
  flalign: "aligned",
  eqnarray: "aligned",
  alignat: "aligned",
  gather: "gathered",
};

const opening = new RegExp(
  String.raw`\\begin\{((${Object.keys(environments).join("|")})\*?)\}|\\\[|\\\(|\$\$|\$|\\[^]`,
  "g",
);

const closings: Readonly<Record<string, string>> = { "\\[": "\\]", "\\(": "\\)", $$: "$$", $: "$" };

/** What LaTeX and MathJax delimit formulas with. */
export interface Delimiters {
  readonly latex: string;
  readonly environment?: string;
  readonly isDisplay: boolean;
  readonly start: number;
  readonly opening: string;
}

/** The formulas of a text by their delimiters, untouched. */
export function findDelimited(text: string): readonly Delimiters[] {
  const parts = delimited(text, opening, ([whole, name]) =>
    name === undefined ? closings[whole] : `\\end{${name}}`,
  );
  return [...parts].map(({ opening: [whole, , environment], body, start }) => ({
    latex: body,
    isDisplay: !["\\(", "$"].includes(whole) && environment !== "math",
    start,
    opening: whole,
    ...(environment === undefined ? {} : { environment }),
  }));
}

/**
 * The formulas of a LaTeX text: environments with and without star, `\[`, `\(`, `$$` and `$`. Comments and
 * verbatim text have none; a `\label` is the name of its formula; commands that the text defines without
 * arguments are expanded.
 */
export function findTexFormulas(text: string): readonly FoundFormula[] {
  const { expand, rest } = expandCommands(withoutVerbatim(text));
  return findDelimited(rest).map(({ latex, environment, isDisplay, start }) => {
    const label = /\\label\{([^{}]*)\}/.exec(latex)?.[1];
    const formula = latex.replaceAll(beside, blank);
    const indent = formula.length - formula.trimStart().length;
    return {
      latex: expand(typesetBody(formula.trim(), environment)),
      isDisplay,
      offset: start + indent,
      ...(label === undefined ? {} : { label }),
    };
  });
}

/** What stands in a formula and says nothing of it. */
const beside = /\\(?:label|intertext|shortintertext)\{[^{}]*\}|\\(?:nonumber|notag)\b/g;

/** The body as KaTeX reads it without its environment. */
export function typesetBody(body: string, environment: string | undefined): string {
  // A multline is one formula, broken where it did not fit.
  if (environment === "multline") return body.replaceAll(/\\\\(?:\[[^\]]*\])?/g, blank);
  const inner = environment === undefined ? undefined : environments[environment];
  if (inner === undefined) return body;
  const columns = environment === "alignat" ? body.replace(/^\{\d+\}/, "") : body;
  return `\\begin{${inner}}${columns.trim()}\\end{${inner}}`;
}

/** Comments and verbatim text masked, so that nothing moves. */
function withoutVerbatim(text: string): string {
  const parts =
    /\\begin\{(verbatim\*?|lstlisting|minted|comment)\}[^]*?(?:\\end\{\1\}|$(?![^]))|\\verb\*?([^a-zA-Z\s*])[^\n]*?\2|\\[^]|%[^\n]*/g;
  return text.replaceAll(parts, (whole, environment?: string, delimiter?: string) =>
    environment !== undefined || delimiter !== undefined || whole.startsWith("%") ? blank(whole) : whole,
  );
}
