import type { CallExpr, Expr, SymbolExpr } from "../../expr/expr.js";
import { some } from "../../expr/walk.js";
import { describePlace } from "../../tex/error.js";
import { EvaluationError } from "../evaluate/error.js";
import { decideChoice } from "./choice.js";
import type { Claim } from "./claim.js";
import { decideDeclaration, decideDeclaredCall } from "./declare.js";
import { decideDefinition, proposeDefinition, proposeLabel } from "./define.js";
import { decideDistribution, isCallOf, isDensity } from "./distribution.js";
import { decideEquality, type Sides } from "./equality.js";
import { decideExistence } from "./existence.js";
import { decideImplicitStep, isImplicitStep, withPossibleDeviation } from "./implicit.js";
import { introduces, missingValue } from "./introduce.js";
import { decideKinds } from "./kinds.js";
import { decideMembership } from "./membership.js";
import { decideParts } from "./parts.js";
import { reconsidered } from "./reconsider.js";
import { decideSampling } from "./sampling.js";
import { decideSolved } from "./solve.js";
import { scalarQuestion } from "./scalar.js";
import { declaredQuestion, positiveDraws, typedQuestion } from "./universal.js";
import { dataAverageOf, mentionsState } from "./average.js";
import { decideUpToConstant, densityConstant, upToConstant } from "./constant.js";
import { decideGeneral } from "./general/decide.js";
import { decideReverseStep, isReverseStep } from "./reverse.js";
import { decideOrder, isOrder } from "./order.js";
import { decideByQuadrature } from "./quadrature.js";
import { mixesData, withForward, withMeasures } from "./process.js";
import { decideProportional } from "./proportional.js";
import { decideInSettings, needsMarginals } from "./marginal.js";
import type { Decision, Question } from "./question.js";
import { appliedLetter, identitySymbols, unknownCalls } from "./unknown.js";

/** Decides one relation. Never throws for what the formula says: what has no value is `undecided` or `unreadable`. */
export function decide(written: Claim, asked: Question, flattened = false): Decision {
  const claim = defining(written);
  const question = typedQuestion(claim, declaredQuestion([claim.left, claim.right], asked));
  try {
    const found = reconsidered(decideWithDigits(claim, question), claim, question, decideRelation);
    return notOfFunctions(forPositive(found, claim, question), claim, question);
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    const flat = error.problem === "type" && !flattened ? scalarQuestion(claim, question) : undefined;
    if (flat !== undefined) return decide(claim, flat, true);
    const found = misfit(error, claim, question) ?? decideByMarginals(claim, question, error);
    return found instanceof EvaluationError ? refusal(found, claim, question) : found;
  }
}

/** `right =: left` defines what stands on its right. */
function defining(claim: Claim): Claim {
  if (claim.relation !== "=:") return claim;
  return { ...claim, left: claim.right, right: claim.left, relation: ":=", ownLeft: true };
}

/** A side that has no value for negative letters, log(ab), is meant of positive ones. */
function forPositive(decision: Decision, claim: Claim, question: Question): Decision {
  const { counterexample, verdict } = decision;
  const undefinedThere = counterexample !== undefined && counterexample.left === counterexample.right;
  if (verdict !== "fails" || !undefinedThere) return decision;
  const letters = identitySymbols(claim, question.names);
  if (letters.size === 0) return decision;
  const found = decideRelation(claim, { ...question, draws: positiveDraws(question.draws) });
  const note = `for positive ${[...letters].join(", ")}`;
  return { ...found, reason: found.reason === undefined ? note : `${found.reason}; ${note}` };
}

/** What holds of a product h (a + b) need not hold of a function h. */
function notOfFunctions(decision: Decision, claim: Claim, question: Question): Decision {
  const letter = decision.verdict === "holds" ? appliedLetter(claim, question.names) : undefined;
  if (letter === undefined) return decision;
  return undecided(`${letter} stands before brackets only and may be a function`, question);
}

