/** MNIST and the data sets that share its files (Fashion-MNIST, KMNIST, …), from a folder of IDX files. */
import { join } from "node:path";
import { InputError } from "../error.js";
import type { Dataset } from "./dataset.js";
import { readIdx } from "./idx.js";
import { type ByteImages, imageSet, splitSet, wholeSet } from "./imageSet.js";
import { listFolder } from "./readFiles.js";

/**
 * Opens `train-images-idx3-ubyte`, `train-labels-idx1-ubyte` and the same with `t10k`, each plain or with
 * `.gz`. If the folder holds only the `t10k` pair, it serves both splits, disjointly, and the name says so.
 * Labels are the numbers of the classes.
 * @param directory the folder
 * @throws InputError if the folder or a file of a pair is missing, or a file is not what its name says
 */
export async function openMnist(directory: string): Promise<Dataset> {
  const files = await listFolder(
    `mnist:${directory}`,
    directory,
    "a folder with the four MNIST files",
    "Give the folder's path after mnist:, as in mnist:data/mnist.",
  );
  const test = await readPair(directory, files, "t10k");
  const hasTrain = files.some((file) => file.startsWith("train-"));
  const parts = hasTrain
    ? { train: wholeSet(await readPair(directory, files, "train")), test: wholeSet(test) }
    : splitSet(test);
  const source = hasTrain ? "" : ", both from the t10k files";
  return imageSet(directory, parts, (counts) => `mnist:${directory} (${counts}${source})`);
}

async function readPair(directory: string, files: readonly string[], prefix: string): Promise<ByteImages> {
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
  const [count = 0, height = 0, width = 0] = images.shape;
  if (count !== labels.shape[0]) {
    throw new InputError(
      `${labelFile} holds ${labels.shape[0] ?? 0} labels`,
      `${count}, one for each image of ${imageFile}`,
      "Use images and labels of the same set.",
    );
  }
  return { shape: [height, width, 1], bytes: images.data, labels: Array.from(labels.data, String) };
}
