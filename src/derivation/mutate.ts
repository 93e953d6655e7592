import { readLatex } from "../tex/read.js";
import { Names } from "./notation/names.js";
import type { Notation } from "./notation/notation.js";
import { readSubscripts } from "./notation/subscript.js";
import { changesOf } from "./slip/change.js";
import type { Slip } from "./slip/kind.js";
import { printClause } from "./slip/write.js";

export type { Slip };

export interface Mutant {
  readonly slip: Slip;
  readonly latex: string;
}

/**
 * The formula with one slip at one place of its right-hand sides, in every way that can be made.
 * A checker that calls a mutant true, though its value changed, is wrong. Formulas that cannot be
 * read have no mutants.
 */
export function mutate(latex: string, notation: Notation): readonly Mutant[] {
  const names = Names.of(notation);
  const lines = readLatex(latex, names);
  const [line] = lines;
  const [first] = line?.clauses ?? [];
  if (first === undefined || lines.length !== 1) return [];
  const clause = readSubscripts(first, latex, names);
  const [subject] = clause.subjects;
  const mutants = clause.steps.flatMap((step, at) => {
    const other = clause.steps[at - 1]?.right ?? subject;
    if (other === undefined) return [];
    return changesOf(step.right, "make", { names, other }).map(({ slip, expr }) => ({
      slip,
      latex: printClause({
        ...clause,
        steps: clause.steps.map((each) => (each === step ? { ...each, right: expr } : each)),
      }),
    }));
  });
  const known = new Set([printClause(clause)]);
  return mutants.filter((mutant) => !known.has(mutant.latex) && known.add(mutant.latex));
}
