/** The still picture of a chart: Chart.js draws axes and data on a canvas without a browser. */
import { createCanvas, type Canvas, type SKRSContext2D } from "@napi-rs/canvas";
import {
  BarController,
  BarElement,
  Chart,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  type Scale,
} from "chart.js";
import { drawFrame, framePadding, legendEntries, type Padding, type PlotArea } from "./chartFrame.js";
import type { ChartFigure } from "./figure.js";
import { registerFonts } from "./fonts.js";
import { logTicks } from "./logTicks.js";
import { plotlyToChart, type ChartParts } from "./plotlyToChart.js";
import { chartSize, colors } from "./theme.js";

/** Pixels of the PNG for one CSS pixel. */
export const pixelRatio = 2;

type XyChart = Chart<"line" | "bar">;

/**
 * Draws a chart as PNG, twice as many pixels wide and high as `layout.width` and `layout.height` say.
 * The same figure gives the same bytes.
 * @throws InputError if the figure uses what the workbook's charts do not have
 */
export function chartPng(figure: ChartFigure): Uint8Array {
  const parts = plotlyToChart(figure);
  registerFonts();
  const { width, height } = chartPixels(figure);
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  const legend = legendEntries(context, figure, width);
  const chart = createChart(canvas, parts, framePadding(figure, legend));
  if (figure.layout.yaxis?.scaleanchor === "x") {
    // A new range may have wider labels, which leave less room: the second time is right.
    equalUnits(chart);
    equalUnits(chart);
  }
  drawFrame(context, figure, legend, plotArea(chart), height);
  const png = canvas.toBuffer("image/png");
  chart.destroy();
  return new Uint8Array(png);
}

/** The size of a chart in CSS pixels. */
export function chartPixels({ layout }: ChartFigure): { width: number; height: number } {
  return { width: layout.width ?? chartSize.width, height: layout.height ?? chartSize.height };
}

function createChart(canvas: Canvas, { datasets, x, y }: ChartParts, padding: Padding): XyChart {
  Chart.register(BarController, BarElement, LineController, LineElement, PointElement);
  Chart.register(Filler, LinearScale, LogarithmicScale);
  // Chart.js needs of a canvas what this one has, but its types ask for a browser's.
  return new Chart<"line" | "bar">(canvas, {
    type: "line",
    data: { datasets: datasets as never },
    options: {
      responsive: false,
      animation: false,
      devicePixelRatio: pixelRatio,
      events: [],
      parsing: false,
      normalized: true,
      layout: { padding },
      plugins: { legend: { display: false }, tooltip: { enabled: false } },
      scales: { x, y },
    },
    plugins: [{ id: "paper", beforeDraw: fillPaper }],
  });
}

interface PaperChart {
  readonly ctx: SKRSContext2D;
  readonly width: number;
  readonly height: number;
}

function fillPaper({ ctx, width, height }: PaperChart): void {
  ctx.save();
  ctx.fillStyle = colors.paper;
  ctx.fillRect(0, 0, width, height);
  ctx.restore();
}

function scaleOf(chart: XyChart, axis: "x" | "y"): Scale {
  const scale = chart.scales[axis];
  if (scale === undefined) throw new Error(`the chart has no ${axis} axis`);
  return scale;
}

/** Widens the range of one axis until a unit is as long on x as on y, as plotly's scaleanchor does. */
function equalUnits(chart: XyChart): void {
  const { width, height } = chart.chartArea;
  const [x, y] = [scaleOf(chart, "x"), scaleOf(chart, "y")];
  const perPixel = Math.max((x.max - x.min) / width, (y.max - y.min) / height);
  for (const [scale, pixels] of [
    [x, width],
    [y, height],
  ] as const) {
    const extra = (perPixel * pixels - (scale.max - scale.min)) / 2;
    Object.assign(scale.options, { min: scale.min - extra, max: scale.max + extra });
  }
  chart.update("none");
}

function plotArea(chart: XyChart): PlotArea {
  const { left, right, top, bottom } = chart.chartArea;
  const logLabels = (["x", "y"] as const).flatMap((axis) => {
    const scale = scaleOf(chart, axis);
    if (scale.type !== "logarithmic") return [];
    return logTicks(scale.min, scale.max).map(({ value, label }) => {
      return { axis, label, at: scale.getPixelForValue(value) };
    });
  });
  return { left, right, top, bottom, logLabels };
}
