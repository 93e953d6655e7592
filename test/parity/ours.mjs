/**
 * Writes networks of this library for Python's diffusers, each with an input and what it makes of it; ours.py reads them
 * there and compares.
 *
 *     npm run build
 *     node test/parity/ours.mjs FOLDER
 *     python test/parity/ours.py FOLDER
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import {
  createRandom,
  createUNet,
  diffusersConfig,
  saveDiffusers,
  unetConfigFromDiffusers,
  unetPresets,
  useBackend,
} from "../../dist/index.js";

const folder = process.argv[2];
if (folder === undefined) throw new Error("give the folder to write to");
await useBackend();

for (const [name, config] of Object.entries(unetPresets)) {
  // diffusers has no patches, and is told t − 1 at t; so is the network here.
  const model = createUNet(unetConfigFromDiffusers(diffusersConfig(config)));
  const random = createRandom(name);
  const params = Object.fromEntries(
    Object.entries(model.init(1)).map(([key, value]) => {
      // A fresh network has zeros in its last layers and would predict zero.
      const noise = tf.tensor(random.fork(key).normals(value.size), value.shape);
      return [key, tf.tidy(() => tf.add(value, tf.mul(noise, 0.02)))];
    }),
  );
  const shape = [2, ...model.shape];
  const t = Int32Array.of(1, 700);
  const x = tf.tensor(random.fork("x").normals(shape.reduce((a, b) => a * b, 1)), shape);
  const y = model.apply(params, x, t);
  await saveDiffusers(join(folder, name), model, params);
  const example = { t: Array.from(t), shape, x: Array.from(await x.data()), y: Array.from(await y.data()) };
  await writeFile(join(folder, name, "example.json"), JSON.stringify(example));
  tf.dispose([params, x, y]);
  console.log(`${name}: ${model.specs.length} tensors written`);
}
