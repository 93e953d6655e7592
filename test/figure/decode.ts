import { createCanvas, loadImage } from "@napi-rs/canvas";

export interface Decoded {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue at a place in pixels of the PNG. */
  readonly at: (x: number, y: number) => readonly number[];
  /** How many different colours there are. */
  readonly colors: number;
}

/** Reads a PNG with the canvas package's own decoder. */
export async function decode(png: Uint8Array): Promise<Decoded> {
  const image = await loadImage(Buffer.from(png));
  const canvas = createCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  const words = new Set(new Uint32Array(data.buffer));
  return {
    width: image.width,
    height: image.height,
    at: (x, y) => Array.from(data.subarray((y * image.width + x) * 4, (y * image.width + x) * 4 + 3)),
    colors: words.size,
  };
}
