/**
 * Translates a chart from plotly's terms into Chart.js's. What the translation does not know is refused:
 * a picture that silently lacks a trace or a setting would show something else than the notebook.
 */
import type { ChartDataset, Scale, ScaleOptions } from "chart.js";
import { InputError } from "../error.js";
import type { BarTrace, ChartFigure, PlotlyAxis, PlotlyTrace, ScatterTrace } from "./figure.js";
import { tickFamilies } from "./fonts.js";
import { plainLabel } from "./label.js";
import { logTicks } from "./logTicks.js";
import { colors, seriesColor } from "./theme.js";

interface Point {
  readonly x: number;
  readonly y: number;
}
type Dataset = ChartDataset<"line" | "bar", Point[]>;

/** The parts of a Chart.js configuration that depend on the figure. */
export interface ChartParts {
  readonly datasets: Dataset[];
  readonly x: ScaleOptions<"linear" | "logarithmic">;
  readonly y: ScaleOptions<"linear" | "logarithmic">;
}

const known = {
  scatter: ["mode", "line", "marker", "fill", "fillcolor"],
  bar: ["marker"],
  every: ["type", "x", "y", "name", "opacity", "showlegend", "hovertemplate"],
  line: ["color", "width", "dash"],
  marker: ["color", "size", "symbol"],
  layout: ["title", "xaxis", "yaxis", "barmode", "bargap", "showlegend", "width", "height"],
  axis: ["title", "type", "range", "dtick", "scaleanchor"],
} as const;

/**
 * Lengths of strokes and gaps. A solid line is one endless stroke: without any dash pattern Chart.js
 * averages points that fall on one pixel, which turns smooth curves into stairs.
 */
const dashes = { solid: [1e7, 1], dash: [7, 4], dot: [2, 3] };

/**
 * @throws InputError if the figure asks for a trace type, a mode or a setting that the workbook's charts
 * do not have (figure.ts lists those they have)
 */
export function plotlyToChart(figure: ChartFigure): ChartParts {
  const { layout, id } = figure;
  checkKeys(`${id}: layout`, layout, known.layout);
  const stacked = layout.barmode === "stack";
  return {
    datasets: figure.data.map((trace, index) =>
      toDataset(trace, index, `${id}: trace ${index}`, layout.bargap),
    ),
    x: toScale(layout.xaxis ?? {}, `${id}: xaxis`, { stacked, range: xRange(figure) }),
    y: toScale(layout.yaxis ?? {}, `${id}: yaxis`, { stacked, range: layout.yaxis?.range }),
  };
}

function toDataset(trace: PlotlyTrace, index: number, where: string, bargap: number | undefined): Dataset {
  // Figures also come from notebook cells, where types are not strict.
  const type: string = trace.type;
  if (trace.type === "scatter") {
    checkKeys(where, trace, [...known.every, ...known.scatter]);
    return lineDataset(trace, index, where);
  }
  if (type !== "bar") {
    throw new InputError(
      `${where}: type ${type}`,
      "scatter or bar",
      "Draw the data as lines, markers or bars.",
    );
  }
  checkKeys(where, trace, [...known.every, ...known.bar]);
  return barDataset(trace, index, where, bargap);
}

function lineDataset(trace: ScatterTrace, index: number, where: string): Dataset {
  const { line = {}, marker = {} } = trace;
  checkKeys(`${where}: line`, line, known.line);
  checkKeys(`${where}: marker`, marker, known.marker);
  const parts = trace.mode.split("+");
  if (!parts.every((part) => part === "lines" || part === "markers")) {
    throw new InputError(
      `${where}: mode ${trace.mode}`,
      "lines, markers or lines+markers",
      "Choose one of them.",
    );
  }
  const color = withOpacity(line.color ?? marker.color ?? seriesColor(index), trace.opacity);
  const markerColor = withOpacity(marker.color ?? line.color ?? seriesColor(index), trace.opacity);
  return {
    type: "line",
    data: points(trace, where),
    showLine: parts.includes("lines"),
    borderColor: color,
    borderWidth: line.width ?? 2,
    borderDash: dashes[line.dash ?? "solid"],
    borderJoinStyle: "round",
    pointRadius: parts.includes("markers") ? (marker.size ?? 6) / 2 : 0,
    pointBackgroundColor: marker.symbol === "circle-open" ? "transparent" : markerColor,
    pointBorderColor: markerColor,
    pointBorderWidth: marker.symbol === "circle-open" ? 1.5 : 0,
    fill: trace.fill === "tozeroy" ? "origin" : false,
    backgroundColor: trace.fillcolor ?? withOpacity(color, 0.15),
    order: -index,
  };
}

