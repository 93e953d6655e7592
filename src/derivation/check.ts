import { InputError } from "../error.js";
import type { Expr, SymbolExpr } from "../expr/expr.js";
import { describePlace } from "../tex/error.js";
import { readLatex, type ReadLine } from "../tex/read.js";
import { conditional, type Clause } from "../tex/statement.js";
import { ddpm } from "./notation/ddpm.js";
import { Names } from "./notation/names.js";
import { declaredNoises } from "./notation/numbered.js";
import { readSubscripts } from "./notation/subscript.js";
import type { Notation } from "./notation/notation.js";
import type { JudgedLine, Judgement } from "./judgement.js";
import { decide, undecided, variableOf } from "./relation/decide.js";
import type { Decision, Question } from "./relation/question.js";
import { withRepairs } from "./slip/explain.js";
import {
  summarize,
  worst,
  type CheckReport,
  type SourcePlace,
  type StatementResult,
} from "./verdict/verdict.js";
import { drawWorld, type Draw } from "./world/draw.js";

/** A formula to check. Several statements with the same `chain` form one derivation, in their order. */
export interface StatementSource {
  readonly id?: string;
  readonly latex: string;
  readonly chain?: string;
  /** The line of the derivation; kept for the reader's orientation, the order of the list counts. */
  readonly line?: number;
  readonly source?: Partial<SourcePlace>;
}

export interface CheckOptions {
  /** Which symbol means what; `ddpm` unless told otherwise. */
  readonly notation?: Notation;
  /** Every number of every world follows from it. */
  readonly seed?: number;
  /** How many worlds, 1 to 1000. */
  readonly worlds?: number;
  /** Significant digits carried, 20 to 500. */
  readonly digits?: number;
  /** Whether a slip is looked for that explains a failure. */
  readonly repairs?: boolean;
}

export const checkDefaults = { notation: ddpm, seed: 1, worlds: 16, digits: 64, repairs: true } as const;

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
  const results = statements.flatMap((statement, at) => checker.check(statement, at));
  return { results, lines: checker.lines };
}

/** The same for one formula. */
export function checkLatex(latex: string, options: CheckOptions = {}): CheckReport {
  return checkStatements([{ latex }], options);
}

function checkedOptions(options: CheckOptions): Required<CheckOptions> {
  const all = { ...checkDefaults, ...options };
  requireInteger("seed", all.seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  requireInteger("worlds", all.worlds, 1, 1000);
  requireInteger("digits", all.digits, 20, 500);
  return all;
}

function requireInteger(name: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new InputError(
      `${name} = ${value}`,
      `a whole number from ${low} to ${high}`,
      `Give another ${name}.`,
    );
  }
}

/** What one line of a derivation hands to the next. */
interface Chain {
  /** The last expression written; undefined where the line before could not be read. */
  readonly last?: Expr;
  readonly variable?: SymbolExpr;
  /** Letters that number fresh noises in this derivation. */
  readonly numbered?: ReadonlySet<string>;
  readonly line?: JudgedLine;
}

class Checker {
  private names: Names;
  private readonly draws: readonly Draw[];
  private readonly chains = new Map<string, Chain>();
  readonly lines: JudgedLine[] = [];

  constructor(private readonly options: Required<CheckOptions>) {
    this.names = Names.of(options.notation);
    this.draws = Array.from({ length: options.worlds }, (_, at) => drawWorld(options.seed, at));
  }

  private get question(): Question {
    return { names: this.names, draws: this.draws, digits: this.options.digits, seed: this.options.seed };
  }

  check(statement: StatementSource, at: number): readonly StatementResult[] {
    const id = statement.id ?? `formula-${at + 1}`;
    const lines = readLatex(statement.latex, this.names);
    let chain: Chain = (statement.chain === undefined ? undefined : this.chains.get(statement.chain)) ?? {};
    const results: StatementResult[] = [];
    for (const [number, line] of lines.entries()) {
      const judged = this.line(line, statement.latex, chain);
      const name = lines.length === 1 ? id : `${id}.${number + 1}`;
      const written = lines.length === 1 ? statement.line : undefined;
      const record = judgedLine(name, line.latex, judged.found, { before: chain.line, written });
      this.lines.push(record);
      chain = { ...judged.chain, line: record };
      results.push(this.result(name, statement, line, judged));
    }
    if (statement.chain !== undefined) this.chains.set(statement.chain, chain);
    return results;
  }

  private line(line: ReadLine, latex: string, before: Chain): Judged {
    if (line.clauses === undefined) {
      const reason =
        line.error === undefined ? "" : describePlace(latex, line.error.span, line.error.problem);
      const refused = { ...undecided(reason, this.options), verdict: "unreadable" as const };
      return { found: [{ relation: "", decision: refused }], chain: {} };
    }
    const numbered = new Set([...(before.numbered ?? []), ...declaredNoises(line.clauses, this.names)]);
    this.names = this.names.withNumbered(numbered);
    let chain = before;
    const found: Finding[] = [];
    for (const [at, clause] of line.clauses.entries()) {
      const judged = this.clause(readSubscripts(clause, latex, this.names), latex, at === 0 ? before : {});
      found.push(...judged.found);
      if (at === 0) chain = judged.chain;
    }
    return { found, chain: { ...chain, numbered } };
  }

