import type { Expr, SymbolExpr } from "../../expr/expr.js";
import { mapChildren, nodes, some } from "../../expr/walk.js";
import { EvaluationError } from "../evaluate/error.js";
import type { Choice } from "../notation/declared.js";
import type { Names } from "../notation/names.js";
import { drawEdgeWorld, type Draw } from "../world/draw.js";
import type { Claim } from "./claim.js";
import type { Decision, Question } from "./question.js";

type Decide = (claim: Claim, question: Question) => Decision;

/**
 * A claim that is not true of everything the notation allows may be meant of less: of the σ_t of the model that
 * the author has chosen without saying so, of σ as σ_t, of the β_1 that he has chosen before.
 */
export function reconsidered(decision: Decision, claim: Claim, question: Question, decide: Decide): Decision {
  if (decision.verdict === "fails" && decision.model === true)
    return forChosenDeviation(decision, claim, question, decide);
  if (decision.verdict === "fails") {
    const whole = withAccumulatedNoise(claim, question, decide);
    if (whole !== undefined) return whole;
  }
  if (decision.verdict === "fails" && question.names.declared.choices.length > 0)
    return forChosenSchedule(decision, claim, question, decide);
  if (decision.verdict === "undecided") return withTimedDeviation(claim, question, decide) ?? decision;
  return decision;
}

/**
 * ε_t is the noise of step t to some authors and all noise up to t to others. What is false of the one is read
 * of the other, if no second noise shows which is meant, and if it is true then path by path.
 */
function withAccumulatedNoise(claim: Claim, question: Question, decide: Decide): Decision | undefined {
  const { names } = question;
  const noises = [claim.left, claim.right]
    .flatMap((side) => nodes(side))
    .filter((node): node is SymbolExpr => node.kind === "symbol" && isNoise(node, names));
  const plain = noises.every(({ name, index }) => name === "\\epsilon" && index !== undefined);
  if (noises.length === 0 || !plain) return undefined;
  const read = (expr: Expr): Expr => {
    if (expr.kind === "symbol" && isNoise(expr, names)) return { ...expr, name: "\\bar{\\epsilon}" };
    return mapChildren(expr, read);
  };
  try {
    const decision = decide({ ...claim, left: read(claim.left), right: read(claim.right) }, question);
    if (decision.verdict !== "holds" || decision.inLaw) return undefined;
    return withNote(decision, "\\epsilon_t is read as all noise up to t");
  } catch (error) {
    if (error instanceof EvaluationError) return undefined;
    throw error;
  }
}

function isNoise(symbol: SymbolExpr, names: Names): boolean {
  const { meaning } = names.lookUp(symbol);
  const kinds = ["stepNoise", "accumulatedNoise", "noise", "freshNoise"];
  return meaning.kind === "role" && kinds.includes(meaning.role);
}

const withNote = (decision: Decision, note: string): Decision => ({
  ...decision,
  reason: [note, ...(decision.reason ?? "").split("; ")].filter((part) => part !== "").join("; "),
});

/** If it holds for a usual choice of σ_t, the statement is left open. */
function forChosenDeviation(failure: Decision, claim: Claim, question: Question, decide: Decide): Decision {
  const choices = [
    ["forward", "\\beta_t"],
    ["posterior", "\\tilde\\beta_t"],
  ] as const;
  for (const [deviation, square] of choices) {
    if (decide(claim, { ...question, deviation }).verdict === "holds")
      return open(`not true for every \\sigma_t; \\sigma_t^2 = ${square} may be meant`, question);
  }
  return failure;
}

/** σ without index beside the model is read as σ_t if that makes the statement true. */
function withTimedDeviation(claim: Claim, question: Question, decide: Decide): Decision | undefined {
  const { names } = question;
  const sides = [claim.left, claim.right];
  const bare = sides.some((side) => some(side, (node) => isBareDeviation(node, names)));
  if (!bare || !sides.some((side) => some(side, (node) => isOfModel(node, names)))) return undefined;
  const { span } = claim.right;
  const index: Expr = { kind: "symbol", name: names.notation.time, span };
  const body: SymbolExpr = { kind: "symbol", name: "\\sigma", index, span };
  const definition = { body, latex: "\\sigma = \\sigma_t", squared: false };
  try {
    const decision = decide(claim, { ...question, names: names.withDefinition("\\sigma", definition) });
    if (decision.verdict !== "holds") return undefined;
    return withNote(decision, "\\sigma without index is read as \\sigma_t");
  } catch (error) {
    if (error instanceof EvaluationError) return undefined;
    throw error;
  }
}

function isBareDeviation(node: Expr, names: Names): boolean {
  if (node.kind !== "symbol" || node.name !== "\\sigma" || node.index !== undefined) return false;
  const { meaning } = names.lookUp(node);
  return meaning.kind === "role" && meaning.role === "parameter";
}

function isOfModel(node: Expr, names: Names): boolean {
  if (node.kind !== "symbol") return false;
  const { meaning } = names.lookUp(node);
  return meaning.kind === "role" && ["network", "reverseDensity"].includes(meaning.role);
}

/** What fails for some schedules may be true of the one that the author has chosen a part of. */
function forChosenSchedule(failure: Decision, claim: Claim, question: Question, decide: Decide): Decision {
  const { choices } = question.names.declared;
  const chosenIn = (draw: Draw): Draw => withChoices(draw, choices, question.names);
  const draws = question.draws.map(chosenIn);
  const edges = question.draws.map((_, at) => chosenIn(drawEdgeWorld(question.seed, at)));
  if (decide(claim, { ...question, draws, edges }).verdict === "fails") return failure;
  const chosen = choices.map(({ latex }) => latex).join(", ");
  return open(`not true for every schedule; it may be meant for ${chosen}`, question);
}

function withChoices(draw: Draw, choices: readonly Choice[], names: Names): Draw {
  const beta = draw.beta.map((own, t) => {
    const choice = choices.find(({ index }) => t > 0 && isTimeAt(index, t, draw.T, names));
    return choice?.value ?? own;
  });
  return { ...draw, beta };
}

function isTimeAt(index: Expr, t: number, T: number, names: Names): boolean {
  if (index.kind === "number") return Number(index.text) === t;
  if (index.kind !== "symbol") return false;
  const { meaning } = names.lookUp(index);
  return meaning.kind === "index" || (meaning.kind === "role" && meaning.role === "horizon" && t === T);
}

const open = (reason: string, { digits }: Question): Decision => ({
  verdict: "undecided",
  inLaw: false,
  maxRelativeError: null,
  digits,
  reason,
});
