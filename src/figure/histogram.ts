/** A sample of numbers as a histogram, with the normal density it is compared to. */
import { InputError } from "../error.js";
import type { ChartFigure, FigureOptions, Numbers } from "./figure.js";
import { barTrace, lineChart, range, scatterTrace, spoken } from "./lineChart.js";
import { palette } from "./theme.js";

/** Pale, so that the density stands out in front. */
const barColor = "#a5bfcf";

export interface HistogramOptions extends FigureOptions {
  /** The normal density to draw over the bars; standard normal unless given. */
  readonly mean?: number;
  readonly variance?: number;
  /** Number of bars. */
  readonly bins?: number;
  /** The x axis, with the markup of labels. */
  readonly variable?: string;
}

/**
 * Bars of equal width over mean ± 4 standard deviations, scaled to area 1, and the density of N(mean, variance).
 * @throws InputError if there are no values, or the variance is not positive
 */
export function histogram(values: Numbers, options: HistogramOptions = {}): ChartFigure {
  const { mean = 0, variance = 1, bins = 40 } = options;
  if (values.length === 0) {
    throw new InputError("values is empty", "at least one number", "Draw some samples first.");
  }
  if (!(variance > 0)) {
    throw new InputError(`variance = ${variance}`, "a positive number", "Give the variance of the density.");
  }
  const deviation = Math.sqrt(variance);
  const [low, width] = [mean - 4 * deviation, (8 * deviation) / bins];
  const counts = new Float64Array(bins);
  let outside = 0;
  for (const value of values) {
    const bin = Math.floor((value - low) / width);
    if (bin >= 0 && bin < bins) counts[bin] = (counts[bin] ?? 0) + 1;
    else outside += 1;
  }
  const centres = range(0, bins - 1).map((bin) => low + (bin + 0.5) * width);
  const places = range(0, 160).map((i) => low + (i / 160) * 8 * deviation);
  const normal = (x: number): number =>
    Math.exp(-((x - mean) ** 2) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance);
  const bars = barTrace({
    name: `${values.length} samples`,
    x: centres,
    y: counts.map((count) => count / (values.length * width)),
    color: barColor,
  });
  const density = {
    name: `density of N(${spoken(mean)}, ${spoken(variance)})`,
    x: places,
    y: places.map(normal),
    color: palette[1],
  };
  const chart = lineChart({
    id: options.id ?? "histogram",
    title: options.title ?? "Samples against the normal density",
    alt: describe(values, { mean, variance, outside }),
    x: { title: options.variable ?? "value" },
    y: { title: "density" },
    series: [density],
    layout: { bargap: 0, showlegend: true },
  });
  return { ...chart, data: [bars, scatterTrace(density, 1)] };
}

function describe(
  values: Numbers,
  { mean, variance, outside }: { mean: number; variance: number; outside: number },
): string {
  const average = Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
  const spread = Array.from(values).reduce((sum, value) => sum + (value - average) ** 2, 0) / values.length;
  const rest = outside === 0 ? "" : ` ${outside} samples lie outside the picture.`;
  return (
    `Histogram of ${values.length} samples with mean ${spoken(average)} and variance ${spoken(spread)}, under the ` +
    `bell curve of the normal density with mean ${spoken(mean)} and variance ${spoken(variance)}.${rest}`
  );
}