  private clause(clause: Clause, latex: string, before: Chain): Judged {
    const relation = clause.steps[0]?.relation ?? "";
    const not = (reason: string): readonly Finding[] => [
      { relation, decision: undecided(reason, this.options) },
    ];
    if (conditional.test(clause.words)) {
      return { found: not(`made under a condition ("${clause.words}"), which is not decided`), chain: {} };
    }
    const ownLeft = clause.subjects.length > 0;
    const subjects = ownLeft ? clause.subjects : before.last === undefined ? [] : [before.last];
    const [first] = subjects;
    const chain = this.after(first, clause, ownLeft ? {} : before);
    if (first === undefined)
      return { found: not("there is no readable line before this one to compare it with"), chain };
    if (clause.steps.length === 0)
      return { found: not("an expression without a relation states nothing"), chain };
    return {
      found: subjects.flatMap((subject) => this.steps(subject, ownLeft, clause, latex, before)),
      chain,
    };
  }

  private steps(
    subject: Expr,
    ownLeft: boolean,
    clause: Clause,
    latex: string,
    before: Chain,
  ): readonly Finding[] {
    const variable = ownLeft ? variableOf(subject, this.question) : before.variable;
    let left = subject;
    return clause.steps.map((step, at) => {
      const { question } = this;
      const sides = { left, right: step.right, relation: step.relation, ownLeft: ownLeft || at > 0, latex };
      const claim = variable === undefined ? sides : { ...sides, variable };
      const decision = decide(claim, question);
      if (decision.definition !== undefined) {
        this.names = this.names.withDefinition(decision.definition.key, decision.definition.definition);
      }
      // Dots leave lines out: the next is judged against the last that was written.
      if (step.right.kind !== "dots") left = step.right;
      const judgement = { claim, question, decision, clause, step: at };
      return { relation: step.relation, decision, judgement };
    });
  }

  private after(subject: Expr | undefined, clause: Clause, before: Chain): Chain {
    const written = clause.steps.filter((step) => step.right.kind !== "dots").at(-1)?.right;
    const last = written ?? subject;
    const variable =
      before.variable ?? (subject === undefined ? undefined : variableOf(subject, this.question));
    return { ...(last === undefined ? {} : { last }), ...(variable === undefined ? {} : { variable }) };
  }

  private result(id: string, statement: StatementSource, line: ReadLine, judged: Judged): StatementResult {
    const decisions = judged.found.map(({ decision }) => decision);
    const verdict = worst(decisions.map((decision) => decision.verdict));
    const telling = judged.found.find(({ decision }) => decision.verdict === verdict);
    const errors = decisions.flatMap(({ maxRelativeError }) =>
      maxRelativeError === null ? [] : [maxRelativeError],
    );
    const reasons = decisions
      .filter((decision) => decision.verdict === verdict)
      .flatMap(({ reason }) => reason ?? []);
    const counterexample = telling?.decision.counterexample;
    return {
      id,
      source: { file: "", line: 1, column: 1, ...statement.source },
      latex: line.latex,
      relation: telling?.relation ?? "",
      verdict,
      inLaw: verdict === "holds" && isInLaw(judged.found),
      maxRelativeError: errors.length === 0 ? null : Math.max(...errors),
      worlds: this.options.worlds,
      seed: this.options.seed,
      digits: Math.min(...decisions.map((decision) => decision.digits)),
      ...(counterexample === undefined ? {} : { counterexample }),
      ...(reasons.length === 0 ? {} : { reason: [...new Set(reasons)].join("; ") }),
    };
  }
}

/** A claim about laws alone makes the line one in law only if the line claims nothing else. */
function isInLaw(found: readonly Finding[]): boolean {
  const equalities = found.filter(({ relation }) => relation !== "\\sim");
  return (equalities.length > 0 ? equalities : found).some(({ decision }) => decision.inLaw);
}

interface Finding {
  readonly relation: string;
  readonly decision: Decision;
  readonly judgement?: Judgement;
}

function judgedLine(
  id: string,
  latex: string,
  found: readonly Finding[],
  { before, written }: { readonly before: JudgedLine | undefined; readonly written: number | undefined },
): JudgedLine {
  const judgements = found.flatMap(({ judgement }) => judgement ?? []);
  const number = written ?? (before?.number ?? 0) + 1;
  return { id, latex, number, judgements, ...(before === undefined ? {} : { before }) };
}

interface Judged {
  readonly found: readonly Finding[];
  readonly chain: Chain;
}
