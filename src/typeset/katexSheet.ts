/**
 * KaTeX's style sheet for one piece of HTML: only the rules that its formulas need, with the fonts inside, cut down to the
 * glyphs that occur. Small enough to stand in every output of a notebook.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { charactersByFace, type FaceName } from "./katexFaces.js";
import { subsetFont } from "./fontSubset.js";

/**
 * @param markup HTML with formulas of KaTeX
 * @param scope a selector; the rules apply within it only. Families of fonts are renamed, so that neither the page's own
 *   KaTeX nor another output with other glyphs can take their place.
 */
export function katexSheet(markup: string, scope: string): string {
  const { rules, faces } = readSheet();
  const used = usedClasses(markup);
  const fonts = [...charactersByFace(markup, rules, faces)].flatMap(([face, characters]) => {
    const rule = fontRule(face, characters, faces);
    return rule === undefined ? [] : [rule];
  });
  const kept = [...rules.matchAll(/([^{}]+)\{([^{}]*)\}/gu)].flatMap(([, selectors = "", body = ""]) => {
    const needed = selectors.split(",").filter((selector) => isNeeded(selector, used));
    return needed.length === 0 ? [] : [`${needed.map((one) => `${scope} ${one}`).join(",")}{${body}}`];
  });
  const sheet = [...fonts, ...kept].join("\n");
  const name = `F${createHash("sha256").update(sheet).digest("hex").slice(0, 8)}`;
  return sheet.replaceAll("KaTeX_", `${name}_`);
}

/**
 * The HTML of KaTeX without what {@link katexSheet} has no use for: classes that no rule names (a third of all), and
 * the source of the formula beside its MathML.
 */
export function compactFormula(markup: string): string {
  const { classes } = readSheet();
  return markup
    .replace(/<annotation [^]*?<\/annotation>/u, "")
    .replaceAll(/ class="([^"]*)"/gu, (_, list: string) => {
      const named = list.split(/\s+/u).filter((name) => classes.has(name));
      return named.length === 0 ? "" : ` class="${named.join(" ")}"`;
    });
}

interface Sheet {
  readonly rules: string;
  /** Those that occur in the rules. */
  readonly classes: ReadonlySet<string>;
  /** The fonts that come with it. */
  readonly faces: readonly FaceName[];
}

let sheet: Sheet | undefined;

const folder = path.dirname(createRequire(import.meta.url).resolve("katex/dist/katex.min.css"));

function readSheet(): Sheet {
  if (sheet !== undefined) return sheet;
  const css = readFileSync(path.join(folder, "katex.min.css"), "utf8");
  const rules = css.replaceAll(/@font-face\{[^}]*\}/gu, "");
  sheet = {
    rules,
    classes: new Set([...rules.matchAll(/\.([a-z][\w-]*)/giu)].map(([, name = ""]) => name)),
    faces: readdirSync(path.join(folder, "fonts")).flatMap((name) => {
      return name.endsWith(".ttf") ? [path.basename(name, ".ttf")] : [];
    }),
  };
  return sheet;
}

function usedClasses(markup: string): ReadonlySet<string> {
  return new Set([...markup.matchAll(/class="([^"]*)"/gu)].flatMap(([, list = ""]) => list.split(/\s+/u)));
}

/** Rules of the whole page (counters of equations) are none of ours. */
function isNeeded(selector: string, used: ReadonlySet<string>): boolean {
  const classes = [...selector.replaceAll(/:not\([^)]*\)/gu, "").matchAll(/\.([a-z][\w-]*)/giu)];
  return classes.length > 0 && classes.every(([, name = ""]) => used.has(name));
}

function fontRule(
  face: FaceName,
  characters: ReadonlySet<string>,
  faces: readonly FaceName[],
): string | undefined {
  if (!faces.includes(face)) return undefined;
  const font = subsetFont(readFileSync(path.join(folder, "fonts", `${face}.ttf`)), characters);
  if (font === undefined) return undefined;
  const [family = face, style = ""] = face.split("-");
  const weight = style.startsWith("Bold") ? 700 : 400;
  const slant = style.endsWith("Italic") ? "italic" : "normal";
  const source = `url(data:font/woff2;base64,${font.toString("base64")}) format("woff2")`;
  return `@font-face{font-family:${family};font-weight:${weight};font-style:${slant};src:${source}}`;
}
