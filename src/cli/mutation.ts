import { summarize } from "../derivation/verdict/verdict.js";
import {
  missed,
  mutateDocuments,
  type MutatedDocument,
  type MutationReport,
  type Survivor,
} from "../derivation/slip/mutation.js";
import { isEquivalent } from "../derivation/slip/equivalent.js";
import type { Effects, ExitStatus } from "./command.js";
import { showBar } from "./progress.js";

/** `workbook check --mutate`: every known slip in every statement that holds, and which were not noticed. */
export function runMutation(
  documents: readonly MutatedDocument[],
  json: boolean,
  effects: Effects,
): ExitStatus {
  const run = mutateDocuments(documents);
  const bar = json ? undefined : showBar("mutants", effects);
  let step = run.next();
  for (; step.done !== true; step = run.next()) bar?.reach(step.value.done, step.value.total);
  bar?.end();
  const { results, mutation } = step.value;
  const document = { statements: results, summary: summarize(results), mutation };
  effects.out(json ? `${JSON.stringify(document)}\n` : describe(mutation));
  return missed(mutation).length > 0 ? 1 : 0;
}

function describe(report: MutationReport): string {
  const { statements, mutants, changed, fails, undecided, unreadable, equivalent } = report;
  const refused = fails + undecided + unreadable;
  const share = changed === 0 ? "" : ` (${((100 * refused) / changed).toFixed(2)} %)`;
  const groups: readonly (readonly [string, readonly Survivor[]])[] = [
    ["NOT NOTICED, though the value changed:", missed(report)],
    [
      "called true, since nothing contradicts it, though the bound claims more than before:",
      report.survivors.filter(({ effect }) => effect === "claims more"),
    ],
    ["called true, and equivalent:", report.survivors.filter(({ effect }) => isEquivalent(effect))],
    [
      "called true; whether the value changed cannot be established:",
      report.survivors.filter(({ effect }) => effect === "unknown"),
    ],
  ];
  const listed = groups.flatMap(([title, survivors]) =>
    survivors.length === 0 ? [] : [title, ...survivors.map(describeSurvivor)],
  );
  return [
    ...listed,
    `${mutants} mutants of ${statements} statements that hold, ${Object.keys(report.bySlip).length} kinds of slips`,
    `${changed} change the value: ${refused} refused${share}, of these ${fails} fail, ${undecided} undecided, ${unreadable} unreadable`,
    `${equivalent} are equivalent, and as true as before`,
    ...describeUnknown(report),
    "",
  ].join("\n");
}

/** What cannot be evaluated by itself counts neither way. */
function describeUnknown({ unknown, unknownRefused }: MutationReport): readonly string[] {
  if (unknown === 0) return [];
  return [`${unknown} have a right side that cannot be evaluated by itself: ${unknownRefused} refused`];
}

const describeSurvivor = ({ id, slip, effect, latex }: Survivor): string =>
  `  ${id}  ${slip}${isEquivalent(effect) ? ` (${effect})` : ""}: ${latex}`;
