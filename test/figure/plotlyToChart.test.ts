import { describe, expect, it } from "vitest";
import type { ChartFigure } from "../../src/figure/figure.js";
import { plotlyToChart } from "../../src/figure/plotlyToChart.js";
import { refusal } from "../support/refusal.js";

const line = { type: "scatter", mode: "lines", x: [0, 1, 2], y: [1, null, 3] } as const;

function figure(data: unknown, layout: unknown = {}): ChartFigure {
  return { kind: "chart", id: "f", title: "", alt: "", data, layout } as ChartFigure;
}

describe("plotlyToChart", () => {
  it("translates a line: points, colour of the palette, dash, gap", () => {
    const { datasets } = plotlyToChart(figure([{ ...line, line: { dash: "dash", width: 3 } }]));
    expect(datasets).toEqual([
      {
        type: "line",
        data: [
          { x: 0, y: 1 },
          { x: 1, y: Number.NaN },
          { x: 2, y: 3 },
        ],
        showLine: true,
        borderColor: "#0072b2",
        borderWidth: 3,
        borderDash: [7, 4],
        borderJoinStyle: "round",
        pointRadius: 0,
        pointBackgroundColor: "#0072b2",
        pointBorderColor: "#0072b2",
        pointBorderWidth: 0,
        fill: false,
        backgroundColor: "#0072b226",
        order: -0,
      },
    ]);
  });

  it("translates markers and bars", () => {
    const { datasets } = plotlyToChart(
      figure(
        [
          {
            ...line,
            mode: "markers",
            marker: { color: "#ff0000", size: 8, symbol: "circle-open" },
            opacity: 0.5,
          },
          { type: "bar", x: [1, 2], y: [3, 4] },
        ],
        { bargap: 0.1 },
      ),
    );
    expect(datasets[0]).toMatchObject({
      showLine: false,
      pointRadius: 4,
      pointBackgroundColor: "transparent",
      pointBorderColor: "#ff000080",
      pointBorderWidth: 1.5,
    });
    expect(datasets[1]).toEqual({
      type: "bar",
      data: [
        { x: 1, y: 3 },
        { x: 2, y: 4 },
      ],
      backgroundColor: "#d55e00",
      barPercentage: 1,
      categoryPercentage: 0.9,
    });
  });

  it("reads the range of a log axis as exponents, and lets lines reach both ends otherwise", () => {
    const { x, y } = plotlyToChart(figure([line], { yaxis: { type: "log", range: [-2, 1] } }));
    expect(y).toMatchObject({ type: "logarithmic", min: 0.01, max: 10, stacked: false });
    expect(x).toMatchObject({ type: "linear", min: 0, max: 2 });
  });

  it("leaves room for whole bars and markers", () => {
    const bars = plotlyToChart(figure([{ type: "bar", x: [0, 1, 2], y: [1, 1, 1] }]));
    expect(bars.x).toMatchObject({ min: -0.6, max: 2.6 });
    const markers = plotlyToChart(figure([{ ...line, mode: "markers" }]));
    expect(markers.x).toMatchObject({ min: -0.06, max: 2.06 });
  });

  it.each([
    [
      [{ type: "heatmap", x: [], y: [] }],
      {},
      "f: trace 0: type heatmap: expected scatter or bar. Draw the data as lines, markers or bars.",
    ],
    [
      [line, { ...line, mode: "text" }],
      {},
      "f: trace 1: mode text: expected lines, markers or lines+markers. Choose one of them.",
    ],
    [
      [{ ...line, stackgroup: "a" }],
      {},
      "f: trace 0: stackgroup: expected one of type, x, y, name, opacity, showlegend, hovertemplate, mode, line, " +
        "marker, fill, fillcolor. Leave it out: the picture cannot show it.",
    ],
    [
      [{ ...line, line: { shape: "spline" } }],
      {},
      "f: trace 0: line: shape: expected one of color, width, dash. Leave it out: the picture cannot show it.",
    ],
    [
      [line],
      { shapes: [] },
      "f: layout: shapes: expected one of title, xaxis, yaxis, barmode, bargap, showlegend, width, height. " +
        "Leave it out: the picture cannot show it.",
    ],
    [
      [line],
      { xaxis: { tickvals: [1] } },
      "f: xaxis: tickvals: expected one of title, type, range, dtick, scaleanchor. " +
        "Leave it out: the picture cannot show it.",
    ],
    [
      [{ ...line, x: [1] }],
      {},
      "f: trace 0: 1 x and 3 y: expected as many of one as of the other. Give one y for each x.",
    ],
  ])("refuses what the picture cannot show (%#)", (data, layout, message) => {
    expect(refusal(() => plotlyToChart(figure(data, layout)))).toBe(message);
  });
});
