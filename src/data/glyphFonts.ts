/** The fonts that KaTeX ships, registered for drawing, and the size of each of their characters. */
import { createRequire } from "node:module";
import { createCanvas, GlobalFonts } from "@napi-rs/canvas";
import { InputError } from "../error.js";

/** Upright, bold, slanted, without serifs, and of one width: enough variety, all of it legible at 28 pixels. */
const FONTS = [
  "Main-Regular",
  "Main-Bold",
  "Main-Italic",
  "SansSerif-Regular",
  "SansSerif-Bold",
  "SansSerif-Italic",
  "Typewriter-Regular",
] as const;

/** The font size, in pixels, at which boxes are measured and text is set before it is scaled down. */
const MEASURED_AT = 100;

/** The ink of one character at `MEASURED_AT` pixels, relative to where its text starts on the base line. */
export interface InkBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A font that can be drawn with: `context.font = font.css`. */
export interface GlyphFont {
  readonly css: string;
  readonly ink: (character: string) => InkBox;
}

let registered: readonly GlyphFont[] | undefined;

/**
 * The fonts, registered with the canvas on the first call.
 * @throws InputError if the katex package lies without its fonts
 */
export function glyphFonts(): readonly GlyphFont[] {
  registered ??= FONTS.map(registerFont);
  return registered;
}

function registerFont(name: string): GlyphFont {
  const family = `workbook ${name}`;
  const file = locate(`katex/dist/fonts/KaTeX_${name}.ttf`);
  if (GlobalFonts.registerFromPath(file, family) === null) throw brokenFont(file);
  const css = `${MEASURED_AT}px "${family}"`;
  const context = createCanvas(1, 1).getContext("2d");
  const boxes = new Map<string, InkBox>();
  const measure = (character: string): InkBox => {
    context.font = css;
    const text = context.measureText(character);
    const { actualBoundingBoxLeft: left, actualBoundingBoxAscent: ascent } = text;
    return {
      left: -left,
      top: -ascent,
      width: left + text.actualBoundingBoxRight,
      height: ascent + text.actualBoundingBoxDescent,
    };
  };
  const ink = (character: string): InkBox => {
    const box = boxes.get(character) ?? measure(character);
    boxes.set(character, box);
    return box;
  };
  return { css, ink };
}

function locate(specifier: string): string {
  try {
    return createRequire(import.meta.url).resolve(specifier);
  } catch (cause) {
    throw brokenFont(specifier, { cause });
  }
}

function brokenFont(file: string, options?: ErrorOptions): InputError {
  return new InputError(
    `font ${file}`,
    "a readable font of the katex package",
    "Install the packages again with npm ci.",
    options,
  );
}
