/** A density in closed form under the same density found by other means, e.g. by integration on a grid. */
import type { ChartFigure, FigureOptions, Numbers } from "./figure.js";
import { lineChart, spoken } from "./lineChart.js";

/** One way to know a density: its values at places `x`. */
export interface DensityCurve {
  readonly name: string;
  readonly x: Numbers;
  readonly density: Numbers;
}

/**
 * The first curve is drawn as a shaded line, every other one as markers on it. Meant for
 * q(x_{t−1} | x_t, x_0), closed form against quadrature; draw at most about 60 markers.
 * @param options.variable the x axis, with the markup of labels
 * @throws InputError if a curve is empty, or has not one density for each x
 */
export function densityComparison(
  closedForm: DensityCurve,
  others: readonly DensityCurve[],
  options: FigureOptions & { readonly variable?: string } = {},
): ChartFigure {
  const peak = Array.from(closedForm.density).reduce(
    (best, d, i, all) => (d > (all[best] ?? 0) ? i : best),
    0,
  );
  return lineChart({
    id: options.id ?? "density-comparison",
    title: options.title ?? "The posterior of one step, computed twice",
    alt:
      `Density curve "${closedForm.name}" with its peak of ${spoken(closedForm.density[peak] ?? 0)} at ` +
      `${spoken(closedForm.x[peak] ?? 0)}. ${others.map((other) => describe(closedForm, other)).join(" ")}`,
    x: { title: options.variable ?? "<i>x</i><sub><i>t</i>−1</sub>" },
    y: { title: "density" },
    series: [
      { name: closedForm.name, x: closedForm.x, y: closedForm.density, shaded: true },
      ...others.map(({ name, x, density }, index) => ({
        name,
        x,
        y: density,
        mode: "markers" as const,
        size: 8 + 3 * index,
        symbol: "circle-open" as const,
      })),
    ],
  });
}

function describe(reference: DensityCurve, { name, x, density }: DensityCurve): string {
  const peak = Math.max(...reference.density);
  const gaps = Array.from(x, (place, i) =>
    Math.abs((density[i] ?? Number.NaN) - interpolate(reference, place)),
  );
  const largest = Math.max(...gaps) / peak;
  const fit = largest < 0.005 ? "lie on it" : `part from it by up to ${spoken(100 * largest)} % of its peak`;
  return `The ${x.length} markers "${name}" ${fit}.`;
}

/** The reference between its points, linearly: good enough to tell in words whether markers lie on a curve. */
function interpolate({ x, density }: DensityCurve, place: number): number {
  const right = Array.from(x).findIndex((value) => value >= place);
  const [x1, y1] = [x[right] ?? Number.NaN, density[right] ?? 0];
  if (right <= 0 || x1 === place) return x1 === place ? y1 : 0;
  const [x0, y0] = [x[right - 1] ?? 0, density[right - 1] ?? 0];
  return y0 + ((place - x0) / (x1 - x0)) * (y1 - y0);
}
