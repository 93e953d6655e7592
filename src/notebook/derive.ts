/**
 * Derivations in a notebook: `derive` checks each line by machine, shows all of them with reasons and verdicts, and stops
 * the run if one is wrong. The formula that is shown is the formula that is checked.
 */
import { InputError } from "../error.js";
import { checkStatements } from "../derivation/check.js";
import type { CheckOptions, StatementSource } from "../derivation/options.js";
import { plainFormula } from "../derivation/verdict/plainText.js";
import {
  summarize,
  type CheckReport,
  type Counterexample,
  type StatementResult,
} from "../derivation/verdict/verdict.js";
import type { Derivation, DerivationLine, Verdict } from "../figure/derivation.js";
import { derivationBundle } from "./derivationBundle.js";
import { display } from "./display.js";

/** Formulas in a notebook are written tex`\frac{…}{…}`, so that backslashes stay what they are. */
export const tex = (template: TemplateStringsArray, ...values: readonly unknown[]): string =>
  String.raw(template, ...values);

/** One line of a derivation as its author writes it. */
export interface Line {
  /**
   * A formula without `$`. One that starts with a relation (`= …`) continues the line before; one line of a
   * chain may also be a full equation.
   */
  readonly latex: string;
  /** Why it follows; Markdown with `$…$`. */
  readonly because?: string;
  /** The verdict that is wanted, where it is not `holds`: `"fails"` for a mistake shown on purpose. */
  readonly expect?: Verdict;
}

/** Decides statements; `checkStatements` of src/derivation, or a stand-in in tests. */
export type Checker = (sources: readonly StatementSource[], options: CheckOptions) => CheckReport;

/** Thrown after the derivation has been shown, so that Run All and continuous integration stop there. */
export class DerivationError extends Error {
  override readonly name = "DerivationError";

  constructor(
    /** The derivation as shown. */
    readonly derivation: Derivation,
    /** Numbers of the lines that are not as they should be, counted from 1. */
    readonly lines: readonly number[],
  ) {
    super(describe(derivation, lines));
  }
}

/**
 * Checks a derivation and shows it: a table of formulas, reasons and verdicts. Each line is judged against the one
 * before, in random worlds (src/derivation). What a line defines is known to the lines after it.
 * @throws DerivationError, after showing, if a line fails or cannot be read, or has another verdict than it expects
 * @throws InputError if there are no lines, or an option is out of range
 */
export function derive(title: string, lines: readonly Line[], options: CheckOptions = {}): void {
  showDerivation({ title, ...checkLines(checkStatements, lines, options) });
}

/**
 * Checks one formula and shows it like a derivation of one line.
 * @param options.because why it holds; `expect` the verdict that is wanted
 * @throws DerivationError, after showing, if it neither holds nor defines something, or has another verdict than expected
 */
export function check(latex: string, options: CheckOptions & Omit<Line, "latex"> = {}): void {
  const { because, expect, ...rest } = options;
  const line = {
    latex,
    ...(because === undefined ? {} : { because }),
    ...(expect === undefined ? {} : { expect }),
  };
  showDerivation(checkLines(checkStatements, [line], rest));
}

/**
 * Shows a checked derivation.
 * @throws DerivationError, after showing, if a line is not as it should be
 */
export function showDerivation(derivation: Derivation): void {
  display(derivationBundle(derivation));
  const wrong = wrongLines(derivation);
  if (wrong.length > 0) throw new DerivationError(derivation, wrong);
}

/**
 * Checks the lines of a derivation; nothing is shown. A formula of several lines becomes as many.
 * @throws InputError if there are no lines, or one of several lines expects a verdict
 */
