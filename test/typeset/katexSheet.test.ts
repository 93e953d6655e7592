/** Formulas with the small style sheet look as with KaTeX's own and its whole fonts. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { createCanvas, loadImage, type Image } from "@napi-rs/canvas";
import katex from "katex";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { charactersByFace } from "../../src/typeset/katexFaces.js";
import { compactFormula, katexSheet } from "../../src/typeset/katexSheet.js";
import { openBrowser } from "../support/browser.js";

const { raw: tex } = String;
const css = createRequire(import.meta.url).resolve("katex/dist/katex.min.css");

/** Accents, roots of three heights, sums, delimiters of all sizes, alphabets, text, composed signs. */
const formulas = [
  tex`\tilde\mu_t(x_t, x_0) = \frac{\sqrt{\bar\alpha_{t-1}}\,\beta_t}{1-\bar\alpha_t}\,x_0 + \sqrt{\frac{1}{\hat\theta}}`,
  tex`\mathbb E_{q}\left[\log\frac{p_\theta(x_{0:T})}{q(x_{1:T}\mid x_0)}\right] \ge -D_{\mathrm{KL}}(q\,\|\,p)`,
  tex`\Big(\sum_{t=1}^T \prod_{s\neq t}\alpha_s\Big)\Bigg[\int_0^1 f\,dx\Bigg]\left\{\begin{matrix}1\\2\\3\\4\\5\end{matrix}\right.`,
  tex`\mathcal N(\mathbf x;\boldsymbol\mu, \mathfrak g, \mathscr L, \mathsf A, \mathtt b) \propto \text{ok \textbf{é} \textit{it}} \leqslant \overbrace{a+b}^{k}`,
];

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

/** Pixels; small enough that a missing dot of an accent changes a block by half. */
const block = 6;

/** How dark each block of a picture is, 0 to 1. */
function inkOf(image: Image): number[] {
  const { width, height } = image;
  const context = createCanvas(width, height).getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const columns = Math.ceil(width / block);
  const ink = new Array<number>(columns * Math.ceil(height / block)).fill(0);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    const at = Math.floor(y / block) * columns + Math.floor(x / block);
    ink[at] = (ink[at] ?? 0) + (255 - (data[4 * pixel] ?? 255)) / 255 / block ** 2;
  }
  return ink;
}

/** The formulas in a browser: their picture, where each element is, and the fonts of the page with their state. */
async function photograph(
  head: string,
  body: string,
): Promise<{ ink: number[]; fonts: string[]; places: number[] }> {
  const page = await browser.newPage({ viewport: { width: 1000, height: 700 } });
  // A page of a file, which may read the style sheet and the fonts beside it.
  await page.goto(pathToFileURL(path.join(path.dirname(css), "README.md")).href);
  await page.setContent(`<!doctype html><meta charset="utf-8">${head}<div class="here">${body}</div>`);
  await page.evaluate("document.fonts.ready");
  const fonts = await page.evaluate<string[]>(
    "[...document.fonts].map(({ family, weight, style, status }) => [family, weight, style, status].join(' '))",
  );
  const places = await page.evaluate<number[]>(
    "[...document.querySelectorAll('.katex-html *')].flatMap((element) => { const { x, y, width, height } = element.getBoundingClientRect(); return [x, y, width, height]; })",
  );
  const ink = inkOf(await loadImage(await page.screenshot()));
  await page.close();
  return { ink, fonts, places };
}

describe("katexSheet", () => {
  const typeset = formulas.map((latex) => katex.renderToString(latex, { displayMode: true })).join("\n");

  it("shows what the whole sheet shows, with fonts that all are used", async () => {
    const whole = await photograph(`<link rel="stylesheet" href="${pathToFileURL(css).href}">`, typeset);
    const compact = compactFormula(typeset);
    const small = await photograph(`<style>${katexSheet(compact, ".here")}</style>`, compact);
    expect(whole.fonts.filter((font) => font.endsWith(" loaded")).length).toBeGreaterThan(8);
    expect(small.fonts.map((font) => font.replace(/^\w+?_/u, "KaTeX_")).sort()).toEqual(
      whole.fonts.filter((font) => font.endsWith(" loaded")).sort(),
    );
    const furthest = (a: number[], b: number[]): number =>
      Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? NaN))));
    expect(small.places).toHaveLength(whole.places.length);
    expect(furthest(small.places, whole.places)).toBeLessThan(0.1);
    // Without hints, edges fall a little differently on the pixels.
    expect(furthest(small.ink, whole.ink)).toBeLessThan(0.12);
  });

  it("is a small part of the whole, and reaches nothing outside its scope", () => {
    const sheet = katexSheet(typeset, ".here");
    expect(sheet.length).toBeLessThan(35_000);
    const selectors = [...sheet.replaceAll(/@font-face\{[^}]*\}/gu, "").matchAll(/([^{}]+)\{/gu)].flatMap(
      ([, list = ""]) => list.trim().split(","),
    );
    expect(selectors.length).toBeGreaterThan(40);
    expect(selectors.filter((selector) => !selector.startsWith(".here .katex"))).toEqual([]);
    expect(sheet).not.toContain("KaTeX_");
  });
});

describe("charactersByFace", () => {
  it("gives each font the signs that are set in it", () => {
    const markup = katex.renderToString(tex`\alpha \mathbf{b} 1 \text{a}\bigl( \boldsymbol{c}`);
    const rules = readFileSync(css, "utf8").replaceAll(/@font-face\{[^}]*\}/gu, "");
    const faces = ["Math-Italic", "Math-BoldItalic", "Main-Regular", "Main-Bold", "Size1-Regular"];
    const found = charactersByFace(
      `before <b>x</b> ${markup} after`,
      rules,
      faces.map((face) => `KaTeX_${face}`),
    );
    expect(new Map([...found].map(([face, signs]) => [face, [...signs].sort().join("")]))).toEqual(
      new Map([
        ["KaTeX_Math-Italic", "α"],
        ["KaTeX_Main-Bold", "b"],
        ["KaTeX_Main-Regular", "1a"],
        ["KaTeX_Size1-Regular", "("],
        ["KaTeX_Math-BoldItalic", "c"],
      ]),
    );
  });
});
