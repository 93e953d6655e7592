import type { Real } from "../../../expr/number.js";
import type { Draft } from "../../general/world.js";
import type { Sides } from "../equality.js";
import type { Order } from "../order.js";
import type { Decision, Question } from "../question.js";
import { concludeGeneral } from "./conclude.js";
import { compareSides, ordinaryDrafts, surveyGeneral, type GeneralJudge, type Statement } from "./survey.js";

/** `left \ge right` and its kin for every joint distribution, nearly certain and equal ones among them. */
export function decideGeneralOrder(sides: Sides, order: Order, statement: Statement): Decision {
  const { question } = statement;
  let smallest: Real | undefined;
  const judge: GeneralJudge = (evaluate) => {
    const { sign, left, right } = compareSides(sides.left, sides.right, evaluate, question.digits, true);
    const below = order === "<" || order === "\\le";
    const slack = sign === 0 ? left.times(0) : below ? right.minus(left) : left.minus(right);
    if (smallest === undefined || slack.lessThan(smallest)) smallest = slack;
    const strict = order === "<" || order === ">";
    const agrees = sign === 0 ? !strict : sign < 0 === below;
    return { agrees, error: 0, left: [left], right: [right] };
  };
  const survey = surveyGeneral(statement, [...ordinaryDrafts(question), ...edges(question)], judge);
  const note = smallest === undefined ? "" : `smallest slack ${smallest.toSignificantDigits(3).toString()}`;
  return { ...concludeGeneral({ survey, judge, note }, statement), maxRelativeError: null };
}

/** Inequalities break where values are nearly certain, and become equalities where distributions are equal. */
function edges({ draws, seed }: Question): readonly Draft[] {
  const some = (count: number, draft: Pick<Draft, "style" | "isEqual">): readonly Draft[] =>
    draws.slice(0, count).map((_, at) => ({ seed, at, isProbability: at % 2 === 0, ...draft }));
  return [...some(8, { style: "sharp" }), ...some(4, { style: "ordinary", isEqual: true })];
}
