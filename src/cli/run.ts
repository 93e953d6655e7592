import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { absoluteDatasetName, openDataset } from "../data/openDataset.js";
import { InputError } from "../error.js";
import { kernelName } from "../kernel/install.js";
import { declaredParameters } from "../notebook/declaredParameters.js";
import { readIpynb } from "../notebook/format/ipynb.js";
import { profiles, type ParameterValue } from "../notebook/parameters.js";
import { projectPython, runNotebook, type CellFailure, type RunRequest } from "../notebook/run.js";
import type { Command, CommandArguments, Effects, ExitStatus } from "./command.js";
import { showProgress } from "./progress.js";

const usage = `Usage: workbook run [NOTEBOOK…] [--out DIR] [--profile quick|full] [--data NAME]
                    [--set NAME=VALUE]… [--timeout SECONDS]

Executes notebooks (default: notebooks/*.ipynb, in order) and writes them with their outputs into DIR.

  --out DIR        where results go (default: out)
  --profile P      quick: minutes on a small machine (default); full: for good samples
  --data NAME      the data set, e.g. glyphs, glyphs:digits or mnist:DIR (default: what each notebook chooses)
  --set NAME=VALUE a parameter of the notebook; may be repeated
  --timeout S      seconds that one cell may take (default: 600 with the quick profile, else as long as it takes)

Exit status 1 if a cell fails: its message is printed, and what ran before it is in DIR.
`;

export const command: Command = {
  summary: "execute notebooks in the kernel",
  usage,
  options: {
    out: { type: "string", default: "out" },
    profile: { type: "string", default: "quick" },
    data: { type: "string" },
    set: { type: "string", multiple: true },
    timeout: { type: "string" },
  },
  run: async ({ values, positionals }, effects) => {
    const stop = new AbortController();
    const data = await checkedData(values["data"], effects.cwd);
    const requests = readRequests({ ...values, data }, positionals, effects, stop.signal);
    const onInterrupt = (): void => stop.abort();
    // Also a second time: dying at once would leave the kernel behind.
    process.on("SIGINT", onInterrupt);
    let status: ExitStatus = 0;
    try {
      for (const request of requests) {
        if (!(await runOne(request, effects))) status = 1;
        if (stop.signal.aborted) break;
      }
    } finally {
      process.off("SIGINT", onInterrupt);
    }
    return status;
  },
};

/** Opens the data set once before anything runs: a wrong name should not be found out by the third notebook. */
async function checkedData(name: unknown, cwd: string): Promise<string | undefined> {
  if (typeof name !== "string") return undefined;
  const absolute = absoluteDatasetName(name, cwd);
  await openDataset(absolute);
  return absolute;
}

/** Checks the whole call before anything runs. */
function readRequests(
  values: CommandArguments["values"],
  positionals: readonly string[],
  { cwd }: Effects,
  signal: AbortSignal,
): readonly RunRequest[] {
  const out = resolve(cwd, String(values["out"]));
  const parameters = readParameters(values["set"]);
  const env = environment(values, out);
  const timeout = readTimeout(values);
  const notebooks =
    positionals.length > 0 ? positionals.map((one) => resolve(cwd, one)) : defaultNotebooks(cwd);
  notebooks.forEach(checkNotebook);
  const twice = notebooks.find(
    (one, index) => notebooks.findIndex((other) => basename(other) === basename(one)) < index,
  );
  if (twice !== undefined) {
    throw new InputError(`notebook ${twice}`, "notebooks of different file names", "Run them one at a time.");
  }
  const own = parametersOfEach(notebooks, parameters);
  const python = projectPython();
  makeWritable(out);
  return notebooks.map((notebook, index) => ({
    notebook,
    output: join(out, basename(notebook)),
    kernel: kernelName,
    timeout,
    about: {
      profile: String(values["profile"]),
      ...(typeof values["data"] === "string" ? { data: values["data"] } : {}),
    },
    env: { ...env, WORKBOOK_PARAMETERS: JSON.stringify(own[index]) },
    python,
    signal,
  }));
}

type Parameters = Readonly<Record<string, ParameterValue>>;

