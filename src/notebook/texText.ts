/** LaTeX as a notebook can show it: fit for one cell of a Markdown table, and as lines of one aligned display. */
import katex from "katex";

/** A control sequence (`\frac`, `\|`), a comment to the end of its line, or a single character. */
const token = /\\[a-zA-Z]+|\\[^]|%[^\n]*(?:\n[ \t]*|$)|[^]/gu;

function tokens(latex: string): string[] {
  return Array.from(latex.matchAll(token), ([text]) => text);
}

/**
 * The formula as it can stand between `$` in a cell of a Markdown table: in one line, without comments, and
 * without `|`, which would end the cell: Markdown's own `\|` would turn into a double bar where a viewer
 * takes formulas out before it reads tables (JupyterLab does). The result is typeset as the original is.
 * @returns undefined if there is no such form: KaTeX cannot read the formula, or it has a `$`, or a bar that is not a
 * delimiter (in `\text{…}`, or between the columns of an array)
 */
export function tableMath(latex: string): string | undefined {
  const parts = tokens(latex);
  if (parts.includes("$")) return undefined;
  const bar = (name: string, next: string | undefined): string =>
    /^[a-zA-Z]/u.test(next ?? "") ? `${name} ` : name;
  const cell = parts
    .map((part, index) => {
      if (part === "|") return bar("\\vert", parts[index + 1]);
      if (part === "\\|") return bar("\\Vert", parts[index + 1]);
      if (part.startsWith("%")) return "";
      return part === "\n" ? " " : part;
    })
    .join("")
    .trim();
  const given = typeset(latex);
  return given !== undefined && given === typeset(cell) ? cell : undefined;
}

/** KaTeX's HTML of a display formula; undefined if it cannot be read. */
function typeset(latex: string): string | undefined {
  try {
    return katex.renderToString(latex, {
      displayMode: true,
      output: "html",
      throwOnError: true,
      strict: "ignore",
    });
  } catch (error) {
    if (error instanceof katex.ParseError) return undefined;
    throw error;
  }
}

/** Whether KaTeX can typeset the formula. */
export function canTypeset(latex: string): boolean {
  return typeset(latex) !== undefined;
}

/**
 * Text of a Markdown table cell: in one line, with bars escaped in the way that suits each place.
 * @param markdown inline Markdown with `$…$`
 */
export function tableText(markdown: string): string {
  return markdown
    .replaceAll(/\s*\n\s*/gu, " ")
    .split(/(?<!\\)(\$(?:[^$\\]|\\[^])+\$)/u)
    .map((part, index) => {
      if (index % 2 === 0) return part.replaceAll("|", "\\|");
      const inner = part.slice(1, -1);
      return `$${tableMath(inner) ?? inner.replaceAll("|", "\\vert ")}$`;
    })
    .join("");
}

/** Text as it stands, in Markdown: every sign that could mean something there becomes an entity. */
export function plainMarkdown(text: string): string {
  return text
    .replaceAll(/\s*\n\s*/gu, " ")
    .replaceAll(/[\\`*_[\]<>&$|~]/gu, (sign) => `&#${sign.codePointAt(0) ?? 0};`);
}

/** Words with formulas between `$`, in Markdown: the words as they stand, the formulas to be typeset. */
export function markdownWithFormulas(text: string): string {
  return text
    .split(/(\$(?:[^$\\]|\\[^])+\$)/u)
    .map((part, index) => (index % 2 === 0 ? plainMarkdown(part) : part))
    .join("");
}

/** Relations at which lines are aligned; `:` counts together with the `=` after it. */
const relations =
  /^(?:[=<>]|:|\\(?:coloneqq|leq?|geq?|neq?|sim|propto|approx|equiv|leqslant|geqslant|stackrel|overset))$/u;

/**
 * The lines as one `aligned` display, each at its first relation outside of braces.
 * @returns with `$$` around it, as the MIME type text/latex wants it
 */
export function alignedTex(lines: readonly string[]): string {
  const rows = lines.map((latex) =>
    canTypeset(latex) ? `  ${withAlignment(latex)}` : "  & \\text{(unreadable)}",
  );
  return `$$\n\\begin{aligned}\n${rows.join(" \\\\\n")}\n\\end{aligned}\n$$`;
}

function withAlignment(latex: string): string {
  const parts = tokens(latex).filter((part) => !part.startsWith("%"));
  let depth = 0;
  for (const [index, part] of parts.entries()) {
    if (depth === 0 && relations.test(part) && (part !== ":" || parts[index + 1] === "=")) {
      const [before, after] = [parts.slice(0, index).join("").trim(), parts.slice(index).join("")];
      return `${before}${before === "" ? "" : " "}& ${after.trim()}`;
    }
    if (part === "{" || part === "\\left" || part === "\\begin") depth += 1;
    if (part === "}" || part === "\\right" || part === "\\end") depth -= 1;
  }
  return `& ${parts.join("").trim()}`;
}
