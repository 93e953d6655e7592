import type { CallExpr, Expr, SymbolExpr } from "../../expr/expr.js";
import { some } from "../../expr/walk.js";
import { describePlace } from "../../tex/error.js";
import { EvaluationError } from "../evaluate/error.js";
import { decideDefinition, proposeDefinition } from "./define.js";
import { decideDistribution, isCallOf, isDensity } from "./distribution.js";
import { decideEquality, type Sides } from "./equality.js";
import { decideExistence } from "./existence.js";
import { dataAverageOf, mentionsState } from "./average.js";
import { decideUpToConstant, upToConstant } from "./constant.js";
import { decideReverseStep, isReverseStep } from "./reverse.js";
import { decideOrder, isOrder } from "./order.js";
import { decideProportional } from "./proportional.js";
import type { Decision, Question } from "./question.js";
import { unknownCalls } from "./unknown.js";

/** One relation to decide, and what it inherits from the derivation it stands in. */
export interface Claim extends Sides {
  readonly relation: string;
  /** The variable of the density the derivation began with; `\propto` is meant in it. */
  readonly variable?: SymbolExpr;
  /** Whether `left` was written in this line; a line before cannot be defined again. */
  readonly ownLeft: boolean;
  /** The formula the places of `right` point into. */
  readonly latex: string;
}

/** Decides one relation. Never throws for what the formula says: what has no value is `undecided` or `unreadable`. */
export function decide(claim: Claim, question: Question): Decision {
  try {
    const decision = decideWithDigits(claim, question);
    return decision.verdict === "fails" && decision.model === true
      ? reconsidered(decision, claim, question)
      : decision;
  } catch (error) {
    if (error instanceof EvaluationError) return refusal(error, claim, question);
    throw error;
  }
}

const mostDigits = 512;

/** A verdict that rests on terms too small for the digits carried is asked for again with twice as many. */
function decideWithDigits(claim: Claim, question: Question): Decision {
  const decision = decideRelation(claim, question);
  if (decision.lost !== true) return decision;
  const digits = 2 * question.digits;
  if (digits <= mostDigits) return decideWithDigits(claim, { ...question, digits });
  return undecided(
    `some terms are so small beside others that ${question.digits} digits do not tell`,
    question,
  );
}

/**
 * What fails for an arbitrary σ_t may be meant for one that the author has chosen without saying so: if it
 * holds for a usual choice, the statement is left open.
 */
function reconsidered(failure: Decision, claim: Claim, question: Question): Decision {
  const choices = [
    ["forward", "\\beta_t"],
    ["posterior", "\\tilde\\beta_t"],
  ] as const;
  for (const [deviation, square] of choices) {
    if (decideRelation(claim, { ...question, deviation }).verdict === "holds")
      return undecided(`not true for every \\sigma_t; \\sigma_t^2 = ${square} may be meant`, question);
  }
  return failure;
}

function decideRelation(claim: Claim, question: Question): Decision {
  const { left, right, relation } = claim;
  if (left.kind === "dots" || right.kind === "dots")
    return undecided("lines are left out here; nothing is claimed", question);
  const choice = choiceOf(claim, question);
  if (choice !== undefined) return undecided(choice, question);
  if (isOrder(relation)) return overData(claim, decideOrder(claim, relation, question), question);
  switch (relation) {
    case "=":
    case ":=":
    case "\\equiv":
      return decideEqual(claim, question);
    case "=d":
      return decideEquality(claim, question, true);
    case "\\sim":
      return decideDistribution(claim, question);
    case "\\propto": {
      const variable = variableOf(left, question) ?? claim.variable;
      if (variable === undefined)
        return undecided("in which variable the sides are proportional is not stated", question);
      return decideProportional(claim, variable, question);
    }
    default:
      return undecided(`the relation ${relation} is not decided`, question);
  }
}

/** `t = 1`, `T = 1000`, `\beta_1 = 10^{-4}`: what the author chooses, which no world can confirm. */
function choiceOf({ left, right, ownLeft, relation }: Claim, question: Question): string | undefined {
  if (left.kind !== "symbol" || !ownLeft) return undefined;
  const { meaning } = question.names.lookUp(left);
  if (meaning.kind === "index") return `${left.name} is an index: this says which times are meant`;
  const given = !some(right, (node) => node.kind === "symbol");
  if (meaning.kind !== "role") return undefined;
  if (meaning.role === "horizon" || (meaning.role === "beta" && given && !isOrder(relation)))
    return "a choice of the author, not a claim";
  return undefined;
}

