/**
 * Run as a program with the paths of the binding and of the kernels: loads both and normalises one image of two
 * pixels with them. Anything wrong ends it with an error, or kills it.
 */
import { createRequire } from "node:module";

process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2";
const require = createRequire(import.meta.url);
const binding = require(process.argv[2] ?? "");
require(process.argv[3] ?? "");

const tensor = (/** @type {number[]} */ shape, /** @type {number[]} */ values) =>
  binding.createTensor(shape, binding.TF_FLOAT, Float32Array.from(values));
const attributes = [
  { name: "groups", type: binding.TF_ATTR_INT, value: 1 },
  { name: "epsilon", type: binding.TF_ATTR_FLOAT, value: 0 },
  { name: "activated", type: binding.TF_ATTR_BOOL, value: false },
];
const inputs = [tensor([1, 2, 2], [1, 3, 3, 1]), tensor([2], [1, 10]), tensor([2], [0, 5])];
const [y] = binding.executeOp("WorkbookGroupNorm", attributes, inputs, 3);
const values = [...binding.tensorDataSync(y.id)];
if (values.join() !== "-1,15,1,-5")
  throw new Error(`group norm of [1 3; 3 1] is [-1 15; 1 -5], but the kernel says ${values}`);
console.log(JSON.stringify({ groupNorm: values }));
