/**
 * The native binding of @tensorflow/tfjs-node-gpu 4.22: its own sources, unchanged, compiled against the
 * TensorFlow in .venv instead of the libtensorflow 2.9 that its install script would download.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { compiler } from "../compiler.mjs";
import { StepFailure } from "../failure.mjs";
import { filesBelow, hashFiles, hashTexts } from "../files.mjs";
import { inspectVenv } from "../python.mjs";
import { runLogged } from "../run.mjs";
import { pythonEnvironment, tensorflowVariant } from "./venv.mjs";

/** @typedef {import("../context.mjs").Context} Context */

const tfjsNode = join("node_modules", "@tensorflow", "tfjs-node-gpu");
/** Where tfjs-node looks for it: node-pre-gyp's place for Node-API 8. */
export const bindingFolder = join(tfjsNode, "lib", "napi-v8");
/** The binding's file, relative to the project. */
export const product = join(bindingFolder, "tfjs_binding.node");
/** The one source of ours in it: see there. */
const logLevel = join("setup", "native", "logLevel.cc");

/** @type {import("../engine.mjs").Step} */
export const nativeBinding = {
  name: "TensorFlow binding",
  log: "binding",
  stamp: ({ root }) => join(root, bindingFolder, ".workbook-stamp.json"),
  inputs: (context) => {
    const { root } = context;
    const sources = join(root, tfjsNode, "binding");
    return {
      sources: hashFiles(sources, filesBelow(sources)) + hashFiles(root, [logLevel]),
      // With stand-ins for the paths: the place of the project does not matter to a relative run path.
      command: hashTexts(compileArguments({ ...context, root: "/" }, "/tensorflow", "output")),
      "Python environment": hashFiles(root, [relative(root, pythonEnvironment.stamp(context))]),
    };
  },
  missing: ({ root }) => (existsSync(join(root, product)) ? undefined : `${product} is missing`),
  make: async (context) => {
    const { root } = context;
    const { tensorflow, command } = buildTools(context, "the binding");
    mkdirSync(join(root, bindingFolder), { recursive: true });
    removeUnfinished(join(root, bindingFolder));
    // Under another name until it has loaded and multiplied: nobody meets a binding that does not work.
    const building = join(bindingFolder, `building-${process.pid}.node`);
    await runLogged(context, "binding", command, compileArguments(context, tensorflow, building));
    const verify = join(import.meta.dirname, "..", "native", "verify.mjs");
    await runLogged(context, "binding", process.execPath, [verify, join(root, building)]);
    renameSync(join(root, building), join(root, product));
  },
};

/**
 * The TensorFlow and the compiler that an add-on is built with.
 * @param {Context} context
 * @param {string} what is built, for the message if one of them is missing
 */
export function buildTools(context, what) {
  const tensorflow = inspectVenv(context)?.tensorflow;
  const command = compiler(context);
  if (tensorflow === undefined || tensorflow === null || command === undefined)
    throw new StepFailure({
      what: `${command === undefined ? "no C++ compiler" : "no TensorFlow in .venv"} to build ${what} with.`,
      mend: "npm run setup",
    });
  return { tensorflow, command };
}

/**
 * What the compiler is told, run in the project's folder. The libraries are found at run time by a path
 * relative to the binding, so that no environment variable is needed and any project folder will do.
 * @param {Context} context
 * @param {string} tensorflow the package's folder, absolute
 * @param {string} output relative to the project
 * @returns {string[]}
 */
function compileArguments(context, tensorflow, output) {
  const sources = ["tfjs_backend.cc", "tfjs_binding.cc"].map((name) => join(tfjsNode, "binding", name));
  const include = [
    join(tfjsNode, "binding"),
    join(tensorflow, "include"),
    "node_modules/node-api-headers/include",
  ];
  const general = [
    "-O2",
    "-std=c++17",
    "-fPIC",
    "-pthread",
    "-DNAPI_VERSION=8",
    ...include.map((path) => `-I${path}`),
  ];
  const quiet = context.platform === "darwin" ? [] : [logLevel, "-Wl,-z,initfirst"];
  return [...general, ...sources, ...quiet, ...linkFlags(context, tensorflow), "-o", output];
}

/**
 * What links an add-on in the binding's folder with TensorFlow.
 * @param {Context} context
 * @param {string} tensorflow the package's folder, absolute
 */
export function linkFlags(context, tensorflow) {
  const fromBinding = relative(join(context.root, bindingFolder), tensorflow);
  return context.platform === "darwin"
    ? macLink(tensorflow, fromBinding)
    : linuxLink(context, tensorflow, fromBinding);
}

/**
 * @param {Context} context
 * @param {string} tensorflow
 * @param {string} fromBinding
 */
function linuxLink(context, tensorflow, fromBinding) {
  const libraries = [`-L${tensorflow}`, "-l:libtensorflow_cc.so.2", "-l:libtensorflow_framework.so.2"];
  const path = `-Wl,-rpath,$ORIGIN/${fromBinding}`;
  const link = ["-shared", ...libraries, path];
  return tensorflowVariant(context) === "cuda" ? [...link, ...cudaLink(tensorflow, fromBinding)] : link;
}

/**
 * TensorFlow opens CUDA's libraries by name, and those it finds by the run path of
 * libtensorflow_framework, which lists the nvidia folders of .venv, all but cuSOLVER's; without that one
 * it gives up the GPU. A library that is loaded already needs no path, so the binding asks for it.
 * @param {string} tensorflow
 * @param {string} fromBinding
 */
function cudaLink(tensorflow, fromBinding) {
  const cusolver = join("nvidia", "cusolver", "lib");
  const lib = join(dirname(tensorflow), cusolver);
  const name = existsSync(lib)
    ? readdirSync(lib).find((file) => /^libcusolver\.so\.\d+$/.test(file))
    : undefined;
  return [
    "-Wl,--no-as-needed",
    `-L${lib}`,
    `-l:${name ?? "libcusolver.so.11"}`,
    `-Wl,-rpath,$ORIGIN/${join(dirname(fromBinding), cusolver)}`,
  ];
}

/**
 * @param {string} tensorflow
 * @param {string} fromBinding
 */
function macLink(tensorflow, fromBinding) {
  const libraries = ["libtensorflow_cc.2.dylib", "libtensorflow_framework.2.dylib"];
  return [
    "-bundle",
    "-undefined",
    "dynamic_lookup",
    ...libraries.map((name) => join(tensorflow, name)),
    `-Wl,-rpath,@loader_path/${fromBinding}`,
  ];
}

/** @param {string} where */
function removeUnfinished(where) {
  for (const name of readdirSync(where)) if (name.startsWith("building-")) rmSync(join(where, name));
}