export function checkLines(checker: Checker, lines: readonly Line[], options: CheckOptions): Derivation {
  if (lines.length === 0) {
    throw new InputError("lines is empty", "at least one line", "Give the formulas of the derivation.");
  }
  const { statements } = checker(lines.flatMap(sourcesOf), options);
  const found = lines.map((_, index) => {
    const own = statements.filter(({ id }) => id === mainId(index) || id.startsWith(`${mainId(index)}.`));
    if (own.length === 0) throw new Error(`the checker has no verdict on line ${index + 1}`);
    return own;
  });
  const results = found.flat();
  return {
    lines: lines.flatMap((line, index) => recordsOf(line, found[index] ?? [])),
    summary: summarize(results),
    seed: results[0]?.seed ?? 0,
    // The least exact arithmetic of all lines.
    digits: Math.min(...results.map(({ digits }) => digits)),
  };
}

function mainId(index: number): string {
  return `line-${index + 1}`;
}

/**
 * A line that is wrong on purpose must not be what the next line is compared to. It is checked at the end of a
 * chain of its own, which repeats the right lines before it.
 */
function sourcesOf(line: Line, index: number, lines: readonly Line[]): StatementSource[] {
  const own = { id: mainId(index), latex: line.latex, line: index + 1 };
  if (line.expect === undefined) return [{ ...own, chain: "derivation" }];
  const chain = `aside-${index + 1}`;
  const before = lines.slice(0, index).flatMap(({ latex, expect }, i) => {
    return expect === undefined ? [{ id: `${chain}-${i + 1}`, latex, chain, line: i + 1 }] : [];
  });
  return [...before, { ...own, chain }];
}

function recordsOf({ latex, because, expect }: Line, results: readonly StatementResult[]): DerivationLine[] {
  if (expect !== undefined && results.length > 1) {
    throw new InputError(
      `expect: ${expect} for ${latex}`,
      "a formula of one line",
      "Give each line on its own.",
    );
  }
  return results.map((result, index) => {
    const { relation, verdict, inLaw, maxRelativeError, worlds, counterexample, reason } = result;
    const { repair, otherRepairs = [], chainRepair } = result;
    return {
      // Of one line, what the author wrote; of several, each by itself.
      latex: results.length === 1 ? latex : result.latex,
      ...(relation === "" ? {} : { relation }),
      ...(because === undefined || index > 0 ? {} : { because }),
      ...{ verdict, inLaw, maxRelativeError, worlds },
      ...(counterexample === undefined ? {} : { counterexample: counterexampleText(counterexample) }),
      ...(repair === undefined
        ? {}
        : {
            repairs: [repair, ...otherRepairs].map(({ text, latex: repaired }) => ({
              text,
              latex: repaired,
            })),
          }),
      ...(chainRepair === undefined ? {} : { chainRepair }),
      ...(reason === undefined ? {} : { reason }),
      ...(expect === undefined ? {} : { expect }),
    };
  });
}

/** Numbers to follow with a pocket calculator, one on a line. */
function counterexampleText({ T, t, values, left, right }: Counterexample): string {
  return [
    ...(T === undefined ? [] : [`T = ${T}${t === undefined ? "" : `, t = ${t}`}`]),
    ...Object.entries(values).map(([symbol, value]) => `${plainFormula(symbol)} = ${value}`),
    `left side:  ${left}`,
    `right side: ${right}`,
  ].join("\n");
}

/**
 * Lines that nobody has checked count as wrong too: what stands in a derivation holds, defines something, or has
 * the verdict that its author expects.
 */
function wrongLines({ lines }: Derivation): number[] {
  return lines.flatMap(({ verdict, expect }, index) => {
    const right = expect === undefined ? verdict === "holds" || verdict === "defines" : verdict === expect;
    return right ? [] : [index + 1];
  });
}

function describe({ title, lines }: Derivation, wrong: readonly number[]): string {
  const parts = wrong.map((number) => {
    const line = lines[number - 1];
    if (line === undefined) return `line ${number}`;
    const { verdict, expect, latex, reason } = line;
    const wanted = expect === undefined ? "" : ` and should be: ${expect}`;
    const why = reason === undefined ? "" : ` (${reason})`;
    return `line ${number} ${verdict === "fails" ? "fails" : `is ${verdict}`}${why}${wanted}: ${latex}`;
  });
  return `${title === undefined ? "" : `${title}: `}${parts.join("; ")}`;
}
