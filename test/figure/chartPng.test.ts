import { createCanvas } from "@napi-rs/canvas";
import { describe, expect, it } from "vitest";
import { alphaBarCurves } from "../../src/figure/alphaBarCurves.js";
import { chartPng } from "../../src/figure/chartPng.js";
import { registerFonts, tickFamilies } from "../../src/figure/fonts.js";
import { lineChart } from "../../src/figure/lineChart.js";
import { linearSchedule } from "../../src/diffusion/schedules.js";
import { decode } from "./decode.js";

describe("chartPng", () => {
  it("draws twice the size, on white paper, with the colours of the series", async () => {
    const picture = await decode(chartPng(alphaBarCurves(linearSchedule({ T: 1000 }))));
    expect([picture.width, picture.height]).toEqual([1440, 800]);
    expect(picture.at(0, 0)).toEqual([255, 255, 255]);
    // The legend's pieces of line, at (16 … 42, 59) in CSS pixels.
    expect(picture.at(60, 118)).toEqual([0x00, 0x72, 0xb2]);
    expect(picture.colors).toBeGreaterThan(100);
  });

  it("puts values where the axes say", async () => {
    // One bar-like band: y = 1 over the whole axis, shaded down to 0; above it paper.
    const figure = lineChart({
      id: "band",
      title: "t",
      alt: "a",
      x: { title: "x", range: [0, 1] },
      y: { title: "y", range: [0, 2] },
      series: [{ name: "s", x: [0, 1], y: [1, 1], color: "#d55e00", width: 4 }],
    });
    const picture = await decode(chartPng(figure));
    const column = Array.from({ length: picture.height }, (_, y) => picture.at(900, y));
    const orange = column.flatMap((rgb, y) => (rgb.join() === "213,94,0" ? [y] : []));
    // Title, no legend: the plot reaches from y = 48 to about 340 CSS pixels, so that 1 of 2 is near 194.
    expect(orange.length).toBeGreaterThanOrEqual(7);
    expect(Math.abs((orange[0] ?? 0) / 2 - 194)).toBeLessThan(6);
  });

  it("is the same for the same figure", () => {
    const figure = alphaBarCurves(linearSchedule({ T: 100 }));
    expect(Buffer.compare(chartPng(figure), chartPng(figure))).toBe(0);
  });

  it("makes units equal where asked to", async () => {
    const figure = lineChart({
      id: "square",
      title: "",
      alt: "",
      x: { title: "x" },
      y: { title: "y" },
      series: [{ name: "s", x: [-1, 1, 1, -1, -1], y: [-1, -1, 1, 1, -1], color: "#d55e00", width: 4 }],
      layout: { yaxis: { title: { text: "y" }, range: [-1.5, 1.5], scaleanchor: "x" } },
    });
    const picture = await decode(chartPng(figure));
    const isLine = (x: number, y: number): boolean => picture.at(x, y).join() === "213,94,0";
    const ys = Array.from({ length: picture.height }, (_, y) => y).filter((y) =>
      Array.from({ length: picture.width }, (_, x) => x).some((x) => isLine(x, y)),
    );
    const xs = Array.from({ length: picture.width }, (_, x) => x).filter((x) =>
      Array.from({ length: picture.height }, (_, y) => y).some((y) => isLine(x, y)),
    );
    const extent = (values: readonly number[]): number => (values.at(-1) ?? 0) - (values[0] ?? 0);
    // Both sides of the square are equally long, to a pixel and a half of antialiasing.
    expect(Math.abs(extent(xs) - extent(ys))).toBeLessThanOrEqual(3);
    expect(extent(xs)).toBeGreaterThan(300);
  });
});

it("has a minus sign for the numbers of its axes", () => {
  registerFonts();
  const context = createCanvas(10, 10).getContext("2d");
  const widthIn = (family: string): number => {
    context.font = `40px ${family}`;
    return context.measureText("−").width;
  };
  // The text font alone would show an empty box.
  expect(widthIn(tickFamilies)).toBe(widthIn('"Workbook Symbols"'));
  expect(widthIn(tickFamilies)).not.toBe(widthIn('"Workbook Sans"'));
});
