import { InputError } from "../error.js";
import type { Expr } from "../expr/expr.js";
import { describePlace, ReadError } from "../tex/error.js";
import { readLatex, type ReadLine } from "../tex/read.js";
import { equivalence, type Clause } from "../tex/statement.js";
import { withinFormula } from "./evaluate/scope.js";
import { definitionUnder, documentOf, noted, under, withoutLast, type Chain } from "./chain.js";
import { ddpm } from "./notation/ddpm.js";
import { noStructure } from "./general/structure.js";
import { readNetworks } from "./notation/abbreviation.js";
import { readDataPoint } from "./notation/dataPoint.js";
import { Names } from "./notation/names.js";
import { declaredNoises, declaredSequences } from "./notation/numbered.js";
import { clauseWithReach, hasReadings, reaches, withReach, type Reach } from "./notation/reach.js";
import { readSubscripts } from "./notation/subscript.js";
import type { Notation } from "./notation/notation.js";
import type { JudgedLine } from "./judgement.js";
import { underConditions, type ConditionedClause, type TimeCondition } from "./relation/condition.js";
import { decide, undecided, variableOf } from "./relation/decide.js";
import { decideNaming } from "./relation/introduce.js";
import { decideWithin } from "./relation/within.js";
import { withoutIdleSign } from "./relation/idle.js";
import { declareDependence } from "./relation/general/declare.js";
import type { Decision, Question } from "./relation/question.js";
import { chooseReading, type Finding } from "./relation/reading.js";
import { withRepairs } from "./slip/explain.js";
import {
  summarize,
  worst,
  type CheckReport,
  type SourcePlace,
  type StatementResult,
} from "./verdict/verdict.js";
import { drawWorld, type Draw } from "./world/draw.js";
import { checkedSchedule, drawScheduleWorld, type GivenSchedule } from "./world/given.js";

/** A formula to check. Several statements with the same `chain` form one derivation, in their order. */
export interface StatementSource {
  readonly id?: string;
  readonly latex: string;
  readonly chain?: string;
  /** The line of the derivation; kept for the reader's orientation, the order of the list counts. */
  readonly line?: number;
  /** The text it belongs to: what one defines or declares, others do not know. The file, unless told. */
  readonly document?: string;
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
  /**
   * Judges at the betas of this schedule and at every t of it, instead of at random betas; in one world unless
   * `worlds` says otherwise. What holds there need not hold for other betas.
   */
  readonly schedule?: GivenSchedule;
  /** Whether a slip is looked for that explains a failure. */
  readonly repairs?: boolean;
}

/** All options but the schedule have defaults. */
type Checked = Required<Omit<CheckOptions, "schedule">> & Pick<CheckOptions, "schedule">;

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
  const results = statements.flatMap((statement, at) => withinFormula(() => checker.check(statement, at)));
  return { results, lines: checker.lines };
}

/** The same for one formula. */
export function checkLatex(latex: string, options: CheckOptions = {}): CheckReport {
  return checkStatements([{ latex }], options);
}

