/** What `workbook doctor` finds out. Every answer comes from asking the thing itself, in a process of its own. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { kernelName, userDataFolder } from "../kernel/install.js";
import type { Backend } from "../tensor/backend.js";

/** Something that keeps the workbook, or its GPU, from running, and the command that mends it. */
export interface Problem {
  readonly what: string;
  readonly remedy: string;
}

/** The document of `workbook doctor --json`; `null` stands for what is not there. */
export interface Diagnosis {
  /** Version of the Node that runs, without the leading v. */
  readonly node: string;
  /** Version of the Python in .venv. */
  readonly python: string | null;
  /** The backend in use: tensorflow, webgpu or cpu. */
  readonly backend: string | null;
  /** Version of the TensorFlow in .venv. */
  readonly tensorflow: string | null;
  /** The GPU that TensorFlow computes on. */
  readonly gpu: string | null;
  /** Name of the installed kernelspec. */
  readonly kernel: string | null;
  readonly problems: readonly Problem[];
}

/** A diagnosis with what only people read. */
export interface Examination extends Diagnosis {
  /** The backend's own description of itself. */
  readonly backendDescription: string | null;
  /** The kernelspec's file. */
  readonly kernelFile: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Examines an installation.
 * @param root the project's folder
 * @param env the variables that the workbook would run with, `WORKBOOK_BACKEND` among them
 */
export function examine(root: string, env: Environment): Examination {
  const python = examinePython(root, env);
  const backend = examineBackend(root, env);
  const gpu = examineGpu(env, backend);
  const kernel = examineKernel(root, env);
  return {
    node: process.versions.node,
    python: python?.python ?? null,
    backend: backend.backend?.name ?? null,
    tensorflow: python?.tensorflow ?? null,
    gpu: gpu.gpu,
    kernel: kernel.name,
    problems: [...setUpProblems(root, env), ...backend.problems, ...gpu.problems, ...kernel.problems],
    backendDescription: backend.backend?.description ?? null,
    kernelFile: kernel.file,
  };
}

/** What set-up would still do, in its own words. */
function setUpProblems(root: string, env: Environment): Problem[] {
  const { stdout } = ask(process.execPath, [join(root, "setup", "setup.mjs"), "--check", "--json"], env);
  if (!stdout.startsWith("["))
    return [{ what: "the set-up does not run", remedy: `node ${join(root, "setup", "setup.mjs")} --check` }];
  const steps = JSON.parse(stdout) as readonly { name: string; reason?: string }[];
  const open = steps.flatMap(({ name, reason }) => (reason === undefined ? [] : [`${name} (${reason})`]));
  return open.length === 0
    ? []
    : [{ what: `the set-up is not complete: ${open.join(", ")}`, remedy: "npm run setup" }];
}

const packagesProbe = `
import json, platform
from importlib import metadata
found = [d.version for d in metadata.distributions() if d.name.lower().replace("_", "-") in ("tensorflow", "tensorflow-cpu")]
print(json.dumps({"python": platform.python_version(), "tensorflow": found[0] if found else None}))`;

function examinePython(
  root: string,
  env: Environment,
): { python: string; tensorflow: string | null } | undefined {
  const { stdout } = ask(join(root, ".venv", "bin", "python"), ["-I", "-c", packagesProbe], env);
  return stdout === "" ? undefined : (JSON.parse(stdout) as { python: string; tensorflow: string | null });
}

interface BackendFinding {
  readonly backend?: Backend;
  /** What TensorFlow wrote to standard error while it started. */
  readonly log: string;
  readonly problems: readonly Problem[];
}

function examineBackend(root: string, env: Environment): BackendFinding {
  const module = join(root, "dist", "tensor", "backend.js");
  // The set-up's own problem already says that the build is missing.
  if (!existsSync(module)) return { log: "", problems: [] };
  const script = `
    const { useBackend } = await import(${JSON.stringify(pathToFileURL(module).href)});
    try {
      console.log(JSON.stringify({ backend: await useBackend() }));
    } catch (error) {
      if (error.name !== "InputError") throw error;
      console.log(JSON.stringify({ refused: error.message }));
    }`;
  // Warnings are wanted here: they say why TensorFlow takes no GPU.
  const answer = ask(process.execPath, ["--input-type=module", "-e", script], {
    ...env,
    TF_CPP_MIN_LOG_LEVEL: "1",
  });
  if (answer.stdout === "") {
    const last = answer.stderr.trim().split("\n").at(-1) ?? "";
    const what = `the backend does not start (${answer.ending}): ${last}`;
    return { log: answer.stderr, problems: [{ what, remedy: "rm -rf node_modules && npm run setup" }] };
  }
  const { backend, refused } = JSON.parse(answer.stdout) as { backend?: Backend; refused?: string };
  if (backend === undefined) {
    return { log: answer.stderr, problems: [{ what: refused ?? "", remedy: "unset WORKBOOK_BACKEND" }] };
  }
  const problems = backend.notes.map((note) => ({ what: `not in use: ${note}`, remedy: "npm run setup" }));
  return { backend, log: answer.stderr, problems };
}

function examineGpu(
  env: Environment,
  { backend, log }: BackendFinding,
): { gpu: string | null; problems: readonly Problem[] } {
  const { stdout } = ask("nvidia-smi", ["--query-gpu=name,driver_version", "--format=csv,noheader"], env);
  const [name, driver] = (stdout.trim().split("\n")[0] ?? "").split(", ");
  if (backend?.device === "GPU")
    return { gpu: name === undefined || name === "" ? "GPU" : name, problems: [] };
  const hidden = env["CUDA_VISIBLE_DEVICES"] === "" || env["CUDA_VISIBLE_DEVICES"] === "-1";
  const forced = env["WORKBOOK_BACKEND"] !== undefined || env["WORKBOOK_TENSORFLOW"] === "cpu";
  if (name === undefined || name === "" || hidden || forced) return { gpu: null, problems: [] };
  const reasons = log.split("\n").filter((line) => /gpu|cuda|dlopen/i.test(line));
  const said = reasons.length === 0 ? "" : ` TensorFlow says: ${reasons.join(" ")}`;
  const what = `${name} is there (driver ${driver ?? "unknown"}), but TensorFlow computes on the CPU.${said}`;
  const remedy = "npm run setup; if it is up to date, update the NVIDIA driver to 525 or newer";
  return { gpu: null, problems: [{ what, remedy }] };
}

function examineKernel(
  root: string,
  env: Environment,
): { name: string | null; file: string | null; problems: readonly Problem[] } {
  const places = [join(root, ".venv", "share", "jupyter"), userDataFolder(env)];
  const file = places
    .map((place) => join(place, "kernels", kernelName, "kernel.json"))
    .find((candidate) => existsSync(candidate));
  const remedy = "npx workbook kernel install";
  if (file === undefined) {
    const what = `the kernelspec ${kernelName} is not installed in .venv`;
    return { name: null, file: null, problems: [{ what, remedy }] };
  }
  const { argv = [] } = JSON.parse(readFileSync(file, "utf8")) as { argv?: readonly string[] };
  const gone = argv.find((argument) => argument.startsWith("/") && !existsSync(argument));
  const what = `the kernelspec ${file} starts ${gone ?? ""}, which is gone`;
  return { name: kernelName, file, problems: gone === undefined ? [] : [{ what, remedy }] };
}

interface Answer {
  readonly stdout: string;
  readonly stderr: string;
  /** In words, for a command that failed. */
  readonly ending: string;
}

/** Standard output is empty if the command cannot be run. */
function ask(command: string, args: readonly string[], env: Environment): Answer {
  const { stdout, stderr, status, signal, error } = spawnSync(command, args, {
    env: { ...env },
    encoding: "utf8",
    timeout: 120_000,
  });
  if (error !== undefined) return { stdout: "", stderr: "", ending: error.message };
  return { stdout, stderr, ending: signal ?? `status ${status ?? "unknown"}` };
}
