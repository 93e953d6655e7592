/**
 * What a figure is: data in, a picture and a sentence out. A chart is a plotly specification, kept to
 * the few features that plotly 2 and 3 and our own renderer (chartPng.ts) draw alike; an image is a
 * finished PNG. Both carry an alternative text that says what is seen, with numbers.
 */
import { InputError } from "../error.js";

/** Points joined by lines, or drawn as markers. `null` leaves a gap. */
export interface ScatterTrace {
  readonly type: "scatter";
  readonly mode: "lines" | "markers" | "lines+markers";
  readonly x: readonly (number | null)[];
  readonly y: readonly (number | null)[];
  /** Shown in the legend; may hold `<i>`, `<b>`, `<sub>`, `<sup>`. */
  readonly name?: string;
  readonly line?: {
    readonly color?: string;
    readonly width?: number;
    readonly dash?: "solid" | "dash" | "dot";
  };
  readonly marker?: {
    readonly color?: string;
    /** Diameter in pixels. */
    readonly size?: number;
    readonly symbol?: "circle" | "circle-open";
  };
  readonly opacity?: number;
  /** Fills down to y = 0. */
  readonly fill?: "tozeroy";
  readonly fillcolor?: string;
  readonly showlegend?: boolean;
  readonly hovertemplate?: string;
}

/** Upright bars centred at `x`. */
export interface BarTrace {
  readonly type: "bar";
  readonly x: readonly (number | null)[];
  readonly y: readonly (number | null)[];
  readonly name?: string;
  readonly marker?: { readonly color?: string };
  readonly opacity?: number;
  readonly showlegend?: boolean;
  readonly hovertemplate?: string;
}

export type PlotlyTrace = ScatterTrace | BarTrace;

export interface PlotlyAxis {
  readonly title?: { readonly text: string };
  readonly type?: "linear" | "log";
  /** Ends of the axis; of a log axis their decimal logarithms, as plotly has it. */
  readonly range?: readonly [number, number];
  /** Distance between ticks of a linear axis. */
  readonly dtick?: number;
  /** Makes one unit as long on this axis as on the other. */
  readonly scaleanchor?: "x";
}

/** What `chartLayout` (theme.ts) fills in besides is fixed: margins, colours, fonts. */
export interface PlotlyLayout {
  readonly title?: { readonly text: string };
  readonly xaxis?: PlotlyAxis;
  readonly yaxis?: PlotlyAxis;
  readonly barmode?: "stack" | "group" | "overlay";
  readonly bargap?: number;
  readonly showlegend?: boolean;
  /** Size in CSS pixels. */
  readonly width?: number;
  readonly height?: number;
}

interface FigureBase {
  /** Names the figure within its notebook, e.g. as a file name. */
  readonly id: string;
  /** Drawn above a chart; may hold the markup of labels (label.ts). */
  readonly title: string;
  /** One or more sentences for who cannot see the picture. */
  readonly alt: string;
}

export interface ChartFigure extends FigureBase {
  readonly kind: "chart";
  readonly data: readonly PlotlyTrace[];
  readonly layout: PlotlyLayout;
}

export interface ImageFigure extends FigureBase {
  readonly kind: "image";
  readonly png: Uint8Array;
  /** Size at which it is to be shown, in CSS pixels. */
  readonly width: number;
  readonly height: number;
}

export type Figure = ChartFigure | ImageFigure;

/** Every figure can be renamed; without these it chooses its own. */
export interface FigureOptions {
  readonly id?: string;
  readonly title?: string;
}

/** A series of numbers as callers have them. */
export type Numbers = readonly number[] | Float64Array | Float32Array | Int32Array;

/**
 * Refuses series that do not belong together, so that no picture silently lacks points.
 * @throws InputError if the series is empty or its length is not that of `x`
 */
export function checkSeries(name: string, values: ArrayLike<unknown>, x: ArrayLike<unknown>): void {
  if (x.length === 0) {
    throw new InputError(
      `${name} has no points`,
      "at least one point",
      "Collect some values before drawing.",
    );
  }
  if (values.length !== x.length) {
    throw new InputError(
      `${name} has ${values.length} values for ${x.length} places on the x axis`,
      "as many of one as of the other",
      "Give one y for each x.",
    );
  }
}
