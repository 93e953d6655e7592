/**
 * Which implementation of TensorFlow.js computes. The only files of the library that know a backend
 * are those of this folder: everything else uses `@tensorflow/tfjs-core` alone.
 */
import { createRequire } from "node:module";
import * as tf from "@tensorflow/tfjs-core";
import { InputError } from "../error.js";
import { loadNativeKernels, registerKernels } from "./kernels.js";
import { nativeBackend } from "./native.js";
import { restoreRemovedUtilities } from "./polyfill.js";

export type BackendName = "tensorflow" | "webgpu" | "cpu";

/** The backend in use, for the eyes of the reader: every run names it in its output. */
export interface Backend {
  readonly name: BackendName;
  /** `GPU` only if TensorFlow found one and computes on it. */
  readonly device: "GPU" | "CPU";
  /** Of the native library, e.g. `2.21.0`; absent on the other backends. */
  readonly tensorflowVersion?: string;
  /** One line: `tensorflow 2.21.0 on CPU`; says so if a better backend was wanted and not to be had. */
  readonly description: string;
  /** Why each better backend is not used; empty if the first choice runs. */
  readonly notes: readonly string[];
}

/** Best first. */
const order: readonly BackendName[] = ["tensorflow", "webgpu", "cpu"];

type Loaded = Pick<Backend, "name" | "device" | "tensorflowVersion">;
/** Either the backend, ready to be set, or in words why it cannot be had. */
type Attempt = { readonly loaded: Loaded } | { readonly unavailable: string };

const loaders: Readonly<Record<BackendName, () => Attempt>> = {
  tensorflow: loadTensorflow,
  webgpu: loadWebgpu,
  cpu: loadCpu,
};

const require = createRequire(import.meta.url);
const attempts = new Map<BackendName, Attempt>();

/**
 * Makes the best backend that can be had the one tfjs-core computes with: `tensorflow` (on the GPU if
 * there is one), then `webgpu`, then `cpu`. Calling it again is cheap and changes nothing.
 *
 * @param env where `WORKBOOK_BACKEND` may force one of the three
 * @throws {InputError} if the forced backend is unknown or cannot be had; there is no fallback then
 */
export async function useBackend(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Backend> {
  const forced = forcedBackend(env["WORKBOOK_BACKEND"]);
  const notes: string[] = [];
  for (const name of forced === undefined ? order : [forced]) {
    const attempt = attemptOnce(name);
    if ("loaded" in attempt) {
      await activate(name);
      return { ...attempt.loaded, description: describe(attempt.loaded, notes), notes };
    }
    if (forced !== undefined) throw cannotBeHad(forced, attempt.unavailable);
    notes.push(`${name}: ${attempt.unavailable}`);
  }
  throw new Error(`no TensorFlow.js backend could be loaded:\n${notes.join("\n")}`);
}

function forcedBackend(wanted: string | undefined): BackendName | undefined {
  if (wanted === undefined || wanted === "") return undefined;
  const known = order.find((name) => name === wanted);
  if (known !== undefined) return known;
  throw new InputError(
    `WORKBOOK_BACKEND = ${JSON.stringify(wanted)}`,
    `one of ${order.join(", ")}`,
    "Choose one of them, or unset WORKBOOK_BACKEND to have the best one chosen.",
  );
}

function cannotBeHad(name: BackendName, reason: string): InputError {
  return new InputError(
    `WORKBOOK_BACKEND = ${JSON.stringify(name)} (${reason})`,
    "a backend that can be loaded here",
    "Unset WORKBOOK_BACKEND to have the best one chosen; `npx workbook doctor` says what is missing.",
  );
}

function attemptOnce(name: BackendName): Attempt {
  const attempt = attempts.get(name) ?? loaders[name]();
  attempts.set(name, attempt);
  return attempt;
}

async function activate(name: BackendName): Promise<void> {
  if (tf.getBackend() === name) return;
  if (!(await tf.setBackend(name))) throw new Error(`TensorFlow.js refused the backend ${name}`);
  await tf.ready();
}

function describe({ name, device, tensorflowVersion }: Loaded, notes: readonly string[]): string {
  const running =
    name === "cpu" ? "cpu (plain JavaScript)" : `${name} ${tensorflowVersion ?? ""} on ${device}`;
  return notes.length === 0 ? running : `${running}; not ${notes.join("; not ")}`;
}

function loadTensorflow(): Attempt {
  // Both are read by the native library while it loads. 2 drops its chatter about CPU instructions and
  // oneDNN and keeps errors; growth lets two notebooks share one GPU instead of the first taking it all.
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2";
  process.env["TF_FORCE_GPU_ALLOW_GROWTH"] ??= "true";
  restoreRemovedUtilities();
  try {
    require("@tensorflow/tfjs-node-gpu");
  } catch (error) {
    return { unavailable: `its native binding does not load: ${firstLine(error)}` };
  }
  const native = nativeBackend();
  // Our kernels compute on the CPU; a GPU would have to fetch every image for them.
  registerKernels(!native.isUsingGpuDevice && loadNativeKernels());
  return {
    loaded: {
      name: "tensorflow",
      device: native.isUsingGpuDevice ? "GPU" : "CPU",
      tensorflowVersion: native.binding.TF_Version,
    },
  };
}

/** The seam for WebGPU in Node: nothing is loaded yet, and nothing is pretended. */
function loadWebgpu(): Attempt {
  try {
    require.resolve("webgpu");
  } catch {
    return { unavailable: "not available: the optional package webgpu is not installed" };
  }
  return { unavailable: "not available: this version does not use the installed package webgpu yet" };
}

function loadCpu(): Attempt {
  // The union package, as tfjs-node loads it too: it brings the backend and registers the gradients,
  // which tfjs-core alone does not.
  require("@tensorflow/tfjs");
  // On its first use it prints an advert for tfjs-node; its other warnings stay.
  Reflect.set(tf.findBackend("cpu"), "firstUse", false);
  return { loaded: { name: "cpu", device: "CPU" } };
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split("\n", 1)[0] ?? "").trim();
}
