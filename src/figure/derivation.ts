/**
 * A checked derivation as it is shown: the lines with their verdicts. This is the content of the MIME type below,
 * which the report and the pictures of derivations are made from.
 */
import { plainText } from "../derivation/verdict/plainText.js";
import type { Verdict } from "../derivation/verdict/verdict.js";

export type { Verdict };

/** The MIME type under which a notebook stores a {@link Derivation}. */
export const derivationMime = "application/vnd.diffusion-workbook.derivation+json";

/** A slip that explains a failure: where it is, and the line without it. */
export interface DerivationRepair {
  readonly text: string;
  readonly latex: string;
}

export interface DerivationLine {
  /** As given, without `$`. */
  readonly latex: string;
  /** As the checker names it: `=`, `\sim`, … */
  readonly relation?: string;
  /** Why the line follows from the one before; Markdown with `$…$`. */
  readonly because?: string;
  readonly verdict: Verdict;
  /** Both sides have the same law, but are not equal path by path. */
  readonly inLaw: boolean;
  readonly maxRelativeError: number | null;
  /** In how many random worlds the line was evaluated. */
  readonly worlds: number;
  /** A world in which the line fails: its numbers and both sides. */
  readonly counterexample?: string;
  /** What would make a line that fails true, in words with formulas between `$`, each with the line as it would hold. */
  readonly repairs?: readonly DerivationRepair[];
  /** That repairing this line makes the chain whole, where that is so. */
  readonly chainRepair?: string;
  /** Why a line is undecided or unreadable. */
  readonly reason?: string;
  /** The verdict that the author asked for, where it is not success. */
  readonly expect?: Verdict;
}

export interface Derivation {
  readonly title?: string;
  readonly lines: readonly DerivationLine[];
  readonly summary: Readonly<Record<Verdict, number>>;
  readonly seed: number;
  /** Decimal digits of the arithmetic. */
  readonly digits: number;
}

const marks: Readonly<Record<Verdict, string>> = {
  holds: "✓",
  fails: "✗",
  defines: "≔",
  undecided: "?",
  unreadable: "!",
};

/** The sign of a verdict; shown beside its word, never alone. */
export function verdictMark(verdict: Verdict): string {
  return marks[verdict];
}

/** A verdict in words with its mark and its reason: `? undecided: no rule for this`. */
export function verdictWords(line: DerivationLine): string {
  const { verdict, reason } = line;
  return `${verdictMark(verdict)} ${verdictFacts(line)}${reason === undefined ? "" : `: ${reason}`}`;
}

/** A verdict in few words, without mark and reason: `holds (16 worlds, error 3e-62)`. */
export function verdictFacts({ verdict, inLaw, worlds, maxRelativeError, expect }: DerivationLine): string {
  const name = `${verdict}${inLaw && verdict === "holds" ? " in law" : ""}`;
  const expected =
    expect === undefined ? "" : expect === verdict ? ", as it should" : `, but should be: ${expect}`;
  const facts = [
    ...(worlds > 0 ? [`${worlds} worlds`] : []),
    ...(maxRelativeError === null || verdict === "defines" ? [] : [`error ${shortNumber(maxRelativeError)}`]),
  ];
  const numbers =
    facts.length > 0 && (verdict === "holds" || verdict === "fails") ? ` (${facts.join(", ")})` : "";
  return `${name}${expected}${numbers}`;
}

/** One sentence on the whole: `3 hold, 1 defines · seed 7 · 64 digits`. */
export function summaryWords({ summary, seed, digits }: Derivation): string {
  const words: Readonly<Record<Verdict, string>> = {
    holds: summary.holds === 1 ? "holds" : "hold",
    fails: summary.fails === 1 ? "fails" : "fail",
    defines: summary.defines === 1 ? "defines" : "define",
    undecided: "undecided",
    unreadable: "unreadable",
  };
  const counts = (["holds", "fails", "defines", "undecided", "unreadable"] as const)
    .filter((verdict) => summary[verdict] > 0)
    .map((verdict) => `${summary[verdict]} ${words[verdict]}`);
  return `${counts.join(", ")} · seed ${seed} · ${digits} digits`;
}

/** One digit is enough to judge an error by. */
function shortNumber(value: number): string {
  if (value === 0) return "0";
  return value >= 0.001 && value < 1000 ? String(Number(value.toPrecision(2))) : value.toExponential(0);
}

/** What repairs a line, as sentences for plain text: `holds if the denominator is √ᾱ_t …: x_0 = …`. */
export function repairWords({ repairs = [], chainRepair }: DerivationLine): readonly string[] {
  return [
    ...repairs.map(({ text, latex }, at) => `${at === 0 ? "" : "or "}${plainText(text)}: ${latex}`),
    ...(chainRepair === undefined ? [] : [chainRepair]),
  ];
}
