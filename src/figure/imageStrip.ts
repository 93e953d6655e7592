/**
 * Images on their way through time: one row for each image, one column for each t. Read left to right
 * it shows the forward process (one image and its noisy versions) or sampling (a film of the denoising).
 */
import { InputError } from "../error.js";
import type { FigureOptions, ImageFigure } from "./figure.js";
import { spoken } from "./lineChart.js";
import { checkBatch, drawTiles, pixelStatistics } from "./tiles.js";

/** All images at one time. */
export interface Frame {
  readonly t: number;
  /** Values in [-1, 1] for clean images, shape [B, H, W, C] flattened. */
  readonly pixels: Float32Array;
}

export interface ImageStripOptions extends FigureOptions {
  /** Pixels of the picture for one pixel of an image. */
  readonly zoom?: number;
  /** What is seen, for the alternative text: `the forward process`. */
  readonly what?: string;
}

/**
 * Columns in the order of `frames`, labelled x_t below. Pixel values beyond [-1, 1] are cut off.
 * @param shape [B, H, W, C] of every frame
 * @throws InputError if there is no frame, or one does not have the shape
 */
export function imageStrip(
  frames: readonly Frame[],
  shape: readonly number[],
  options: ImageStripOptions = {},
): ImageFigure {
  const [first, last] = [frames[0], frames.at(-1)];
  if (first === undefined || last === undefined) {
    throw new InputError("frames is empty", "at least one frame", "Give the images at one time at least.");
  }
  for (const { pixels } of frames) checkBatch({ pixels, shape });
  const { count, height, width } = checkBatch({ pixels: first.pixels, shape });
  const { what = "images over time" } = options;
  return {
    kind: "image",
    id: options.id ?? "image-strip",
    title: options.title ?? what,
    alt:
      `${count === 1 ? "One image" : `${count} images, one in each row,`} of ${width} by ${height} pixels at ` +
      `${frames.length} times (${what}): ${describe(first)}; ${describe(last)}.`,
    ...drawTiles(
      { pixels: byRow(frames, count), shape: [count * frames.length, ...shape.slice(1)] },
      {
        columns: frames.length,
        columnLabels: frames.map(({ t }) => `<i>x</i><sub>${t}</sub>`),
        ...(options.zoom === undefined ? {} : { zoom: options.zoom }),
      },
    ),
  };
}

function describe({ t, pixels }: Frame): string {
  const { mean, deviation } = pixelStatistics(pixels);
  return `at t = ${t} the pixels have mean ${spoken(mean)} and standard deviation ${spoken(deviation)}`;
}

/** Frames hold all images at one time; the picture wants all times of one image together. */
function byRow(frames: readonly Frame[], count: number): Float32Array {
  const size = (frames[0]?.pixels.length ?? 0) / count;
  const result = new Float32Array(frames.length * count * size);
  for (let row = 0; row < count; row++) {
    frames.forEach(({ pixels }, column) => {
      result.set(pixels.subarray(row * size, (row + 1) * size), (row * frames.length + column) * size);
    });
  }
  return result;
}
