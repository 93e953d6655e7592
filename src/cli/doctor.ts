import { packageRoot } from "../notebook/root.js";
import type { Command } from "./command.js";
import { type Examination, examine } from "./diagnosis.js";

const usage = `Usage: workbook doctor [--json]

Says what is installed, which backend computes, and what to do about what is missing.

  --json   one JSON document: {node, python, backend, tensorflow, gpu, kernel, problems: [{what, remedy}]}

The exit status is 1 if there is a problem. WORKBOOK_BACKEND=tensorflow, webgpu or cpu forces a backend.
`;

export const command: Command = {
  summary: "what is installed, which backend runs, what to do about what is missing",
  usage,
  options: { json: { type: "boolean" } },
  run: ({ values }, effects) => {
    const examination = examine(packageRoot, effects.env);
    effects.out(values["json"] === true ? asJson(examination) : asTable(examination));
    return Promise.resolve(examination.problems.length === 0 ? 0 : 1);
  },
};

/** The contract's document, with its keys in the contract's order. */
export function asJson({ node, python, backend, tensorflow, gpu, kernel, problems }: Examination): string {
  return `${JSON.stringify({ node, python, backend, tensorflow, gpu, kernel, problems }, null, 2)}\n`;
}

/** The same for people: one line each, then every problem with its remedy. */
export function asTable(found: Examination): string {
  const rows: readonly (readonly [string, string])[] = [
    ["Node", found.node],
    ["Python (.venv)", found.python ?? "missing"],
    ["TensorFlow (.venv)", found.tensorflow ?? "missing"],
    ["backend in use", found.backendDescription ?? "none"],
    ["GPU", found.gpu ?? "none in use"],
    ["Jupyter kernel", found.kernel === null ? "missing" : `${found.kernel} in ${found.kernelFile ?? ""}`],
  ];
  const table = rows.map(([name, value]) => `${name.padEnd(20)}${value}\n`).join("");
  if (found.problems.length === 0) return `${table}\nNo problems.\n`;
  const problems = found.problems.map(({ what, remedy }) => `  ✗ ${what}\n    To mend it: ${remedy}\n`);
  return `${table}\nProblems: ${found.problems.length}\n${problems.join("")}`;
}
