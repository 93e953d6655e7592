/** The kernelspec in .venv, by which JupyterLab, nbclient and nbgrader find our kernel. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { hashFiles } from "../files.mjs";
import { runLogged } from "../run.mjs";

const folder = join(".venv", "share", "jupyter", "kernels", "diffusion-workbook");

/** @type {import("../engine.mjs").Step} */
export const kernelspec = {
  name: "Jupyter kernel",
  log: "kernel",
  stamp: ({ root }) => join(root, folder, ".workbook-stamp.json"),
  inputs: ({ root }) => ({
    // It names Node and the launcher by absolute path.
    Node: process.execPath,
    "project folder": root,
    build: hashFiles(root, [join("dist", ".workbook-stamp.json")]),
  }),
  missing: ({ root }) =>
    existsSync(join(root, folder, "kernel.json")) ? undefined : `${folder}/kernel.json is missing`,
  make: (context) =>
    runLogged(context, "kernel", process.execPath, [
      join("bin", "workbook.mjs"),
      "kernel",
      "install",
      "--prefix",
      ".venv",
    ]),
};
