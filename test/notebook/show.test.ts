import { afterEach, describe, expect, it } from "vitest";
import { imageGrid } from "../../src/figure/imageGrid.js";
import { lineChart } from "../../src/figure/lineChart.js";
import { liveFigure } from "../../src/notebook/liveFigure.js";
import { figureBundle, show } from "../../src/notebook/show.js";
import { recordDisplays, removeSink } from "./sink.js";

afterEach(removeSink);

function chart(title: string): ReturnType<typeof lineChart> {
  return lineChart({
    id: "c",
    title,
    alt: 'A line from 0 to 1, "steep" & <thin>.',
    x: { title: "x" },
    y: { title: "y" },
    series: [{ name: "s", x: [0, 1], y: [0, 1] }],
  });
}

describe("figureBundle", () => {
  it("carries a chart as plotly JSON, HTML, PNG and text", () => {
    const { data, metadata } = figureBundle(chart("A <i>title</i>"));
    const png = String(data["image/png"]);
    expect(Buffer.from(png, "base64").subarray(1, 4).toString()).toBe("PNG");
    expect(metadata).toEqual({
      "image/png": { alt: 'A line from 0 to 1, "steep" & <thin>.', width: 720, height: 400 },
    });
    const axis = (title: string): object => ({
      gridcolor: "#e4e7eb",
      linecolor: "#9aa5b1",
      zeroline: false,
      ticks: "outside",
      tickcolor: "#9aa5b1",
      tickfont: { size: 12 },
      automargin: true,
      exponentformat: "power",
      title: { text: title },
      type: "linear",
    });
    expect({ ...data, "image/png": "…" }).toEqual({
      "application/vnd.plotly.v1+json": {
        data: [
          {
            type: "scatter",
            mode: "lines",
            name: "s",
            x: [0, 1],
            y: [0, 1],
            line: { color: "#0072b2", width: 2, dash: "solid" },
          },
        ],
        layout: {
          paper_bgcolor: "#ffffff",
          plot_bgcolor: "#ffffff",
          font: {
            family: "Inter, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif",
            size: 13,
            color: "#1f2933",
          },
          margin: { l: 64, r: 24, t: 84, b: 56 },
          hovermode: "closest",
          legend: {
            orientation: "h",
            x: 0,
            xanchor: "left",
            y: 1.02,
            yanchor: "bottom",
            traceorder: "normal",
          },
          showlegend: false,
          title: {
            text: "<b>A <i>title</i></b>",
            x: 0,
            xref: "paper",
            xanchor: "left",
            y: 1,
            yref: "container",
            yanchor: "top",
            pad: { t: 18 },
            font: { size: 16 },
          },
          xaxis: axis("x"),
          yaxis: axis("y"),
        },
      },
      "text/html":
        `<img src="data:image/png;base64,${png}" ` +
        'alt="A line from 0 to 1, &quot;steep&quot; &amp; &lt;thin&gt;." ' +
        'width="720" height="400" style="max-width: 100%; height: auto" />',
      "image/png": "…",
      "text/plain": '[figure c] A title\nA line from 0 to 1, "steep" & <thin>.',
    });
  });

  it("survives JSON unchanged", () => {
    const spec = figureBundle(chart("t")).data["application/vnd.plotly.v1+json"];
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
  });

  it("carries an image without plotly JSON", () => {
    const { data } = figureBundle(imageGrid(Float32Array.of(1), [1, 1, 1, 1]));
    expect(Object.keys(data)).toEqual(["text/html", "image/png", "text/plain"]);
  });
});

describe("show", () => {
  it("shows figures and Markdown, by name if they have one", () => {
    const messages = recordDisplays();
    show("**hello** $x_t$");
    show(chart("t"), { displayId: "fig" });
    show(chart("u"), { displayId: "fig", update: true });
    expect(
      messages.map(({ data, ...rest }) => ({ ...rest, text: data["text/plain"].split("\n")[0] })),
    ).toEqual([
      { metadata: {}, update: false, text: "**hello** $x_t$" },
      { metadata: expect.anything() as unknown, update: false, displayId: "fig", text: "[figure c] t" },
      { metadata: expect.anything() as unknown, update: true, displayId: "fig", text: "[figure c] u" },
    ]);
    expect(messages[0]?.data).toEqual({
      "text/markdown": "**hello** $x_t$",
      "text/plain": "**hello** $x_t$",
    });
  });
});

describe("liveFigure", () => {
  it("draws at most twice a second, always the last state, and asks for figures only then", () => {
    const messages = recordDisplays();
    let now = 0;
    let made = 0;
    const live = liveFigure(undefined, { clock: () => now });
    for (now = 0; now <= 1400; now += 100) {
      live.update(() => {
        made += 1;
        return chart(`at ${now}`);
      });
    }
    live.done();
    live.done();
    const titles = messages.map(({ data }) => data["text/plain"].split("\n")[0]);
    // The last update came at 1400; done() draws at 1500 by the clock.
    expect(titles).toEqual(["at 0", "at 500", "at 1000", "at 1500"].map((title) => `[figure c] ${title}`));
    expect(made).toBe(4);
    expect(messages.map(({ update }) => update)).toEqual([false, true, true, true]);
    expect(new Set(messages.map(({ displayId }) => displayId)).size).toBe(1);
  });

  it("leaves nine tenths of the time to the computation where drawing is slow", () => {
    const messages = recordDisplays();
    let now = 0;
    const live = liveFigure(undefined, { clock: () => now });
    for (let step = 0; step < 300; step++) {
      live.update(() => {
        now += 200;
        return chart("slow");
      });
      now += 100;
    }
    // 30 s of computation: one drawing of 0.2 s, then 2 s without.
    expect(messages).toHaveLength(15);
  });
});
