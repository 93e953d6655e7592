/** The signal-to-noise ratio SNR_t = ᾱ_t / (1 − ᾱ_t) (Kingma et al., "Variational Diffusion Models", 2021). */
import type { Schedule } from "../diffusion/schedule.js";
import type { ChartFigure, FigureOptions } from "./figure.js";
import { entry, lineChart, range, spoken } from "./lineChart.js";

type Named = Pick<Schedule, "name" | "T" | "snr">;

/** Curves of SNR_t over t = 1 … T on a logarithmic axis; over t/T where schedules differ in T. */
export function snrCurves(schedules: Named | readonly Named[], options: FigureOptions = {}): ChartFigure {
  const all = "T" in schedules ? [schedules] : schedules;
  const sameT = all.every(({ T }) => T === all[0]?.T);
  return lineChart({
    id: options.id ?? "snr-curves",
    title: options.title ?? "Signal-to-noise ratio",
    alt:
      `Signal-to-noise ratio on a logarithmic axis over ${sameT ? "the step t" : "the share t/T of the steps"}. ` +
      all.map(describe).join(" "),
    x: { title: sameT ? "step <i>t</i>" : "share of the steps, <i>t</i>/<i>T</i>" },
    y: { title: "SNR<sub><i>t</i></sub> = ᾱ<sub><i>t</i></sub> / (1 − ᾱ<sub><i>t</i></sub>)", log: true },
    series: all.map(({ name, T, snr }) => {
      const t = range(1, T);
      return { name, x: sameT ? t : t.map((step) => step / T), y: t.map((step) => entry(snr, step)) };
    }),
  });
}

function describe({ name, T, snr }: Named): string {
  const crossing = range(1, T).find((step) => entry(snr, step) < 1);
  const where = crossing === undefined ? "stays above 1" : `falls below 1 at t = ${crossing}`;
  return `${name} schedule: from ${spoken(entry(snr, 1))} at t = 1 to ${spoken(entry(snr, T))} at t = ${T}; it ${where}.`;
}
