import type { Expr, Span } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import { sameExpr } from "../../expr/walk.js";
import { readLatex } from "../../tex/read.js";
import type { Clause } from "../../tex/statement.js";
import type { JudgedLine } from "../judgement.js";
import type { Names } from "../notation/names.js";
import { readSubscripts } from "../notation/subscript.js";

/** `subjects relation right …` in the reader's own spelling. */
export function printClause({ subjects, steps }: Pick<Clause, "subjects" | "steps">): string {
  const written = steps.map(
    ({ relation, right }) => `${relation === "=d" ? "\\overset{d}{=}" : relation} ${printExpr(right)}`,
  );
  return [subjects.map(printExpr).join(", "), ...written].filter((part) => part !== "").join(" ");
}

/** The clause with another tree in place of one of its sides. */
export function withSide(clause: Clause, from: Expr, to: Expr): Clause {
  return {
    ...clause,
    subjects: clause.subjects.map((each) => (each === from ? to : each)),
    steps: clause.steps.map((step) => (step.right === from ? { ...step, right: to } : step)),
  };
}

/** A node of the line and what stands there instead. */
export interface Edit {
  readonly before: Expr;
  readonly after: Expr;
}

/**
 * The line with one clause changed, in the author's spelling where that reads as meant: what was written is
 * what will be read. Otherwise the clause as the printer writes it, without those beside it.
 * @returns undefined where no text reads as the changed clause
 */
export function writeLine(
  line: JudgedLine,
  changed: Clause,
  edits: readonly Edit[],
  names: Names,
): string | undefined {
  const meant = (latex: string): boolean => {
    const [read, ...more] = readLatex(latex, names);
    const clauses = (read?.clauses ?? []).map((clause) => readSubscripts(clause, latex, names));
    return more.length === 0 && clauses.some((clause) => sameClause(clause, changed));
  };
  const whole = line.judgements[0]?.claim.latex === line.latex;
  for (const text of whole ? spellings(line.latex, edits) : []) if (meant(text)) return text;
  const printed = printClause(changed);
  return meant(printed) ? printed : undefined;
}

/** The ways to put a text where something stood: bare, apart from what is before it, in braces, in brackets. */
const dresses: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => ` ${text}`,
  (text) => `{${text}}`,
  (text) => `\\left(${text}\\right)`,
];

const mostRanges = 12;

/** The text with the edits made where the nodes stand in it, in all ways that leave its braces in pairs. */
function* spellings(latex: string, edits: readonly Edit[]): Generator<string> {
  const late = [...edits].sort((a, b) => b.before.span.start - a.before.span.start);
  const ranges = late.map(({ before }) => rangesOf(latex, before.span));
  for (let at = 0; at < mostRanges; at++) {
    if (ranges.every((each) => each.length <= at)) return;
    for (const dress of dresses) {
      yield late.reduce((text, { after }, k) => {
        const range = ranges[k]?.[at] ?? ranges[k]?.[0];
        if (range === undefined) return text;
        const [space = ""] = /^\s*/.exec(latex.slice(range.start, range.end)) ?? [];
        return `${text.slice(0, range.start)}${space}${dress(printExpr(after))}${text.slice(range.end)}`;
      }, latex);
    }
  }
}

/**
 * Where a node may really stand: KaTeX does not count the command and the brace in front of an argument, and
 * sometimes counts the brace behind it.
 */
function rangesOf(latex: string, { start, end }: Span): readonly Span[] {
  const starts = [start];
  while (starts.length < 5) {
    const before = /(?:\\[a-zA-Z]+\s*\{?|\{)\s*$/.exec(latex.slice(0, starts.at(-1)));
    if (before === null) break;
    starts.push(before.index);
  }
  const ends = [end];
  for (let close = end; /[}\s]/.test(latex[close - 1] ?? "") && ends.length < 4; close--)
    ends.push(close - 1);
  return starts
    .flatMap((from) => ends.map((to) => ({ start: from, end: to })))
    .filter((range) => range.start < range.end && isPaired(latex.slice(range.start, range.end)));
}

function isPaired(text: string): boolean {
  let depth = 0;
  for (const [mark] of text.matchAll(/\\[^]|[{}]/g)) {
    if (mark === "{") depth++;
    if (mark === "}" && --depth < 0) return false;
  }
  return depth === 0;
}

function sameClause(a: Clause, b: Clause): boolean {
  const sides = ({ subjects, steps }: Clause): readonly Expr[] => [
    ...subjects,
    ...steps.map(({ right }) => right),
  ];
  const [left, right] = [sides(a), sides(b)];
  return (
    left.length === right.length &&
    a.steps.every((step, at) => step.relation === b.steps[at]?.relation) &&
    left.every((side, at) => {
      const other = right[at];
      return other !== undefined && sameExpr(side, other);
    })
  );
}
