import { wholeOf } from "../../general/measure.js";
import type { Verdict } from "../../verdict/verdict.js";
import type { Decision, Question } from "../question.js";
import { describeFailure, findGeneralCounterexample } from "./counterexample.js";
import { worldOf, type GeneralJudge, type GeneralSurvey, type Statement } from "./survey.js";

/** What a relation between general distributions amounts to. */
export interface Conclusion {
  readonly survey: GeneralSurvey;
  readonly judge: GeneralJudge;
  /** Added to the reason. */
  readonly note?: string;
  /** Why a statement that is not true may yet not be false: it assumes something. */
  readonly excuse?: string | undefined;
  /** Drawn in the same manner as the worlds that were surveyed. */
  readonly like?: Parameters<typeof findGeneralCounterexample>[3];
}

/**
 * holds if it is true of every joint distribution, probabilities and densities alike; fails if some
 * probabilities contradict it; open if it is true of probabilities and not of densities.
 */
export function concludeGeneral(found: Conclusion, statement: Statement): Decision {
  const { survey, judge, note, excuse, like } = found;
  const { question } = statement;
  const { probability, density } = survey.failures;
  if (survey.tested === 0)
    return answer("undecided", `it has no value anywhere: ${survey.skipped ?? ""}`, question);
  if (probability === undefined && density === undefined) {
    const kinds = "as probabilities and as densities";
    const reason = [`${scopeOf(statement)}, ${kinds}`, note].filter(Boolean).join("; ");
    const decision = answer("holds", reason, question);
    return { ...decision, maxRelativeError: survey.maxError };
  }
  if (excuse !== undefined) return answer("undecided", excuse, question);
  if (probability === undefined)
    return answer("undecided", "true for probabilities, not for densities", question);
  const counterexample =
    findGeneralCounterexample(probability, judge, statement, like) ?? describeFailure(probability, statement);
  const decision = answer("fails", `not for every joint distribution of ${namesOf(statement)}`, question);
  return { ...decision, maxRelativeError: survey.maxError, counterexample };
}

export const answer = (verdict: Verdict, reason: string, question: Question): Decision => ({
  verdict,
  inLaw: false,
  maxRelativeError: null,
  digits: question.digits,
  reason,
});

/** `for every joint distribution of A, B, C`, and what was declared of it. */
function scopeOf(statement: Statement): string {
  const { form, question } = statement;
  const draft = { seed: question.seed, at: 0, style: "ordinary", isProbability: true } as const;
  const { declared } = worldOf(form, question, draft, question.digits);
  const tied = [...(declared?.parents ?? [])].flatMap(([child, parents]) =>
    parents.length === 0 ? [] : [`${child} given ${parents.join(", ")} alone`],
  );
  const told = tied.length === 0 ? [`${declared?.nodes.join(", ") ?? ""} independent`] : tied;
  const note = declared === undefined ? "" : `, with ${told.join(", ")} as declared`;
  return `for every joint distribution of ${namesOf(statement)}${note}`;
}

function namesOf({ form }: Statement): string {
  const names = form.variables.length > 0 ? form.variables : wholeOf(form);
  return [...names].sort().join(", ");
}