function checkedOptions(options: CheckOptions): Checked {
  const worlds = options.schedule === undefined ? checkDefaults.worlds : 1;
  const all = { ...checkDefaults, worlds, ...options };
  if (all.schedule !== undefined) checkedSchedule(all.schedule);
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

class Checker {
  /** Of the document at hand, with what the derivation at hand was solved for. */
  private names: Names;
  private structure = noStructure;
  private readonly documents = new Map<string, Names>();
  private readonly draws: readonly Draw[];
  private readonly chains = new Map<string, Chain>();
  readonly lines: JudgedLine[] = [];

  constructor(private readonly options: Checked) {
    const { notation, schedule, seed, worlds } = options;
    this.names = Names.of(notation);
    this.draws = Array.from({ length: worlds }, (_, at) =>
      schedule === undefined ? drawWorld(seed, at) : drawScheduleWorld(schedule, seed, at),
    );
  }

  private get question(): Question {
    const { digits, seed } = this.options;
    return { names: this.names, draws: this.draws, digits, seed, structure: this.structure };
  }

  check(statement: StatementSource, at: number): readonly StatementResult[] {
    const id = statement.id ?? `formula-${at + 1}`;
    const document = documentOf(statement);
    const key = statement.chain === undefined ? undefined : `${document}\n${statement.chain}`;
    let chain: Chain = (key === undefined ? undefined : this.chains.get(key)) ?? {};
    const known = this.documents.get(document) ?? Names.of(this.options.notation);
    this.names = known.withSolved(chain.solved ?? []);
    const lines = withinClaims(readLatex(statement.latex, this.names));
    const results: StatementResult[] = [];
    for (const [number, line] of lines.entries()) {
      const name = lines.length === 1 ? id : `${id}.${number + 1}`;
      const judged = this.line(line, statement.latex, chain, key !== undefined);
      const { last } = judged.chain;
      const own = last === undefined || last === chain.last ? [] : [{ expr: last, name }];
      const written = lines.length === 1 ? statement.line : undefined;
      const record = judgedLine(name, line.latex, judged.found, { before: chain.line, written });
      this.lines.push(record);
      chain = { ...judged.chain, written: [...(chain.written ?? []), ...own], line: record };
      results.push(this.result(name, statement, line, judged));
    }
    if (key !== undefined) this.chains.set(key, chain);
    this.documents.set(document, this.names.withSolved([]));
    return results;
  }

  private line(line: ReadLine, latex: string, before: Chain, chained: boolean): Judged {
    if (line.clauses === undefined) {
      const reason =
        line.error === undefined ? "" : describePlace(latex, line.error.span, line.error.problem);
      const refused = { ...undecided(reason, this.options), verdict: "unreadable" as const };
      return { found: [{ relation: "", decision: refused }], chain: withoutLast(before) };
    }
    const numbered = new Set([...(before.numbered ?? []), ...declaredNoises(line.clauses, this.names)]);
    this.names = this.names.withNumbered(numbered);
    const { clauses } = line;
    const sequences = new Set([...(before.sequences ?? []), ...declaredSequences(clauses, this.names)]);
    const judge = (): Judged => this.clauses(clauses, latex, before, chained);
    const { found, chain, own } = this.withSequences(sequences, judge);
    const solved = this.names.solved;
    // What the noises are in one line of a derivation they are in the next.
    const kept = own ? new Set([...numbered, ...sequences]) : numbered;
    return { found: this.together(found, clauses), chain: { ...chain, numbered: kept, sequences, solved } };
  }

  /** Noises declared by time are those of the steps or, where that is false, noises of their own. */
  private withSequences(
    sequences: ReadonlySet<string>,
    judge: () => Judged,
  ): Judged & { readonly own: boolean } {
    const { names, structure } = this;
    const judged = judge();
    if (sequences.size === 0 || !judged.found.some(({ decision }) => decision.verdict === "fails"))
      return { ...judged, own: false };
    const after = { names: this.names, structure: this.structure };
    this.names = names.withNumbered(new Set([...names.numbered, ...sequences]));
    this.structure = structure;
    const again = judge();
    if (again.found.every(({ decision }) => ["holds", "defines"].includes(decision.verdict))) {
      this.names = this.names.withNumbered(names.numbered);
      const note = "the noises declared are read as noises of their own";
      const found = again.found.map((each) => ({ ...each, decision: noted(each.decision, note) }));
      return { ...again, found, own: true };
    }
    this.names = after.names;
    this.structure = after.structure;
    return { ...judged, own: false };
  }

  private clauses(clauses: readonly Clause[], latex: string, before: Chain, chained: boolean): Judged {
    let chain = before;
    const found: Finding[] = [];
    for (const [at, claim] of underConditions(clauses, this.names).entries()) {
      const earlier = at === 0 ? before : {};
      const spelled = readNetworks(readSubscripts(claim.clause, latex, this.names), this.names);
      const clause = readDataPoint(spelled, earlier.last, this.names);
      const judged = this.readings({ ...claim, clause }, latex, earlier, chained);
      found.push(...judged.found);
      if (at === 0) chain = judged.chain;
    }
    return { found, chain };
  }

  /** Lines left out claim nothing beside what is claimed; claims said to be equivalent may both be false. */
  private together(found: readonly Finding[], clauses: readonly Clause[]): readonly Finding[] {
    const told = found.filter(({ omitted }) => omitted !== true);
    const kept = told.length > 0 ? told : found;
    const equivalent = clauses.some(({ words }) => words.includes(equivalence));
    const open = kept.find(({ decision }) => !["holds", "defines"].includes(decision.verdict));
    if (!equivalent || open === undefined) return kept;
    const reason = `two claims are said to be equivalent, and not both were found to hold (${open.decision.reason ?? open.decision.verdict})`;
    return [{ relation: open.relation, decision: undecided(reason, this.options) }];
  }

  /** Where the reach of a \\log cannot be seen, the reading that makes the clause true is the one meant. */
  private readings(claim: ConditionedClause, latex: string, before: Chain, chained: boolean): Judged {
    const { clause } = claim;
    if (!hasReadings(clause, before.last)) return this.clause(claim, latex, before, chained);
    const { names } = this;
    const judge = (reach: Reach): Judged & { readonly names: Names } => {
      this.names = names;
      const last = before.last === undefined ? {} : { last: withReach(before.last, reach) };
      const read = { ...claim, clause: clauseWithReach(clause, reach) };
      const judged = this.clause(read, latex, { ...before, ...last }, chained);
      return { ...judged, names: this.names };
    };
    const judged = reaches.map(judge);
    this.names = names;
    const chosen = chooseReading(judged.map(({ found }) => found));
    if (chosen.from !== undefined) {
      const { chain, names: after } = judged[chosen.from] ?? { chain: {}, names };
      this.names = after;
      return { found: chosen.found, chain };
    }
    const [subject] =
      clause.subjects.length > 0 || before.last === undefined ? clause.subjects : [before.last];
    return { found: chosen.found, chain: { ...before, ...this.after(subject, clause, before) } };
  }

  private clause(
    { clause: whole, condition, unread }: ConditionedClause,
    latex: string,
    before: Chain,
    chained: boolean,
  ): Judged {
    const { clause, note } = withoutIdleSign(whole, this.names);
    const relation = clause.steps[0]?.relation ?? "";
    const not = (reason: string): readonly Finding[] => [
      { relation, decision: undecided(reason, this.options) },
    ];
    if (unread !== undefined) {
      const found = not(`made under a condition ("${unread}"), which is not decided`);
      return { found, chain: withoutLast(before) };
    }
    const ownLeft = clause.subjects.length > 0;
    const earlier = before.last ?? before.written?.at(-1)?.expr;
    const subjects = ownLeft ? clause.subjects : earlier === undefined ? [] : [earlier];
    const [first] = subjects;
    const chain = { ...before, ...this.after(first, clause, ownLeft ? {} : before) };
    if (first === undefined)
      return { found: not("there is no readable line before this one to compare it with"), chain };
    const dependence = declareDependence(clause, this.question);
    if (dependence !== undefined) {
      this.structure = dependence.structure;
      return { found: [{ relation, decision: dependence.decision }], chain: {} };
    }
    if (clause.steps.length === 0) {
      const decisions = clause.subjects.map((subject) => decideNaming(subject, latex, this.question));
      return { found: decisions.map((decision) => ({ relation, decision: noted(decision, note) })), chain };
    }
    const found = subjects.flatMap((subject) =>
      this.steps({ subject, ownLeft, clause, latex, before, chained, note, condition }),
    );
    const keeps = !ownLeft && found.some(({ decision }) => decision.keeps === true);
    return { found, chain: keeps ? { ...chain, last: first } : chain };
  }

  private steps({
    subject,
    ownLeft,
    clause,
    latex,
    before,
    chained,
    note,
    condition,
  }: Steps): readonly Finding[] {
    const variable = ownLeft ? variableOf(subject, this.question) : before.variable;
    const question = condition === undefined ? this.question : { ...this.question, condition };
    let [left, own] = [subject, ownLeft];
    return clause.steps.map(({ relation, right }, step): Finding => {
      const claim = { left, right, relation, ownLeft: own, latex };
      const stated = variable === undefined ? claim : { ...claim, variable };
      const omitted = left.kind === "dots" || right.kind === "dots";
      const decision =
        own || omitted
          ? decide(stated, question)
          : decideWithin(stated, before.written ?? [], before.last === undefined, question);
      this.learn(decision, chained, condition);
      // Dots leave lines out: the next is judged against the last that was written.
      if (right.kind !== "dots" && decision.keeps !== true) [left, own] = [right, true];
      const said = condition?.comparisons.length === 0 ? undefined : condition?.text;
      return {
        relation,
        decision: noted(under(decision, said), note),
        judgement: { claim: stated, question, decision, clause, step },
        ...(omitted ? { omitted: true } : {}),
      };
    });
  }

  /** What a statement introduces is known to those after it. */
  private learn(
    { definition: whole, declared }: Decision,
    chained: boolean,
    condition?: TimeCondition,
  ): void {
    if (declared !== undefined) this.names = this.names.withDeclared(declared);
    const definition = whole === undefined ? undefined : definitionUnder(condition, whole);
    if (definition === undefined) return;
    this.names =
      definition.solved === true && chained
        ? this.names.withSolved([...this.names.solved, definition])
        : this.names.withDefinition(definition.key, definition.definition);
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

/** A claim about laws alone makes the line one in law only if the line claims nothing else. */
function isInLaw(found: readonly Finding[]): boolean {
  const equalities = found.filter(({ relation }) => relation !== "\\sim");
  return (equalities.length > 0 ? equalities : found).some(({ decision }) => decision.inLaw);
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

/** The steps of one clause, and where they stand. */
interface Steps {
  readonly subject: Expr;
  readonly ownLeft: boolean;
  readonly clause: Clause;
  readonly latex: string;
  readonly before: Chain;
  readonly chained: boolean;
  readonly note: string | undefined;
  readonly condition: TimeCondition | undefined;
}

interface Judged {
  readonly found: readonly Finding[];
  readonly chain: Chain;
}
