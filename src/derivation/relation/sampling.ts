import type { CallExpr, Expr, SymbolExpr } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import { sameExpr, some } from "../../expr/walk.js";
import { standardNoise, type Affine } from "../../probability/affine.js";
import { refuseDataLaw, statesOf } from "../evaluate/density.js";
import { EvaluationError } from "../evaluate/error.js";
import type { Scope, Trace } from "../evaluate/scope.js";
import type { Names } from "../notation/names.js";
import type { Role } from "../notation/notation.js";
import { conclude, tolerances } from "./conclude.js";
import { describeLaws, isCallOf, lawOf, vectorIn } from "./distribution.js";
import type { Sides } from "./equality.js";
import { introduces } from "./introduce.js";
import { sameLaw } from "./law.js";
import { placesOf, scopeAt, type Decision, type Place, type Question } from "./question.js";
import { survey, type Judge, type Outcome } from "./survey.js";

/**
 * `x \sim …` for a state: drawn from the data, from q given other states, from the model, or, for x_T, from
 * where the reverse process starts. undefined for every other law, which is compared.
 */
export function decideSampling(sides: Sides, question: Question): Decision | undefined {
  const { left, right } = sides;
  const { names } = question;
  if (left.kind !== "symbol") return undefined;
  if (isData(left, names) && isDataLaw(right, names)) {
    const law = right.kind === "call" ? right.head : right;
    return introduces(`${printExpr(law)} is the law of the data; nothing is claimed`, question);
  }
  if (roleOf(left, names) !== "state" || left.index === undefined) return undefined;
  if (isCallOf(right, "reverseDensity", names) && isDrawnFrom(left, right))
    return introduces(`draws ${printExpr(left)} from the model; nothing is claimed`, question);
  if (isCallOf(right, "forwardDensity", names)) return decideForward(left, right, question);
  if (isCallOf(right, "normal", names) && isLast(left, names) && isPlain(right, names))
    return decideStart(left, right, question);
  return undefined;
}

const roleOf = (symbol: SymbolExpr, names: Names): Role | undefined => {
  const { meaning } = names.lookUp(symbol);
  return meaning.kind === "role" ? meaning.role : undefined;
};

/** x_0, or x where x_t is a state. */
function isData(expr: Expr, names: Names): expr is SymbolExpr {
  if (expr.kind !== "symbol") return false;
  if (expr.index !== undefined)
    return roleOf(expr, names) === "state" && expr.index.kind === "number" && Number(expr.index.text) === 0;
  const timed: SymbolExpr = { ...expr, index: { kind: "number", text: "0", span: expr.span } };
  return names.lookUp(expr).meaning.kind === "unknown" && roleOf(timed, names) === "state";
}

/** q(x_0), q(x), q, and p_{data} under any letter. */
function isDataLaw(law: Expr, names: Names): boolean {
  const head = law.kind === "call" ? law.head : law;
  if (head.kind !== "symbol") return false;
  if (law.kind === "call" && (law.rest.length > 0 || law.args.length !== 1)) return false;
  if (law.kind === "call" && !law.args.every((argument) => isData(argument, names))) return false;
  if (head.index === undefined) return roleOf(head, names) === "forwardDensity";
  return head.index.kind === "symbol" && /^\\mathrm\{data\}$/i.test(head.index.name);
}

const isDrawnFrom = (left: SymbolExpr, { args }: CallExpr): boolean => {
  const [argument] = args;
  return args.length === 1 && argument !== undefined && sameExpr(left, argument);
};

const isLast = ({ index }: SymbolExpr, names: Names): boolean =>
  index?.kind === "symbol" && index.index === undefined && roleOf(index, names) === "horizon";

/** Nothing in it but numbers, I and symbols that may have any value. */
function isPlain(law: CallExpr, names: Names): boolean {
  return ![...law.args, ...law.rest].some((part) =>
    some(part, (node) => {
      if (node.kind !== "symbol" || isLast({ ...node, index: node }, names)) return false;
      const { meaning } = names.lookUp(node);
      if (meaning.kind === "role")
        return !["identity", "parameter", "euler", "pi"].includes(meaning.role) && !isStateItself(node, law);
      return meaning.kind !== "unknown" && meaning.kind !== "index";
    }),
  );
}

/** The x_T of N(x_T; m, S). */
const isStateItself = (node: SymbolExpr, { args, rest }: CallExpr): boolean =>
  args.length + rest.length === 3 && args[0] === node;

/** x_t ~ q(x_t | …) is what q means; x_t ~ q(x_s | …) holds where both have one law. */
function decideForward(left: SymbolExpr, right: CallExpr, question: Question): Decision | undefined {
  const [argument] = right.args;
  if (argument === undefined || right.args.length !== 1 || (right.mark !== undefined && right.mark !== "|"))
    return undefined;
  const same = sameExpr(left, argument);
  const judge: Judge = (place, trace) =>
    judgeForward({ left, argument, right, same, question, place, trace });
  const found = survey(placesOf([left, right], question), judge);
  const decision = conclude([{ survey: found, judge, reading: "accumulated" }], question);
  return { ...decision, inLaw: decision.verdict === "holds", maxRelativeError: null };
}

interface Case {
  readonly left: SymbolExpr;
  readonly argument: Expr;
  readonly right: CallExpr;
  readonly same: boolean;
  readonly question: Question;
  readonly place: Place;
  readonly trace: Trace;
}

function judgeForward({ left, argument, right, same, question, place, trace }: Case): Outcome {
  const scope = scopeAt(question, place, { mode: "law", trace: trace.beside() });
  const [of, given] = [statesOf(right.args, scope), statesOf(right.rest, scope)];
  if (of.some((t) => given.includes(t)))
    throw new EvaluationError("outside", "a variable stands twice in a density", right.span);
  const a = vectorIn(left, scope.evaluate(left, scope), scope);
  if (same) return { agrees: true, error: 0, inLaw: true };
  for (const times of [of, statesOf([left], scope)]) refuseDataLaw(times, given, right);
  const b = vectorIn(argument, scope.evaluate(argument, scope), scope);
  return compared(
    a,
    b,
    given.flatMap((t) => scope.world.states[t] ?? []),
    scope,
    question,
  );
}

/** `x_T \sim N(0, I)`: not a law of the forward process, but the p(x_T) from which the reverse process starts. */
function decideStart(left: SymbolExpr, right: CallExpr, question: Question): Decision {
  const law = lawOf(left, right);
  const judge: Judge = (place, trace) => {
    const scope = scopeAt(question, place, { mode: "law", trace });
    const start = standardNoise("start", scope.world.d, scope.world.arithmetic);
    return compared(start, vectorIn(law, scope.evaluate(law, scope), scope), [], scope, question, "p(x_T)");
  };
  const found = survey(placesOf([left, right], question), judge);
  const decision = conclude([{ survey: found, judge, reading: "accumulated" }], question);
  return decision.verdict === "holds"
    ? introduces("where the reverse process starts, p(x_T) = N(0, I); nothing is claimed", question)
    : { ...decision, maxRelativeError: null };
}

function compared(
  a: Affine,
  b: Affine,
  given: readonly Affine[],
  { world }: Scope,
  question: Question,
  name = "the left side",
): Outcome {
  const { tolerance } = tolerances(question.digits, false);
  const agrees = sameLaw({ left: a, right: b, given }, world.arithmetic, tolerance);
  const problem = agrees ? {} : { problem: describeLaws(a, b, world.arithmetic, name) };
  return { agrees, error: 0, inLaw: agrees, ...problem };
}
