/** The type face of the text, in the file, so that a report looks alike everywhere: Source Serif 4 (OFL). */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

const faces = [
  { weight: 400, style: "normal" },
  { weight: 400, style: "italic" },
  { weight: 600, style: "normal" },
] as const;

/** The `@font-face` rules, about 85 kB; letters beyond Western European ones come from the reader's fonts. */
export function textFonts(): string {
  return faces
    .map(({ weight, style }) => {
      const file = require.resolve(
        `@fontsource/source-serif-4/files/source-serif-4-latin-${weight}-${style}.woff2`,
      );
      const base64 = readFileSync(file).toString("base64");
      const source = `src:url(data:font/woff2;base64,${base64}) format("woff2")`;
      return `@font-face{font-family:"Source Serif 4";font-weight:${weight};font-style:${style};${source}}`;
    })
    .join("\n");
}
