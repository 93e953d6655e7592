/**
 * Figures. What is in the file is a picture with a description; where a plotly specification came
 * with it and scripts may run, client.js draws the chart in its place. Print gets the picture.
 */
import { isJsonObject, without, type Json, type JsonObject } from "../notebook/format/notebook.js";
import type { ReportContext } from "./context.js";
import { safe, jsonScript, nothing, type Html } from "../typeset/html.js";

export const plotlyMime = "application/vnd.plotly.v1+json";

/** Trace types of the plotly bundle in the file; a chart with others stays a picture. */
const drawable: readonly Json[] = ["scatter", "bar", "pie"];

const pictureMimes = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml"];

/** The figure in an output, or undefined if it holds neither a picture nor a chart that can be drawn. */
export function renderFigure(
  data: JsonObject,
  metadata: JsonObject,
  context: ReportContext,
): Html | undefined {
  const pictures = pictureMimes.map((mime) => ({ mime, address: pictureAddress(mime, data[mime]) }));
  const found = pictures.find(({ address }) => address !== undefined);
  const spec = data[plotlyMime];
  const chart = isJsonObject(spec) && isDrawable(spec) ? spec : undefined;
  if (found === undefined && chart === undefined) return undefined;
  const about = found === undefined ? undefined : metadata[found.mime];
  const words = describe(data, about);
  const picture = found?.address === undefined ? nothing : renderPicture(found.address, words.alt, about);
  const body = chart === undefined ? picture : renderChart(chart, picture, words.alt);
  const n = context.nextFigure();
  const caption = safe`<figcaption><b>Figure ${n}.</b> ${words.title}</figcaption>`;
  const kind = chart === undefined ? "picture" : "chart";
  return safe`<figure id="figure-${n}" class="${kind}">${body}${caption}</figure>`;
}

/** The picture of an output as a data: address, or undefined if the content is not one. */
function pictureAddress(mime: string, content: Json | undefined): string | undefined {
  if (typeof content !== "string") return undefined;
  if (mime === "image/svg+xml") {
    return content.includes("<svg")
      ? `data:${mime};base64,${Buffer.from(content).toString("base64")}`
      : undefined;
  }
  const base64 = content.replace(/\s/g, "");
  return /^[A-Za-z0-9+/]+=*$/.test(base64) ? `data:${mime};base64,${base64}` : undefined;
}

function isDrawable({ data }: JsonObject): boolean {
  return (
    Array.isArray(data) &&
    data.length > 0 &&
    data.every((trace: Json) => isJsonObject(trace) && drawable.includes(trace["type"] ?? "scatter"))
  );
}

interface Words {
  readonly title: string;
  readonly alt: string;
}

/** Our figures say `[figure ID] TITLE`, a line end and the description in their text/plain. */
function describe(data: JsonObject, pictureMetadata: Json | undefined): Words {
  const text = typeof data["text/plain"] === "string" ? data["text/plain"] : "";
  const [, title, description] = /^\[figure [^\]]*\] (.*)\n([\s\S]*)$/.exec(text) ?? [];
  const given = isJsonObject(pictureMetadata) ? pictureMetadata["alt"] : undefined;
  const alt = typeof given === "string" ? given : description;
  return { title: title ?? "", alt: alt ?? "A picture without description." };
}

function renderPicture(address: string, alt: string, metadata: Json | undefined): Html {
  const size = (name: "width" | "height"): Html => {
    const value = isJsonObject(metadata) ? metadata[name] : undefined;
    return typeof value === "number" ? safe` ${name}="${value}"` : nothing;
  };
  return safe`<img src="${address}" alt="${alt}"${size("width")}${size("height")}>`;
}

/** The caption takes over the chart's title; the width is that of the page. */
function renderChart(spec: JsonObject, picture: Html, alt: string): Html {
  const layout = isJsonObject(spec["layout"]) ? without(spec["layout"], "title", "width") : {};
  const json = jsonScript({ data: spec["data"], layout });
  return safe`<div class="static">${picture}</div>
<p class="description" hidden>${alt}</p>
<div class="plot" hidden></div>
<script type="application/json" class="plot-data">${json}</script>`;
}
