import type { Expr, ExtremumExpr, SymbolExpr } from "../../../expr/expr.js";
import { printExpr } from "../../../expr/print.js";
import { mapChildren } from "../../../expr/walk.js";
import { mixesCases, readDensity, readForm } from "../../general/form.js";
import { readVariable } from "../../general/variable.js";
import type { Names } from "../../notation/names.js";
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
export function decideGeneral(written: GeneralClaim, question: Question): Decision | undefined {
  const claim = {
    ...written,
    left: withDefinitions(written.left, question.names),
    right: withDefinitions(written.right, question.names),
  };
  const decision = defineValue(written, claim.right, question) ?? decideClaim(claim, question);
  if (decision?.verdict !== "holds") return decision;
  const form = readForm([claim.left, claim.right], question.names);
  return form !== undefined && mixesCases(form)
    ? answer("undecided", "true if a large and a small letter mean the same distribution", question)
    : decision;
}

function decideClaim(claim: GeneralClaim, question: Question): Decision | undefined {
  const { left, right, relation } = claim;
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

/** Symbols and calls that were defined by expressions of general distributions stand for these. */
function withDefinitions(expr: Expr, names: Names): Expr {
  const inner = mapChildren(expr, (part) => withDefinitions(part, names));
  const head = inner.kind === "call" ? inner.head : inner;
  if (head.kind !== "symbol") return inner;
  const { meaning, time } = names.lookUp(head);
  if (meaning.kind !== "defined" || time !== undefined) return inner;
  const { body, args, parameter, squared } = meaning.definition;
  const given = inner.kind === "call" ? inner.args.map(printExpr).join() : undefined;
  const same = given === args?.map(printExpr).join() && (inner.kind !== "call" || inner.mark === undefined);
  if (!same || parameter !== undefined || squared || readForm([body], names) === undefined) return inner;
  return body;
}

/** `\mathcal L = E_{q(z|x)}[…]`: a letter of its own, or a function of letters, for a value of distributions. */
function defineValue(claim: GeneralClaim, right: Expr, question: Question): Decision | undefined {
  const equals = ["=", ":=", "\\equiv"].includes(claim.relation);
  if (!equals || !claim.ownLeft || right.kind === "extremum") return undefined;
  const definition = proposeDefinition(claim.left, right, question.names);
  const form = definition === undefined ? undefined : readForm([right], question.names);
  if (form === undefined || definition === undefined) return undefined;
  // A variable of the distributions is no name for something else.
  if (readForm([claim.left, right], question.names) !== undefined) return undefined;
  const none = noValue(right, { form, exprs: [right], question });
  return none ?? { ...answer("defines", `a name for a value of distributions`, question), definition };
}

/** Why an expression has no value in any world; undefined where it has one. */
function noValue(expr: Expr, statement: Statement): Decision | undefined {
  const { question } = statement;
  const found = surveyGeneral(statement, ordinaryDrafts(question), (evaluate) => {
    const value = evaluate(expr);
    return { agrees: true, error: 0, left: [value], right: [value] };
  });
  if (found.tested > 0) return undefined;
  return answer("undecided", `the right side has no value: ${found.skipped ?? ""}`, question);
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
  const none = noValue(right.of, statement);
  if (none !== undefined) return none;
  const reason = `${printExpr(claim.left)} is the ${printExpr(right.variable)} at which the right side is extreme`;
  return { ...answer("defines", reason, question), ...(definition === undefined ? {} : { definition }) };
}
