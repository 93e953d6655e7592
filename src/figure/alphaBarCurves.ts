/** What is left of the data after t steps, and how much noise has come in (Ho et al. 2020, Eq. 4). */
import type { Schedule } from "../diffusion/schedule.js";
import type { ChartFigure, FigureOptions } from "./figure.js";
import { entry, lineChart, range, spoken, type Series } from "./lineChart.js";
import { seriesColor } from "./theme.js";

type Named = Pick<Schedule, "name" | "T" | "alphaBar">;

/** One of the curves that follow from ᾱ_t. */
export type AlphaBarQuantity = "alphaBar" | "sqrtAlphaBar" | "sqrtOneMinusAlphaBar";

const quantities = {
  alphaBar: { label: "ᾱ<sub><i>t</i></sub>", spoken: "ᾱ_t", dash: "solid", of: (a: number) => a },
  sqrtAlphaBar: {
    label: "√ᾱ<sub><i>t</i></sub>, weight of <i>x</i><sub>0</sub>",
    spoken: "√ᾱ_t",
    dash: "dash",
    of: (a: number) => Math.sqrt(a),
  },
  sqrtOneMinusAlphaBar: {
    label: "√(1 − ᾱ<sub><i>t</i></sub>), weight of the noise",
    spoken: "√(1 − ᾱ_t)",
    dash: "dot",
    of: (a: number) => Math.sqrt(1 - a),
  },
} as const;

/**
 * Curves of ᾱ_t, √ᾱ_t and √(1 − ᾱ_t) over t = 0 … T; over t/T where schedules differ in T.
 * @param options.quantities which of them; by default all three for one schedule, ᾱ_t alone for several
 */
export function alphaBarCurves(
  schedules: Named | readonly Named[],
  options: FigureOptions & { readonly quantities?: readonly AlphaBarQuantity[] } = {},
): ChartFigure {
  const all = "T" in schedules ? [schedules] : schedules;
  const single = all.length === 1;
  const shown: readonly AlphaBarQuantity[] =
    options.quantities ?? (single ? ["alphaBar", "sqrtAlphaBar", "sqrtOneMinusAlphaBar"] : ["alphaBar"]);
  const sameT = all.every(({ T }) => T === all[0]?.T);
  const pairs = all.flatMap((schedule, row) => shown.map((key, column) => ({ schedule, row, key, column })));
  const series = pairs.map(({ schedule, row, key, column }): Series => {
    const { T, alphaBar } = schedule;
    const t = range(0, T);
    return {
      name: single ? quantities[key].label : `${schedule.name}: ${quantities[key].label}`,
      x: sameT ? t : t.map((step) => step / T),
      y: t.map((step) => quantities[key].of(entry(alphaBar, step))),
      color: seriesColor(single ? column : row),
      dash: single ? "solid" : quantities[key].dash,
    };
  });
  return lineChart({
    id: options.id ?? "alpha-bar-curves",
    title: options.title ?? "What is left of the data after t steps",
    alt: `Curves over ${sameT ? `the step t from 0 to ${all[0]?.T ?? 0}` : "the share t/T of the steps, from 0 to 1"}. ${pairs
      .map(({ schedule, key }) => describe(schedule, key))
      .join(" ")}`,
    x: { title: sameT ? "step <i>t</i>" : "share of the steps, <i>t</i>/<i>T</i>" },
    y: { title: "value", range: [0, 1.02] },
    series,
  });
}

function describe({ name, T, alphaBar }: Named, key: AlphaBarQuantity): string {
  const { spoken: symbol, of } = quantities[key];
  const at = (step: number): string => spoken(of(entry(alphaBar, step)));
  const middle = Math.round(T / 2);
  return `${name} schedule: ${symbol} is ${at(0)} at t = 0, ${at(middle)} at t = ${middle} and ${at(T)} at t = ${T}.`;
}
