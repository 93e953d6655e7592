import { EvaluationError } from "../evaluate/error.js";
import { Trace } from "../evaluate/scope.js";
import type { Sides } from "../relation/equality.js";
import { placesOf, scopeAt, type Question } from "../relation/question.js";

/** What one evaluation costs at least: drawing up the question is not free either. */
const least = 400;

/**
 * How many steps it takes to evaluate both sides at one place, the last time of the first world. A statement
 * that cannot be evaluated there costs what it took until that was clear.
 */
export function costOf({ left, right }: Sides, question: Question): number {
  const budget = { steps: 0 };
  const [draw] = question.draws;
  const place = placesOf([left, right], question).findLast((each) => each.draw === draw);
  if (place === undefined) return least;
  // What a formula costs does not depend on which times it is said of.
  const asked: { -readonly [K in keyof Question]: Question[K] } = { ...question };
  delete asked.condition;
  const scope = scopeAt(asked, place, { trace: new Trace(budget) });
  for (const side of [left, right]) {
    try {
      scope.evaluate(side, scope);
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
    }
  }
  return least + budget.steps;
}