function decideEqual(claim: Claim, question: Question): Decision {
  const { names } = question;
  const proposal = claim.ownLeft ? proposeDefinition(claim.left, claim.right, names) : undefined;
  if (proposal !== undefined) return decideDefinition(proposal, claim.right, question);
  if (isReverseStep(claim, names)) return decideReverseStep(claim, question);
  const constant = upToConstant(claim, names);
  if (constant !== undefined && mentionsModel(claim, names))
    return overData(constant, decideUpToConstant(constant, question), question);
  const sides = completeNormal(claim, question);
  const unknown = unknownCalls([sides.left, sides.right], names);
  const [call] = unknown;
  if (call === undefined) return overData(sides, decideEquality(sides, question), question);
  const onBothSides = [sides.left, sides.right].every((side) => unknownCalls([side], names).length > 0);
  if (onBothSides || unknown.length > 1) return undecided(`${call.head.name} is not known`, question);
  return decideExistence(sides, call, question);
}

/**
 * What was found for each x_0 alone says the same of expectations over x_0 only if both sides average
 * alike.
 */
function overData({ left, right }: Sides, decision: Decision, question: Question): Decision {
  if (decision.verdict !== "holds") return decision;
  const { names } = question;
  const averages = [left, right].map((side) => dataAverageOf(side, names));
  if (averages.includes("other"))
    return undecided("true for each x_0; the expectation over x_0 stands in a function of it", question);
  const lone = [left, right].some(
    (side, at) => averages[at] === "none" && averages[1 - at] === "linear" && mentionsState(side, names),
  );
  if (lone) return undecided("true for each x_0; only one side averages over x_0", question);
  return decision;
}

/** Whether a network or a density of the model takes part. */
function mentionsModel({ left, right }: Sides, names: Question["names"]): boolean {
  return [left, right].some((side) =>
    some(side, (node) => {
      if (node.kind !== "symbol") return false;
      const { meaning } = names.lookUp(node);
      return meaning.kind === "role" && ["network", "reverseDensity"].includes(meaning.role);
    }),
  );
}

/** `q(x_t | x_{t-1}) = N(m, S)` names the variable on the left only: it becomes N(x_t; m, S). */
function completeNormal(claim: Sides, question: Question): Sides {
  const { left, right } = claim;
  const { names } = question;
  const variable = variableOf(left, question);
  if (
    variable === undefined ||
    !isCallOf(right, "normal", names) ||
    right.mark !== undefined ||
    right.args.length !== 2
  ) {
    return { left, right };
  }
  const completed: CallExpr = { ...right, args: [variable], mark: ";", rest: right.args };
  return { left, right: completed };
}

/** x_{t-1} of q(x_{t-1} | …). */
export function variableOf(left: Expr, question: Question): SymbolExpr | undefined {
  if (!isDensity(left, question.names)) return undefined;
  const [variable] = left.args;
  return left.args.length === 1 && variable?.kind === "symbol" ? variable : undefined;
}

export function undecided(reason: string, question: Pick<Question, "digits">): Decision {
  return { verdict: "undecided", inLaw: false, maxRelativeError: null, digits: question.digits, reason };
}

/** What the problem means for the verdict. A place in another line is told without its excerpt. */
function refusal(error: EvaluationError, claim: Claim, question: Question): Decision {
  const inOwnLine = contains(claim.right, error) || (claim.ownLeft && contains(claim.left, error));
  const elsewhere = contains(claim.left, error) ? "in the line before" : "in a definition";
  const reason = inOwnLine
    ? describePlace(claim.latex, error.span, error.message)
    : `${elsewhere}: ${error.message}`;
  const base = { inLaw: false, maxRelativeError: null, digits: question.digits, reason };
  switch (error.problem) {
    case "type":
      return {
        ...base,
        verdict: inOwnLine && !mentionsUnknown(claim, question) ? "unreadable" : "undecided",
      };
    case "domain":
    case "outside":
    case "unknown":
    case "unsupported":
      return { ...base, verdict: "undecided" };
  }
}

/** Spans keep their identity, so a node of another formula at the same offsets is not taken for one of this. */
const contains = (expr: Expr, error: EvaluationError): boolean =>
  some(expr, (node) => node.span === error.span);

/** With a symbol of unknown kind in it, what looks like a wrong kind may be right. */
function mentionsUnknown(claim: Claim, question: Question): boolean {
  const unknown = (node: Expr): boolean =>
    node.kind === "symbol" && question.names.lookUp(node).meaning.kind === "unknown";
  return [claim.left, claim.right].some((expr) => some(expr, unknown));
}
