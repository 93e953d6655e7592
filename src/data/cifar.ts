/**
 * CIFAR-10 in its "binary version" (cs.toronto.edu/~kriz/cifar.html): records of a byte for the class and 3072 bytes for
 * the pixels, the red plane of 32 × 32 row by row, then green, then blue.
 */
import { join } from "node:path";
import { InputError } from "../error.js";
import type { Dataset } from "./dataset.js";
import { type ByteImages, imageSet, wholeSet } from "./imageSet.js";
import { listFolder, readBytes } from "./readFiles.js";

const SIDE = 32;
const PLANE = SIDE * SIDE;
const RECORD = 1 + 3 * PLANE;
const CLASSES = 10;

/** The classes by number, as in the set's batches.meta.txt. */
const NAMES = "airplane automobile bird cat deer dog frog horse ship truck".split(" ");

/**
 * Opens `data_batch_1.bin` … (as many as there are) for training and `test_batch.bin` for testing. Labels are the names
 * of the classes.
 * @param directory the folder, cifar-10-batches-bin once unpacked
 * @throws InputError if the folder or a file is missing, or a file is not whole
 */
export async function openCifar10(directory: string): Promise<Dataset> {
  const remedy =
    "Unpack the binary version of CIFAR-10 and give its folder: cifar10:DIR/cifar-10-batches-bin.";
  const expected = "a folder with data_batch_1.bin … data_batch_5.bin and test_batch.bin";
  const files = await listFolder(`cifar10:${directory}`, directory, expected, remedy);
  const training = files.filter((file) => /^data_batch_\d+\.bin$/.test(file));
  const missing = training.length === 0 ? "data_batch_1.bin" : "test_batch.bin";
  if (training.length === 0 || !files.includes("test_batch.bin"))
    throw new InputError(`${directory} has no ${missing}`, expected, remedy);
  const read = async (names: readonly string[]): Promise<ByteImages> =>
    joinRecords(await Promise.all(names.map((name) => readRecords(join(directory, name)))));
  const parts = { train: wholeSet(await read(training)), test: wholeSet(await read(["test_batch.bin"])) };
  return imageSet(directory, parts, (counts) => `cifar10:${directory} (${counts})`);
}

async function readRecords(file: string): Promise<Uint8Array> {
  const bytes = await readBytes(file);
  if (bytes.length === 0 || bytes.length % RECORD !== 0) {
    throw new InputError(
      `${file} has ${bytes.length} bytes`,
      `a multiple of ${RECORD}, the size of an image with its class`,
      "It is truncated or another kind of file. Unpack the binary version of CIFAR-10 again.",
    );
  }
  for (let at = 0; at < bytes.length; at += RECORD) {
    if ((bytes[at] ?? 0) < CLASSES) continue;
    throw new InputError(
      `${file}: image ${at / RECORD} is of class ${bytes[at] ?? 0}`,
      "a class from 0 to 9",
      "It is damaged or not CIFAR-10. Unpack the binary version of CIFAR-10 again.",
    );
  }
  return bytes;
}

/** From planes of colours to pixels of three channels. */
function joinRecords(files: readonly Uint8Array[]): ByteImages {
  const count = files.reduce((sum, { length }) => sum + length / RECORD, 0);
  const bytes = new Uint8Array(count * 3 * PLANE);
  const labels: string[] = [];
  for (const file of files) {
    for (let at = 0; at < file.length; at += RECORD) {
      const to = labels.length * 3 * PLANE;
      for (let k = 0; k < 3 * PLANE; k += 1)
        bytes[to + (k % PLANE) * 3 + Math.floor(k / PLANE)] = file[at + 1 + k] ?? 0;
      labels.push(NAMES[file[at] ?? 0] ?? "");
    }
  }
  return { shape: [SIDE, SIDE, 3], bytes, labels };
}
