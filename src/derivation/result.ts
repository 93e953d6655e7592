import type { ReadLine } from "../tex/read.js";
import type { JudgedLine } from "./judgement.js";
import type { Checked, StatementSource } from "./options.js";
import type { Finding } from "./relation/reading.js";
import { worst, type StatementResult } from "./verdict/verdict.js";

/** What is told of one line: the worst of what was found about its relations. */
export function resultOf(
  id: string,
  { source }: StatementSource,
  { latex }: ReadLine,
  found: readonly Finding[],
  { worlds, seed }: Checked,
): StatementResult {
  const decisions = found.map(({ decision }) => decision);
  const verdict = worst(decisions.map((decision) => decision.verdict));
  const telling = found.find(({ decision }) => decision.verdict === verdict);
  const errors = decisions.flatMap(({ maxRelativeError }) =>
    maxRelativeError === null ? [] : [maxRelativeError],
  );
  const reasons = decisions
    .filter((decision) => decision.verdict === verdict)
    .flatMap(({ reason }) => reason ?? []);
  const counterexample = telling?.decision.counterexample;
  return {
    id,
    source: { file: "", line: 1, column: 1, ...source },
    latex,
    relation: telling?.relation ?? "",
    verdict,
    inLaw: verdict === "holds" && isInLaw(found),
    maxRelativeError: errors.length === 0 ? null : Math.max(...errors),
    worlds,
    seed,
    digits: Math.min(...decisions.map((decision) => decision.digits)),
    ...(counterexample === undefined ? {} : { counterexample }),
    ...(reasons.length === 0 ? {} : { reason: [...new Set(reasons)].join("; ") }),
  };
}

/** A claim about laws alone makes the line one in law only if the line claims nothing else. */
function isInLaw(found: readonly Finding[]): boolean {
  const equalities = found.filter(({ relation }) => relation !== "\\sim");
  return (equalities.length > 0 ? equalities : found).some(({ decision }) => decision.inLaw);
}

/** What repairs and mutations begin with: the judgements of a line, and the line it continues. */
export function judgedLine(
  id: string,
  latex: string,
  found: readonly Finding[],
  { before, written }: { readonly before: JudgedLine | undefined; readonly written: number | undefined },
): JudgedLine {
  const judgements = found.flatMap(({ judgement }) => judgement ?? []);
  const number = written ?? (before?.number ?? 0) + 1;
  return { id, latex, number, judgements, ...(before === undefined ? {} : { before }) };
}
