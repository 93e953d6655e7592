import type { Real } from "../../../expr/number.js";
import { pointsOf } from "../../../probability/finite.js";
import { EvaluationError } from "../../evaluate/error.js";
import type { Sides } from "../equality.js";
import type { Decision } from "../question.js";
import { concludeGeneral } from "./conclude.js";
import {
  ordinaryDrafts,
  surveyGeneral,
  worldOf,
  type Evaluator,
  type GeneralJudge,
  type Statement,
} from "./survey.js";

/** `left \propto right` in the variables named: their quotient is the same at all values of these. */
export function decideGeneralProportional(
  { left, right }: Sides,
  names: readonly string[],
  statement: Statement,
): Decision {
  const { form, question } = statement;
  const judge: GeneralJudge = (evaluate, { draft, point }) => {
    const { variables } = worldOf(form, question, draft, question.digits);
    const points = pointsOf(variables.filter(({ name }) => names.includes(name)));
    const [first, ...others] = points.map((inner) => new Map([...point, ...inner]));
    const at =
      (here: typeof first): Evaluator =>
      (expr, options) =>
        evaluate(expr, { ...options, ...(here === undefined ? {} : { point: here }) });
    const ratio = (here: typeof first): Real => {
      const by = at(here)(right);
      if (by.isZero()) throw new EvaluationError("outside", "the right side is zero", right.span);
      return at(here)(left).div(by);
    };
    const start = ratio(first);
    const tolerance = start.abs().times("1e-40");
    const apart = others.find((other) => ratio(other).minus(start).abs().greaterThan(tolerance));
    const sides = [first, apart ?? others[0]];
    return {
      agrees: apart === undefined,
      error: 0,
      left: sides.map((here) => at(here)(left)),
      right: sides.map((here) => at(here)(right)),
      shown: Object.fromEntries(
        names.map((name) => [name, sides.map((here) => (here?.get(name) ?? 0) + 1).join(" and ")]),
      ),
    };
  };
  const survey = surveyGeneral(statement, ordinaryDrafts(question), judge, names);
  const note = `the factor does not depend on ${names.join(", ")}`;
  return concludeGeneral({ survey, judge, note, like: { apart: names } }, statement);
}
