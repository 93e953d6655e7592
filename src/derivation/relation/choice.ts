import type { Expr, SymbolExpr } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import { sameExpr, some } from "../../expr/walk.js";
import { scalarOf } from "../evaluate/value.js";
import type { Names } from "../notation/names.js";
import type { Role } from "../notation/notation.js";
import { isIndex, isTime } from "../notation/time.js";
import type { Claim } from "./claim.js";
import { introduces } from "./introduce.js";
import { isOrder } from "./order.js";
import { scopeAt, type Decision, type Question } from "./question.js";

const chosen = "a choice of the author; nothing is claimed";

/**
 * `t = 1`, `t \sim \mathrm{Uniform}(\{1, \dots, T\})`, `T = 1000`, `\beta_1 = 10^{-4}`, `z = 0`: what the author
 * chooses, which no world can confirm. undefined for everything else.
 */
export function decideChoice(claim: Claim, question: Question): Decision | undefined {
  const { left, right, relation, ownLeft } = claim;
  const { names } = question;
  if (!ownLeft) return undefined;
  const index = [left, right].find((side) => isIndex(side, names));
  if (index !== undefined) return choiceOfTimes(index, claim, question);
  const ends = [left, right].every((side) => isFixedBeta(side, names)) && !sameExpr(left, right);
  if (isOrder(relation) && ends)
    return introduces("a choice of the author: how the schedule grows; nothing is claimed", question);
  if (left.kind !== "symbol" || mentions(right, left)) return undefined;
  switch (roleOf(left, names)) {
    case "horizon":
      return isPossibleHorizon(right, relation)
        ? introduces(chosen, question)
        : open("a choice of the author, not a claim", question);
    case "dimension":
      return isPossibleHorizon(right, relation) ? introduces(chosen, question) : undefined;
    case "beta":
      return choiceOfBeta(left, claim, question);
    case "noise":
    case "stepNoise":
    case "freshNoise":
      return relation === "=" && right.kind === "number" && Number(right.text) === 0
        ? introduces("a choice of the author: no noise is added; nothing is claimed", question)
        : undefined;
    default:
      return undefined;
  }
}

const open = (reason: string, { digits }: Question): Decision => ({
  verdict: "undecided",
  inLaw: false,
  maxRelativeError: null,
  digits,
  reason,
});

const roleOf = (symbol: SymbolExpr, names: Names): Role | undefined => {
  const { meaning } = names.lookUp(symbol);
  return meaning.kind === "role" ? meaning.role : undefined;
};

/** β_1 and β_T, the ends of a schedule; \beta_t < \beta_{t-1} is said of all times, and compared. */
const isFixedBeta = (symbol: Expr, names: Names): boolean =>
  symbol.kind === "symbol" &&
  roleOf(symbol, names) === "beta" &&
  symbol.index !== undefined &&
  !some(symbol.index, (node) => isIndex(node, names));

const mentions = (expr: Expr, symbol: SymbolExpr): boolean =>
  some(expr, (node) => node.kind === "symbol" && node.name === symbol.name);

/** Which times are meant: `t = T, \dots, 1`, `1 \le t`, `t \in \{1, \dots, T\}`, `t \sim U(1, T)`. */
function choiceOfTimes(index: SymbolExpr, claim: Claim, question: Question): Decision | undefined {
  const { left, right, relation } = claim;
  const other = index === left ? right : left;
  if (mentions(other, index)) return undefined;
  const compared = ["=", ":=", "\\in", "\\ne", "\\equiv"].includes(relation) || isOrder(relation);
  const drawn = relation === "\\sim" && index === left;
  const range = drawn && other.kind === "call" ? [...other.args, ...other.rest] : [other];
  const timely = range.length > 0 && range.every((each) => isTime(each, question.names));
  if ((compared || drawn) && timely)
    return introduces(`a choice of the author: which times ${index.name} are meant`, question);
  return open(`${index.name} is an index: this says which times are meant`, question);
}

/** T is a whole number from 1 up. */
function isPossibleHorizon(right: Expr, relation: string): boolean {
  if (right.kind !== "number") return false;
  const value = Number(right.text);
  if (relation === "=" || relation === ":=") return Number.isInteger(value) && value >= 1;
  return (
    relation === ">" ||
    relation === "\\ge" ||
    (relation === "<" ? value > 1 : relation === "\\le" && value >= 1)
  );
}

/** `\beta_1 = 10^{-4}`, if that lies between 0 and 1; other numbers are compared, and refused. */
function choiceOfBeta(
  left: SymbolExpr,
  { right, relation }: Claim,
  question: Question,
): Decision | undefined {
  const [draw] = question.draws;
  const given = !some(
    right,
    (node) => node.kind === "symbol" || node.kind === "call" || node.kind === "opaque",
  );
  if (!given || draw === undefined || !["=", ":=", "\\approx", "\\equiv"].includes(relation))
    return undefined;
  const scope = scopeAt(question, { draw });
  const value = scalarOf(scope.evaluate(right, scope), scope.world.arithmetic);
  if (value === undefined || !value.greaterThan(0) || !value.lessThan(1) || left.index === undefined)
    return undefined;
  const choice = {
    index: left.index,
    value: value.toString(),
    latex: `${printExpr(left)} = ${printExpr(right)}`,
  };
  return introduces(chosen, question, { declared: question.names.declared.withChoice(choice) });
}
