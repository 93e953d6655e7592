import type { Comparison, Span } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import { some } from "../../expr/walk.js";
import { conditional, remaining, universal, type Clause } from "../../tex/statement.js";
import { isSatisfied } from "../evaluate/condition.js";
import { EvaluationError } from "../evaluate/error.js";
import type { Scope } from "../evaluate/scope.js";
import type { Names } from "../notation/names.js";
import { isIndex, isTime } from "../notation/time.js";

/** A condition on the times of a claim. */
export interface TimeCondition {
  /** As in a sentence behind "for": `t > 1`, `all other t than t > 1`. */
  readonly text: string;
  readonly comparisons: readonly Comparison[];
  /** The claim is made where they do not all hold. */
  readonly otherwise: boolean;
  readonly span: Span;
}

/** A claim and the condition it is made under; a condition that is not one on times is told in words. */
export interface ConditionedClause {
  readonly clause: Clause;
  readonly condition?: TimeCondition;
  readonly unread?: string;
}

/**
 * Takes the conditions of a line apart from its claims: `a = b, \quad t > 1`, `a = b \text{ if } t > 1, \text{ else }
 * c = d`, `\text{for } t = 1, \dots, T: a = b`. A condition belongs to the claims before it or, where there are none,
 * to those behind it. A line that is nothing but a statement on times stays a claim.
 */
export function underConditions(clauses: readonly Clause[], names: Names): readonly ConditionedClause[] {
  const unread = (words: string): readonly ConditionedClause[] =>
    clauses.map((clause) => ({ clause, unread: words }));
  const found: { clause: Clause; condition?: TimeCondition }[] = [];
  let waiting: typeof found = [];
  let ahead: TimeCondition | undefined;
  let last: TimeCondition | undefined;
  const alone = clauses.every((clause) => conditionOf(clause, names) !== undefined);
  for (const clause of clauses) {
    const condition = alone ? undefined : conditionOf(clause, names);
    if (condition !== undefined) {
      last = condition;
      if (waiting.length === 0) ahead = condition;
      for (const claim of waiting) claim.condition = condition;
      waiting = [];
    } else if (remaining.test(clause.words)) {
      if (last === undefined) return unread(clause.words);
      const text = `all ${names.notation.time} but ${last.text}`;
      found.push({ clause, condition: { ...last, text, otherwise: !last.otherwise } });
      waiting = [];
    } else if (conditional.test(clause.words)) return unread(clause.words);
    else {
      const claim = ahead === undefined ? { clause } : { clause, condition: ahead };
      found.push(claim);
      if (ahead === undefined) waiting.push(claim);
    }
  }
  return found;
}

/** The condition that a clause is, if it speaks of nothing but times; "all t" excludes none. */
function conditionOf({ subjects, steps, words, span }: Clause, names: Names): TimeCondition | undefined {
  const [subject] = subjects;
  if (subject === undefined || subjects.length > 1) return undefined;
  if (steps.length === 0)
    return universal.test(words) && isTime(subject, names)
      ? { text: words, comparisons: [], otherwise: false, span }
      : undefined;
  const sides = [subject, ...steps.map(({ right }) => right)];
  const compares = steps.every(({ relation }) => comparing.includes(relation));
  const speaksOfTimes = sides.some((side) => isIndex(side, names));
  if (!compares || !speaksOfTimes || !sides.every((side) => isTime(side, names))) return undefined;
  const comparisons = steps.map(({ relation, right }, at) => ({
    relation,
    left: sides[at] ?? subject,
    right,
  }));
  const text = [printExpr(subject), ...steps.map(({ relation, right }) => `${relation} ${printExpr(right)}`)];
  return { text: text.join(" "), comparisons, otherwise: false, span };
}

const comparing = ["=", "<", ">", "\\le", "\\ge", "\\ne", "\\in"];

/** @throws EvaluationError "outside" where the claim is not made; times that it does not mention exclude nothing */
export function requireCondition(condition: TimeCondition, scope: Scope): void {
  const { comparisons, otherwise, text, span } = condition;
  const known = comparisons.every((each) => isKnown(each, scope));
  if (!known || comparisons.length === 0) return;
  if (comparisons.every((each) => isSatisfied(each, scope)) === otherwise)
    throw new EvaluationError("outside", `said of ${text}`, span);
}

/** Whether the letters of a comparison have values here. */
const isKnown = ({ left, right }: Comparison, scope: Scope): boolean =>
  [left, right].every(
    (side) =>
      !some(
        side,
        (node) =>
          node.kind === "symbol" &&
          scope.names.lookUp(node).meaning.kind === "index" &&
          !scope.indices.has(node.name),
      ),
  );
