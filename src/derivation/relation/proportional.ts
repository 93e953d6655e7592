import type { Expr, SymbolExpr } from "../../expr/expr.js";
import { relativeError, type Real } from "../../expr/number.js";
import { printExpr } from "../../expr/print.js";
import { nodes } from "../../expr/walk.js";
import { constant, type Affine } from "../../probability/affine.js";
import { EvaluationError } from "../evaluate/error.js";
import type { Trace } from "../evaluate/scope.js";
import { timeWithin } from "../evaluate/time.js";
import { describeKind, scalarOf } from "../evaluate/value.js";
import { conclude, tolerances } from "./conclude.js";
import type { Sides } from "./equality.js";
import { placesOf, scopeAt, worldOf, type Decision, type Place, type Question } from "./question.js";
import { survey, type Judge, type Outcome } from "./survey.js";
import { unknownCalls } from "./unknown.js";

/** Values of the variable at which the ratio is compared; a quadratic in the exponent is fixed by three. */
const trials = 5;

/**
 * `left \propto right` as functions of `variable` (a state): their ratio does not change with it.
 * Unknown functions of other variables (C(x_t, x_0)) may have any value; two are tried.
 */
export function decideProportional(sides: Sides, variable: SymbolExpr, question: Question): Decision {
  const constants = unknownCalls([sides.left, sides.right], question.names);
  for (const call of constants) {
    if (nodes(call).some((node) => sameVariable(node, variable))) {
      throw new EvaluationError("unknown", "an unknown function of the variable itself", call.span);
    }
  }
  const names = constants.map((call) => call.head.name);
  const judge: Judge = (place, trace) =>
    judgeRatio({ sides, variable, unknown: names, question, place, trace });
  const found = survey(placesOf([sides.left, sides.right, variable], question), judge);
  const note = names.length > 0 ? `whatever the value of ${names.join(", ")}` : undefined;
  return conclude([{ survey: found, judge, reading: "accumulated" }], question, note);
}

function sameVariable(node: Expr, variable: SymbolExpr): boolean {
  return JSON.stringify(node, dropSpan) === JSON.stringify(variable, dropSpan);
}

const dropSpan = (key: string, value: unknown): unknown => (key === "span" ? undefined : value);

interface Case {
  readonly sides: Sides;
  readonly variable: SymbolExpr;
  readonly unknown: readonly string[];
  readonly question: Question;
  readonly place: Place;
  readonly trace: Trace;
}

function judgeRatio({ sides, variable, unknown, question, place, trace }: Case): Outcome {
  const letter = isLetter(variable, question, place);
  const t = letter ? undefined : timeOfVariable(variable, question, place);
  let largest: Real | undefined;
  for (const value of [0, 1]) {
    let base: Real | undefined;
    for (let trial = 0; trial < trials; trial++) {
      const moved = t === undefined ? [] : [[t, movedTo(t, trial, question, place)] as const];
      const { real } = worldOf(place.draw, question.digits).arithmetic;
      const assigned = new Map(unknown.map((name) => [name, real(value)]));
      // A letter that is no state takes any numbers.
      if (letter)
        assigned.set(`symbol ${printExpr(variable)}`, real(place.draw.free(`moved:${trial}`, "any")));
      const scope = scopeAt(question, place, { moved: new Map(moved), assigned, trace });
      const [left, right] = [sides.left, sides.right].map((side) => positive(side, scope));
      if (left === undefined || right === undefined) throw new RangeError("two sides");
      refuseNoises(trace, sides);
      const ratio = left.div(right);
      base ??= ratio;
      // A density is proportional to nothing negative.
      const error = ratio.isNegative() ? ratio.times(0).plus(1) : relativeError(ratio, base);
      if (largest === undefined || error.greaterThan(largest)) largest = error;
    }
    if (unknown.length === 0) break;
  }
  const { tolerance } = tolerances(question.digits, trace.bound);
  const error = largest?.toNumber() ?? 0;
  const agrees = largest === undefined || largest.lessThanOrEqualTo(tolerance);
  const problem = agrees ? {} : { problem: "the ratio of the two sides changes with the variable" };
  return { agrees, error, inLaw: false, ...problem };
}

/** Whether the variable is no state but a letter that may have any value, a number. */
function isLetter(variable: SymbolExpr, question: Question, { draw }: Place): boolean {
  const { meaning } = question.names.lookUp(variable);
  if (meaning.kind === "declared" && meaning.declaration.kind === "vector") {
    if (draw.d === 1) return true;
    throw new EvaluationError("unsupported", "proportionality in a vector that is no state", variable.span);
  }
  return meaning.kind === "unknown";
}

function positive(side: Expr, scope: ReturnType<typeof scopeAt>): Real {
  const value = scope.evaluate(side, scope);
  const found = scalarOf(value, scope.world.arithmetic);
  if (found === undefined)
    throw new EvaluationError("type", `a density is a number, not ${describeKind(value)}`, side.span);
  if (found.isZero()) throw new EvaluationError("outside", "a side is zero", side.span);
  return found;
}

/** x_t leaves its path, so what is computed from the noises no longer belongs to it. */
function refuseNoises(trace: Trace, sides: Sides): void {
  const noise = [...trace.variables.keys()].find((name) => !name.startsWith("state:"));
  if (noise !== undefined) {
    throw new EvaluationError(
      "unsupported",
      "a noise beside a density as a function of a state",
      sides.right.span,
    );
  }
}

function timeOfVariable(variable: SymbolExpr, question: Question, place: Place): number {
  const { meaning } = question.names.lookUp(variable);
  if (meaning.kind !== "role" || meaning.role !== "state" || variable.index === undefined) {
    throw new EvaluationError(
      "unsupported",
      "proportionality is judged in a state of the forward process only",
      variable.span,
    );
  }
  const t = timeWithin(variable.index, 0, scopeAt(question, place));
  // x_0 is what everything else is built from; as a variable it needs the law of the data.
  if (t === 0 && question.setting === undefined) {
    const always = variable.index.kind === "number";
    throw new EvaluationError(always ? "unsupported" : "outside", "the variable is x_0", variable.span);
  }
  return t;
}

function movedTo(t: number, trial: number, question: Question, place: Place): Affine {
  const { arithmetic } = worldOf(place.draw, question.digits);
  return constant(place.draw.fresh(`moved:${t}:${trial}`).map(arithmetic.real));
}
