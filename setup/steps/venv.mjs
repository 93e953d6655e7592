/** The Python environment .venv from the pinned requirements. */
import { existsSync, readFileSync, statfsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { hashFiles } from "../files.mjs";
import { StepFailure } from "../failure.mjs";
import { fitInterpreter, inspectVenv, venvPython, withoutPythonSettings } from "../python.mjs";
import { ask, runLogged } from "../run.mjs";
import { readStamp } from "../stamp.mjs";

/** @typedef {import("../context.mjs").Context} Context */
/** @typedef {"cpu" | "cuda"} Variant of TensorFlow */

/** What has to be free before an installation begins, in GB; measured, with a tenth to spare. */
const room = { cpu: 2.2, cuda: 8 };
const files = { cpu: "requirements.txt", cuda: "requirements-cuda.txt" };

/** @param {Context} context */
const stamp = ({ root }) => join(root, ".venv", ".workbook-stamp.json");

/** @type {import("../engine.mjs").Step} */
export const pythonEnvironment = {
  name: "Python environment",
  log: "python",
  stamp,
  inputs: (context) => {
    const variant = tensorflowVariant(context);
    return {
      requirements: hashFiles(context.root, ["requirements.txt", files[variant]]),
      TensorFlow: variant,
      Python: pythonFor(context),
      platform: `${context.platform}-${context.arch}`,
      // Its scripts name their interpreter by absolute path.
      "project folder": context.root,
    };
  },
  missing: (context) => {
    const venv = inspectVenv(context);
    if (venv === undefined) return "the Python of .venv does not run";
    const { packages } = venv;
    const absent = ["jupyterlab", "nbclient", "nbgrader"].find((name) => packages[name] === undefined);
    if (absent !== undefined) return `${absent} is missing in .venv`;
    const builds = ["tensorflow", "tensorflow-cpu"].filter((name) => packages[name] !== undefined);
    if (builds.length !== 1 || venv.tensorflow === null)
      return `.venv holds ${builds.length === 0 ? "no TensorFlow" : builds.join(" and ")}`;
    return undefined;
  },
  make: async (context) => {
    const { root } = context;
    const variant = tensorflowVariant(context);
    const python = fitInterpreter(context);
    if (python === undefined)
      throw new StepFailure({
        what: "no Python 3.10 to 3.13 is left to build .venv with.",
        mend: "npm run setup",
      });
    // From nothing, always: what an interrupted pip, another Python or the other build of TensorFlow
    // left behind cannot be told from what belongs there. Downloads are in pip's cache.
    await rm(join(root, ".venv"), { recursive: true, force: true, maxRetries: 3 });
    requireRoom(root, room[variant]);
    const env = withoutPythonSettings(context.env);
    await runLogged(context, "python", python.command, ["-m", "venv", ".venv"], { env });
    const install = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--requirement"];
    await runLogged(context, "python", venvPython(root), [...install, files[variant]], { env });
    return `Python ${python.version}, TensorFlow for ${variant === "cuda" ? "NVIDIA GPUs" : "the CPU"}`;
  },
};

/**
 * The minor version .venv is, or would be, made with. An environment keeps its Python until that stops
 * running, changes its minor version, or WORKBOOK_PYTHON asks for another.
 * @param {Context} context
 */
function pythonFor(context) {
  const wanted = context.env["WORKBOOK_PYTHON"];
  const keeps = (wanted === undefined || wanted === "") && readStamp(stamp(context)) !== undefined;
  const version = (keeps ? recordedVersion(context.root) : undefined) ?? fitInterpreter(context)?.version;
  return version?.split(".").slice(0, 2).join(".") ?? "none";
}

/**
 * What venv wrote down when it made .venv. If that Python has changed since, its packages are no longer
 * found, and `missing` says so.
 * @param {string} root
 */
function recordedVersion(root) {
  const file = join(root, ".venv", "pyvenv.cfg");
  return existsSync(file) ? /^version\s*=\s*(\S+)/m.exec(readFileSync(file, "utf8"))?.[1] : undefined;
}

/**
 * TensorFlow with its CUDA libraries where an NVIDIA driver runs, else the build for the CPU;
 * WORKBOOK_TENSORFLOW=cpu or cuda decides otherwise.
 * @param {Context} context
 * @returns {Variant}
 */
export function tensorflowVariant({ env, platform, arch }) {
  const wanted = env["WORKBOOK_TENSORFLOW"];
  if (wanted === "cpu" || wanted === "cuda") return wanted;
  // The wheels with CUDA exist for Linux on x86-64 only.
  return platform === "linux" && arch === "x64" && hasNvidiaDriver(env) ? "cuda" : "cpu";
}

/** @param {Context["env"]} env */
function hasNvidiaDriver(env) {
  if (existsSync("/proc/driver/nvidia/version")) return true;
  // Under WSL the driver is Windows' and shows only through its tool, which need not be on the path.
  const wsl = "/usr/lib/wsl/lib/nvidia-smi";
  const onPath = (env["PATH"] ?? "")
    .split(delimiter)
    .some((folder) => existsSync(join(folder, "nvidia-smi")));
  return (onPath && ask("nvidia-smi", ["-L"], env) !== undefined) || ask(wsl, ["-L"], env) !== undefined;
}

/**
 * @param {string} root
 * @param {number} gigabytes
 */
function requireRoom(root, gigabytes) {
  const { bavail, bsize } = statfsSync(root);
  const free = (bavail * bsize) / 1e9;
  if (free >= gigabytes) return;
  throw new StepFailure({
    what: `${free.toFixed(1)} GB are free on the disk of ${root}; the Python environment needs ${gigabytes} GB.`,
    mend: "free some space, or move the project to a larger disk, then npm run setup",
  });
}
