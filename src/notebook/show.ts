/**
 * Shows figures and Markdown in a notebook. A figure travels as one bundle of several MIME types, since no
 * single one is drawn everywhere: VS Code draws plotly's JSON, JupyterLab shows the HTML, viewers without
 * either take the PNG or the text.
 */
import { chartPixels, chartPng } from "../figure/chartPng.js";
import type { Figure } from "../figure/figure.js";
import { plainLabel } from "../figure/label.js";
import { themedLayout } from "../figure/theme.js";
import { display, updateDisplay, type MimeBundle } from "./display.js";

/** A bundle and the metadata that belongs to it. */
export interface Shown {
  readonly data: MimeBundle;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * Shows a figure, or a string as Markdown.
 * @param options.displayId names the output, so that a later `show` with the same id and `update` replaces it
 */
export function show(content: Figure | string, options: { displayId?: string; update?: boolean } = {}): void {
  const { data, metadata } = typeof content === "string" ? markdownBundle(content) : figureBundle(content);
  const { displayId, update = false } = options;
  if (update && displayId !== undefined) updateDisplay(displayId, data, { metadata });
  else display(data, { metadata, ...(displayId === undefined ? {} : { displayId }) });
}

/** The bundle of a figure: plotly JSON (charts only), HTML with the picture, PNG with alt text, text. */
export function figureBundle(figure: Figure): Shown {
  const { id, alt } = figure;
  const title = plainLabel(figure.title);
  const { png, width, height } =
    figure.kind === "chart" ? { png: chartPng(figure), ...chartPixels(figure) } : figure;
  const base64 = Buffer.from(png).toString("base64");
  const image =
    `<img src="data:image/png;base64,${base64}" alt="${escapeHtml(alt)}" ` +
    `width="${width}" height="${height}" style="max-width: 100%; height: auto" />`;
  const chart =
    figure.kind === "chart"
      ? { "application/vnd.plotly.v1+json": { data: figure.data, layout: themedLayout(figure) } }
      : {};
  return {
    data: {
      ...chart,
      "text/html": image,
      "image/png": base64,
      "text/plain": `[figure ${id}] ${title}\n${alt}`,
    },
    metadata: { "image/png": { alt, width, height } },
  };
}

function markdownBundle(markdown: string): Shown {
  return { data: { "text/markdown": markdown, "text/plain": markdown }, metadata: {} };
}

/** Text as it stands in HTML, also inside of double quotes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
