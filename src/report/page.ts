/** The document around the chapters: head, contents, styles, and the one script. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { packageRoot } from "../notebook/root.js";
import type { Heading } from "./headings.js";
import { safe, nothing, trusted, type Html } from "../typeset/html.js";
import { katexStyles } from "./katexStyles.js";
import { textFonts } from "./textFonts.js";

export interface Page {
  readonly title: string;
  readonly language: string;
  /** The h1 above the chapters, where no chapter has it. */
  readonly heading: Html;
  readonly chapters: Html;
  readonly headings: readonly Heading[];
}

const require = createRequire(import.meta.url);

/** The whole file. It loads nothing: the policy in its head forbids it, and any script but the one in it. */
export function renderPage({ title, language, heading, chapters, headings }: Page): string {
  const script = readAsset("client.js");
  const main = safe`${heading}${chapters}`;
  const contents = renderContents(headings);
  const styles = `${katexStyles(main.html + contents.html)}\n${textFonts()}\n${pageStyles()}`;
  const hasCharts = main.html.includes('<figure id="figure-') && main.html.includes('class="plot-data"');
  const page = safe`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${trusted(styles)}</style>
</head>
<body>
<a class="skip" href="#text">Skip to the text</a>
<div class="page">
${contents}
<main id="text" tabindex="-1">
${main}<footer>Made with the diffusion workbook. This file needs no network.</footer>
</main>
</div>
${hasCharts ? plotly() : nothing}<script>${trusted(script)}</script>
</body>
</html>
`;
  return page.html;
}

/** Beside this file in src/; the compiler does not copy it to dist/. */
function readAsset(name: string): string {
  return readFileSync(join(packageRoot, "src", "report", name), "utf8");
}

/** Later sheets refine earlier ones. */
const sheets = ["base", "page", "text", "mathAndCode", "results", "media"];

function pageStyles(): string {
  return sheets.map((sheet) => readAsset(`styles/${sheet}.css`)).join("\n");
}

/** Nothing from outside; of scripts ours, known by its hash, and plotly, which it unpacks into a blob. */
function policy(script: string): string {
  const hash = createHash("sha256").update(script).digest("base64");
  return [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    "font-src data:",
    "img-src data:",
    `script-src 'sha256-${hash}' blob:`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

function plotly(): Html {
  const file = require.resolve("plotly.js-basic-dist-min/plotly-basic.min.js");
  const base64 = gzipSync(readFileSync(file), { level: 9 }).toString("base64");
  return safe`<script type="text/plain" id="plotly">${trusted(base64)}</script>\n`;
}

/** Chapters and, below each, its sections; deeper headings would make the list longer than it is useful. */
function renderContents(headings: readonly Heading[]): Html {
  const top = headings.filter(({ level }) => level === 1).length === 1 && headings[0]?.level === 1 ? 2 : 1;
  const chapterLevel = headings.some(({ level }) => level === top) ? top : 2;
  const groups: { chapter: Heading; sections: Heading[] }[] = [];
  for (const heading of headings) {
    if (heading.level === chapterLevel) groups.push({ chapter: heading, sections: [] });
    if (heading.level === chapterLevel + 1) groups.at(-1)?.sections.push(heading);
  }
  const link = ({ id, label }: Heading): Html => safe`<a href="#${id}">${label}</a>`;
  const items = groups.map(({ chapter, sections }) => {
    const inner = sections.map((section) => safe`<li>${link(section)}</li>`);
    return safe`<li class="chapter">${link(chapter)}${inner.length === 0 ? nothing : safe`<ol>${inner}</ol>`}</li>`;
  });
  const button = safe`<button type="button" id="show-code" aria-pressed="false" hidden>Show all code</button>`;
  return safe`<nav class="contents" id="contents" aria-label="Contents">
<details open><summary>Contents</summary><ol>${items}</ol></details>
${button}
</nav>`;
}
