/** Which characters of KaTeX's HTML are set in which of its fonts, as its style sheet decides. */

/** A font of KaTeX, by the name of its file: `KaTeX_Math-Italic`. */
export type FaceName = string;

/** What a rule of the style sheet says about the font of an element. */
interface FontRule {
  /** Classes of the element and of those around it, the element's own last. */
  readonly compounds: readonly (readonly string[])[];
  readonly family?: string;
  readonly isBold?: boolean;
  readonly isItalic?: boolean;
}

interface Font {
  readonly family: string;
  readonly isBold: boolean;
  readonly isItalic: boolean;
}

/**
 * @param markup HTML that contains formulas of KaTeX; what is not of KaTeX is passed over
 * @param sheet the rules of KaTeX's style sheet
 * @param faces the fonts that there are
 */
export function charactersByFace(
  markup: string,
  sheet: string,
  faces: readonly FaceName[],
): ReadonlyMap<FaceName, ReadonlySet<string>> {
  const rules = readFontRules(sheet);
  const found = new Map<FaceName, Set<string>>();
  for (const [, html = ""] of markup.matchAll(
    /<span class="katex-html"[^>]*>([^]*?)(?=<span class="katex"|$)/gu,
  )) {
    walk(html, rules, (font, text) => {
      const face = nearestFace(font, faces);
      const characters = found.get(face) ?? new Set();
      for (const character of text) characters.add(character);
      found.set(face, characters);
    });
  }
  return found;
}

function readFontRules(sheet: string): readonly FontRule[] {
  return [...sheet.matchAll(/([^{}]+)\{([^{}]*)\}/gu)].flatMap(([, selectors = "", body = ""]) => {
    const family = /(?:^|;)font(?:-family)?:[^;]*?KaTeX_(\w+)/u.exec(body)?.[1];
    const weight = /(?:^|;)font-weight:(\w+)/u.exec(body)?.[1];
    const style = /(?:^|;)font-style:(\w+)/u.exec(body)?.[1];
    if (family === undefined && weight === undefined && style === undefined) return [];
    return selectors.split(",").map((selector) => ({
      compounds: selector
        .split(/[ >]/u)
        .map((compound) => [...compound.matchAll(/\.([\w-]+)/gu)].map(([, name = ""]) => name)),
      ...(family === undefined ? {} : { family }),
      ...(weight === undefined ? {} : { isBold: weight === "700" }),
      ...(style === undefined ? {} : { isItalic: style === "italic" }),
    }));
  });
}

/** Goes through the elements as a browser does: fonts are inherited, rules change them. */
function walk(html: string, rules: readonly FontRule[], onText: (font: Font, text: string) => void): void {
  const stack: { classes: readonly string[]; font: Font }[] = [
    { classes: ["katex"], font: { family: "Main", isBold: false, isItalic: false } },
  ];
  for (const [token] of html.matchAll(/<[^>]*>|[^<]+/gu)) {
    const top = stack.at(-1);
    if (top === undefined) return;
    if (!token.startsWith("<")) {
      onText(top.font, decode(token));
    } else if (token.startsWith("</")) {
      stack.pop();
    } else if (!token.endsWith("/>")) {
      const classes = /class="([^"]*)"/u.exec(token)?.[1]?.split(/\s+/u) ?? [];
      const path = [...stack.map((element) => element.classes), classes];
      stack.push({ classes, font: apply(rules, path, top.font) });
    }
  }
}

function apply(rules: readonly FontRule[], path: readonly (readonly string[])[], inherited: Font): Font {
  let font = inherited;
  for (const { compounds, family, isBold, isItalic } of rules) {
    if (!matches(compounds, path)) continue;
    font = {
      family: family ?? font.family,
      isBold: isBold ?? font.isBold,
      isItalic: isItalic ?? font.isItalic,
    };
  }
  return font;
}

/** Whether the last compound is the element's and the others, in order, those of elements around it. */
function matches(compounds: readonly (readonly string[])[], path: readonly (readonly string[])[]): boolean {
  const fits = (compound: readonly string[], classes: readonly string[] = []): boolean =>
    compound.every((name) => classes.includes(name));
  let at = path.length - 1;
  if (!fits(compounds.at(-1) ?? [], path[at])) return false;
  for (const compound of compounds.slice(0, -1).reverse()) {
    do at -= 1;
    while (at >= 0 && !fits(compound, path[at]));
    if (at < 0) return false;
  }
  return true;
}

/** A family that lacks a style is shown in the one that it has. */
function nearestFace({ family, isBold, isItalic }: Font, faces: readonly FaceName[]): FaceName {
  const style = `${isBold ? "Bold" : ""}${isItalic ? "Italic" : ""}`;
  const wanted = [style === "" ? "Regular" : style, ...(isBold ? ["Bold"] : []), "Regular", "Italic"];
  const names = wanted.map((one) => `KaTeX_${family}-${one}`);
  return names.find((name) => faces.includes(name)) ?? `KaTeX_${family}-Regular`;
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', "#x27": "'" };

function decode(text: string): string {
  return text.replaceAll(/&([#\w]+);/gu, (whole, name: string) => entities[name] ?? whole);
}
