/** Charts of curves over a common x axis: the helper that most figures are made with. */
import {
  checkSeries,
  type BarTrace,
  type ChartFigure,
  type Numbers,
  type PlotlyAxis,
  type PlotlyLayout,
  type ScatterTrace,
} from "./figure.js";
import { seriesColor } from "./theme.js";

/** One curve or cloud of points. */
export interface Series {
  /** Shown in the legend; may hold `<i>`, `<b>`, `<sub>`, `<sup>`. */
  readonly name: string;
  readonly x: Numbers;
  readonly y: Numbers;
  readonly mode?: ScatterTrace["mode"];
  readonly color?: string;
  readonly dash?: "solid" | "dash" | "dot";
  /** Width of the line in pixels. */
  readonly width?: number;
  /** Diameter of markers in pixels. */
  readonly size?: number;
  readonly symbol?: "circle" | "circle-open";
  readonly opacity?: number;
  /** Shades the area between curve and x axis. */
  readonly shaded?: boolean;
}

export interface LineChartSpec {
  readonly id: string;
  readonly title: string;
  readonly alt: string;
  /** Axis titles; `log` makes a logarithmic axis. */
  readonly x: { readonly title: string; readonly log?: boolean; readonly range?: readonly [number, number] };
  readonly y: { readonly title: string; readonly log?: boolean; readonly range?: readonly [number, number] };
  readonly series: readonly Series[];
  readonly layout?: PlotlyLayout;
}

/**
 * A chart of curves.
 * @throws InputError if a series is empty, or has not one y for each x
 */
export function lineChart(spec: LineChartSpec): ChartFigure {
  const { id, title, alt, x, y, series, layout } = spec;
  return {
    kind: "chart",
    id,
    title,
    alt,
    data: series.map(scatterTrace),
    layout: {
      title: { text: title },
      xaxis: axis(x),
      yaxis: axis(y),
      showlegend: series.length > 1,
      ...layout,
    },
  };
}

/** One series as plotly's trace; `index` chooses the colour if the series names none. */
export function scatterTrace(series: Series, index: number): ScatterTrace {
  const { name, mode = "lines", color = seriesColor(index), opacity } = series;
  checkSeries(name, series.y, series.x);
  return {
    type: "scatter",
    mode,
    name,
    x: plotted(series.x),
    y: plotted(series.y),
    ...(mode.includes("lines")
      ? { line: { color, width: series.width ?? 2, dash: series.dash ?? "solid" } }
      : {}),
    ...(mode.includes("markers")
      ? { marker: { color, size: series.size ?? 6, symbol: series.symbol ?? "circle" } }
      : {}),
    ...(opacity === undefined ? {} : { opacity }),
    ...(series.shaded === true ? { fill: "tozeroy" as const, fillcolor: `${color}2e` } : {}),
  };
}

/** One set of bars as plotly's trace. */
export function barTrace(bars: { name: string; x: Numbers; y: Numbers; color: string }): BarTrace {
  checkSeries(bars.name, bars.y, bars.x);
  return {
    type: "bar",
    name: bars.name,
    x: plotted(bars.x),
    y: plotted(bars.y),
    marker: { color: bars.color },
  };
}

/**
 * Numbers as they go into the figure: six significant digits, which is far below a pixel and keeps notebooks
 * small; `null`, a gap, for what is not finite (JSON has no NaN).
 */
export function plotted(values: Numbers): (number | null)[] {
  return Array.from(values, (value) => (Number.isFinite(value) ? Number(value.toPrecision(6)) : null));
}

/** 0, 1, …, or from `first` to `last` in steps of one. */
export function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(last - first + 1, 0) }, (_, index) => first + index);
}

/** Entry `t` of a table of a schedule, which has T + 1 of them. */
export function entry(table: ArrayLike<number>, t: number): number {
  const value = table[t];
  if (value === undefined) throw new RangeError(`a table of ${table.length} entries has no entry ${t}`);
  return value;
}

/** A number for alternative texts: three significant digits, `4.04e-5` for very small ones. */
export function spoken(value: number): string {
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-3 && size < 1e6))
    return String(Number(value.toPrecision(3))).replace("-", "−");
  return value.toExponential(2).replace("e+", "e").replaceAll("-", "−");
}

function axis({ title, log, range: ends }: LineChartSpec["x"]): PlotlyAxis {
  return {
    title: { text: title },
    type: log === true ? "log" : "linear",
    ...(ends === undefined
      ? {}
      : { range: log === true ? [Math.log10(ends[0]), Math.log10(ends[1])] : ends }),
  };
}
