import { describe, expect, it } from "vitest";
import { scheduleFromBetas } from "../../src/diffusion/schedule.js";
import { linearSchedule } from "../../src/diffusion/schedules.js";
import { alphaBarCurves } from "../../src/figure/alphaBarCurves.js";
import { betaCurves } from "../../src/figure/betaCurves.js";
import { densityComparison } from "../../src/figure/densityComparison.js";
import type { ChartFigure, PlotlyTrace } from "../../src/figure/figure.js";
import { histogram } from "../../src/figure/histogram.js";
import { lineChart, spoken } from "../../src/figure/lineChart.js";
import { lossCurve } from "../../src/figure/lossCurve.js";
import { noiseContributions } from "../../src/figure/noiseContributions.js";
import { posteriorVarianceCurves } from "../../src/figure/posteriorVarianceCurves.js";
import { scatter2d } from "../../src/figure/scatter2d.js";
import { snrCurves } from "../../src/figure/snrCurves.js";
import { refusal } from "../support/refusal.js";

// Two steps with numbers that can be checked by hand: ᾱ = 1, 0.64, 0.16; β̃_2 = 0.75 · 0.36/0.84 = 9/28.
const two = scheduleFromBetas("two", [0.36, 0.75]);

/** Names and points of the traces. */
function curves({ data }: ChartFigure): unknown {
  return data.map(({ name, x, y }) => ({ name, x, y }));
}

