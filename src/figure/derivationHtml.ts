/** A checked derivation as a page of its own: what `workbook figures` photographs for the README. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import katex from "katex";
import {
  summaryWords,
  verdictFacts,
  type Derivation,
  type DerivationLine,
  type Verdict,
} from "./derivation.js";
import { colors } from "./theme.js";

/** Marks of verdicts, out of characters that KaTeX's fonts have, so that every machine draws them alike. */
const signs: Readonly<Record<Verdict, string>> = {
  holds: "✓",
  fails: "×",
  defines: ":=",
  undecided: "?",
  unreadable: "!",
};

/**
 * A complete HTML page without scripts and without requests: fonts are part of it. The derivation is the
 * element `#derivation`.
 */
export function derivationHtml(derivation: Derivation): string {
  const rows = derivation.lines.map(row).join("\n");
  const title = derivation.title === undefined ? "" : `<h1>${inline(derivation.title)}</h1>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Derivation</title>
<style>${katexStyle()}\n${style}</style></head>
<body><main id="derivation">${title}
<table>${rows}</table>
<p class="summary">${escapeText(summaryWords(derivation))}</p></main></body></html>
`;
}

function row(line: DerivationLine, index: number): string {
  const { verdict, because = "", latex, reason } = line;
  const kind = line.expect === verdict && verdict === "fails" ? "caught" : verdict;
  const remark = reason === undefined ? "" : `<br><small>${escapeText(reason)}</small>`;
  const [repair] = line.repairs ?? [];
  const holds = repair === undefined ? "" : `<div class="repair">${inline(repair.text)}</div>`;
  return `<tr class="${kind}"><td class="number">${index + 1}</td>
<td class="formula">${formula(`\\displaystyle ${latex}`)}${holds}</td>
<td class="because">${inline(because)}</td>
<td class="mark"><span>${signs[verdict]}</span></td>
<td class="verdict">${escapeText(verdictFacts(line))}${remark}</td></tr>`;
}

function formula(latex: string): string {
  return katex.renderToString(latex, { output: "html", throwOnError: false, strict: "ignore" });
}

/** Text with formulas between `$`; other Markdown is left as it is written. */
function inline(markdown: string): string {
  return markdown
    .split(/(?<!\\)\$((?:[^$\\]|\\[^])+)\$/u)
    .map((part, index) => (index % 2 === 0 ? escapeText(part) : formula(part)))
    .join("");
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** KaTeX's style sheet with its woff2 fonts inside, and without the other formats. */
function katexStyle(): string {
  const folder = path.dirname(createRequire(import.meta.url).resolve("katex"));
  const sheet = readFileSync(path.join(folder, "katex.min.css"), "utf8");
  return sheet
    .replaceAll(/,url\([^)]*\.(?:woff|ttf)\) format\("\w+"\)/gu, "")
    .replaceAll(/url\(([^)]*\.woff2)\)/gu, (_, file: string) => {
      return `url(data:font/woff2;base64,${readFileSync(path.join(folder, file)).toString("base64")})`;
    });
}

const style = `
body { margin: 0; background: ${colors.paper}; color: ${colors.ink}; }
body, .verdict { font-family: KaTeX_SansSerif; }
main { display: inline-block; padding: 20px 28px 14px; }
h1 { font-size: 19px; margin: 0 0 12px; }
table { border-collapse: collapse; }
td { padding: 9px 12px; vertical-align: middle; border-top: 1px solid ${colors.grid}; white-space: nowrap; }
.number { color: ${colors.axis}; padding-left: 0; }
.formula { font-size: 17px; }
.repair { color: ${colors.muted}; font-family: KaTeX_SansSerif; font-size: 14px; margin-top: 6px; }
.because { color: ${colors.muted}; font-size: 15px; white-space: normal; max-width: 230px; min-width: 150px; }
.mark span { display: inline-block; width: 24px; height: 24px; line-height: 24px; border-radius: 12px;
  text-align: center; color: #fff; background: #00785a; font-family: KaTeX_Main, KaTeX_AMS; font-size: 15px; }
.defines .mark span { background: #0072b2; }
.fails .mark span, .caught .mark span, .unreadable .mark span { background: #b3261e; }
.undecided .mark span { background: #767676; }
.caught .formula > .katex { opacity: 0.75; }
.verdict { font-size: 15px; white-space: normal; min-width: 250px; max-width: 270px; }
small { font-size: 12.5px; color: ${colors.muted}; }
.summary { color: ${colors.muted}; font-size: 14px; margin: 12px 0 0; }
.katex { font-size: 1.1em; }
`;