/** Gives every notebook those of the parameters that it has. */
function parametersOfEach(notebooks: readonly string[], given: Parameters): readonly Parameters[] {
  const declared = notebooks.map((file) => declaredParameters(readIpynb(readFileSync(file, "utf8"), file)));
  for (const [name, value] of Object.entries(given)) {
    if (declared.some((names) => names.includes(name))) continue;
    const known = [...new Set(declared.flat())].sort();
    const expected =
      known.length === 0 ? "no parameter: these notebooks have none" : `one of ${known.join(", ")}`;
    throw new InputError(
      `--set ${name}=${value}`,
      expected,
      "Correct the name, or run the notebook that has it.",
    );
  }
  return declared.map((names) =>
    Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name))),
  );
}

function readParameters(set: unknown): Parameters {
  return Array.isArray(set) ? Object.fromEntries(set.map((one) => readParameter(String(one)))) : {};
}

function environment(values: CommandArguments["values"], out: string): Readonly<Record<string, string>> {
  const profile = String(values["profile"]);
  if (!profiles.some((one) => one === profile)) {
    throw new InputError(`--profile ${profile}`, profiles.join(" or "), "Leave it out for quick.");
  }
  return {
    WORKBOOK_PROFILE: profile,
    WORKBOOK_OUT: out,
    ...(typeof values["data"] === "string" ? { WORKBOOK_DATA: values["data"] } : {}),
  };
}

/** `steps=300` is a number, `resume=true` a boolean, everything else text. */
function readParameter(text: string): [string, ParameterValue] {
  const { name, value } = /^(?<name>[A-Za-z_]\w*)=(?<value>.*)$/s.exec(text)?.groups ?? {};
  if (name === undefined || value === undefined) {
    throw new InputError(`--set ${text}`, "NAME=VALUE", "For example: --set steps=300");
  }
  if (value === "true" || value === "false") return [name, value === "true"];
  return [name, /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(value) ? Number(value) : value];
}

function readTimeout({ timeout, profile }: CommandArguments["values"]): number | null {
  if (timeout === undefined) return profile === "quick" ? 600 : null;
  const seconds = Number(timeout);
  if (Number.isInteger(seconds) && seconds > 0) return seconds;
  const remedy = "Leave it out for the default, see --help.";
  throw new InputError(`--timeout ${String(timeout)}`, "a whole number of seconds above 0", remedy);
}

function defaultNotebooks(cwd: string): readonly string[] {
  const folder = join(cwd, "notebooks");
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".ipynb")) : [];
  if (names.length > 0) return names.sort().map((name) => join(folder, name));
  const remedy = "Name the notebooks to run, or call this from the project's folder.";
  throw new InputError(`${folder} (no notebooks)`, "a folder with .ipynb files", remedy);
}

function checkNotebook(path: string): void {
  if (!path.endsWith(".ipynb") || !existsSync(path) || !statSync(path).isFile()) {
    throw new InputError(`notebook ${path}`, "an existing .ipynb file", "Correct the name.");
  }
}

function makeWritable(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const remedy = "Choose another folder with --out.";
    throw new InputError(`--out ${folder}`, "a folder that can be written", remedy, { cause: error });
  }
}

/** Runs one notebook with one line of progress; returns whether all its cells ran. */
async function runOne(request: RunRequest, effects: Effects): Promise<boolean> {
  const name = relative(effects.cwd, request.notebook);
  const progress = showProgress(name, effects);
  let end: "done" | "failed" | "stopped" = "stopped";
  let failure: CellFailure | undefined;
  try {
    for await (const event of runNotebook(request)) {
      if (event.kind === "started") progress.start(event.cells);
      if (event.kind === "cell") progress.reach(event.cell - 1);
      if (event.kind === "finished") end = "done";
      if (event.kind === "failed") failure = event;
    }
  } finally {
    progress.end(failure === undefined ? end : "failed");
  }
  if (failure !== undefined) effects.err(failureText(name, failure));
  return end === "done";
}

function failureText(name: string, { cell, ename, evalue, traceback }: CellFailure): string {
  const lines = traceback.length > 0 ? traceback : [`${ename}: ${evalue}`];
  return `${name}: code cell ${cell} failed\n${lines.map((line) => `  ${line}\n`).join("")}`;
}
