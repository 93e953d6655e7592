import { mkdir, readdir } from "node:fs/promises";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { InputError } from "../error.js";
import { writeFileWhole } from "../files/writeFileWhole.js";
import { readIpynb } from "../notebook/format/ipynb.js";
import { readIfThere } from "../notebook/pair.js";
import { buildReport, type ReportSource } from "../report/report.js";
import type { Command, CommandArguments, Effects, ExitStatus } from "./command.js";

const usage = `Usage: workbook report [NOTEBOOK…] [--out FILE] [--title TEXT]

Makes one HTML file of executed notebooks, one chapter each. It needs no network:
formulas are typeset, code is coloured and charts are packed into it.

NOTEBOOK      an executed .ipynb (default: out/*.ipynb, as workbook run writes them)
--out FILE    where to write it (default: out/report.html)
--title TEXT  title of a report of several notebooks (default: Diffusion workbook)
`;

export const command: Command = {
  summary: "make one self-contained HTML file of executed notebooks",
  usage,
  options: { out: { type: "string", default: "out/report.html" }, title: { type: "string" } },
  run,
};

async function run({ values, positionals }: CommandArguments, effects: Effects): Promise<ExitStatus> {
  const files = positionals.length > 0 ? positionals : await listExecuted(effects.cwd);
  const sources = await Promise.all(files.map((file) => readSource(file, effects.cwd)));
  const { title } = values;
  const text = await buildReport(sources, typeof title === "string" ? { title } : {});
  const out = resolve(effects.cwd, String(values["out"]));
  await makeFolder(dirname(out));
  await writeFileWhole(out, text);
  const megabytes = (Buffer.byteLength(text) / 1e6).toFixed(2);
  effects.out(
    `${relative(effects.cwd, out)}: ${sources.length === 1 ? "1 notebook" : `${sources.length} notebooks`}, ${megabytes} MB\n`,
  );
  return 0;
}

async function listExecuted(cwd: string): Promise<readonly string[]> {
  const folder = resolve(cwd, "out");
  const files = existsSync(folder) ? await readdir(folder) : [];
  const notebooks = files.filter((file) => file.endsWith(".ipynb")).sort();
  if (notebooks.length > 0) return notebooks.map((file) => `out/${file}`);
  throw new InputError(
    `${folder}: no .ipynb`,
    "executed notebooks",
    "Run `npx workbook run` first, or name notebooks.",
  );
}

async function readSource(file: string, cwd: string): Promise<ReportSource> {
  const path = resolve(cwd, file);
  const text = await readIfThere(path);
  if (text === undefined)
    throw new InputError(`${file} does not exist`, "an executed notebook", "Check the path.");
  const readBeside = (name: string): Uint8Array | undefined => {
    const picture = resolve(dirname(path), name);
    // a notebook from elsewhere must not be able to take pictures from anywhere
    if (relative(cwd, picture).startsWith("..")) return undefined;
    return existsSync(picture) && statSync(picture).isFile() ? readFileSync(picture) : undefined;
  };
  return { notebook: readIpynb(text, file), file: path, readBeside };
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new InputError(
      `${folder} cannot be made`,
      "a folder that may be written to",
      "Choose another --out.",
      {
        cause: error,
      },
    );
  }
}
