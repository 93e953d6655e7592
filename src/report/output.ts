/** One output of a code cell: of the types it comes in, the one that tells the reader most. */
import { derivationMime } from "../figure/derivation.js";
import type { JsonObject, Output } from "../notebook/format/notebook.js";
import type { ReportContext } from "./context.js";
import { readDerivation, renderDerivation } from "./derivation.js";
import { renderFigure } from "./figure.js";
import { safe, type Html } from "../typeset/html.js";
import { renderForeignHtml, renderMarkdown } from "./markdown.js";
import { renderMath, stripMathDelimiters } from "../typeset/math.js";
import { renderError, renderStream, renderText } from "./text.js";

export function renderOutput(output: Output, context: ReportContext): Html {
  switch (output.type) {
    case "stream":
      return renderStream(output);
    case "error":
      return renderError(output);
    case "display":
      return renderBundle(output.data, output.metadata, context);
  }
}

function renderBundle(data: JsonObject, metadata: JsonObject, context: ReportContext): Html {
  const derivation = readDerivation(data[derivationMime]);
  if (derivation !== undefined) return renderDerivation(derivation, context);
  const figure = renderFigure(data, metadata, context);
  if (figure !== undefined) return figure;
  const text = (mime: string): string | undefined => {
    const content = data[mime];
    return typeof content === "string" && content.trim() !== "" ? content : undefined;
  };
  const markdown = text("text/markdown");
  if (markdown !== undefined)
    return safe`<div class="shown">${renderMarkdown(markdown, context, { inOutline: false })}</div>`;
  const foreign = text("text/html");
  const cleaned = foreign === undefined ? undefined : renderForeignHtml(foreign, context);
  if (cleaned !== undefined) return safe`<div class="shown">${cleaned}</div>`;
  const latex = text("text/latex");
  if (latex !== undefined) return renderMath(stripMathDelimiters(latex), true);
  const plain = text("text/plain");
  if (plain !== undefined) return renderText(plain);
  const types = Object.keys(data).join(", ") || "unknown";
  return safe`<p class="missing">[an output of type ${types}, which this report cannot show]</p>`;
}
