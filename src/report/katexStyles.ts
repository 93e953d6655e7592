/** KaTeX's style sheet with its fonts inside it: only those that the formulas of the page need. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A font face in katex.min.css. */
interface Face {
  readonly rule: string;
  readonly family: string;
  readonly isBold: boolean;
  readonly isItalic: boolean;
  readonly file: string;
}

/**
 * @param markup the page's HTML, whose classes tell which fonts are used; a family is kept whole
 *   where in doubt
 */
export function katexStyles(markup: string): string {
  const css = require.resolve("katex/dist/katex.min.css");
  const text = readFileSync(css, "utf8");
  const used = usedClasses(markup);
  const families = usedFamilies(text, used);
  const needsBold = [...used].some((name) => /bold|mathbf|textbf/.test(name));
  return text.replace(/@font-face\{[^}]*\}/g, (rule) => {
    const face = readFace(rule);
    const isNeeded =
      families.has(face.family) &&
      (!face.isBold || needsBold) &&
      (!face.isItalic || isItalicUsed(face, used));
    return isNeeded ? inlineFont(face, dirname(css)) : "";
  });
}

const require = createRequire(import.meta.url);

/** The version of KaTeX that a style sheet was made for; it has to be that of the HTML. */
export function katexStyleVersion(styles: string): string | undefined {
  return /\.katex-version:after\{content:"([\d.]+)"/.exec(styles)?.[1];
}

function usedClasses(markup: string): ReadonlySet<string> {
  const names = [...markup.matchAll(/class="([^"]*)"/g)].flatMap(([, list = ""]) => list.split(/\s+/));
  return new Set(names);
}

/** The families named by rules all of whose classes occur in the page. */
function usedFamilies(css: string, used: ReadonlySet<string>): ReadonlySet<string> {
  const rules = css.replace(/@font-face\{[^}]*\}/g, "").matchAll(/([^{}]+)\{[^{}]*(KaTeX_\w+)[^{}]*\}/g);
  const families = new Set<string>();
  for (const [, selectors = "", family = ""] of rules) {
    const isUsed = selectors.split(",").some((selector) => {
      const classes = [...selector.matchAll(/\.([\w-]+)/g)].map(([, name = ""]) => name);
      return classes.every((name) => used.has(name));
    });
    if (isUsed) families.add(family);
  }
  return families;
}

/** Main has its italic for \mathit and \textit; of the other families the italic is the usual face. */
function isItalicUsed(face: Face, used: ReadonlySet<string>): boolean {
  return face.family === "KaTeX_Math" || [...used].some((name) => /^(math|text)(\w*it|it\w*)$/.test(name));
}

function readFace(rule: string): Face {
  const field = (pattern: RegExp): string => pattern.exec(rule)?.[1] ?? "";
  return {
    rule,
    family: field(/font-family:"?(\w+)/),
    isBold: field(/font-weight:(\w+)/) === "700",
    isItalic: field(/font-style:(\w+)/) === "italic",
    file: field(/url\(([^)]*\.woff2)\)/),
  };
}

function inlineFont({ rule, file }: Face, folder: string): string {
  const base64 = readFileSync(join(folder, file)).toString("base64");
  return rule.replace(/src:[^}]*/, `src:url(data:font/woff2;base64,${base64}) format("woff2")`);
}
