/** Small images side by side: pixels of samples, enlarged without smoothing, in rows and columns with labels. */
import { createCanvas, ImageData, type Canvas, type SKRSContext2D } from "@napi-rs/canvas";
import { InputError } from "../error.js";
import { drawLabel } from "./drawLabel.js";
import { colors } from "./theme.js";

/** Images of one size: pixels in [-1, 1], shape [B, H, W, C] with C = 1 (grey) or 3 (red, green, blue). */
export interface ImageBatch {
  readonly pixels: Float32Array;
  readonly shape: readonly number[];
}

export interface TileOptions {
  readonly columns: number;
  /** Pixels of the picture for one pixel of a sample; by default enough to see them. */
  readonly zoom?: number;
  /** Written below the tiles of the last row, with the markup of labels. */
  readonly columnLabels?: readonly string[];
  /** Written left of each row. */
  readonly rowLabels?: readonly string[];
}

export interface Picture {
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
}

const gap = 3;
const border = 6;
const labelSize = 13;
const labelHeight = 22;
const rowLabelWidth = 64;

/**
 * Checks that pixels and shape belong together.
 * @throws InputError if the shape is not [B, H, W, 1 or 3], or the number of pixels is another
 */
export function checkBatch({ pixels, shape }: ImageBatch): {
  count: number;
  height: number;
  width: number;
  channels: number;
} {
  const [count = 0, height = 0, width = 0, channels = 0] = shape;
  if (
    shape.length !== 4 ||
    (channels !== 1 && channels !== 3) ||
    shape.some((n) => !Number.isInteger(n) || n < 1)
  ) {
    throw new InputError(
      `images of shape [${shape.join(", ")}]`,
      "[B, H, W, C] with at least one image and C = 1 or 3",
      "Give the whole shape of the batch, e.g. [16, 28, 28, 1].",
    );
  }
  const expected = count * height * width * channels;
  if (pixels.length !== expected) {
    throw new InputError(
      `${pixels.length} pixel values for the shape [${shape.join(", ")}]`,
      `${expected} values`,
      "Give the values of all images, and the shape that belongs to them.",
    );
  }
  return { count, height, width, channels };
}

/**
 * Draws the images row by row. Values outside [-1, 1] are cut off; −1 is black and 1 is white.
 * @throws InputError if pixels and shape do not belong together
 */
export function drawTiles(batch: ImageBatch, options: TileOptions): Picture {
  const { canvas, width, height } = tilesCanvas(batch, options, 2);
  return { png: new Uint8Array(canvas.toBuffer("image/png")), width, height };
}

/**
 * The drawing of {@link drawTiles}.
 * @param density pixels of the canvas for one of `width` and `height`
 */
export function tilesCanvas(
  batch: ImageBatch,
  options: TileOptions,
  density: number,
): { readonly canvas: Canvas; readonly width: number; readonly height: number } {
  const { count, height, width } = checkBatch(batch);
  const { columns, columnLabels, rowLabels } = options;
  const zoom = options.zoom ?? Math.max(1, Math.round(64 / Math.max(height, width)));
  const left = rowLabels === undefined ? border : rowLabelWidth;
  const [pitchX, pitchY] = [width * zoom + gap, height * zoom + gap];
  const rows = Math.ceil(count / columns);
  const size = {
    width: left + columns * pitchX - gap + border,
    height: border + rows * pitchY - gap + (columnLabels === undefined ? border : labelHeight),
  };
  const canvas = createCanvas(size.width * density, size.height * density);
  const context = canvas.getContext("2d");
  context.scale(density, density);
  context.fillStyle = colors.paper;
  context.fillRect(0, 0, size.width, size.height);
  context.imageSmoothingEnabled = false;
  for (let index = 0; index < count; index++) {
    const [x, y] = [left + (index % columns) * pitchX, border + Math.floor(index / columns) * pitchY];
    context.drawImage(tile(batch, index), x, y, width * zoom, height * zoom);
  }
  columnLabels?.forEach((label, column) => {
    labelAt(context, label, left + column * pitchX + (width * zoom) / 2, size.height - 7, "center");
  });
  rowLabels?.forEach((label, row) => {
    labelAt(context, label, left - 8, border + row * pitchY + (height * zoom) / 2 + labelSize / 3, "right");
  });
  return { canvas, ...size };
}

function labelAt(
  context: SKRSContext2D,
  label: string,
  x: number,
  y: number,
  align: "center" | "right",
): void {
  drawLabel(context, label, x, y, { size: labelSize, color: colors.muted, align });
}

function tile(batch: ImageBatch, index: number): Canvas {
  const { height, width, channels } = checkBatch(batch);
  const offset = index * height * width * channels;
  const rgba = new Uint8ClampedArray(height * width * 4);
  for (let pixel = 0; pixel < height * width; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      const value = batch.pixels[offset + pixel * channels + Math.min(channel, channels - 1)] ?? 0;
      // (x + 1) · 127.5 undoes x / 127.5 − 1, by which data sets scale bytes; the array rounds and cuts off.
      rgba[pixel * 4 + channel] = (value + 1) * 127.5;
    }
    rgba[pixel * 4 + 3] = 255;
  }
  const canvas = createCanvas(width, height);
  canvas.getContext("2d").putImageData(new ImageData(rgba, width, height), 0, 0);
  return canvas;
}

/** Mean and standard deviation of all pixels, for alternative texts. */
export function pixelStatistics(pixels: Float32Array): { mean: number; deviation: number } {
  const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
  const variance = pixels.reduce((sum, value) => sum + (value - mean) ** 2, 0) / pixels.length;
  return { mean, deviation: Math.sqrt(variance) };
}
