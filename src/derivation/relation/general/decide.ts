import type { Expr, ExtremumExpr, SymbolExpr } from "../../../expr/expr.js";
import { printExpr } from "../../../expr/print.js";
import { readDensity, readForm } from "../../general/form.js";
import { readVariable } from "../../general/variable.js";
import { proposeDefinition } from "../define.js";
import type { Sides } from "../equality.js";
import { isOrder } from "../order.js";
import type { Decision, Question } from "../question.js";
import { answer } from "./conclude.js";
import { decideGeneralApproximation, decideGeneralEquality } from "./equality.js";
import { decideGeneralExtremum } from "./extremum.js";
import { decideGeneralOrder } from "./order.js";
import { decideGeneralProportional } from "./proportional.js";
import { ordinaryDrafts, surveyGeneral, type Statement } from "./survey.js";

/** One relation, and the variable that the derivation is about. */
export interface GeneralClaim extends Sides {
  readonly relation: string;
  readonly ownLeft: boolean;
  readonly variable?: SymbolExpr;
}

/**
 * Decides a relation between expressions of general distributions: densities of variables that are no
 * states of the diffusion process. undefined for any other claim.
 */
export function decideGeneral(claim: GeneralClaim, question: Question): Decision | undefined {
  const { right, relation } = claim;
  const left = definedExtremum(claim.left, question) ?? claim.left;
  if (right.kind === "extremum" && left.kind !== "extremum")
    return left.kind === "symbol" ? defineExtremum(claim, right, question) : undefined;
  const form = readForm([left, right], question.names);
  if (form === undefined) return undefined;
  const statement: Statement = { form, exprs: [left, right], question };
  if (left.kind === "extremum" && right.kind === "extremum")
    return decideGeneralExtremum(left, right, relation, statement);
  if (left.kind === "extremum")
    return answer("undecided", "an extremum beside something else is not compared", question);
  const sides = { left, right };
  if (isOrder(relation)) return decideGeneralOrder(sides, relation, statement);
  switch (relation) {
    case "=":
    case ":=":
    case "\\equiv":
      return decideGeneralEquality(sides, statement);
    case "\\approx":
      return decideGeneralApproximation(sides, statement);
    case "\\propto": {
      const names = variablesOf(claim, question);
      return names.length === 0 ? undefined : decideGeneralProportional(sides, names, statement);
    }
    default:
      return undefined;
  }
}

/** The variables in which the sides of `\propto` are proportional: those of the density it begins with. */
function variablesOf({ left, variable }: GeneralClaim, { names }: Question): readonly string[] {
  const density = readDensity(left, names);
  if (density?.of.every(({ member }) => member === undefined) === true)
    return density.of.map(({ name }) => name);
  const name = variable === undefined ? undefined : readVariable(variable, names)?.name;
  return name === undefined ? [] : [name];
}

/** `\theta^*` that was defined as an extremum stands for it. */
function definedExtremum(left: Expr, { names }: Question): ExtremumExpr | undefined {
  if (left.kind !== "symbol") return undefined;
  const { meaning } = names.lookUp(left);
  const body = meaning.kind === "defined" ? meaning.definition.body : undefined;
  return body?.kind === "extremum" ? body : undefined;
}

/** `\theta^* = argmax_\theta f` names the parameter; f must have a value. */
function defineExtremum(claim: GeneralClaim, right: ExtremumExpr, question: Question): Decision | undefined {
  const form = readForm([right], question.names);
  const equals = ["=", ":=", "\\equiv"].includes(claim.relation);
  if (form === undefined || !claim.ownLeft || !equals) return undefined;
  const definition = proposeDefinition(claim.left, right, question.names);
  const names = printExpr(claim.left) === printExpr(right.variable);
  if (definition === undefined && !names) return undefined;
  const statement: Statement = { form, exprs: [right.of], question };
  const found = surveyGeneral(statement, ordinaryDrafts(question), (evaluate) => {
    const value = evaluate(right.of);
    return { agrees: true, error: 0, left: [value], right: [value] };
  });
  if (found.tested === 0)
    return answer("undecided", `the right side has no value: ${found.skipped ?? ""}`, question);
  const reason = `${printExpr(claim.left)} is the ${printExpr(right.variable)} at which the right side is extreme`;
  return { ...answer("defines", reason, question), ...(definition === undefined ? {} : { definition }) };
}
