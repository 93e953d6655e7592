import { InputError } from "../error.js";
import { checkLatex } from "./check.js";
import { plainText } from "./verdict/plainText.js";
import type { StatementResult } from "./verdict/verdict.js";

/** One line of a derivation as it stands in print, and as it should stand; the same where it is right. */
export interface ErratumLine {
  readonly printed: string;
  readonly repaired?: string;
}

/** A formula, or lines in a row, of which at least one does not hold. */
export interface Erratum {
  /** Which of the texts, from 1. */
  readonly text: number;
  /** The formulas by their numbers in that text. */
  readonly formulas: string;
  readonly title: string;
  /** A line that is judged against another stands behind it. */
  readonly lines: readonly ErratumLine[];
  /** What else a reader should know. */
  readonly note?: string;
}

/**
 * The errata as a document: of each the formula as printed with what the checker finds, and the repaired one.
 * @throws InputError for an entry that holds as printed, or does not hold as repaired
 */
export function errataMarkdown(errata: readonly Erratum[]): string {
  const texts = [...new Set(errata.map(({ text }) => text))].sort((a, b) => a - b);
  const chapters = texts.flatMap((text) => [
    `## Text ${text}`,
    ...errata.filter((erratum) => erratum.text === text).flatMap(section),
  ]);
  return `${[introduction, ...chapters].join("\n\n")}\n`;
}

const introduction = `# Errata

Formulas of five published texts on diffusion that do not hold as they stand. Each is shown as printed, with what the checker finds and
numbers to redo with a pocket calculator, and then repaired; the repaired formula holds. Behind each title stand the numbers that the
formulas have in their text. Lines that follow one another are judged each against the one before.

This document is made from \`docs/errata.json\` by \`npm run errata\`. A test reads it again through the checker: what is
printed here as wrong fails with the same numbers, what is printed as repaired holds.`;

function section({ formulas, title, lines, note }: Erratum): readonly string[] {
  const printed = lines.map((line) => line.printed);
  const repaired = lines.map((line) => line.repaired ?? line.printed);
  const found = resultsOf(printed, title);
  const wrong = found.filter(({ verdict }) => verdict === "fails");
  if (wrong.length === 0) throw refused(`${title}, as printed`, "a line that fails", found);
  const after = resultsOf(repaired, title);
  if (after.some(({ verdict }) => verdict !== "holds" && verdict !== "defines"))
    throw refused(`${title}, as repaired`, "lines that hold", after);
  return [
    `### ${title} (${formulas})`,
    "As printed:",
    displayed(printed),
    ...found.flatMap((result, at) =>
      result.verdict === "fails" ? [finding(result, lines.length > 1 ? `Line ${at + 1}` : "It")] : [],
    ),
    ...(note === undefined ? [] : [note]),
    `Repaired, it ${after.some(({ inLaw }) => inLaw) ? "holds in law" : "holds"}:`,
    displayed(repaired),
  ];
}

/** One result per line, as the document will be read. */
function resultsOf(lines: readonly string[], title: string): readonly StatementResult[] {
  const { statements } = checkLatex(formulaOf(lines));
  if (statements.length === lines.length) return statements;
  throw new InputError(title, `${lines.length} lines`, "Give each line on its own.");
}

function refused(what: string, expected: string, found: readonly StatementResult[]): InputError {
  const verdicts = found.map(({ verdict, reason = "" }) => `${verdict} ${reason}`.trim()).join(", ");
  return new InputError(`${what} (${verdicts})`, expected, "Correct docs/errata.json.");
}

const formulaOf = (lines: readonly string[]): string =>
  lines.length === 1 ? lines.join("") : `\\begin{gathered}\n${lines.join(" \\\\\n")}\n\\end{gathered}`;

const displayed = (lines: readonly string[]): string => `$$\n${formulaOf(lines)}\n$$`;

/** The verdict with its numbers, and the slip where one is named. */
function finding({ counterexample, reason, repair, chainRepair }: StatementResult, subject: string): string {
  const slip = repair === undefined ? [] : [`Slip: ${repair.slip}. ${subject} ${plainText(repair.text)}.`];
  const numbers = counterexample?.text ?? reason ?? "";
  const facts = [numbers, ...slip, ...(chainRepair === undefined ? [] : [chainRepair])];
  return `${subject} **fails**:\n\n\`\`\`text\n${facts.join("\n")}\n\`\`\``;
}