describe("figures of a schedule", () => {
  it("betaCurves shows the weights of one step", () => {
    const figure = betaCurves(two);
    expect(figure).toEqual({
      kind: "chart",
      id: "beta-curves",
      title: "What one step keeps and adds (two schedule, T = 2)",
      alt:
        "Three curves over the step t from 1 to 2 of the two schedule. The variance β_t of the added noise goes " +
        "from 0.36 to 0.75, the weight √β_t of the noise from 0.6 to 0.866, and the weight √(1 − β_t) of x_{t−1} " +
        "from 0.8 to 0.5.",
      data: [
        {
          type: "scatter",
          mode: "lines",
          name: "√(1 − β<sub><i>t</i></sub>), weight of <i>x</i><sub><i>t</i>−1</sub>",
          x: [1, 2],
          y: [0.8, 0.5],
          line: { color: "#0072b2", width: 2, dash: "solid" },
        },
        {
          type: "scatter",
          mode: "lines",
          name: "√β<sub><i>t</i></sub>, weight of the noise",
          x: [1, 2],
          y: [0.6, 0.866025],
          line: { color: "#d55e00", width: 2, dash: "solid" },
        },
        {
          type: "scatter",
          mode: "lines",
          name: "β<sub><i>t</i></sub>, variance of the noise",
          x: [1, 2],
          y: [0.36, 0.75],
          line: { color: "#008f68", width: 2, dash: "dash" },
        },
      ],
      layout: {
        title: { text: "What one step keeps and adds (two schedule, T = 2)" },
        xaxis: { title: { text: "step <i>t</i>" }, type: "linear" },
        yaxis: { title: { text: "weight or variance" }, type: "linear", range: [0, 1.02] },
        showlegend: true,
      },
    });
  });

  it("alphaBarCurves shows three quantities of one schedule", () => {
    const figure = alphaBarCurves(two);
    expect(curves(figure)).toEqual([
      { name: "ᾱ<sub><i>t</i></sub>", x: [0, 1, 2], y: [1, 0.64, 0.16] },
      { name: "√ᾱ<sub><i>t</i></sub>, weight of <i>x</i><sub>0</sub>", x: [0, 1, 2], y: [1, 0.8, 0.4] },
      { name: "√(1 − ᾱ<sub><i>t</i></sub>), weight of the noise", x: [0, 1, 2], y: [0, 0.6, 0.916515] },
    ]);
    expect(figure.alt).toBe(
      "Curves over the step t from 0 to 2. two schedule: ᾱ_t is 1 at t = 0, 0.64 at t = 1 and 0.16 at t = 2. " +
        "two schedule: √ᾱ_t is 1 at t = 0, 0.8 at t = 1 and 0.4 at t = 2. " +
        "two schedule: √(1 − ᾱ_t) is 0 at t = 0, 0.6 at t = 1 and 0.917 at t = 2.",
    );
  });

  it("alphaBarCurves puts schedules of different length on one axis", () => {
    const figure = alphaBarCurves([two, scheduleFromBetas("one", [0.5])]);
    expect(curves(figure)).toEqual([
      { name: "two: ᾱ<sub><i>t</i></sub>", x: [0, 0.5, 1], y: [1, 0.64, 0.16] },
      { name: "one: ᾱ<sub><i>t</i></sub>", x: [0, 1], y: [1, 0.5] },
    ]);
    expect(figure.layout.xaxis?.title?.text).toBe("share of the steps, <i>t</i>/<i>T</i>");
  });

  it("snrCurves has a log axis and says where noise begins to prevail", () => {
    const figure = snrCurves(two);
    // 0.64/0.36 and 0.16/0.84
    expect(curves(figure)).toEqual([{ name: "two", x: [1, 2], y: [1.77778, 0.190476] }]);
    expect(figure.layout.yaxis?.type).toBe("log");
    expect(figure.alt).toBe(
      "Signal-to-noise ratio on a logarithmic axis over the step t. two schedule: from 1.78 at t = 1 to 0.19 at " +
        "t = 2; it falls below 1 at t = 2.",
    );
  });

  it("noiseContributions stacks to one, whatever the schedule", () => {
    const figure = noiseContributions(linearSchedule({ T: 12, betaStart: 0.02, betaEnd: 0.6 }));
    for (let t = 0; t <= 12; t++) {
      const at = ({ x, y }: PlotlyTrace): number => y[x.indexOf(t)] ?? 0;
      const sum = figure.data.reduce((total, trace) => total + at(trace), 0);
      // 13 numbers rounded to six digits
      expect(Math.abs(sum - 1)).toBeLessThan(13 * 5e-7);
    }
    expect(curves(noiseContributions(two))).toEqual([
      { name: "<i>x</i><sub>0</sub>", x: [0, 1, 2], y: [1, 0.64, 0.16] },
      { name: "<i>z</i><sub>1</sub>", x: [1, 2], y: [0.36, 0.09] },
      { name: "<i>z</i><sub>2</sub>", x: [2], y: [0.75] },
    ]);
    expect(noiseContributions(two).alt).toBe(
      "Stacked bars, one for each t from 0 to 2, all of height 1. The share ᾱ_t of x_0 falls from 1 to 0.16; the " +
        "squared coefficients of the noises z_1 to z_t fill the rest, together 1 − ᾱ_t, which is 0.84 at t = 2. " +
        "There the oldest noise z_1 has a share of 0.09, the newest z_2 of 0.75.",
    );
  });

  it("noiseContributions refuses more noises than colours", () => {
    expect(refusal(() => noiseContributions(linearSchedule({ T: 100 })))).toBe(
      "T = 100: expected at most 24 steps, one colour for each noise. Draw a shorter schedule, e.g. " +
        "linearSchedule({ T: 10, betaStart: 0.05, betaEnd: 0.5 }).",
    );
  });

  it("posteriorVarianceCurves leaves a gap where the variance is zero", () => {
    const figure = posteriorVarianceCurves(two);
    expect(curves(figure)).toEqual([
      { name: "β<sub><i>t</i></sub>, forward", x: [1, 2], y: [0.36, 0.75] },
      { name: "β̃<sub><i>t</i></sub>, backward given <i>x</i><sub>0</sub>", x: [1, 2], y: [null, 0.321429] },
    ]);
    expect(figure.alt).toBe(
      "Two curves on a logarithmic axis over the step t from 1 to 2. β_t goes from 0.36 to 0.75. β̃_t is always " +
        "below it: zero at t = 1, 0.429 times β_t at t = 2, 0.429 times β_t at t = 2.",
    );
  });
});

describe("densityComparison", () => {
  const x = [-1, -0.5, 0, 0.5, 1];
  const tent = x.map((place) => 1 - Math.abs(place));

  it("says whether the markers lie on the curve", () => {
    const agree = densityComparison({ name: "closed form", x, density: tent }, [
      { name: "grid", x: [-0.25, 0.75], density: [0.75, 0.25] },
    ]);
    expect(agree.alt).toBe(
      'Density curve "closed form" with its peak of 1 at 0. The 2 markers "grid" lie on it.',
    );
    expect(agree.data.map(({ type, name }) => ({ type, name }))).toEqual([
      { type: "scatter", name: "closed form" },
      { type: "scatter", name: "grid" },
    ]);
    const differ = densityComparison({ name: "closed form", x, density: tent }, [
      { name: "grid", x: [-0.25, 0.75], density: [0.75, 0.5] },
    ]);
    expect(differ.alt).toBe(
      'Density curve "closed form" with its peak of 1 at 0. The 2 markers "grid" part from it by up to 25 % of its peak.',
    );
  });
});

