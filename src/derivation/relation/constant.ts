import type { CallExpr, Expr, SymbolExpr } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import { some } from "../../expr/walk.js";
import type { Real } from "../../expr/number.js";
import { EvaluationError } from "../evaluate/error.js";
import type { Trace } from "../evaluate/scope.js";
import { scalarOf } from "../evaluate/value.js";
import type { Names } from "../notation/names.js";
import { conclude, tolerances } from "./conclude.js";
import type { Sides } from "./equality.js";
import { placesOf, scopeAt, type Decision, type Place, type Question } from "./question.js";
import { survey, type Judge, type Outcome } from "./survey.js";

/** `left = right + C`, the constant taken out. */
export interface UpToConstant extends Sides {
  readonly constant: SymbolExpr;
}

/** Networks among which the constant must stay the same. */
const networks = [0, 1, 2] as const;

/** A symbol of which nothing is known, as a term of one side and nowhere else. */
export function upToConstant({ left, right }: Sides, names: Names): UpToConstant | undefined {
  if (right.kind !== "sum") return undefined;
  const constant = right.terms.find((term): term is SymbolExpr => isUnknown(term, names));
  if (constant === undefined) return undefined;
  const terms = right.terms.filter((term) => term !== constant);
  const rest: Expr = { ...right, terms };
  const elsewhere = [left, rest].some((side) =>
    some(side, (node) => node.kind === "symbol" && node.name === constant.name),
  );
  return elsewhere ? undefined : { left, right: rest, constant };
}

/**
 * `\log q(x | y) = … + C`: a constant is what does not depend on x, a function C(y) of what is given. undefined where
 * the left side is no logarithm of one density.
 */
export function densityConstant(
  { left, right, constant }: UpToConstant,
  names: Names,
): { readonly sides: Sides; readonly call: CallExpr } | undefined {
  if (left.kind !== "elementary" || left.name !== "log" || left.of.kind !== "call") return undefined;
  const density = left.of;
  if (names.roleOf(density.head) !== "forwardDensity" || !density.rest.every(({ kind }) => kind === "symbol"))
    return undefined;
  const { span } = constant;
  const call: CallExpr = { kind: "call", head: constant, args: density.rest, rest: [], span };
  const terms = right.kind === "sum" ? [...right.terms, call] : [right, call];
  return { sides: { left, right: { kind: "sum", terms, span: right.span } }, call };
}

const isUnknown = (expr: Expr, names: Names): boolean =>
  expr.kind === "symbol" && expr.index === undefined && names.lookUp(expr).meaning.kind === "unknown";

/**
 * Equal up to a number that does not depend on the network: at each place the difference of the sides is
 * the same for several networks, while the sides are not.
 */
export function decideUpToConstant(sides: UpToConstant, question: Question): Decision {
  const seen = { variation: false };
  const judge: Judge = (place, trace) => {
    const { outcome, moved } = judgeDifference(sides, question, place, trace);
    seen.variation ||= moved;
    return outcome;
  };
  const found = survey(placesOf([sides.left, sides.right], question), judge);
  if (!seen.variation) {
    const what = `${printExpr(sides.constant)} is not known, and no network varies beside it`;
    throw new EvaluationError("unknown", what, sides.constant.span);
  }
  const note = `with ${printExpr(sides.constant)} a number that does not depend on the network`;
  return conclude([{ survey: found, judge, reading: "accumulated" }], question, note);
}

function judgeDifference(
  sides: UpToConstant,
  question: Question,
  place: Place,
  trace: Trace,
): { readonly outcome: Outcome; readonly moved: boolean } {
  const values = networks.map((network) => {
    const scope = scopeAt(question, place, { trace, network });
    const at = (expr: Expr): Real => {
      const value = scalarOf(scope.evaluate(expr, scope), scope.world.arithmetic);
      if (value === undefined)
        throw new EvaluationError("type", "a number is needed on both sides", expr.span);
      return value;
    };
    return { left: at(sides.left), right: at(sides.right) };
  });
  const [first] = values;
  if (first === undefined) throw new RangeError("no network");
  const size = values
    .flatMap(({ left, right }) => [left.abs(), right.abs()])
    .reduce((a, b) => (a.greaterThan(b) ? a : b));
  const constant = first.left.minus(first.right);
  const apart = values.map(({ left, right }) => left.minus(right).minus(constant).abs());
  const worst = apart.reduce((a, b) => (a.greaterThan(b) ? a : b));
  const error = size.isZero() ? size : worst.div(size);
  const agrees = error.lessThanOrEqualTo(tolerances(question.digits, trace.bound).tolerance);
  const problem = agrees ? {} : { problem: "the difference of the sides changes with the network" };
  const moved = values.some(({ left }) => !left.equals(first.left));
  return { outcome: { agrees, error: error.toNumber(), inLaw: false, ...problem }, moved };
}