function barDataset(trace: BarTrace, index: number, where: string, bargap = 0.2): Dataset {
  checkKeys(`${where}: marker`, trace.marker ?? {}, ["color"]);
  return {
    type: "bar",
    data: points(trace, where),
    backgroundColor: withOpacity(trace.marker?.color ?? seriesColor(index), trace.opacity),
    barPercentage: 1,
    categoryPercentage: 1 - bargap,
  };
}

function points(trace: PlotlyTrace, where: string): Point[] {
  if (trace.x.length !== trace.y.length) {
    throw new InputError(
      `${where}: ${trace.x.length} x and ${trace.y.length} y`,
      "as many of one as of the other",
      "Give one y for each x.",
    );
  }
  return trace.x.map((x, i) => ({ x: x ?? Number.NaN, y: trace.y[i] ?? Number.NaN }));
}

function toScale(
  axis: PlotlyAxis,
  where: string,
  { stacked, range }: { stacked: boolean; range: readonly [number, number] | undefined },
): ScaleOptions<"linear" | "logarithmic"> {
  checkKeys(where, axis, known.axis);
  const log = axis.type === "log";
  const [min, max] = range?.map((end) => (log ? 10 ** end : end)) ?? [];
  return {
    type: log ? "logarithmic" : "linear",
    ...(min === undefined || max === undefined ? {} : { min, max }),
    stacked,
    // Bars make Chart.js shift ticks and widen the axis; xRange leaves room enough for them.
    offset: false,
    border: { color: colors.axis },
    grid: { color: colors.grid, tickColor: colors.axis, tickLength: 5, offset: false },
    ticks: {
      // Labels of log axes hold exponents: chartFrame.ts draws them into the room that Chart.js leaves.
      color: log ? "transparent" : colors.muted,
      font: { family: tickFamilies, size: 12 },
      includeBounds: false,
      maxRotation: 0,
      autoSkip: !log,
      autoSkipPadding: 14,
      callback: (value, index, ticks) =>
        log ? plainLabel(String(ticks[index]?.label ?? "")) : tickLabel(Number(value), ticks),
    },
    afterBuildTicks: (scale: Scale) => {
      if (log) scale.ticks = logTicks(scale.min, scale.max);
      else if (axis.dtick !== undefined) scale.ticks = multiples(axis.dtick, scale);
    },
  };
}

function multiples(step: number, { min, max }: Scale): { value: number }[] {
  const [first, last] = [Math.ceil(min / step - 1e-9), Math.floor(max / step + 1e-9)];
  return Array.from({ length: Math.max(last - first + 1, 0) }, (_, index) => ({
    value: (first + index) * step,
  }));
}

/** All labels of an axis have as many decimals as the longest of them needs: 0, 0.25, 0.50. */
function tickLabel(value: number, ticks: readonly { readonly value: number }[]): string {
  const needs = (decimals: number): boolean =>
    ticks.every(
      (tick) => Math.abs(tick.value * 10 ** decimals - Math.round(tick.value * 10 ** decimals)) < 1e-6,
    );
  return value === 0 ? "0" : value.toFixed([0, 1, 2, 3, 4, 5].find(needs) ?? 6).replace("-", "−");
}

/** Without a range, lines reach both ends of the axis as in plotly, and outer bars are shown whole. */
function xRange({ data, layout }: ChartFigure): readonly [number, number] | undefined {
  if (layout.xaxis?.range !== undefined) return layout.xaxis.range;
  const log = layout.xaxis?.type === "log";
  const places = data.flatMap(({ x }) => numbers(x)).map((x) => (log ? Math.log10(x) : x));
  const low = places.reduce((a, b) => Math.min(a, b), Infinity);
  const high = places.reduce((a, b) => Math.max(a, b), -Infinity);
  if (low >= high) return undefined;
  const gaps = data.flatMap(({ type, x }) => (type === "bar" ? differences(numbers(x)) : []));
  const markers = data.some((trace) => trace.type === "scatter" && trace.mode !== "lines");
  const margin = gaps.length > 0 ? Math.min(...gaps) * 0.6 : markers ? (high - low) * 0.03 : 0;
  return [low - margin, high + margin];
}

function numbers(values: readonly (number | null)[]): number[] {
  return values.flatMap((value) => (value === null ? [] : [value]));
}

function differences(values: readonly number[]): number[] {
  return values.slice(1).map((value, index) => Math.abs(value - (values[index] ?? value)));
}

function withOpacity(color: string, opacity = 1): string {
  if (opacity === 1 || !/^#[0-9a-f]{6}$/iu.test(color)) return color;
  return `${color}${Math.round(opacity * 255)
    .toString(16)
    .padStart(2, "0")}`;
}

function checkKeys(where: string, given: object, allowed: readonly string[]): void {
  const stranger = Object.keys(given).find((key) => !allowed.includes(key));
  if (stranger === undefined) return;
  throw new InputError(
    `${where}: ${stranger}`,
    `one of ${allowed.join(", ")}`,
    "Leave it out: the picture cannot show it.",
  );
}
