/** A finite set of images held as bytes, served as batches in [−1, 1]. */
import { InputError } from "../error.js";
import { type Batch, type BatchRequest, checkRequest, type Dataset, type Split } from "./dataset.js";
import { shuffledPicker } from "./finite.js";

/** Images of one size and what they show. */
export interface ByteImages {
  /** Height, width and channels of each. */
  readonly shape: readonly [number, number, number];
  /** One image after the other, rows of pixels of channels: [N, H, W, C]. */
  readonly bytes: Uint8Array;
  /** One for each image. */
  readonly labels: readonly string[];
}

/** Some images of a set, by number. */
export interface ImagePart {
  readonly images: ByteImages;
  readonly indices: Int32Array;
}

/** Where a set has no test images of its own, every tenth image is for testing and the rest for training. */
const TEST_EVERY = 10;

/** All images of a set. */
export function wholeSet(images: ByteImages): ImagePart {
  return { images, indices: numbers(images.labels.length) };
}

/** A set cut in two, so that no image is in both. */
export function splitSet(images: ByteImages): Readonly<Record<Split, ImagePart>> {
  const all = numbers(images.labels.length);
  return {
    train: { images, indices: all.filter((i) => i % TEST_EVERY !== 0) },
    test: { images, indices: all.filter((i) => i % TEST_EVERY === 0) },
  };
}

/**
 * The data set of two parts. Bytes 0 … 255 become x / 127.5 − 1; the order is shuffled anew in every epoch, as the seed
 * has it.
 * @param where what holds the images, for messages: a folder
 * @param name from the number of images in each part
 * @throws InputError if the parts differ in size, or one is empty
 */
export function imageSet(
  where: string,
  parts: Readonly<Record<Split, ImagePart>>,
  name: (counts: string) => string,
): Dataset {
  const { train, test } = parts;
  checkParts(where, train, test);
  const pick = {
    train: shuffledPicker(train.indices.length),
    test: shuffledPicker(test.indices.length),
  } satisfies Record<Split, unknown>;
  const { shape } = train.images;
  return {
    name: name(`${train.indices.length} for training, ${test.indices.length} for testing`),
    shape,
    size: train.indices.length,
    batch: (request: BatchRequest): Batch => {
      const checked = checkRequest(request);
      return takeImages(parts[checked.split], pick[checked.split](checked));
    },
  };
}

function takeImages({ images, indices }: ImagePart, picked: readonly number[]): Batch {
  const { shape, bytes } = images;
  const size = shape[0] * shape[1] * shape[2];
  const x = new Float32Array(picked.length * size);
  const labels = picked.map((place, i) => {
    const index = indices[place] ?? 0;
    for (let k = 0; k < size; k += 1) x[i * size + k] = (bytes[index * size + k] ?? 0) / 127.5 - 1;
    return images.labels[index] ?? "";
  });
  return { x, labels, shape: [picked.length, ...shape] };
}

function checkParts(where: string, train: ImagePart, test: ImagePart): void {
  const [of, expected] = [train, test].map(({ images }) => images.shape.join(" × "));
  if (of !== expected) {
    throw new InputError(
      `the training images of ${where} have the size ${String(of)}`,
      `${String(expected)}, like its test images`,
      "Use the files of one data set.",
    );
  }
  if (train.indices.length > 0 && test.indices.length > 0) return;
  const count = train.images.labels.length;
  throw new InputError(
    `${where} holds ${count} ${count === 1 ? "image" : "images"}`,
    "at least two, one for training and one for testing",
    "Add images.",
  );
}

function numbers(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}
