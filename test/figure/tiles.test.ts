import { describe, expect, it } from "vitest";
import { imageGrid } from "../../src/figure/imageGrid.js";
import { imageStrip } from "../../src/figure/imageStrip.js";
import { decode } from "./decode.js";
import { refusal } from "../support/refusal.js";

/** Two images of 2 × 2 grey pixels; 9 is beyond white. */
const pixels = Float32Array.of(-1, 1, 0, 9, 1, 1, -1, -1);

describe("imageGrid", () => {
  it("enlarges without smoothing, −1 black, 0 grey, 1 and more white", async () => {
    const figure = imageGrid(pixels, [2, 2, 2, 1], { zoom: 10, columns: 2, what: "tests" });
    expect({ ...figure, png: figure.png.length > 0 }).toEqual({
      kind: "image",
      id: "image-grid",
      title: "2 tests",
      alt:
        "2 tests in 1 rows, each 2 by 2 pixels in grey; mean pixel value 1.13, standard deviation 3.1, on a scale " +
        "from −1 (black) to 1 (white).",
      png: true,
      // Borders of 6, tiles of 20, a gap of 3.
      width: 55,
      height: 32,
    });
    const picture = await decode(figure.png);
    expect([picture.width, picture.height]).toEqual([110, 64]);
    // Centres of the four pixels of the first image, in pixels of the PNG.
    expect(
      [
        [22, 22],
        [42, 22],
        [22, 42],
        [42, 42],
      ].map(([x = 0, y = 0]) => picture.at(x, y)[0]),
    ).toEqual([0, 255, 128, 255]);
    // The edge between black and white is sharp.
    expect([picture.at(31, 20)[0], picture.at(32, 20)[0]]).toEqual([0, 255]);
    // Second image: white above black.
    expect([picture.at(78, 22)[0], picture.at(78, 42)[0]]).toEqual([255, 0]);
  });

  it("draws colour", async () => {
    const figure = imageGrid(Float32Array.of(1, -1, 0), [1, 1, 1, 3], { zoom: 10 });
    expect((await decode(figure.png)).at(20, 20)).toEqual([255, 0, 128]);
  });

  it.each([
    [
      [2, 2, 2],
      "images of shape [2, 2, 2]: expected [B, H, W, C] with at least one image and C = 1 or 3. " +
        "Give the whole shape of the batch, e.g. [16, 28, 28, 1].",
    ],
    [
      [2, 2, 2, 2],
      "images of shape [2, 2, 2, 2]: expected [B, H, W, C] with at least one image and C = 1 or 3. " +
        "Give the whole shape of the batch, e.g. [16, 28, 28, 1].",
    ],
    [
      [3, 2, 2, 1],
      "8 pixel values for the shape [3, 2, 2, 1]: expected 12 values. " +
        "Give the values of all images, and the shape that belongs to them.",
    ],
  ])("refuses the shape %j", (shape, message) => {
    expect(refusal(() => imageGrid(pixels, shape))).toBe(message);
  });
});

describe("imageStrip", () => {
  it("has a row for each image and a column for each time, with labels below", async () => {
    const frames = [
      { t: 0, pixels: Float32Array.of(-1, 1) },
      { t: 7, pixels: Float32Array.of(1, -1) },
      { t: 9, pixels: Float32Array.of(0, 0) },
    ];
    const figure = imageStrip(frames, [2, 1, 1, 1], { zoom: 20, what: "the forward process" });
    expect({ ...figure, png: figure.png.length > 0 }).toEqual({
      kind: "image",
      id: "image-strip",
      title: "the forward process",
      alt:
        "2 images, one in each row, of 1 by 1 pixels at 3 times (the forward process): at t = 0 the pixels have " +
        "mean 0 and standard deviation 1; at t = 9 the pixels have mean 0 and standard deviation 0.",
      png: true,
      width: 78,
      height: 71,
    });
    const picture = await decode(figure.png);
    const centre = (row: number, column: number): number | undefined =>
      picture.at(2 * (6 + column * 23 + 10), 2 * (6 + row * 23 + 10))[0];
    expect([0, 1].map((row) => [0, 1, 2].map((column) => centre(row, column)))).toEqual([
      [0, 255, 128],
      [255, 0, 128],
    ]);
    // The labels: something is drawn in the strip below the images.
    const below = Array.from({ length: picture.width }, (_, x) => picture.at(x, 2 * 71 - 18)[0] ?? 255);
    expect(Math.min(...below)).toBeLessThan(150);
  });

  it("refuses frames that do not fit", () => {
    expect(refusal(() => imageStrip([], [1, 1, 1, 1]))).toBe(
      "frames is empty: expected at least one frame. Give the images at one time at least.",
    );
    expect(refusal(() => imageStrip([{ t: 0, pixels }], [1, 2, 2, 1]))).toBe(
      "8 pixel values for the shape [1, 2, 2, 1]: expected 4 values. " +
        "Give the values of all images, and the shape that belongs to them.",
    );
  });
});
