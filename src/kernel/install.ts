/** Writes the kernelspec: the folder by which Jupyter finds, names and starts this kernel. */
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { InputError } from "../error.js";
import { packageRoot } from "../notebook/root.js";

export const kernelName = "diffusion-workbook";

export interface KernelSpec {
  readonly argv: readonly string[];
  readonly display_name: string;
  readonly language: string;
  readonly interrupt_mode: "message";
  readonly env: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * Flags of Node: no async-hooks check, because it ends the process when a loop is terminated; no warnings on
 * stderr, because the kernel prints them to the cell's output; `import.meta.resolve` from any folder, because
 * cells import from that of their notebook.
 */
const nodeFlags = ["--no-force-async-hooks-checks", "--no-warnings", "--experimental-import-meta-resolve"];

export function kernelSpec(node: string = process.execPath): KernelSpec {
  return {
    argv: [node, ...nodeFlags, join(packageRoot, "dist", "kernel", "main.js"), "{connection_file}"],
    display_name: "TypeScript (Diffusion Workbook)",
    language: "typescript",
    interrupt_mode: "message",
    // TensorFlow's own remarks go to the server's terminal, where nobody reads them.
    env: { TF_CPP_MIN_LOG_LEVEL: "2" },
    metadata: { debugger: false },
  };
}

/** Where Jupyter looks for a user's kernels on this system. */
export function userDataFolder(env: Readonly<Record<string, string | undefined>>): string {
  const { JUPYTER_DATA_DIR: chosen, XDG_DATA_HOME: data, APPDATA: roaming } = env;
  if (chosen !== undefined && chosen !== "") return chosen;
  if (process.platform === "darwin") return join(homedir(), "Library", "Jupyter");
  if (process.platform === "win32") return join(roaming ?? homedir(), "jupyter");
  return join(data ?? join(homedir(), ".local", "share"), "jupyter");
}

/**
 * Installs the kernelspec below a Jupyter data folder and returns its path. An earlier one is replaced as a
 * whole, or stays as it is. `node` is the Node that runs it: the running one if not given.
 * @throws InputError if the folder cannot be written
 */
export function installKernel(dataFolder: string, options: { name?: string; node?: string } = {}): string {
  const { name = kernelName, node } = options;
  if (!/^[A-Za-z0-9._-]+$/.test(name)) {
    throw new InputError(`--name ${name}`, "letters, digits, '.', '_' and '-' only", "Choose another name.");
  }
  const kernels = resolve(dataFolder, "kernels");
  const target = join(kernels, name);
  try {
    mkdirSync(kernels, { recursive: true });
    accessSync(kernels, constants.W_OK);
  } catch (error) {
    throw new InputError(
      `kernel folder ${kernels}`,
      "a folder that can be written",
      "Choose another place with --prefix, or --user for your own account.",
      { cause: error },
    );
  }
  const fresh = mkdtempSync(join(kernels, `.${name}-`));
  try {
    writeFileSync(join(fresh, "kernel.json"), `${JSON.stringify(kernelSpec(node), null, 2)}\n`);
    writeFileSync(join(fresh, "logo-svg.svg"), logo);
    replaceFolder(fresh, target);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return target;
}

/** A folder cannot be renamed onto a full one, so the old one steps aside first. */
function replaceFolder(fresh: string, target: string): void {
  const old = `${fresh}-old`;
  if (existsSync(target)) renameSync(target, old);
  try {
    renameSync(fresh, target);
  } catch (error) {
    if (existsSync(old)) renameSync(old, target);
    throw error;
  } finally {
    rmSync(old, { recursive: true, force: true });
  }
}

const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img" aria-label="Diffusion Workbook">
<rect width="64" height="64" rx="10" fill="#1f4e79"/>
<path d="M10 46C22 46 20 18 32 18S42 46 54 46" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round"/>
<g fill="#9ecbff"><circle cx="14" cy="20" r="2.5"/><circle cx="22" cy="12" r="2"/><circle cx="46" cy="14" r="2.5"/>
<circle cx="54" cy="24" r="2"/></g>
</svg>
`;
