/** A batch of images in rows and columns: data, or samples of a model. */
import type { FigureOptions, ImageFigure } from "./figure.js";
import { spoken } from "./lineChart.js";
import { checkBatch, drawTiles, pixelStatistics } from "./tiles.js";

export interface ImageGridOptions extends FigureOptions {
  /** By default somewhat more columns than rows, and full rows where that can be. */
  readonly columns?: number;
  /** Pixels of the picture for one pixel of an image. */
  readonly zoom?: number;
  /** What the images are, for the alternative text: `samples of the model`. */
  readonly what?: string;
}

/**
 * The images of a batch in a grid, enlarged without smoothing.
 * @param pixels values in [-1, 1], black to white; others are cut off
 * @param shape [B, H, W, C] with C = 1 or 3
 * @throws InputError if pixels and shape do not belong together
 */
export function imageGrid(
  pixels: Float32Array,
  shape: readonly number[],
  options: ImageGridOptions = {},
): ImageFigure {
  const batch = { pixels, shape };
  const { count, height, width, channels } = checkBatch(batch);
  const columns = options.columns ?? evenColumns(count);
  const { mean, deviation } = pixelStatistics(pixels);
  const { what = "images" } = options;
  return {
    kind: "image",
    id: options.id ?? "image-grid",
    title: options.title ?? `${count} ${what}`,
    alt:
      `${count} ${what} in ${Math.ceil(count / columns)} rows, each ${width} by ${height} pixels ` +
      `${channels === 1 ? "in grey" : "in colour"}; mean pixel value ${spoken(mean)}, standard deviation ` +
      `${spoken(deviation)}, on a scale from −1 (black) to 1 (white).`,
    ...drawTiles(batch, { columns, ...(options.zoom === undefined ? {} : { zoom: options.zoom }) }),
  };
}

/** The number of columns nearest to the golden middle, of those that leave no row unfinished if there are any. */
export function evenColumns(count: number): number {
  const wanted = Math.sqrt(count * 1.6);
  const side = Math.ceil(Math.sqrt(count));
  const choices = Array.from({ length: side + 1 }, (_, more) => side + more).filter(
    (columns) => columns <= count,
  );
  const even = choices.filter((columns) => count % columns === 0);
  const distance = (columns: number): number => Math.abs(columns - wanted);
  return (even.length > 0 ? even : choices).reduce((a, b) => (distance(b) < distance(a) ? b : a), count);
}
