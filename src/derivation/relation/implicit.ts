import type { Expr, SymbolExpr } from "../../expr/expr.js";
import { mapChildren, some } from "../../expr/walk.js";
import { readLatex } from "../../tex/read.js";
import { EvaluationError } from "../evaluate/error.js";
import type { Names } from "../notation/names.js";
import type { Role } from "../notation/notation.js";
import { decideEquality, type Sides } from "./equality.js";
import type { Decision, Question } from "./question.js";

/**
 * A step of DDIM (Song, Meng and Ermon 2021, eq. 12), its noise taken away:
 * x_{t-1} = √ᾱ_{t-1} x_θ + √(1 - ᾱ_{t-1} - σ_t²) ε_θ. Both sides must agree with x_{t-1} so replaced. σ_t is any that
 * the root allows, unless the text has defined it, and 0 where the step does not mention it, in what was taken away
 * (`noisy`) neither. undefined where the notation lacks a name for one of these.
 */
export function decideImplicitStep(
  { left, right }: Sides,
  question: Question,
  noisy = false,
): Decision | undefined {
  const { names } = question;
  const deviates = noisy || some(right, (node) => isDeviation(node, names));
  const mean = meanOf(deviates, names);
  if (mean === undefined) return undefined;
  const replaced = (expr: Expr): Expr =>
    expr.kind === "symbol" && isStateBefore(expr, names) ? mean : mapChildren(expr, replaced);
  const known = withPossibleDeviation(names);
  try {
    const asked = { ...question, names: known };
    const found = decideEquality({ left: replaced(left), right }, asked);
    if (found.verdict !== "holds") return undefined;
    const reason = ["a step of DDIM", found.reason].filter((part) => part !== undefined).join("; ");
    return { ...found, reason };
  } catch (error) {
    if (error instanceof EvaluationError) return undefined;
    throw error;
  }
}

/** `x_{t-1} / \sqrt{\bar\alpha_{t-1}} = … \epsilon_\theta(x_t)`: the state before, calculated with, and a network. */
export function isImplicitStep({ left, right }: Sides, names: Names): boolean {
  const before = (expr: Expr): boolean =>
    some(expr, (node) => node.kind === "symbol" && isStateBefore(node, names));
  const mentionsNetwork = (expr: Expr): boolean =>
    some(expr, (node) => node.kind === "symbol" && names.roleOf(node) === "network");
  if (left.kind === "symbol" || !before(left) || before(right)) return false;
  if (mentionsNetwork(left) || !mentionsNetwork(right)) return false;
  const isOther = (node: Expr): boolean =>
    node.kind === "symbol" && others.includes(names.roleOf(node) ?? "state");
  return ![left, right].some((side) => some(side, isOther));
}

/** With these a line says something of q or of a step that draws. */
const others: readonly Role[] = [
  "noise",
  "stepNoise",
  "accumulatedNoise",
  "freshNoise",
  "forwardDensity",
  "reverseDensity",
  "expectation",
  "posteriorMean",
];

function isStateBefore(symbol: SymbolExpr, names: Names): boolean {
  const { index } = symbol;
  if (names.roleOf(symbol) !== "state" || index?.kind !== "sum" || index.terms.length !== 2) return false;
  const [letter, step] = index.terms;
  const one = step?.kind === "negation" && step.of.kind === "number" && step.of.text === "1";
  return letter?.kind === "symbol" && letter.name === names.time && one;
}

const isDeviation = (node: Expr, names: Names): boolean =>
  node.kind === "symbol" && node.name === "\\sigma" && names.lookUp(node).key === "\\sigma_t";

function meanOf(deviates: boolean, names: Names): Expr | undefined {
  const [x, bar, t] = [names.nameOf("state"), names.nameOf("alphaBar"), names.time];
  if (x === undefined || bar === undefined) return undefined;
  const left = deviates ? String.raw`- \sigma_{${t}}^2` : "";
  const clean = String.raw`\sqrt{${bar}_{${t}-1}} \, x_\theta(${x}_{${t}}, ${t})`;
  const noise = String.raw`\sqrt{1 - ${bar}_{${t}-1} ${left}} \, \epsilon_\theta(${x}_{${t}}, ${t})`;
  return expressionOf(`${clean} + ${noise}`, names);
}

const expressionOf = (latex: string, names: Names): Expr | undefined =>
  readLatex(latex, names)[0]?.clauses?.[0]?.subjects[0];

/** The names with σ_t² at most 1 - ᾱ_{t-1}, as DDIM asks for, unless the text has defined it. */
export function withPossibleDeviation(names: Names): Names {
  const bar = names.nameOf("alphaBar");
  const t = names.time;
  const sigma = expressionOf(String.raw`\sigma_{${t}}`, names);
  if (sigma?.kind !== "symbol" || names.roleOf(sigma) !== "parameter" || bar === undefined) return names;
  const body = expressionOf(String.raw`\sqrt{1 - ${bar}_{${t}-1}} \, \frac{\sigma}{1 + \sigma}`, names);
  if (body === undefined) return names;
  return names.withDefinition("\\sigma_t", { parameter: t, body, latex: "\\sigma_t", squared: false });
}
