/** The kernels of ours for TensorFlow on the CPU, setup/native/kernels.cc, compiled for the binding to load. */
import { existsSync, renameSync } from "node:fs";
import { join, relative } from "node:path";
import { hashFiles, hashTexts } from "../files.mjs";
import { runLogged } from "../run.mjs";
import { bindingFolder, buildTools, linkFlags, nativeBinding, product as binding } from "./binding.mjs";

/** @typedef {import("../context.mjs").Context} Context */

const product = join(bindingFolder, "workbook_kernels.node");
const source = join("setup", "native", "kernels.cc");
const verify = join("setup", "native", "verifyKernels.mjs");

/** @type {import("../engine.mjs").Step} */
export const nativeKernels = {
  name: "TensorFlow kernels",
  log: "kernels",
  stamp: ({ root }) => join(root, bindingFolder, ".workbook-kernels-stamp.json"),
  inputs: (context) => ({
    sources: hashFiles(context.root, [source]),
    command: hashTexts(compileArguments({ ...context, root: "/" }, "/tensorflow", "output")),
    "TensorFlow binding": hashFiles(context.root, [relative(context.root, nativeBinding.stamp(context))]),
  }),
  missing: ({ root }) => (existsSync(join(root, product)) ? undefined : `${product} is missing`),
  make: async (context) => {
    const { root } = context;
    const { tensorflow, command } = buildTools(context, "the kernels");
    // Under another name until they have computed: nobody meets kernels that do not work.
    const building = join(bindingFolder, `building-${process.pid}.node`);
    await runLogged(context, "kernels", command, compileArguments(context, tensorflow, building));
    const files = [binding, building].map((file) => join(root, file));
    await runLogged(context, "kernels", process.execPath, [join(root, verify), ...files]);
    renameSync(join(root, building), join(root, product));
  },
};

/**
 * @param {Context} context
 * @param {string} tensorflow the package's folder, absolute
 * @param {string} output relative to the project
 * @returns {string[]}
 */
function compileArguments(context, tensorflow, output) {
  const include = [join(tensorflow, "include"), "node_modules/node-api-headers/include"];
  // No loop here sets errno or traps, and only without these two rules does the compiler use vector instructions for all.
  // Products and sums are rounded one by one: which copy of a loop runs, and where it begins on its vectors, depends on the
  // addresses of its data, and with fused products the copies differ in the last bit, from run to run.
  const loops = ["-O3", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=off"];
  const general = [...loops, "-std=c++17", "-fPIC", "-pthread", "-w"];
  const headers = include.map((path) => `-I${path}`);
  return [
    ...general,
    "-DNAPI_VERSION=8",
    ...headers,
    source,
    ...linkFlags(context, tensorflow),
    "-o",
    output,
  ];
}
