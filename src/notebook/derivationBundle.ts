/**
 * A checked derivation as one bundle: its record for the report, HTML for notebooks (JupyterLab and VS Code prefer it),
 * a Markdown table for viewers that typeset formulas but take no HTML, LaTeX and plain text.
 */
import {
  derivationMime,
  repairWords,
  summaryWords,
  verdictMark,
  verdictWords,
  type Derivation,
  type DerivationLine,
  type Verdict,
} from "../figure/derivation.js";
import { derivationMarkup } from "./derivationMarkup.js";
import type { MimeBundle } from "./display.js";
import {
  alignedTex,
  canTypeset,
  markdownWithFormulas,
  plainMarkdown,
  tableMath,
  tableText,
} from "./texText.js";

/** The bundle that {@link import("./derive.js").derive} shows. */
export function derivationBundle(derivation: Derivation): MimeBundle {
  return {
    [derivationMime]: derivation,
    "text/html": derivationMarkup(derivation),
    "text/markdown": derivationMarkdown(derivation),
    "text/latex": alignedTex(derivation.lines.map(({ latex }) => latex)),
    "text/plain": derivationText(derivation),
  };
}

/** A table of number, formula, reason and verdict; below it what does not fit into a cell. */
export function derivationMarkdown(derivation: Derivation): string {
  const { title, lines } = derivation;
  const reasons = lines.some(({ because }) => because !== undefined);
  const head = reasons ? ["", "formula", "because", "verdict"] : ["", "formula", "verdict"];
  const rows = lines.map((line, index) => {
    const formula = tableMath(line.latex);
    return [
      String(index + 1),
      formula === undefined ? "(below)" : `$\\displaystyle ${formula}$`,
      ...(reasons ? [tableText(line.because ?? "")] : []),
      colouredMark(line) + plainMarkdown(verdictWords(line).slice(verdictMark(line.verdict).length)),
    ];
  });
  const table = [head, head.map((_, column) => (column === 0 ? "--:" : ":--")), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
  const parts = [
    ...(title === undefined ? [] : [`**${title}**`]),
    table,
    ...lines.flatMap(belowTable),
    `*${summaryWords(derivation)}*`,
  ];
  return parts.join("\n\n");
}

/** Dark enough to be read on white and on black; the words beside the mark say the same. */
const tones: Readonly<Record<Verdict, string>> = {
  holds: "#0b8a4a",
  fails: "#d13b32",
  unreadable: "#d13b32",
  defines: "#1f78c8",
  undecided: "#808080",
};

/** The mark in the colour of its verdict; what fails as it should is no alarm. */
function colouredMark({ verdict, expect }: DerivationLine): string {
  const tone = tones[expect === verdict ? "holds" : verdict];
  return `<span style="color: ${tone}">${verdictMark(verdict)}</span>`;
}

function belowTable(line: DerivationLine, index: number): string[] {
  const { latex, counterexample } = line;
  const fence = canTypeset(latex) ? `$$\n${latex.trim()}\n$$` : codeBlock(latex, "latex");
  return [
    ...(tableMath(latex) === undefined ? [`Line ${index + 1}:`, fence] : []),
    ...(counterexample === undefined
      ? []
      : [
          `<details><summary>Line ${index + 1}: where it fails</summary>\n\n${codeBlock(counterexample, "text")}\n\n</details>`,
        ]),
    ...repairsBelow(line, index),
  ];
}

/** Each repair as a sentence and, typeset, the line as it would hold. */
function repairsBelow({ repairs = [], chainRepair }: DerivationLine, index: number): string[] {
  const name = `Line ${index + 1}`;
  return [
    ...repairs.flatMap(({ text, latex }, at) => [
      `${name} ${at === 0 ? "" : "also "}${markdownWithFormulas(text)}:`,
      canTypeset(latex) ? `$$\n${latex.trim()}\n$$` : codeBlock(latex, "latex"),
    ]),
    ...(chainRepair === undefined ? [] : [`${name}: ${plainMarkdown(chainRepair)}`]),
  ];
}

/** A fenced block with a fence longer than any in the text. */
function codeBlock(text: string, language: string): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/gu), ([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** The derivation as plain text, one formula with its reason and verdict after the other. */
export function derivationText(derivation: Derivation): string {
  const { title, lines } = derivation;
  const body = lines.map((line, index) => {
    const because = line.because === undefined ? "" : `\n     because ${line.because}`;
    const counterexample =
      line.counterexample === undefined ? "" : `\n${line.counterexample.replaceAll(/^/gmu, "       ")}`;
    const repairs = repairWords(line).map((words) => `\n     ${words}`);
    return `${String(index + 1).padStart(3)}  ${line.latex}${because}\n     ${verdictWords(line)}${counterexample}${repairs.join("")}`;
  });
  return [...(title === undefined ? [] : [title]), ...body, summaryWords(derivation)].join("\n");
}
