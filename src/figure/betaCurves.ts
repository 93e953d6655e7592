/** How much one step adds and keeps: β_t, √β_t and √(1 − β_t) (Ho et al. 2020, Eq. 2). */
import type { Schedule } from "../diffusion/schedule.js";
import type { ChartFigure, FigureOptions } from "./figure.js";
import { entry, lineChart, range, spoken } from "./lineChart.js";

/**
 * Curves of the weights in x_t = √(1−β_t) x_{t−1} + √β_t z_t and of the variance β_t, over t = 1 … T.
 */
export function betaCurves(
  schedule: Pick<Schedule, "name" | "T" | "beta">,
  options: FigureOptions = {},
): ChartFigure {
  const { T, beta, name } = schedule;
  const t = range(1, T);
  const values = t.map((step) => entry(beta, step));
  const [first, last] = [entry(beta, 1), entry(beta, T)];
  return lineChart({
    id: options.id ?? "beta-curves",
    title: options.title ?? `What one step keeps and adds (${name} schedule, T = ${T})`,
    alt:
      `Three curves over the step t from 1 to ${T} of the ${name} schedule. ` +
      `The variance β_t of the added noise goes from ${spoken(first)} to ${spoken(last)}, ` +
      `the weight √β_t of the noise from ${spoken(Math.sqrt(first))} to ${spoken(Math.sqrt(last))}, and ` +
      `the weight √(1 − β_t) of x_{t−1} from ${spoken(Math.sqrt(1 - first))} to ${spoken(Math.sqrt(1 - last))}.`,
    x: { title: "step <i>t</i>" },
    y: { title: "weight or variance", range: [0, 1.02] },
    series: [
      {
        name: "√(1 − β<sub><i>t</i></sub>), weight of <i>x</i><sub><i>t</i>−1</sub>",
        x: t,
        y: values.map((value) => Math.sqrt(1 - value)),
      },
      { name: "√β<sub><i>t</i></sub>, weight of the noise", x: t, y: values.map(Math.sqrt) },
      { name: "β<sub><i>t</i></sub>, variance of the noise", x: t, y: values, dash: "dash" },
    ],
  });
}
