import type { Expr, SumExpr } from "../../expr/expr.js";
import { EvaluationError } from "./error.js";
import { memberOf, moved, stepsBetween, type Member } from "./member.js";
import type { Scope } from "./scope.js";

/**
 * The terms of a sum, those that dots stand for among them. `\alpha_t\cdots\alpha_2\beta_1 +
 * \alpha_t\cdots\alpha_3\beta_2 + \cdots + \alpha_t\beta_{t-1} + \beta_t`: the terms on both sides of the dots are
 * the same but for the times at which their runs begin and end, and these all move by the same steps of one,
 * as two neighbours on one side of the dots show. The place is admissible only where the terms that are
 * written out are all there.
 */
export function writtenTerms(expr: SumExpr, scope: Scope): readonly Expr[] {
  const at = expr.terms.findIndex(areDots);
  if (at < 0) return expr.terms;
  const [before, after] = [expr.terms[at - 1], expr.terms[at + 1]];
  if (before === undefined || after === undefined || expr.terms.slice(at + 1).some(areDots))
    throw noPattern(expr);
  const [last, next] = [memberOf(before, scope), memberOf(after, scope)];
  const earlier = neighbour(expr.terms[at - 2], scope);
  const later = neighbour(expr.terms[at + 2], scope);
  const elided = between(last, next, { earlier, later }, scope, expr);
  return [...expr.terms.slice(0, at), ...elided, ...expr.terms.slice(at + 1)];
}

const areDots = (term: Expr): boolean =>
  term.kind === "dots" || (term.kind === "negation" && term.of.kind === "dots");

interface Neighbours {
  readonly earlier: Member | undefined;
  readonly later: Member | undefined;
}

function neighbour(term: Expr | undefined, scope: Scope): Member | undefined {
  return term === undefined ? undefined : memberOf(term, scope);
}

function between(
  last: Member,
  next: Member,
  { earlier, later }: Neighbours,
  scope: Scope,
  expr: SumExpr,
): readonly Expr[] {
  const before = earlier === undefined ? undefined : stepsBetween(earlier, last);
  const behind = later === undefined ? undefined : stepsBetween(next, later);
  const steps = stepsBetween(last, next);
  const [step] = [before, behind].filter((each) => each !== undefined);
  if (step === undefined || Math.abs(step) !== 1 || (behind ?? step) !== step) throw noPattern(expr);
  if (steps !== undefined) {
    if (steps * step < 1) throw backwards(expr);
    return inSteps(steps * step - 1, (at) => moved(last, next, steps, at * step));
  }
  if (later === undefined || behind === undefined) throw noPattern(expr);
  // The term before the dots is one of its own (`\alpha_t\cdots\alpha_3(\alpha_2 + \beta_2) + \cdots`): how far the
  // pattern behind them goes back is told by the run that both have.
  const count = stepsBackTo(last, next, later, step, expr);
  scope.trace.loose = true;
  return inSteps(count, (at) => moved(next, later, step, (at - 1 - count) * step));
}

const inSteps = (count: number, term: (at: number) => Expr): readonly Expr[] =>
  Array.from({ length: count }, (_, at) => term(at + 1));

/** How many terms of the pattern lie between `next` and the one whose moving run is that of `last`. */
function stepsBackTo(last: Member, next: Member, later: Member, step: number, expr: SumExpr): number {
  const distances = [...next.runs].flatMap(([name, run]) => {
    const [own, then] = [last.runs.get(name), later.runs.get(name) ?? { low: run.high + 1, high: run.high }];
    if (own === undefined || then.high !== run.high || own.high !== run.high || then.low === run.low)
      return [];
    return [(run.low - own.low) * step - 1];
  });
  const [count] = distances;
  if (count === undefined || distances.length > 1) throw noPattern(expr);
  if (count < 0) throw backwards(expr);
  return count;
}

const noPattern = (expr: Expr): EvaluationError =>
  new EvaluationError("unsupported", "dots between terms that do not continue one another", expr.span);

const backwards = (expr: Expr): EvaluationError =>
  new EvaluationError("outside", "the dots run backwards here", expr.span);
