import type { Expr } from "../expr/expr.js";
import { describePlace } from "../tex/error.js";
import type { ReadLine } from "../tex/read.js";
import { equivalence, type Clause } from "../tex/statement.js";
import { definitionUnder, noted, under, withoutLast, type Chain } from "./chain.js";
import { noStructure } from "./general/structure.js";
import { readNetworks } from "./notation/abbreviation.js";
import { readDataPoint } from "./notation/dataPoint.js";
import type { Names } from "./notation/names.js";
import { declaredNoises, declaredSequences } from "./notation/numbered.js";
import { clauseWithReach, openFunction, reaches, withReach, type Reach } from "./notation/reach.js";
import { readSubscripts } from "./notation/subscript.js";
import type { Checked } from "./options.js";
import { underConditions, type ConditionedClause, type TimeCondition } from "./relation/condition.js";
import { decide, undecided, variableOf } from "./relation/decide.js";
import { declareDependence } from "./relation/general/declare.js";
import { withoutIdleSign } from "./relation/idle.js";
import { decideNaming } from "./relation/introduce.js";
import type { Decision, Question } from "./relation/question.js";
import { chooseReading, type Finding } from "./relation/reading.js";
import { decideWithin } from "./relation/within.js";
import type { Draw } from "./world/draw.js";

/** What was found about a line, and what it hands to the next. */
export interface Judged {
  readonly found: readonly Finding[];
  readonly chain: Chain;
}

/**
 * Judges the lines of one document, one after the other: what a line defines, declares or is solved for is known to
 * those after it.
 */
export class LineJudge {
  private structure = noStructure;

  constructor(
    private readonly options: Checked,
    private readonly draws: readonly Draw[],
    /** What is known so far. */
    public names: Names,
  ) {}

  private get question(): Question {
    const { digits, seed } = this.options;
    return { names: this.names, draws: this.draws, digits, seed, structure: this.structure };
  }

  /** A line that continues `before`; `chained` where it belongs to a derivation that was named. */
  line(line: ReadLine, latex: string, before: Chain, chained: boolean): Judged {
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
    const open = openFunction(clause, before.last);
    if (open === undefined) return this.clause(claim, latex, before, chained);
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
    const chosen = chooseReading(
      judged.map(({ found }) => found),
      open,
    );
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
