/** MNIST and the data sets that share its files (Fashion-MNIST, KMNIST, …), from a folder of IDX files. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../error.js";
import { type Batch, type BatchRequest, checkRequest, type Dataset, type Split } from "./dataset.js";
import { type Picker, shuffledPicker } from "./finite.js";
import { type Idx, readIdx } from "./idx.js";

/** With test files alone, every tenth image is for testing and the rest for training. */
const TEST_EVERY = 10;

interface Labelled {
  readonly images: Idx;
  readonly labels: Idx;
}

/** The places of a split in its files. */
interface Part extends Labelled {
  readonly indices: Int32Array;
  readonly pick: Picker;
}

/**
 * Opens `train-images-idx3-ubyte`, `train-labels-idx1-ubyte` and the same with `t10k`, each plain or with
 * `.gz`. If the folder holds only the `t10k` pair, it serves both splits, disjointly, and the name says so.
 * Labels are the numbers of the classes.
 * @param directory the folder
 * @throws InputError if the folder or a file of a pair is missing, or a file is not what its name says
 */
export async function openMnist(directory: string): Promise<Dataset> {
  const files = await listFiles(directory);
  const test = await readPair(directory, files, "t10k");
  const hasTrain = files.some((file) => file.startsWith("train-"));
  const parts: Readonly<Record<Split, Part>> = hasTrain
    ? { train: whole(await readPair(directory, files, "train")), test: whole(test) }
    : { train: part(test, (i) => i % TEST_EVERY !== 0), test: part(test, (i) => i % TEST_EVERY === 0) };
  checkSameSize(directory, parts);
  const [, height = 0, width = 0] = test.images.shape;
  const counts = `${parts.train.indices.length} for training, ${parts.test.indices.length} for testing`;
  return {
    name: `mnist:${directory} (${counts}${hasTrain ? "" : ", both from the t10k files"})`,
    shape: [height, width, 1],
    size: parts.train.indices.length,
    batch: (request) => takeBatch(parts, height, width, request),
  };
}

function takeBatch(
  parts: Readonly<Record<Split, Part>>,
  height: number,
  width: number,
  request: BatchRequest,
): Batch {
  const checked = checkRequest(request);
  const { images, labels, indices, pick } = parts[checked.split];
  const pixels = height * width;
  const x = new Float32Array(checked.size * pixels);
  const names = pick(checked).map((picked, i) => {
    const index = indices[picked] ?? 0;
    for (let pixel = 0; pixel < pixels; pixel += 1) {
      x[i * pixels + pixel] = (images.data[index * pixels + pixel] ?? 0) / 127.5 - 1;
    }
    return String(labels.data[index]);
  });
  return { x, labels: names, shape: [checked.size, height, width, 1] };
}

async function listFiles(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (cause) {
    throw new InputError(
      `mnist:${directory} cannot be read (${cause instanceof Error ? cause.message : String(cause)})`,
      "a folder with the four MNIST files",
      "Give the folder's path after mnist:, as in mnist:data/mnist.",
      { cause },
    );
  }
}

async function readPair(directory: string, files: readonly string[], prefix: string): Promise<Labelled> {
  const find = (name: string): string => {
    const found = [name, `${name}.gz`].find((candidate) => files.includes(candidate));
    if (found !== undefined) return join(directory, found);
    throw new InputError(
      `${directory} has no ${name}`,
      `${name} or ${name}.gz beside the other MNIST files`,
      "Put the file there, or give the folder that holds it.",
    );
  };
  const imageFile = find(`${prefix}-images-idx3-ubyte`);
  const labelFile = find(`${prefix}-labels-idx1-ubyte`);
  const [images, labels] = await Promise.all([readIdx(imageFile, 3), readIdx(labelFile, 1)]);
  if (images.shape[0] !== labels.shape[0]) {
    throw new InputError(
      `${labelFile} holds ${labels.shape[0] ?? 0} labels`,
      `${images.shape[0] ?? 0}, one for each image of ${imageFile}`,
      "Use images and labels of the same set.",
    );
  }
  return { images, labels };
}

function whole(set: Labelled): Part {
  return part(set, () => true);
}

function part(set: Labelled, belongs: (index: number) => boolean): Part {
  const indices = Int32Array.from({ length: set.images.shape[0] ?? 0 }, (_, i) => i).filter(belongs);
  return { ...set, indices, pick: shuffledPicker(indices.length) };
}

function checkSameSize(directory: string, { train, test }: Readonly<Record<Split, Part>>): void {
  const [of, expected] = [train, test].map(({ images }) => images.shape.slice(1).join(" × "));
  if (of !== expected) {
    throw new InputError(
      `the training images of ${directory} have ${String(of)} pixels`,
      `${String(expected)}, like its test images`,
      "Use the files of one data set.",
    );
  }
  if (train.indices.length > 0 && test.indices.length > 0) return;
  throw new InputError(
    `${directory} holds ${test.images.shape[0] ?? 0} image in its t10k files`,
    "at least two where there are no train files, one for each split",
    "Add the train files.",
  );
}