/** Kinds that do not fit make a statement false if it is false in one dimension, where all are numbers. */
function misfit(error: EvaluationError, claim: Claim, question: Question): Decision | undefined {
  const equal = ["=", ":=", "\\equiv"].includes(claim.relation);
  if (error.problem !== "type" || !equal || mentionsUnknown(claim, question)) return undefined;
  return decideKinds(claim, question);
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
 * Where the ordinary worlds do not give a value, those in which marginal densities and integrals over states
 * have one may.
 */
function decideByMarginals(
  claim: Claim,
  question: Question,
  first: EvaluationError,
): Decision | EvaluationError {
  if (question.setting !== undefined || !needsMarginals(claim, first, question.names)) return first;
  const spelled = withMeasures(claim, question.names);
  const found = decideWithMarginals(spelled, question);
  if (found instanceof EvaluationError) return found;
  // Equality to the last digit is no accident; an inequality may be one of the x_0 that were tried.
  const telling = found.verdict === "holds" && !isOrder(claim.relation);
  if (!telling && mixesData(spelled, question.names))
    return undecided("x_0 is averaged over in one place and has a value in another", question);
  if (found.verdict !== "fails") return found;
  const forward = withForward(spelled, question.names);
  const swapped = forward === undefined ? undefined : decideWithMarginals(forward, question);
  return swapped !== undefined && !(swapped instanceof EvaluationError) && swapped.verdict === "holds"
    ? undecided("not true of the model; of the forward process q it is, which p may mean here", question)
    : found;
}

function decideWithMarginals(claim: Claim, question: Question): Decision | EvaluationError {
  const judge = (asked: Question): Decision =>
    reconsidered(decideRelation(claim, asked), claim, asked, decideRelation);
  const byQuadrature = (): ReturnType<typeof decideByQuadrature> =>
    decideByQuadrature(completeNormal(claim, question), question);
  return decideInSettings(judge, byQuadrature, question);
}

function decideRelation(claim: Claim, question: Question): Decision {
  const { left, right, relation } = claim;
  if (left.kind === "dots" || right.kind === "dots")
    return undecided("lines are left out here; nothing is claimed", question);
  const explicit = definesDensity(claim, question) ? decideDeclaredCall(claim, question) : undefined;
  if (explicit !== undefined) return explicit;
  const general = decideGeneral(claim, question);
  if (general !== undefined) return general;
  const choice = decideChoice(claim, question);
  if (choice !== undefined) return choice;
  if (isOrder(relation)) return overData(claim, decideOrder(claim, relation, question), question);
  switch (relation) {
    case "=":
    case ":=":
    case "\\equiv":
      return decideEqual(claim, question);
    case "=d":
      return decideEquality(claim, question, true);
    case "\\sim":
      return decideLaw(claim, question);
    case "\\in":
      return decideMembership(claim, question);
    case "\\to":
      // `N(0, S) \to \sqrt{S} z`: a law and a vector that has it.
      if (isCallOf(left, "normal", question.names) && left.args.length === 2 && left.mark === undefined)
        return decideDistribution({ left: right, right: left }, question);
      return undecided(`the relation ${relation} is not decided`, question);
    case "\\approx":
      return decideApproximation(claim, question);
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

/** Sides that are equal are near each other; how near others must be to be so called, no formula says. */
function decideApproximation(claim: Claim, question: Question): Decision {
  const { right } = claim;
  const named = right.kind === "symbol" && question.names.lookUp(right).meaning.kind === "unknown";
  if (named) return introduces("names an approximation; nothing is claimed", question);
  const found = decideEqual({ ...claim, relation: "=", ownLeft: false }, question);
  if (found.verdict === "holds") return found;
  return undecided("the sides are not equal; how near they must be for \\approx is not stated", question);
}

/** `q(x) = …`, the right side a formula without other distributions. */
function definesDensity({ left, right, relation, ownLeft }: Claim, { names }: Question): boolean {
  const equal = ["=", ":=", "\\equiv"].includes(relation);
  return ownLeft && equal && isDensity(left, names) && !some(right, (node) => isDensity(node, names));
}

/** `X \sim …`: a state that is drawn, a variable that is declared, or a law to compare. */
function decideLaw(claim: Claim, question: Question): Decision {
  const introduced = claim.ownLeft
    ? (decideSampling(claim, question) ?? decideDeclaration(claim, question))
    : undefined;
  return introduced ?? decideDistribution(completeNormal(claim, question), question);
}

function decideEqual(claim: Claim, question: Question): Decision {
  const { names } = question;
  const introduced = decideParts(claim, question);
  if (introduced !== undefined) return introduced;
  const proposal = claim.ownLeft ? proposeDefinition(claim.left, claim.right, names) : undefined;
  if (proposal !== undefined) return decideDefinition(proposal, claim.right, question);
  const law = namesLaw(claim, question);
  if (law !== undefined) return law;
  if (isImplicitStep(claim, names))
    return (
      decideImplicitStep(claim, question) ??
      undecided("a state is set equal to what a network predicts of it", question)
    );
  if (isReverseStep(claim, names)) return decideReverseStep(claim, question);
  const constant = upToConstant(claim, names);
  if (constant !== undefined && mentionsModel(claim, names))
    return overData(constant, decideUpToConstant(constant, question), question);
  const leftOver = constant === undefined ? undefined : densityConstant(constant, names);
  if (leftOver !== undefined) return decideExistence(leftOver.sides, leftOver.call, question);
  // A constant that only stands for what is left over is not solved for; nor is what the model may choose.
  const solvable = claim.ownLeft && constant === undefined && !mentionsModel(claim, names);
  const solved = solvable ? decideSolved(claim, claim.latex, question) : undefined;
  if (solved !== undefined) return solved;
  const sides = completeNormal(claim, question);
  const unknown = unknownCalls([sides.left, sides.right], names);
  const [call] = unknown;
  if (call === undefined)
    return ownName(claim, overData(sides, decideEquality(sides, question), question), question);
  // What C(x_t, x_0) is, the line before has said: it may not be another function here, where it is left out.
  if (!claim.ownLeft && unknownCalls([sides.right], names).length === 0)
    return undecided(`${call.head.name} stands in the line before and not in this one`, question);
  const onBothSides = [sides.left, sides.right].every((side) => unknownCalls([side], names).length > 0);
  if (onBothSides || unknown.length > 1) return undecided(`${call.head.name} is not known`, question);
  return decideExistence(sides, call, question);
}

/** `q_\\sigma(x_{t-1} | x_t, x_0) = N(m, S)`: a density of which nothing is known is given its law. */
function namesLaw({ left, right, ownLeft }: Claim, question: Question): Decision | undefined {
  const { names } = question;
  if (!ownLeft || left.kind !== "call" || left.mark !== "|" || !isCallOf(right, "normal", names))
    return undefined;
  if (names.lookUp(left.head).meaning.kind !== "unknown") return undefined;
  const missing = missingValue(right, { ...question, names: withPossibleDeviation(names) });
  return missing === undefined ? introduces("gives a law its name; nothing is claimed", question) : undefined;
}

/** `L_T = …` beside an L_t that has no value at T: a quantity of its own. */
function ownName(claim: Claim, decision: Decision, question: Question): Decision {
  const { left, right, ownLeft } = claim;
  const label =
    ownLeft && decision.verdict === "undecided" ? proposeLabel(left, right, question.names) : undefined;
  if (label === undefined || missingValue(left, question) === undefined) return decision;
  return decideDefinition(label, right, question);
}

/**
 * What was found for each x_0 alone says the same of expectations over x_0 only if both sides average
 * alike.
 */
function overData({ left, right }: Sides, decision: Decision, question: Question): Decision {
  // With a law of the data the expectation over x_0 is itself computed.
  if (decision.verdict !== "holds" || question.setting !== undefined) return decision;
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
function completeNormal<S extends Sides>(claim: S, question: Question): S {
  const { left, right } = claim;
  const { names } = question;
  const variable = variableOf(left, question);
  if (
    variable === undefined ||
    !isCallOf(right, "normal", names) ||
    right.mark !== undefined ||
    right.args.length !== 2
  ) {
    return claim;
  }
  const completed: CallExpr = { ...right, args: [variable], mark: ";", rest: right.args };
  return { ...claim, right: completed };
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
