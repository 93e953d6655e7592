/** Clouds of points in the plane, e.g. 2-D data beside samples of a model. */
import { checkSeries, type ChartFigure, type FigureOptions, type Numbers } from "./figure.js";
import { InputError } from "../error.js";
import { lineChart, spoken } from "./lineChart.js";

export interface PointCloud {
  readonly name: string;
  /** Rows of two coordinates, one after the other: [N, 2] flattened. */
  readonly points: Numbers;
}

/**
 * Clouds drawn over one another, later ones on top, with equal units on both axes.
 * @throws InputError if a cloud is empty or has an odd number of coordinates
 */
export function scatter2d(clouds: readonly PointCloud[], options: FigureOptions = {}): ChartFigure {
  const series = clouds.map(({ name, points }) => {
    if (points.length % 2 !== 0) {
      throw new InputError(
        `${name} has ${points.length} coordinates`,
        "two for each point",
        "Give an array of shape [N, 2], flattened.",
      );
    }
    const x = Array.from(points).filter((_, index) => index % 2 === 0);
    const y = Array.from(points).filter((_, index) => index % 2 === 1);
    checkSeries(name, y, x);
    return { name, x, y, mode: "markers" as const, size: 4, opacity: 0.6 };
  });
  return lineChart({
    id: options.id ?? "scatter-2d",
    title: options.title ?? "Points in the plane",
    alt: series.map(describe).join(" "),
    x: { title: "<i>x</i><sub>1</sub>" },
    y: { title: "<i>x</i><sub>2</sub>" },
    series,
    layout: {
      width: 560,
      height: 560,
      yaxis: { title: { text: "<i>x</i><sub>2</sub>" }, type: "linear", scaleanchor: "x" },
    },
  });
}

function describe({ name, x, y }: { name: string; x: readonly number[]; y: readonly number[] }): string {
  const extent = (values: readonly number[]): string =>
    `${spoken(values.reduce((a, b) => Math.min(a, b)))} to ${spoken(values.reduce((a, b) => Math.max(a, b)))}`;
  return `${name}: ${x.length} points with x_1 from ${extent(x)} and x_2 from ${extent(y)}.`;
}
