import type { CheckOptions, StatementSource } from "../options.js";
import { judgeStatements } from "../check.js";
import { withinFormula } from "../evaluate/scope.js";
import type { Judgement } from "../judgement.js";
import { decide } from "../relation/decide.js";
import type { StatementResult, Verdict } from "../verdict/verdict.js";
import { changesOf, type Change } from "./change.js";
import { effectOf, isEquivalent, type Effect } from "./equivalent.js";
import type { Slip } from "./kind.js";
import { printClause, withSide } from "./write.js";

/** A slip in a statement that holds, after which it is still called true. */
export interface Survivor {
  /** The statement that the slip was made in. */
  readonly id: string;
  readonly slip: Slip;
  /** The clause with the slip. */
  readonly latex: string;
  /** What the slip did, by evaluating both versions: a survivor that is `changed` is a defect of the checker. */
  readonly effect: Effect;
}

/** What became of all slips at all places of all statements that hold. */
export interface MutationReport {
  /** Statements that hold, and so could be mutated. */
  readonly statements: number;
  readonly mutants: number;
  /** Mutants whose right side has another value, and their verdicts: none of them should hold, unless a bound claims more. */
  readonly changed: number;
  readonly fails: number;
  readonly undecided: number;
  readonly unreadable: number;
  /** Mutants that say the same as before, in value, in law or as much as the relation asks. */
  readonly equivalent: number;
  /** Mutants of which neither could be established, since their right side has no value that is computed. */
  readonly unknown: number;
  /** How many of these are refused nevertheless. */
  readonly unknownRefused: number;
  readonly bySlip: Readonly<Record<string, number>>;
  readonly survivors: readonly Survivor[];
}

/** How far a run is: mutants decided and mutants in all. */
export interface MutationProgress {
  readonly done: number;
  readonly total: number;
}

interface Mutant {
  readonly id: string;
  readonly judgement: Judgement;
  readonly change: Change;
}

/** Makes every slip at every place of the right sides of relations that hold, one at a time; in a chain the neighbours stay. */
function mutantsOf(id: string, judgement: Judgement): readonly Mutant[] {
  const { claim, question, decision } = judgement;
  if (decision.verdict !== "holds") return [];
  const around = { names: question.names, other: claim.left };
  return changesOf(claim.right, "make", around).map((change) => ({ id, judgement, change }));
}

/**
 * Checks the checker: every known slip is made in every statement that holds, and decided like any other
 * statement. Whether a slip changed the value is established apart from the verdict.
 * @returns the results of the statements themselves, and what became of the mutants; yields after each mutant
 * @throws InputError for options out of range
 */
export const mutateStatements = (
  statements: readonly StatementSource[],
  options: CheckOptions = {},
): Mutating => mutateDocuments([{ statements, options }]);

/** Statements that share a notation. */
export interface MutatedDocument {
  readonly statements: readonly StatementSource[];
  readonly options: CheckOptions;
}

type Mutating = Generator<
  MutationProgress,
  { readonly results: readonly StatementResult[]; readonly mutation: MutationReport }
>;

/** The same for several documents, in one report. */
export function* mutateDocuments(documents: readonly MutatedDocument[]): Mutating {
  const judged = documents.map(({ statements, options }) => judgeStatements(statements, options));
  const holding = judged.flatMap(({ results, lines }) =>
    lines.filter((_, at) => results[at]?.verdict === "holds"),
  );
  const mutants = holding.flatMap(({ id, judgements }) => judgements.flatMap((each) => mutantsOf(id, each)));
  const tally = new Tally(holding.length);
  for (const [at, mutant] of mutants.entries()) {
    withinFormula(() => tally.add(mutant));
    yield { done: at + 1, total: mutants.length };
  }
  return { results: judged.flatMap(({ results }) => results), mutation: tally.report() };
}

class Tally {
  private readonly verdicts: Record<Verdict, number> = {
    holds: 0,
    fails: 0,
    defines: 0,
    undecided: 0,
    unreadable: 0,
  };
  private readonly bySlip: Partial<Record<Slip, number>> = {};
  private readonly survivors: Survivor[] = [];
  private counts = { mutants: 0, changed: 0, equivalent: 0, unknown: 0, unknownRefused: 0 };

  constructor(private readonly statements: number) {}

  add({ id, judgement, change }: Mutant): void {
    const { claim, question, clause } = judgement;
    const { slip, expr } = change;
    const { verdict } = decide({ ...claim, right: expr }, { ...question, brief: true });
    const effect = effectOf(claim, expr, question);
    this.counts.mutants++;
    this.bySlip[slip] = (this.bySlip[slip] ?? 0) + 1;
    const survives = verdict === "holds" || verdict === "defines";
    if (isEquivalent(effect)) this.counts.equivalent++;
    else if (effect !== "unknown") {
      this.counts.changed++;
      this.verdicts[verdict]++;
    } else {
      this.counts.unknown++;
      if (!survives) this.counts.unknownRefused++;
    }
    if (survives)
      this.survivors.push({ id, slip, latex: printClause(withSide(clause, claim.right, expr)), effect });
  }

  report(): MutationReport {
    const { fails, undecided, unreadable } = this.verdicts;
    const { statements, survivors, bySlip } = this;
    return { statements, ...this.counts, fails, undecided, unreadable, bySlip, survivors };
  }
}

/** Survivors that the checker should have refused. */
export const missed = ({ survivors }: MutationReport): readonly Survivor[] =>
  survivors.filter(({ effect }) => effect === "changed");
