import type { Expr } from "../../../expr/expr.js";
import { readForm } from "../../general/form.js";
import type { Question } from "../question.js";
import { ordinaryDrafts, surveyGeneral } from "./survey.js";

/** Whether an expression of general distributions has a value in every world; false also for any other. */
export function hasGeneralValue(expr: Expr, question: Question): boolean {
  const form = readForm([expr], question.names);
  if (form === undefined) return false;
  const drafts = ordinaryDrafts(question);
  const survey = surveyGeneral({ form, exprs: [expr], question }, drafts, (evaluate) => {
    const value = [evaluate(expr)];
    return { agrees: true, error: 0, left: value, right: value };
  });
  return survey.worlds === drafts.length;
}
