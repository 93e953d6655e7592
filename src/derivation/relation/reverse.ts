import type { CallExpr, Expr, SymbolExpr } from "../../expr/expr.js";
import { mapChildren, nodes, some } from "../../expr/walk.js";
import type { Names } from "../notation/names.js";
import type { Role } from "../notation/notation.js";
import { decideEquality, type Sides } from "./equality.js";
import { decideImplicitStep, withPossibleDeviation } from "./implicit.js";
import type { Decision, Question } from "./question.js";

/** A state set equal to something that a network predicts: a step of the sampler, or a prediction. */
export function isReverseStep({ left, right }: Sides, names: Names): boolean {
  return (
    left.kind === "symbol" &&
    roleOf(left, names) === "state" &&
    some(right, (node) => node.kind === "call" && roleOf(node.head, names) === "network")
  );
}

/**
 * `x_{t-1} = … ε_θ(x_t, t) … + σ_t z` draws x_{t-1} from p_θ(x_{t-1} | x_t): without its noise the right
 * side must be μ_θ(x_t, t), and the noise must come with σ_t. What is not of that form sets a state of the
 * forward process equal to a guess, of which nothing can be said.
 */
export function decideReverseStep({ left, right }: Sides, question: Question): Decision {
  const { names } = question;
  const open = (reason: string): Decision => ({
    verdict: "undecided",
    inLaw: false,
    maxRelativeError: null,
    digits: question.digits,
    reason,
  });
  const isNoise = (node: Expr): node is SymbolExpr =>
    node.kind === "symbol" && ["noise", "freshNoise", "stepNoise"].includes(roleOf(node, names) ?? "");
  const drawn = nodes(right).filter(isNoise);
  const [noise] = drawn;
  if (noise === undefined && left.kind === "symbol" && isStepBefore(left, names)) {
    const found = decideImplicitStep({ left, right }, question);
    if (found?.verdict === "holds") return found;
    return open("a step that adds no noise and is not that of DDIM: x_{t-1} is set equal to a guess");
  }
  if (noise === undefined || left.kind !== "symbol" || !isStepBefore(left, names))
    return open("a state is set equal to what a network predicts of it");
  const without = (expr: Expr): Expr =>
    isNoise(expr) || (expr.kind === "product" && expr.factors.some(isNoise))
      ? { kind: "number", text: "0", span: expr.span }
      : mapChildren(expr, without);
  const mean = decideEquality({ left: modelMean(left, names), right: without(right) }, question);
  if (mean.verdict !== "holds") {
    const implicit = decideImplicitStep({ left, right: without(right) }, question, true);
    return implicit?.verdict === "holds" && addsDeviation({ right, without: without(right), noise }, question)
      ? { ...implicit, inLaw: true }
      : mean;
  }
  if (!addsDeviation({ right, without: without(right), noise }, question))
    return open("the mean is \\mu_\\theta(x_t, t); which \\sigma_t goes with it is a choice of the author");
  const reason = "x_{t-1} drawn from p_\\theta(x_{t-1} | x_t), the noise independent of x_t";
  return { ...mean, inLaw: true, reason };
}

/** Whether what the noise adds is σ_t z. */
function addsDeviation(
  { right, without, noise }: { readonly right: Expr; readonly without: Expr; readonly noise: SymbolExpr },
  question: Question,
): boolean {
  const { span } = right;
  const rest: Expr = { kind: "sum", terms: [right, { kind: "negation", of: without, span }], span };
  const spread: Expr = { kind: "product", factors: [timed("\\sigma", question.names, span), noise], span };
  const names = withPossibleDeviation(question.names);
  return decideEquality({ left: spread, right: rest }, { ...question, names }).verdict === "holds";
}

function roleOf(symbol: SymbolExpr, names: Names): Role | undefined {
  const { meaning } = names.lookUp(symbol);
  return meaning.kind === "role" ? meaning.role : undefined;
}

/** Whether the subscript is t - 1. */
function isStepBefore({ index }: SymbolExpr, names: Names): boolean {
  if (index?.kind !== "sum" || index.terms.length !== 2) return false;
  const [letter, step] = index.terms;
  return (
    letter?.kind === "symbol" &&
    letter.name === names.notation.time &&
    step?.kind === "negation" &&
    step.of.kind === "number" &&
    step.of.text === "1"
  );
}

/** μ_θ(x_t, t) for the state's own letter x. */
function modelMean(state: SymbolExpr, names: Names): CallExpr {
  const { span } = state;
  const theta: Expr = { kind: "symbol", name: "\\theta", span };
  const time: Expr = { kind: "symbol", name: names.notation.time, span };
  return {
    kind: "call",
    head: { kind: "symbol", name: "\\mu", index: theta, span },
    args: [timed(state.name, names, span), time],
    rest: [],
    span,
  };
}

function timed(name: string, names: Names, span: Expr["span"]): SymbolExpr {
  return { kind: "symbol", name, index: { kind: "symbol", name: names.notation.time, span }, span };
}
