/** One look for all charts: colours, fonts and margins, and the layout that carries them. */
import type { ChartFigure, PlotlyAxis } from "./figure.js";

/**
 * Colours of series, in the order in which they are used: those of Okabe and Ito ("Color Universal
 * Design", 2008), which stay apart in all common kinds of colour blindness, with the light ones
 * darkened until each has a contrast of at least 3:1 to white and to a dark page (WCAG 1.4.11).
 */
export const palette = ["#0072b2", "#d55e00", "#008f68", "#b5589a", "#9a6a00", "#4b7f9e", "#767676"] as const;

/** The colour of series number `index`, counted from 0. */
export function seriesColor(index: number): string {
  return palette[index % palette.length] ?? palette[0];
}

/** Paper is opaque, so that a chart reads alike on light and on dark pages. */
export const colors = {
  paper: "#ffffff",
  ink: "#1f2933",
  muted: "#52606d",
  grid: "#e4e7eb",
  axis: "#9aa5b1",
} as const;

/** Default size of a chart in CSS pixels. */
export const chartSize = { width: 720, height: 400 } as const;

/** What browsers use for the interactive chart; the PNG has its own fonts (fonts.ts). */
const fontFamily = "Inter, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif";

/**
 * A colour between dark blue and yellow for quantities that have an order (steps, times):
 * piecewise linear through anchors of the viridis map (van der Walt and Smith, 2015).
 * @param fraction from 0 to 1
 */
export function sequentialColor(fraction: number): string {
  const anchors = [
    [68, 1, 84],
    [59, 82, 139],
    [33, 145, 140],
    [94, 201, 98],
    [253, 231, 37],
  ] as const;
  const place = Math.min(Math.max(fraction, 0), 1) * (anchors.length - 1);
  const index = Math.min(Math.floor(place), anchors.length - 2);
  const low = anchors[index] ?? anchors[0];
  const high = anchors[index + 1] ?? low;
  const mix = (channel: 0 | 1 | 2): string =>
    Math.round(low[channel] + (place - index) * (high[channel] - low[channel]))
      .toString(16)
      .padStart(2, "0");
  return `#${mix(0)}${mix(1)}${mix(2)}`;
}

/** Completes the layout of a chart with the look of the workbook; the result is what plotly receives. */
export function themedLayout({ data, layout }: ChartFigure): Record<string, unknown> {
  const entries = layout.showlegend === false ? 0 : data.filter(({ name }) => name !== undefined).length;
  const ends = (axis: "x" | "y"): number[] =>
    data.flatMap((trace) => trace[axis].filter((value) => value !== null && value > 0) as number[]);
  return {
    paper_bgcolor: colors.paper,
    plot_bgcolor: colors.paper,
    font: { family: fontFamily, size: 13, color: colors.ink },
    // A second row of the legend needs room below the title.
    margin: { l: 64, r: 24, t: entries > 7 ? 104 : 84, b: 56 },
    hovermode: "closest",
    legend: { orientation: "h", x: 0, xanchor: "left", y: 1.02, yanchor: "bottom", traceorder: "normal" },
    ...layout,
    title: {
      text: layout.title === undefined ? "" : `<b>${layout.title.text}</b>`,
      ...{ x: 0, xref: "paper", xanchor: "left", y: 1, yref: "container", yanchor: "top", pad: { t: 18 } },
      font: { size: 16 },
    },
    xaxis: themedAxis(layout.xaxis ?? {}, ends("x")),
    yaxis: themedAxis(layout.yaxis ?? {}, ends("y")),
  };
}

function themedAxis(axis: PlotlyAxis, values: readonly number[]): Record<string, unknown> {
  const decades = Math.log10(
    values.reduce((a, b) => Math.max(a, b), 1e-300) / values.reduce((a, b) => Math.min(a, b), 1e300),
  );
  return {
    gridcolor: colors.grid,
    linecolor: colors.axis,
    zeroline: false,
    ticks: "outside",
    tickcolor: colors.axis,
    tickfont: { size: 12 },
    automargin: true,
    exponentformat: "power",
    // Over few decades 1, 2 and 5 are labelled, as in the still picture (logTicks.ts).
    ...(axis.type === "log" && decades < 3 ? { dtick: "D2" } : {}),
    ...axis,
  };
}
