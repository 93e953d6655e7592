/**
 * Makes charts small before they go into the report. Their pictures are there for print and for
 * readers without scripts; as WebP they take less than half of what a PNG takes. Pictures that are
 * not also charts (samples, noise) stay as they are, to the last bit.
 */
import { createCanvas, loadImage } from "@napi-rs/canvas";
import {
  isJsonObject,
  without,
  type Cell,
  type Json,
  type Notebook,
  type Output,
} from "../notebook/format/notebook.js";
import { plotlyMime } from "./figure.js";

/** Of 100. Lines and letters of charts show no loss at it. */
const quality = 80;
/** Pixels; one and a half times the width of the text, which prints at 160 dots per inch. */
const widest = 1080;
/** Significant digits of a chart's fractions: ten times finer than any screen shows. */
const digits = 5;

export async function compactCharts(notebook: Notebook): Promise<Notebook> {
  return { ...notebook, cells: await Promise.all(notebook.cells.map(compactCell)) };
}

async function compactCell(cell: Cell): Promise<Cell> {
  return cell.type === "code"
    ? { ...cell, outputs: await Promise.all(cell.outputs.map(compactOutput)) }
    : cell;
}

async function compactOutput(output: Output): Promise<Output> {
  if (output.type !== "display" || !isJsonObject(output.data[plotlyMime])) return output;
  const data = { ...output.data, [plotlyMime]: roundNumbers(output.data[plotlyMime]) };
  const webp = await toWebp(output.data["image/png"]);
  if (webp === undefined) return { ...output, data };
  const { "image/png": about = {} } = output.metadata;
  return {
    ...output,
    data: { ...without(data, "image/png"), "image/webp": webp },
    metadata: { ...output.metadata, "image/webp": about },
  };
}

function roundNumbers(value: Json): Json {
  if (typeof value === "number") return Number.isInteger(value) ? value : Number(value.toPrecision(digits));
  if (Array.isArray(value)) return value.map(roundNumbers);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, roundNumbers(item)]));
}

/** The picture as base64, or undefined where it cannot be read or would not get smaller. */
async function toWebp(png: Json | undefined): Promise<string | undefined> {
  if (typeof png !== "string") return undefined;
  const bytes = Buffer.from(png, "base64");
  const image = await loadImage(bytes).catch(() => undefined);
  if (image === undefined) return undefined;
  const scale = Math.min(1, widest / image.width);
  const canvas = createCanvas(Math.round(image.width * scale), Math.round(image.height * scale));
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  const webp = await canvas.encode("webp", quality);
  return webp.length < bytes.length ? webp.toString("base64") : undefined;
}
