/** The loss during training: every step as a point, the running mean as a line (Ho et al. 2020, Algorithm 1). */
import { checkSeries, type ChartFigure, type FigureOptions, type Numbers } from "./figure.js";
import { lineChart, spoken } from "./lineChart.js";
import { palette } from "./theme.js";

export interface LossHistory {
  readonly step: Numbers;
  readonly loss: Numbers;
  /** A smoothed loss; where it is not given, an exponential moving average is taken. */
  readonly lossMean?: Numbers;
}

/** Points beyond this many are thinned out: the picture would not show them, notebooks would store them. */
const mostPoints = 1200;
const emaDecay = 0.98;

/**
 * Loss over steps on a logarithmic axis. Fit for repeated drawing while training runs.
 * @param options.steps the length of the whole training, so that the axis stays put during live updates
 * @throws InputError if there are no points, or not one loss for each step
 */
export function lossCurve(
  history: LossHistory,
  options: FigureOptions & { readonly steps?: number } = {},
): ChartFigure {
  const { step, loss } = history;
  checkSeries("loss", loss, step);
  const mean = history.lossMean ?? movingAverage(loss);
  checkSeries("lossMean", mean, step);
  const kept = thinned(step.length);
  const pick = (values: Numbers): number[] => kept.map((index) => values[index] ?? Number.NaN);
  const [first, last] = [kept[0] ?? 0, step.length - 1];
  return lineChart({
    id: options.id ?? "loss-curve",
    title: options.title ?? "Training loss",
    alt:
      `Loss on a logarithmic axis over training steps ${step[first] ?? 0} to ${step[last] ?? 0}. Points show each ` +
      `step, a line their running mean, which goes from ${spoken(mean[first] ?? 0)} to ${spoken(mean[last] ?? 0)}; ` +
      `the lowest loss of a step is ${spoken(Array.from(loss).reduce((a, b) => Math.min(a, b), Infinity))}.`,
    x: {
      title: "training step",
      ...(options.steps === undefined ? {} : { range: [0, options.steps] as const }),
    },
    y: { title: "mean squared error of the predicted noise", log: true },
    series: [
      {
        name: "each step",
        x: pick(step),
        y: pick(loss),
        mode: "markers",
        size: 3,
        color: palette[5],
        opacity: 0.45,
      },
      { name: "running mean", x: pick(step), y: pick(mean), color: palette[1], width: 2.5 },
    ],
  });
}

/** An exponential moving average without the bias of its start (Kingma and Ba, "Adam", 2015, section 3). */
function movingAverage(values: Numbers): number[] {
  let sum = 0;
  let weight = 0;
  return Array.from(values, (value) => {
    sum = emaDecay * sum + (1 - emaDecay) * value;
    weight = emaDecay * weight + (1 - emaDecay);
    return sum / weight;
  });
}

/** Evenly spread indices of at most `mostPoints` points, the last one always among them. */
function thinned(count: number): number[] {
  const stride = Math.ceil(count / mostPoints);
  return Array.from({ length: Math.ceil(count / stride) }, (_, i) => count - 1 - i * stride).reverse();
}
