import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { InputError } from "../error.js";
import { installKernel, kernelName, userDataFolder } from "../kernel/install.js";
import { packageRoot } from "../notebook/root.js";
import type { Command, CommandArguments, Effects } from "./command.js";

const usage = `Usage: workbook kernel install [--prefix DIR | --sys-prefix | --user] [--name NAME]

Tells Jupyter about the TypeScript kernel of the workbook.

  --prefix DIR   for the Python environment in DIR
  --sys-prefix   for the Python environment that is active ($VIRTUAL_ENV or $CONDA_PREFIX)
  --user         for you, in every environment
  --name NAME    the kernel's name (default ${kernelName}; notebooks of the workbook ask for that)

Without a place it is .venv of this project if that exists, and otherwise --user.
`;

export const command: Command = {
  summary: "install the TypeScript kernel for Jupyter",
  usage,
  options: {
    prefix: { type: "string" },
    "sys-prefix": { type: "boolean" },
    user: { type: "boolean" },
    name: { type: "string" },
  },
  run: (args, effects) => new Promise((resolve) => resolve(run(args, effects))),
};

function run({ values, positionals }: CommandArguments, effects: Effects): 0 | 2 {
  if (positionals.length !== 1 || positionals[0] !== "install") {
    effects.err(usage);
    return 2;
  }
  const name = typeof values["name"] === "string" ? values["name"] : kernelName;
  const folder = installKernel(dataFolder(values, effects), { name });
  effects.out(`installed kernel ${name} in ${folder}\n`);
  return 0;
}

function dataFolder(values: CommandArguments["values"], { cwd, env }: Effects): string {
  const { prefix, user, "sys-prefix": active } = values;
  if ([prefix, user, active].filter((one) => one !== undefined).length > 1) {
    throw new InputError("--prefix, --sys-prefix and --user", "at most one of them", "Leave the others out.");
  }
  if (typeof prefix === "string") return join(resolve(cwd, prefix), "share", "jupyter");
  if (active === true) return join(activeEnvironment(env), "share", "jupyter");
  const own = join(packageRoot, ".venv");
  return user === true || !existsSync(own) ? userDataFolder(env) : join(own, "share", "jupyter");
}

function activeEnvironment(env: Effects["env"]): string {
  const folder = env["VIRTUAL_ENV"] ?? env["CONDA_PREFIX"];
  if (folder !== undefined && folder !== "") return folder;
  throw new InputError(
    "--sys-prefix",
    "an active Python environment ($VIRTUAL_ENV or $CONDA_PREFIX)",
    "Activate one, or name its folder with --prefix.",
  );
}
