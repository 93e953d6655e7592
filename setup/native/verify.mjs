/**
 * Run as a program with the path of a binding: loads it, multiplies two matrices with it, and prints
 * TensorFlow's version and the device as JSON. Anything wrong ends it with an error, or kills it.
 */
import { createRequire } from "node:module";

process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2";
const binding = createRequire(import.meta.url)(process.argv[2] ?? "");

const a = binding.createTensor([2, 2], binding.TF_FLOAT, Float32Array.of(1, 2, 3, 4));
const b = binding.createTensor([2, 1], binding.TF_FLOAT, Float32Array.of(5, 6));
const flag = (/** @type {string} */ name) => ({ name, type: binding.TF_ATTR_BOOL, value: false });
const attributes = [
  flag("transpose_a"),
  flag("transpose_b"),
  { name: "T", type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
];
const [product] = binding.executeOp("MatMul", attributes, [a, b], 1);
const values = [...binding.tensorDataSync(product.id)];
if (values.join() !== "17,39")
  throw new Error(`[1 2; 3 4] [5; 6] = [17; 39], but the binding says ${values}`);
console.log(JSON.stringify({ tensorflow: binding.TF_Version, gpu: binding.isUsingGpuDevice() }));
