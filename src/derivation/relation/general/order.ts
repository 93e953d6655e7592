import { some } from "../../../expr/walk.js";
import type { Real } from "../../../expr/number.js";
import type { Draft } from "../../general/world.js";
import type { Sides } from "../equality.js";
import type { Order } from "../order.js";
import type { Decision, Question } from "../question.js";
import { answer, concludeGeneral } from "./conclude.js";
import {
  compareSides,
  draftsOf,
  ordinaryDrafts,
  surveyGeneral,
  type GeneralJudge,
  type Statement,
} from "./survey.js";

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
  const large = statement.exprs.some((expr) =>
    some(expr, (node) => node.kind === "number" && Number(node.text) > largest),
  );
  if (large) return answer("undecided", `bounds beyond ${largest} are not looked for`, question);
  const survey = surveyGeneral(statement, [...ordinaryDrafts(question), ...edges(question)], judge);
  const note = smallest === undefined ? "" : `smallest slack ${smallest.toSignificantDigits(3).toString()}`;
  return { ...concludeGeneral({ survey, judge, note }, statement), maxRelativeError: null };
}

/** The rarest values of the worlds below have probability 10^-60: a logarithm of 138. */
const largest = 50;

/**
 * Inequalities break where values are nearly certain, and become equalities where distributions are equal or
 * variables independent.
 */
const edges = ({ seed }: Question): readonly Draft[] => [
  ...draftsOf(12, { seed, style: "sharp" }),
  ...draftsOf(4, { seed, style: "ordinary", isEqual: true }),
  ...draftsOf(2, { seed, style: "ordinary", isIndependent: true }),
];
