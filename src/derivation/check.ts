import { ReadError } from "../tex/error.js";
import { readLatex, type ReadLine } from "../tex/read.js";
import { documentOf, type Chain } from "./chain.js";
import { withinFormula } from "./evaluate/scope.js";
import type { JudgedLine } from "./judgement.js";
import { LineJudge } from "./lineJudge.js";
import { Names } from "./notation/names.js";
import { checkedOptions, type Checked, type CheckOptions, type StatementSource } from "./options.js";
import { judgedLine, resultOf } from "./result.js";
import { withRepairs } from "./slip/explain.js";
import { summarize, type CheckReport, type StatementResult } from "./verdict/verdict.js";
import { drawWorld } from "./world/draw.js";
import { drawScheduleWorld } from "./world/given.js";

/**
 * Decides every statement: each is evaluated on both sides in seeded random worlds, in decimal
 * arithmetic of `digits` digits. Statements of one chain are judged each against the one before;
 * what a statement defines is known to all that follow.
 * @returns one result per line, in order; a formula of several lines gives results `id.1`, `id.2`, …
 * @throws InputError for options out of range
 */
export function checkStatements(
  statements: readonly StatementSource[],
  options: CheckOptions = {},
): CheckReport {
  const { results, lines } = judgeStatements(statements, options);
  const explained = options.repairs === false ? results : withRepairs(results, lines);
  return { statements: explained, summary: summarize(explained) };
}

/** The results before slips are looked for, and what each was decided on: `lines[k]` belongs to `results[k]`. */
export function judgeStatements(
  statements: readonly StatementSource[],
  options: CheckOptions = {},
): { readonly results: readonly StatementResult[]; readonly lines: readonly JudgedLine[] } {
  const checker = new Checker(checkedOptions(options));
  const results = statements.flatMap((statement, at) => withinFormula(() => checker.check(statement, at)));
  return { results, lines: checker.lines };
}

/** The same for one formula. */
export function checkLatex(latex: string, options: CheckOptions = {}): CheckReport {
  return checkStatements([{ latex }], options);
}

/** The documents of a list, and the derivations in them. */
class Checker {
  private readonly judge: LineJudge;
  private readonly documents = new Map<string, Names>();
  private readonly chains = new Map<string, Chain>();
  readonly lines: JudgedLine[] = [];

  constructor(private readonly options: Checked) {
    const { notation, schedule, seed, worlds } = options;
    const draws = Array.from({ length: worlds }, (_, at) =>
      schedule === undefined ? drawWorld(seed, at) : drawScheduleWorld(schedule, seed, at),
    );
    this.judge = new LineJudge(options, draws, Names.of(notation));
  }

  check(statement: StatementSource, at: number): readonly StatementResult[] {
    const id = statement.id ?? `formula-${at + 1}`;
    const document = documentOf(statement);
    const key = statement.chain === undefined ? undefined : `${document}\n${statement.chain}`;
    let chain: Chain = (key === undefined ? undefined : this.chains.get(key)) ?? {};
    const known = this.documents.get(document) ?? Names.of(this.options.notation);
    this.judge.names = known.withSolved(chain.solved ?? []);
    const lines = withinClaims(readLatex(statement.latex, this.judge.names));
    const results: StatementResult[] = [];
    for (const [number, line] of lines.entries()) {
      const name = lines.length === 1 ? id : `${id}.${number + 1}`;
      const judged = this.judge.line(line, statement.latex, chain, key !== undefined);
      const { last } = judged.chain;
      const own = last === undefined || last === chain.last ? [] : [{ expr: last, name }];
      const written = lines.length === 1 ? statement.line : undefined;
      const record = judgedLine(name, line.latex, judged.found, { before: chain.line, written });
      this.lines.push(record);
      chain = { ...judged.chain, written: [...(chain.written ?? []), ...own], line: record };
      results.push(resultOf(name, statement, line, judged.found, this.options));
    }
    if (key !== undefined) this.chains.set(key, chain);
    this.documents.set(document, this.judge.names.withSolved([]));
    return results;
  }
}

const mostClaims = 400;

/** Each claim is judged in every world: a formula of thousands of them, which no text has, is refused as a whole. */
function withinClaims(lines: readonly ReadLine[]): readonly ReadLine[] {
  const clauses = lines.flatMap((line) => line.clauses ?? []);
  const claims = clauses.reduce(
    (sum, { subjects, steps }) => sum + Math.max(1, subjects.length) * steps.length,
    0,
  );
  const count = Math.max(lines.length, claims);
  const [first] = lines;
  if (first === undefined || count <= mostClaims) return lines;
  const problem = `the formula has ${count} lines or relations; at most ${mostClaims} are judged`;
  return [{ latex: first.latex, span: first.span, error: new ReadError(problem, { start: 0, end: 0 }) }];
}