describe("lossCurve", () => {
  it("takes a moving average without bias at the start", () => {
    const figure = lossCurve({ step: [1, 2, 3], loss: [1, 0.5, 0.25] }, { steps: 10 });
    // weights 0.98², 0.98, 1 over their sum
    const third = (0.9604 + 0.98 * 0.5 + 0.25) / (0.9604 + 0.98 + 1);
    expect(curves(figure)).toEqual([
      { name: "each step", x: [1, 2, 3], y: [1, 0.5, 0.25] },
      { name: "running mean", x: [1, 2, 3], y: [1, 0.747475, Number(third.toPrecision(6))] },
    ]);
    expect(figure.layout.xaxis?.range).toEqual([0, 10]);
    expect(figure.alt).toBe(
      "Loss on a logarithmic axis over training steps 1 to 3. Points show each step, a line their running mean, " +
        "which goes from 1 to 0.578; the lowest loss of a step is 0.25.",
    );
  });

  it("thins out long histories and keeps the last point", () => {
    const step = Array.from({ length: 5000 }, (_, i) => i + 1);
    const { data } = lossCurve({ step, loss: step.map((n) => 1 / n) });
    expect(data.map((trace) => [trace.x.length, trace.x[0], trace.x.at(-1)])).toEqual([
      [1000, 5, 5000],
      [1000, 5, 5000],
    ]);
  });

  it.each([
    [[], [], "loss has no points: expected at least one point. Collect some values before drawing."],
    [
      [1, 2],
      [1],
      "loss has 1 values for 2 places on the x axis: expected as many of one as of the other. Give one y for each x.",
    ],
  ])("refuses %j with %j", (step, loss, message) => {
    expect(refusal(() => lossCurve({ step, loss }))).toBe(message);
  });
});

describe("histogram", () => {
  it("has bars of area one and the normal density", () => {
    const figure = histogram([-1, -1, 1, 3, 99], { bins: 4, mean: 0, variance: 1 });
    const [bars, density] = figure.data;
    // four bars of width 2 around −3, −1, 1, 3; 1 of 5 values lies outside
    expect(bars).toEqual({
      type: "bar",
      name: "5 samples",
      x: [-3, -1, 1, 3],
      y: [0, 0.2, 0.1, 0.1],
      marker: { color: "#a5bfcf" },
    });
    expect(density?.y[80]).toBe(0.398942);
    expect(figure.alt).toBe(
      "Histogram of 5 samples with mean 20.2 and variance 1550, under the bell curve of the normal density with " +
        "mean 0 and variance 1. 1 samples lie outside the picture.",
    );
  });

  it.each([
    [[], 1, "values is empty: expected at least one number. Draw some samples first."],
    [[1], 0, "variance = 0: expected a positive number. Give the variance of the density."],
    [[1], Number.NaN, "variance = NaN: expected a positive number. Give the variance of the density."],
  ])("refuses %j with variance %j", (values, variance, message) => {
    expect(refusal(() => histogram(values, { variance }))).toBe(message);
  });
});

describe("scatter2d", () => {
  it("takes rows of two", () => {
    const figure = scatter2d([{ name: "data", points: [0, 1, 2, -3] }]);
    expect(curves(figure)).toEqual([{ name: "data", x: [0, 2], y: [1, -3] }]);
    expect(figure.layout.yaxis?.scaleanchor).toBe("x");
    expect(figure.alt).toBe("data: 2 points with x_1 from 0 to 2 and x_2 from −3 to 1.");
  });

  it("refuses half a point", () => {
    expect(refusal(() => scatter2d([{ name: "data", points: [0, 1, 2] }]))).toBe(
      "data has 3 coordinates: expected two for each point. Give an array of shape [N, 2], flattened.",
    );
  });
});

describe("lineChart", () => {
  it("rounds numbers, turns what is not finite into gaps, and takes ranges of log axes as values", () => {
    const figure = lineChart({
      id: "i",
      title: "t",
      alt: "a",
      x: { title: "x" },
      y: { title: "y", log: true, range: [0.01, 100] },
      series: [{ name: "s", x: [0, 1, 2], y: Float64Array.of(1 / 3, Number.NaN, Infinity) }],
    });
    expect(curves(figure)).toEqual([{ name: "s", x: [0, 1, 2], y: [0.333333, null, null] }]);
    expect(figure.layout.yaxis?.range).toEqual([-2, 2]);
  });
});

describe("spoken", () => {
  it.each([
    [0, "0"],
    [0.123456, "0.123"],
    [-1234.5, "−1230"],
    [4.035829765e-5, "4.04e−5"],
    [2e7, "2.00e7"],
  ])("says %d as %s", (value, text) => {
    expect(spoken(value)).toBe(text);
  });
});
