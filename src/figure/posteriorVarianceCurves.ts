/** The variance β̃_t of q(x_{t−1} | x_t, x_0) beside β_t (Ho et al. 2020, Eq. 7). */
import type { Schedule } from "../diffusion/schedule.js";
import type { ChartFigure, FigureOptions } from "./figure.js";
import { entry, lineChart, range, spoken } from "./lineChart.js";

/** Curves of β_t and β̃_t over t on a logarithmic axis; β̃_1 = 0 lies outside it. */
export function posteriorVarianceCurves(
  schedule: Pick<Schedule, "name" | "T" | "beta" | "posteriorVariance">,
  options: FigureOptions = {},
): ChartFigure {
  const { T, beta, posteriorVariance } = schedule;
  const t = range(1, T);
  const ratio = (step: number): number => entry(posteriorVariance, step) / entry(beta, step);
  const second = Math.min(2, T);
  return lineChart({
    id: options.id ?? "posterior-variance-curves",
    title: options.title ?? "Variance of one step, forward and backward",
    alt:
      `Two curves on a logarithmic axis over the step t from 1 to ${T}. β_t goes from ${spoken(entry(beta, 1))} ` +
      `to ${spoken(entry(beta, T))}. β̃_t is always below it: zero at t = 1, ${spoken(ratio(second))} times β_t at ` +
      `t = ${second}, ${spoken(ratio(T))} times β_t at t = ${T}.`,
    x: { title: "step <i>t</i>" },
    y: { title: "variance", log: true },
    series: [
      { name: "β<sub><i>t</i></sub>, forward", x: t, y: t.map((step) => entry(beta, step)) },
      {
        name: "β̃<sub><i>t</i></sub>, backward given <i>x</i><sub>0</sub>",
        x: t,
        // Zero has no logarithm: a gap, not a line to −∞.
        y: t.map((step) => entry(posteriorVariance, step) || Number.NaN),
        dash: "dash",
      },
    ],
  });
}
