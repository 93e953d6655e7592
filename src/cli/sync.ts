import { InputError } from "../error.js";
import { findPairs, type Pair } from "../notebook/pair.js";
import { carryOut, planSync, type Half, type SyncPlan } from "../notebook/sync.js";
import type { Command, CommandArguments, Effects, ExitStatus } from "./command.js";

const usage = `Usage: workbook sync [--check] [--from md|ipynb] [NOTEBOOK…]

Makes the two files of each notebook equal: NAME.md, the text that is written and
reviewed, and NAME.ipynb, which Jupyter opens. The edited file wins; a missing one
is made; if both were edited since the last sync, neither is touched.
Outputs in the .ipynb are removed: notebooks/ holds none.

NOTEBOOK      either file, or its path without the ending (default: notebooks/*)
--check       write nothing; exit 1 and name the notebooks that would change
--from HALF   let this half win, md or ipynb, and overwrite the other
`;

export const command: Command = {
  summary: "make the .md and .ipynb of each notebook equal",
  usage,
  options: { check: { type: "boolean" }, from: { type: "string" } },
  run,
};

async function run({ values, positionals }: CommandArguments, effects: Effects): Promise<ExitStatus> {
  const from = readHalf(values["from"]);
  const pairs = await findPairs(positionals, effects.cwd);
  if (pairs.length === 0) effects.out("No notebooks in notebooks/.\n");
  const plans: { plan: SyncPlan; pair: Pair }[] = [];
  let refused = false;
  for (const pair of pairs) {
    try {
      plans.push({ plan: planSync(pair, from), pair });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      effects.err(`workbook sync: ${error.message}\n`);
      refused = true;
    }
  }
  const changed = values["check"] === true ? reportDifferences(plans, effects) : await apply(plans, effects);
  return refused || (changed && values["check"] === true) ? 1 : 0;
}

function readHalf(value: CommandArguments["values"][string]): Half | undefined {
  if (value === undefined || value === "md" || value === "ipynb") return value;
  throw new InputError(`--from ${String(value)}`, "md or ipynb", "Name the half that is right.");
}

async function apply(plans: readonly { plan: SyncPlan; pair: Pair }[], effects: Effects): Promise<boolean> {
  for (const { plan, pair } of plans) {
    await carryOut(plan, pair);
    effects.out(`${plan.summary}\n`);
  }
  return plans.length > 0;
}

function reportDifferences(plans: readonly { plan: SyncPlan; pair: Pair }[], effects: Effects): boolean {
  const changing = plans.filter(({ plan }) => plan.md !== undefined || plan.ipynb !== undefined);
  for (const { plan } of changing) effects.out(`differs: ${plan.summary.replace("made", "to be made")}\n`);
  effects.out(
    changing.length === 0
      ? `${count(plans.length)}: .md and .ipynb are equal\n`
      : `${changing.length} of ${count(plans.length)} to be changed. To mend them: npx workbook sync\n`,
  );
  return changing.length > 0;
}

function count(notebooks: number): string {
  return notebooks === 1 ? "1 notebook" : `${notebooks} notebooks`;
}
