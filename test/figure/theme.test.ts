import { describe, expect, it } from "vitest";
import { palette, sequentialColor } from "../../src/figure/theme.js";

/** Relative luminance of WCAG 2.2 for `#rrggbb`. */
function luminance(color: string): number {
  const channel = (at: number): number => {
    const c = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

describe("palette", () => {
  it.each(palette.map((color) => [color]))("%s stands out on white and on a dark page", (color) => {
    expect(contrast(color, "#ffffff")).toBeGreaterThanOrEqual(3);
    expect(contrast(color, "#111111")).toBeGreaterThanOrEqual(3);
  });
});

describe("sequentialColor", () => {
  it("runs from dark blue to yellow, ever lighter", () => {
    const steps = Array.from({ length: 9 }, (_, i) => sequentialColor(i / 8));
    expect(steps).toEqual([
      "#440154",
      "#402a70",
      "#3b528b",
      "#2e728c",
      "#21918c",
      "#40ad77",
      "#5ec962",
      "#aed844",
      "#fde725",
    ]);
    const light = steps.map(luminance);
    expect(light).toEqual([...light].sort((a, b) => a - b));
  });
});
