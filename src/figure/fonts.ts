/**
 * The fonts of pictures: those the katex package ships, so that a picture is the same on every machine.
 * Each family covers part of Unicode only; `fontOf` says which one draws a character.
 */
import { createRequire } from "node:module";
import path from "node:path";
import { GlobalFonts } from "@napi-rs/canvas";

/** Registered under names of our own, lest an installed font of the same name be taken instead. */
const files = {
  "Workbook Sans": "KaTeX_SansSerif-Regular.ttf",
  "Workbook Sans Bold": "KaTeX_SansSerif-Bold.ttf",
  "Workbook Sans Italic": "KaTeX_SansSerif-Italic.ttf",
  "Workbook Math": "KaTeX_Math-Italic.ttf",
  "Workbook Symbols": "KaTeX_Main-Regular.ttf",
} as const;

export type FontFamily = keyof typeof files;

/** The family for plain text and numbers. */
export const textFamily: FontFamily = "Workbook Sans";

/** The same as a list of CSS: the text font has no minus sign (U+2212), the one of symbols has. */
export const tickFamilies = (["Workbook Sans", "Workbook Symbols"] satisfies FontFamily[])
  .map((name) => `"${name}"`)
  .join(", ");

let registered = false;

/** Makes the fonts known to the canvas package; cheap when called again. */
export function registerFonts(): void {
  if (registered) return;
  const folder = path.join(path.dirname(createRequire(import.meta.url).resolve("katex")), "fonts");
  for (const [family, file] of Object.entries(files)) {
    if (GlobalFonts.registerFromPath(path.join(folder, file), family) === null) {
      throw new Error(`the font ${path.join(folder, file)} of the katex package cannot be read`);
    }
  }
  registered = true;
}

/** Which font draws a character: letters of formulas are italic, other signs come from the text font. */
export function fontOf(character: string, style: { italic: boolean; bold: boolean }): FontFamily {
  if (/\p{Script=Greek}/u.test(character)) return "Workbook Math";
  if (style.italic && /[A-Za-z]/u.test(character)) return "Workbook Math";
  if (/[!-~\u00a0 –—‘’“”]/u.test(character)) return style.bold ? "Workbook Sans Bold" : textFamily;
  return "Workbook Symbols";
}
