/** A folder of PNG and JPEG files of one size, in sub-folders or not. */
import { readdir } from "node:fs/promises";
import { join, sep } from "node:path";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { InputError } from "../error.js";
import type { Dataset } from "./dataset.js";
import { type ByteImages, imageSet, splitSet, wholeSet } from "./imageSet.js";
import { listFolder, readBytes, reason } from "./readFiles.js";

const KINDS = /\.(?:png|jpe?g)$/i;
/** Images are decoded once and held as bytes: more than this is refused. */
const MAX_BYTES = 4e9;

/**
 * Opens every PNG and JPEG file of a folder and of the folders in it. If it has sub-folders `train` and `test`, they are
 * the splits; otherwise every tenth image is for testing. Images are grey if all of them are, else of three channels.
 * Labels are the names of the innermost folders, "" for files directly in DIR (or in `train` and `test`).
 * @param directory the folder
 * @throws InputError that names the file and the remedy: another size than the others, cut short, transparent, not an image
 */
export async function openImageFolder(directory: string): Promise<Dataset> {
  const names = await listFolder(
    `folder:${directory}`,
    directory,
    "a folder of PNG or JPEG files",
    "Give the folder's path after folder:, as in folder:data/faces.",
  );
  const hasSplits = names.includes("train") && names.includes("test");
  const name = (counts: string): string => `folder:${directory} (${counts})`;
  if (!hasSplits) {
    return imageSet(directory, splitSet(decoded(await readImages(directory))), name);
  }
  const [train, test] = [
    await readImages(join(directory, "train")),
    await readImages(join(directory, "test")),
  ];
  const isGrey = [...train, ...test].every(grey);
  const parts = { train: wholeSet(decoded(train, isGrey)), test: wholeSet(decoded(test, isGrey)) };
  return imageSet(directory, parts, name);
}

/** One decoded file. */
interface Pixels {
  readonly file: string;
  readonly label: string;
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of each pixel, row by row. */
  readonly rgb: Uint8Array;
}

async function readImages(directory: string): Promise<readonly Pixels[]> {
  const found = await readdir(directory, { recursive: true });
  const paths = found.filter((path) => KINDS.test(path)).sort();
  if (paths.length === 0) {
    throw new InputError(
      `${directory} holds no images`,
      "files that end in .png, .jpg or .jpeg",
      "Give a folder of PNG or JPEG files.",
    );
  }
  const images: Pixels[] = [];
  for (const path of paths) {
    const image = await decode(join(directory, path), path.split(sep).at(-2) ?? "");
    checkSize(image, images[0] ?? image, paths.length);
    images.push(image);
  }
  return images;
}

async function decode(file: string, label: string): Promise<Pixels> {
  const bytes = await readBytes(file);
  checkEnd(bytes, file);
  const image = await loadImage(bytes).catch((cause: unknown) => {
    throw new InputError(`${file} cannot be decoded (${reason(cause)})`, "a PNG or JPEG image", MEND, {
      cause,
    });
  });
  const { width, height } = image;
  const context = createCanvas(width, height).getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    // The decoder leaves pixels that a damaged file does not describe transparent.
    if (data[4 * pixel + 3] !== 255) throw notOpaque(file, pixel % width, Math.floor(pixel / width));
    for (let channel = 0; channel < 3; channel += 1)
      rgb[3 * pixel + channel] = data[4 * pixel + channel] ?? 0;
  }
  return { file, label, width, height, rgb };
}

const MEND = "Write the file again from its source, or remove it from the folder.";

/** The decoder fills in what is missing of a file that is cut short; a training set must not hold such images. */
function checkEnd(bytes: Buffer, file: string): void {
  const isPng = bytes.subarray(1, 4).toString("latin1") === "PNG";
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8;
  const isWhole = isPng ? bytes.includes("IEND") : !isJpeg || bytes.includes(Buffer.of(0xff, 0xd9), 2);
  if (isWhole) return;
  const end = isPng ? "its last chunk, IEND" : "its end marker, FF D9";
  throw new InputError(
    `${file} has ${bytes.length} bytes and is cut short`,
    `a whole image with ${end}`,
    MEND,
  );
}

function notOpaque(file: string, x: number, y: number): InputError {
  return new InputError(
    `${file} is transparent at x = ${x}, y = ${y}`,
    "an opaque image",
    "Flatten it onto a background; if it should be opaque, it is damaged: write it again from its source.",
  );
}

function checkSize({ file, width, height }: Pixels, first: Pixels, count: number): void {
  if (width !== first.width || height !== first.height) {
    throw new InputError(
      `${file} is ${width} × ${height} pixels`,
      `${first.width} × ${first.height} like ${first.file}`,
      "Cut or scale all images to one size, or keep the sizes in folders of their own.",
    );
  }
  if (count * width * height * 3 <= MAX_BYTES) return;
  throw new InputError(
    `${count} images of ${width} × ${height} pixels`,
    `at most ${MAX_BYTES / 1e9} GB of pixels, which are held in memory`,
    "Use fewer or smaller images.",
  );
}

function grey({ rgb }: Pixels): boolean {
  for (let at = 0; at < rgb.length; at += 3)
    if (rgb[at] !== rgb[at + 1] || rgb[at] !== rgb[at + 2]) return false;
  return true;
}

function decoded(images: readonly Pixels[], isGrey = images.every(grey)): ByteImages {
  const [first] = images;
  if (first === undefined) throw new RangeError("no images");
  const { width, height } = first;
  const channels = isGrey ? 1 : 3;
  const bytes = new Uint8Array(images.length * width * height * channels);
  images.forEach(({ rgb }, i) => {
    const at = i * width * height * channels;
    bytes.set(isGrey ? rgb.filter((_, k) => k % 3 === 0) : rgb, at);
  });
  return { shape: [height, width, channels], bytes, labels: images.map(({ label }) => label) };
}
