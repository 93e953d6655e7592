/**
 * The expansion of x_t in all its noises, x_t = √ᾱ_t x_0 + Σ_s √(β_s ᾱ_t/ᾱ_s) z_s, as squared
 * coefficients: they and ᾱ_t sum to one, so that those of the noises sum to 1 − ᾱ_t.
 */
import type { Schedule } from "../diffusion/schedule.js";
import { InputError } from "../error.js";
import type { ChartFigure, FigureOptions } from "./figure.js";
import { barTrace, entry, range, spoken } from "./lineChart.js";
import { colors, sequentialColor } from "./theme.js";

/** More colours than this cannot be told apart. */
const mostSteps = 24;

/**
 * Stacked bars over t = 0 … T: below ᾱ_t, the share of x_0, above it the share β_s ᾱ_t/ᾱ_s of each noise z_s.
 * @throws InputError if the schedule has more than 24 steps
 */
export function noiseContributions(
  schedule: Pick<Schedule, "name" | "T" | "beta" | "alphaBar">,
  options: FigureOptions = {},
): ChartFigure {
  const { T, beta, alphaBar } = schedule;
  if (T > mostSteps) {
    throw new InputError(
      `T = ${T}`,
      `at most ${mostSteps} steps, one colour for each noise`,
      `Draw a shorter schedule, e.g. linearSchedule({ T: 10, betaStart: 0.05, betaEnd: 0.5 }).`,
    );
  }
  const t = range(0, T);
  const noises = range(1, T).map((s) => {
    const steps = range(s, T);
    const share = (step: number): number => (entry(beta, s) * entry(alphaBar, step)) / entry(alphaBar, s);
    const color = sequentialColor(T === 1 ? 0 : (s - 1) / (T - 1));
    return barTrace({ name: `<i>z</i><sub>${s}</sub>`, x: steps, y: steps.map(share), color });
  });
  const total = 1 - entry(alphaBar, T);
  const title = options.title ?? "Where the variance of <i>x</i><sub><i>t</i></sub> comes from";
  return {
    kind: "chart",
    id: options.id ?? "noise-contributions",
    title,
    alt:
      `Stacked bars, one for each t from 0 to ${T}, all of height 1. The share ᾱ_t of x_0 falls from 1 to ` +
      `${spoken(entry(alphaBar, T))}; the squared coefficients of the noises z_1 to z_t fill the rest, ` +
      `together 1 − ᾱ_t, which is ${spoken(total)} at t = ${T}. There the oldest noise z_1 has a share of ` +
      `${spoken((entry(beta, 1) * entry(alphaBar, T)) / entry(alphaBar, 1))}, the newest z_${T} of ${spoken(entry(beta, T))}.`,
    data: [
      barTrace({
        name: "<i>x</i><sub>0</sub>",
        x: t,
        y: t.map((step) => entry(alphaBar, step)),
        color: colors.axis,
      }),
      ...noises,
    ],
    layout: {
      title: { text: title },
      barmode: "stack",
      bargap: 0.15,
      xaxis: { title: { text: "step <i>t</i>" }, type: "linear", dtick: 1 },
      yaxis: { title: { text: "squared coefficient" }, type: "linear", range: [0, 1] },
      showlegend: true,
    },
  };
}
