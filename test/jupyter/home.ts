/** A Jupyter of its own for tests of front ends: no settings, histories or kernels of the user's. */
import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { installKernel } from "../../src/kernel/install.js";
import { packageRoot } from "../../src/notebook/root.js";
import { projectPython } from "../../src/notebook/run.js";

export interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

export interface JupyterHome {
  /** A folder below the package's, as a user's notebooks are, so that they find the library by its name. */
  readonly notebooks: string;
  /** JUPYTER_CONFIG_DIR. */
  readonly config: string;
  readonly env: NodeJS.ProcessEnv;
  /** Starts a program of the Python environment. */
  readonly start: (program: string, args: readonly string[], options?: SpawnOptions) => ChildProcess;
  /** Runs one to its end, in the notebooks' folder; `input` is typed into it. */
  readonly run: (program: string, args: readonly string[], options?: RunOptions) => Promise<Ended>;
  readonly close: () => void;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly input?: string;
}

/** Folders in which the kernel is installed from this tree, under its own name, before any other. */
export function openHome(): JupyterHome {
  const home = mkdtempSync(join(tmpdir(), "workbook jupyter "));
  const folders = join(packageRoot, "out", "jupyter");
  mkdirSync(folders, { recursive: true });
  const notebooks = mkdtempSync(join(folders, "notebooks-"));
  const config = join(home, "config");
  const kernels = join(home, "kernels");
  installKernel(kernels);
  const programs = dirname(projectPython());
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    HOME: home,
    IPYTHONDIR: join(home, "ipython"),
    JUPYTER_CONFIG_DIR: config,
    JUPYTER_DATA_DIR: join(home, "data"),
    JUPYTER_PATH: kernels,
    JUPYTER_RUNTIME_DIR: join(home, "runtime"),
    NO_COLOR: "1",
    // As in an activated environment: nbgrader starts a program of it by name.
    PATH: [programs, process.env["PATH"]].join(delimiter),
  };
  const start: JupyterHome["start"] = (program, args, options = {}) =>
    spawn(join(programs, program), args, { cwd: notebooks, env, ...options });
  return {
    notebooks,
    config,
    env,
    start,
    run: (program, args, { input = "", ...options } = {}) => ending(start(program, args, options), input),
    close: () => {
      for (const folder of [home, notebooks]) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function ending(child: ChildProcess, input: string): Promise<Ended> {
  let out = "";
  let err = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (err += text));
  child.stdin?.end(input);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, out, err }));
  });
}
