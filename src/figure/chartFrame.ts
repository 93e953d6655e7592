/**
 * What stands around the data of a chart's picture: title, legend, axis titles and the labels of log axes. Drawn
 * here and not by Chart.js, since all of it holds formulas (drawLabel.ts).
 */
import type { SKRSContext2D } from "@napi-rs/canvas";
import { drawLabel, measureLabel } from "./drawLabel.js";
import type { ChartFigure, PlotlyTrace } from "./figure.js";
import { colors, seriesColor } from "./theme.js";

/** Where Chart.js put the data, in CSS pixels. */
export interface PlotArea {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** The labels of log axes, at the places of their ticks. */
  readonly logLabels: readonly { readonly axis: "x" | "y"; readonly label: string; readonly at: number }[];
}

/** Room to leave around the data and its tick labels, in CSS pixels. */
export interface Padding {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface LegendEntry {
  readonly label: string;
  readonly color: string;
  readonly trace: PlotlyTrace;
  readonly x: number;
  readonly row: number;
}

const margin = 16;
const titleHeight = 32;
const rowHeight = 22;
/** Width of the sign before a name: a piece of line, or a small square for bars. */
const swatchWidth = { scatter: 26, bar: 12 } as const;
const text = { size: 14, color: colors.ink } as const;
const axisText = { size: 14, color: colors.muted, align: "center" } as const;

/** The legend's entries, row by row, none wider than the picture. */
export function legendEntries(context: SKRSContext2D, figure: ChartFigure, width: number): LegendEntry[] {
  if (figure.layout.showlegend === false) return [];
  const entries: LegendEntry[] = [];
  let x = margin;
  let row = 0;
  figure.data.forEach((trace, index) => {
    if (trace.name === undefined || trace.showlegend === false) return;
    const entryWidth = swatchWidth[trace.type] + 8 + measureLabel(context, trace.name, text) + 20;
    if (x > margin && x + entryWidth > width - margin + 20) {
      x = margin;
      row += 1;
    }
    entries.push({ label: trace.name, color: traceColor(trace, index), trace, x, row });
    x += entryWidth;
  });
  return entries;
}

function traceColor(trace: PlotlyTrace, index: number): string {
  const line = trace.type === "scatter" ? trace.line?.color : undefined;
  return line ?? trace.marker?.color ?? seriesColor(index);
}

/** The room that title, legend and axis titles take. */
export function framePadding(figure: ChartFigure, legend: readonly LegendEntry[]): Padding {
  const { layout } = figure;
  const rows = (legend.at(-1)?.row ?? -1) + 1;
  return {
    left: margin + (layout.yaxis?.title === undefined ? 0 : 24),
    right: margin + 8,
    top: margin + (layout.title === undefined ? 0 : titleHeight) + rows * rowHeight + (rows > 0 ? 6 : 0),
    bottom: margin - 4 + (layout.xaxis?.title === undefined ? 0 : 24),
  };
}

/** Draws everything around the data. */
export function drawFrame(
  context: SKRSContext2D,
  figure: ChartFigure,
  legend: readonly LegendEntry[],
  area: PlotArea,
  height: number,
): void {
  const { title, xaxis, yaxis } = figure.layout;
  const legendTop = margin + (title === undefined ? 0 : titleHeight);
  if (title !== undefined) {
    drawLabel(context, title.text, margin, margin + 18, { size: 17, color: colors.ink, bold: true });
  }
  for (const entry of legend)
    drawLegendEntry(context, entry, legendTop + entry.row * rowHeight + rowHeight / 2);
  if (xaxis?.title !== undefined) {
    drawLabel(context, xaxis.title.text, (area.left + area.right) / 2, height - margin, axisText);
  }
  if (yaxis?.title !== undefined) {
    context.save();
    context.translate(margin + 10, (area.top + area.bottom) / 2);
    context.rotate(-Math.PI / 2);
    drawLabel(context, yaxis.title.text, 0, 0, axisText);
    context.restore();
  }
  for (const { axis, label, at } of area.logLabels) {
    const place = axis === "x" ? ([at, area.bottom + 20] as const) : ([area.left - 9, at + 4] as const);
    const align = axis === "x" ? "center" : "right";
    drawLabel(context, label, ...place, { size: 12, color: colors.muted, align });
  }
}

function drawLegendEntry(context: SKRSContext2D, entry: LegendEntry, middle: number): void {
  const { trace, x, color } = entry;
  context.save();
  context.globalAlpha = Math.max(trace.opacity ?? 1, 0.5);
  context.fillStyle = color;
  context.strokeStyle = color;
  if (trace.type === "bar") {
    context.fillRect(x, middle - 6, swatchWidth.bar, 12);
  } else {
    drawLineSwatch(context, trace, x, middle);
  }
  context.restore();
  drawLabel(context, entry.label, x + swatchWidth[trace.type] + 8, middle + 5, text);
}

function drawLineSwatch(
  context: SKRSContext2D,
  trace: Extract<PlotlyTrace, { type: "scatter" }>,
  x: number,
  middle: number,
): void {
  if (trace.mode.includes("lines")) {
    context.lineWidth = trace.line?.width ?? 2;
    context.setLineDash({ solid: [], dash: [7, 4], dot: [2, 3] }[trace.line?.dash ?? "solid"]);
    context.beginPath();
    context.moveTo(x, middle);
    context.lineTo(x + swatchWidth.scatter, middle);
    context.stroke();
  }
  if (trace.mode.includes("markers")) {
    context.setLineDash([]);
    context.lineWidth = 1.5;
    context.beginPath();
    context.arc(
      x + swatchWidth.scatter / 2,
      middle,
      Math.max((trace.marker?.size ?? 6) / 2, 3.5),
      0,
      2 * Math.PI,
    );
    if (trace.marker?.symbol === "circle-open") context.stroke();
    else context.fill();
  }
}
