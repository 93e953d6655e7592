import type { Expr } from "../../../expr/expr.js";
import { some } from "../../../expr/walk.js";
import { EvaluationError } from "../../evaluate/error.js";
import { readDensity, type Form } from "../../general/form.js";
import { densitiesIn, freeVariables } from "../../general/measure.js";
import type { Draft } from "../../general/world.js";
import type { Sides } from "../equality.js";
import type { Decision } from "../question.js";
import { answer, concludeGeneral } from "./conclude.js";
import { compareSides, ordinaryDrafts, surveyGeneral, type GeneralJudge, type Statement } from "./survey.js";

/** `left = right` of every joint distribution, at all values of the free variables. */
export function decideGeneralEquality(sides: Sides, statement: Statement): Decision {
  const judge = equalityJudge(sides, statement);
  const survey = surveyGeneral(statement, ordinaryDrafts(statement.question), judge);
  return concludeGeneral({ survey, judge, excuse: assumption(sides, statement.form) }, statement);
}

function equalityJudge({ left, right }: Sides, { question }: Statement): GeneralJudge {
  return (evaluate) => {
    const found = compareSides(left, right, evaluate, question.digits);
    const error = found.sign === 0 ? Number(found.error) : Math.min(Number(found.error), Number.MAX_VALUE);
    return { agrees: found.sign === 0, error, left: [found.left], right: [found.right] };
  };
}

/** Why an equation that is no identity may be meant as an assumption: it ties what nothing else ties. */
function assumption({ left, right }: Sides, form: Form): string | undefined {
  for (const [side, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const lone = readDensity(side, form.names);
    const tied = densitiesIn(other, form).some(({ family }) => sameLetter(family, lone?.family));
    if (lone !== undefined && !tied)
      return "no identity: it would assume or define one distribution by others, which the text does not say";
  }
  const [inLeft, inRight] = [freeVariables(left, form), freeVariables(right, form)];
  const differ = [...inLeft, ...inRight].some((name) => inLeft.has(name) !== inRight.has(name));
  return form.sampled && differ
    ? "how the sample and the other variables are related is not stated"
    : undefined;
}

const sameLetter = (
  a: { readonly letter: string; readonly label?: string },
  b: { readonly letter: string; readonly label?: string } | undefined,
): boolean => a.letter === b?.letter && a.label === b.label;

/**
 * `left \approx right`. A mean over a sample and an expectation: equal for samples whose frequencies are
 * exactly the probabilities, that is, in the limit of many observations. Anything else only if even equal.
 */
export function decideGeneralApproximation(sides: Sides, statement: Statement): Decision {
  const { form, question } = statement;
  if (!form.sampled) {
    const equal = decideGeneralEquality(sides, statement);
    if (equal.verdict === "holds") return { ...equal, reason: `even equal, ${equal.reason ?? ""}` };
    return answer("undecided", "how close the sides are meant to be is not stated", question);
  }
  if (exprsMultiply(sides, form))
    return answer("undecided", "how close a product over a sample comes is not decided", question);
  const sampled = sampledFamily(sides, statement);
  const judge = equalityJudge(sides, statement);
  const survey = surveyGeneral(statement, limitDrafts(statement, sampled), judge);
  return concludeGeneral({ survey, judge, note: inTheLimit, like: { sampled } }, statement);
}

/** The law of large numbers speaks of means, and of sums beside them. */
const exprsMultiply = ({ left, right }: Sides, form: Form): boolean =>
  [left, right].some((side) =>
    some(side, (node) => node.kind === "series" && node.operator === "product" && mentionsSample(node, form)),
  );

export const inTheLimit =
  "in the limit of many observations: for samples whose frequencies are the probabilities";

export const limitDrafts = ({ question }: Statement, sampled: string): readonly Draft[] =>
  ordinaryDrafts(question).map((draft) => ({ ...draft, sampled }));

/**
 * The family the sample was drawn from: the one that the side without the sample averages over, and that
 * does not stand at the sample itself.
 */
export function sampledFamily({ left, right }: Sides, { form }: Statement, besides?: string): string {
  const nameOf = familyLabel;
  const atSample = new Set(
    form.densities
      .filter(({ of }) => of.some(({ member }) => member !== undefined))
      .map(({ family }) => nameOf(family)),
  );
  const free = [left, right].filter((side) => !mentionsSample(side, form));
  const [side, ...others] = free;
  if (side === undefined || others.length > 0) throw unknownSample(right);
  const inside = new Set(densitiesIn(side, form).map(({ family }) => nameOf(family)));
  for (const family of form.bare) inside.add(nameOf(family));
  const all = [...inside].filter((name) => name !== besides);
  const candidates = all.filter((name) => !atSample.has(name));
  const [only, ...more] = candidates.length > 0 ? candidates : all;
  if (only === undefined || more.length > 0) throw unknownSample(right);
  return only;
}

const familyLabel = ({ letter, label }: { readonly letter: string; readonly label?: string }): string =>
  label === undefined ? letter : `${letter}_{${label}}`;

const mentionsSample = (side: Expr, form: Form): boolean =>
  densitiesIn(side, form).some(({ of, given }) =>
    [...of, ...given].some(({ member }) => member !== undefined),
  );

const unknownSample = (right: Expr): EvaluationError =>
  new EvaluationError(
    "unsupported",
    "which distribution the sample was drawn from is not stated",
    right.span,
  );
