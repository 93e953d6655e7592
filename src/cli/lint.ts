import { lintNotebooks } from "../notebook/lint.js";
import { findPairs } from "../notebook/pair.js";
import type { Command, CommandArguments, Effects, ExitStatus } from "./command.js";

const usage = `Usage: workbook lint [NOTEBOOK…]

Checks notebooks without running them: the code cells type-check as strictly as
src/ (all cells of a notebook in order, each name declared once), every formula
can be typeset, the kernel is ours, and the .ipynb holds no outputs.
Exits 1 if something is wrong.

NOTEBOOK      either file, or its path without the ending (default: notebooks/*)
`;

export const command: Command = {
  summary: "type-check the code cells and check the formulas of notebooks",
  usage,
  options: {},
  run,
};

async function run({ positionals }: CommandArguments, effects: Effects): Promise<ExitStatus> {
  const pairs = await findPairs(positionals, effects.cwd);
  const problems = lintNotebooks(pairs);
  for (const { where, message } of problems) effects.out(`${where}: ${message}\n`);
  const notebooks = pairs.length === 1 ? "1 notebook" : `${pairs.length} notebooks`;
  effects.out(`${notebooks}, ${problems.length === 0 ? "nothing wrong" : `${problems.length} wrong`}\n`);
  return problems.length === 0 ? 0 : 1;
}
