/**
 * What can be said of a statement. `defines`: it claims nothing that could be false, but names a quantity, chooses
 * a value or declares a variable, and what it introduces is known from there on; the reason says which of these
 * it is.
 */
export type Verdict = "holds" | "fails" | "defines" | "undecided" | "unreadable";

/** Numbers with which a person can see for himself that the two sides part. */
export interface Counterexample {
  /** The last time of that world; absent where no process takes part. */
  readonly T?: number;
  /** The time at which the sides differ; absent when the statement mentions none. */
  readonly t?: number;
  /** Every symbol the statement mentions, by its LaTeX, and the β and states behind it, rounded to six digits. */
  readonly values: Readonly<Record<string, string>>;
  readonly left: string;
  readonly right: string;
  /** All of it as one paragraph of plain text. */
  readonly text: string;
}

export interface SourcePlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** A slip that explains a failure: the line as it would hold, which it does by the same engine. */
export interface Repair {
  /** What kind of slip, named after what was written: `root lost`. */
  readonly slip: string;
  /** The line with the slip undone. */
  readonly latex: string;
  /** Where and how, for a person, formulas between `$`: `holds if the denominator is $…$ instead of $…$`. */
  readonly text: string;
}

/** One line of a derivation and what was found. The fields are those of `workbook check --json`. */
export interface StatementResult {
  readonly id: string;
  readonly source: SourcePlace;
  readonly latex: string;
  /** The relation as LaTeX (`=`, `\sim`, `\propto`, `<`); empty where nothing is claimed. */
  readonly relation: string;
  readonly verdict: Verdict;
  /** Whether equality is of laws only: same mean and covariance, not the same noise. */
  readonly inLaw: boolean;
  /** Largest |left - right| / max(|left|, |right|) over all points; null where nothing was compared. */
  readonly maxRelativeError: number | null;
  readonly worlds: number;
  readonly seed: number;
  /** Significant digits carried; 15 where a function in double precision took part. */
  readonly digits: number;
  readonly counterexample?: Counterexample;
  readonly reason?: string;
  /** For a line that fails: the simplest slip that explains it. */
  readonly repair?: Repair;
  /** Up to two other slips that explain it as well. */
  readonly otherRepairs?: readonly Repair[];
  /** Where the next line agrees with the one before: that repairing this one makes the chain whole. */
  readonly chainRepair?: string;
}

export type Summary = Readonly<Record<Verdict, number>>;

export interface CheckReport {
  readonly statements: readonly StatementResult[];
  readonly summary: Summary;
}

export function summarize(statements: readonly StatementResult[]): Summary {
  const counts = { holds: 0, fails: 0, defines: 0, undecided: 0, unreadable: 0 };
  for (const { verdict } of statements) counts[verdict]++;
  return counts;
}

/** The verdict of one line made of several claims: one that fails decides, then one that is not known. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  const order: readonly Verdict[] = ["fails", "unreadable", "undecided", "holds", "defines"];
  return order.find((verdict) => verdicts.includes(verdict)) ?? "undecided";
}
