/** A grid of images that changes over time, as an animated GIF. */
import { GifEncoder } from "@napi-rs/canvas";
import { InputError } from "../error.js";
import { type TileOptions, tilesCanvas } from "./tiles.js";

export interface AnimationOptions extends TileOptions {
  /** Time of each frame in milliseconds, a multiple of 10; 60 unless told otherwise. */
  readonly delay?: number;
  /** Time of the last frame, before it all begins again; 2000 unless told otherwise. */
  readonly lastDelay?: number;
}

/**
 * Draws each frame as `drawTiles` does, at its plain size, and repeats them without end.
 * @param frames pixel values in [−1, 1], each of shape `shape`; others are cut off
 * @param shape [B, H, W, C] with C = 1 or 3
 * @throws InputError if there is no frame, or one does not have the shape
 */
export function animatedGrid(
  frames: readonly Float32Array[],
  shape: readonly number[],
  { delay = 60, lastDelay = 2000, ...tiles }: AnimationOptions,
): Uint8Array {
  if (frames.length === 0)
    throw new InputError("frames is empty", "at least one frame", "Give the images at one time at least.");
  const drawn = frames.map((pixels) => tilesCanvas({ pixels, shape }, tiles, 1));
  const { width = 0, height = 0 } = drawn[0] ?? {};
  // Quality 1: the palette of each frame is made from all of its pixels.
  const encoder = new GifEncoder(width, height, { repeat: 0, quality: 1 });
  drawn.forEach(({ canvas }, i) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    const isLast = i === drawn.length - 1;
    encoder.addFrame(new Uint8Array(data.buffer), width, height, { delay: isLast ? lastDelay : delay });
  });
  return new Uint8Array(encoder.finish());
}
