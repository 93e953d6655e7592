import type { CallExpr } from "../../expr/expr.js";
import { relativeError, type Real } from "../../expr/number.js";
import { printExpr } from "../../expr/print.js";
import { constant, type Affine } from "../../probability/affine.js";
import { EvaluationError } from "../evaluate/error.js";
import { Trace, type Scope } from "../evaluate/scope.js";
import { scalarOf } from "../evaluate/value.js";
import { conclude, tolerances } from "./conclude.js";
import type { Sides } from "./equality.js";
import { statesIn } from "./law.js";
import { placesOf, scopeAt, type Decision, type Place, type Question } from "./question.js";
import { survey, type Judge, type Outcome } from "./survey.js";

const trials = 4;

/**
 * `left = right` where one side mentions C(x_t, x_0), a function no one has defined: true if there is
 * such a function. At fixed arguments the equation is solved for C's value once; with that value it
 * must hold however the other states move. C must enter affinely, in the side or in its logarithm.
 */
export function decideExistence(sides: Sides, call: CallExpr, question: Question): Decision {
  const judge: Judge = (place, trace) => judgeSolved(sides, call, question, place, trace);
  const found = survey(placesOf([sides.left, sides.right], question), judge);
  return conclude(
    [{ survey: found, judge, reading: "accumulated" }],
    question,
    `with ${printExpr(call)} the function that makes the sides equal; nothing else depends on the other variables`,
  );
}

function judgeSolved(sides: Sides, call: CallExpr, question: Question, place: Place, trace: Trace): Outcome {
  const others = movable(sides, call, question, place);
  if (others.length === 0) {
    throw new EvaluationError(
      "unknown",
      `${printExpr(call)} depends on all variables: the statement only names it`,
      call.span,
    );
  }
  let solved: Real | undefined;
  let worst: Real | undefined;
  for (let trial = 0; trial < trials; trial++) {
    const moved = move(others, trial, question, place);
    const at = (value: Real | number): { readonly left: Real; readonly right: Real } => {
      const scope = scopeAt(question, place, { moved, trace });
      const assigned = new Map([[call.head.name, scope.world.arithmetic.real(value.toString())]]);
      return {
        left: side(sides.left, { ...scope, assigned }),
        right: side(sides.right, { ...scope, assigned }),
      };
    };
    solved ??= solve(at, question, call);
    const { left, right } = at(solved);
    const error = relativeError(left, right);
    if (worst === undefined || error.greaterThan(worst)) worst = error;
  }
  if ([...trace.variables.keys()].some((name) => !name.startsWith("state:"))) {
    throw new EvaluationError("unsupported", "a noise beside a function of the states", call.span);
  }
  const agrees = worst?.lessThanOrEqualTo(tolerances(question.digits, trace.bound).tolerance) !== false;
  const problem = agrees
    ? {}
    : {
        problem: `no value of ${printExpr(call)} makes the sides equal for all values of the other variables`,
      };
  return { agrees, error: worst?.toNumber() ?? 0, inLaw: false, ...problem };
}

/** The value of C that makes the sides equal, C entering affinely in log(left/right) or in left - right. */
function solve(
  at: (value: number) => { readonly left: Real; readonly right: Real },
  question: Question,
  call: CallExpr,
): Real {
  const points = [0, 1, 2].map(at);
  const logs = points.every(({ left, right }) => left.greaterThan(0) && right.greaterThan(0))
    ? points.map(({ left, right }) => left.ln().minus(right.ln()))
    : undefined;
  const root =
    (logs && affineRoot(logs, question)) ??
    affineRoot(
      points.map(({ left, right }) => left.minus(right)),
      question,
    );
  if (root === undefined) {
    throw new EvaluationError(
      "unsupported",
      `${printExpr(call)} enters in a way that cannot be solved for`,
      call.span,
    );
  }
  return root;
}

function affineRoot(values: readonly Real[], question: Question): Real | undefined {
  const [a, b, c] = values;
  if (a === undefined || b === undefined || c === undefined) return undefined;
  const slope = b.minus(a);
  const bend = c.minus(b).minus(slope).abs();
  const { tolerance } = tolerances(question.digits, false);
  if (slope.isZero() || bend.greaterThan(slope.abs().times(tolerance))) return undefined;
  return a.negated().div(slope);
}

function side(expr: Sides["left"], scope: Scope): Real {
  const found = scalarOf(scope.evaluate(expr, scope), scope.world.arithmetic);
  if (found === undefined) throw new EvaluationError("type", "a number is needed on both sides", expr.span);
  return found;
}

/** The states that the statement mentions and C does not. */
function movable(sides: Sides, call: CallExpr, question: Question, place: Place): readonly number[] {
  const [all, own] = [new Trace(), new Trace()];
  const base = scopeAt(question, place);
  const assigned = new Map([[call.head.name, base.world.arithmetic.one]]);
  for (const expr of [sides.left, sides.right]) base.evaluate(expr, { ...base, assigned, trace: all });
  for (const argument of call.args) base.evaluate(argument, { ...base, trace: own });
  const fixed = statesIn(own);
  return statesIn(all).filter((t) => !fixed.includes(t));
}

function move(
  times: readonly number[],
  trial: number,
  question: Question,
  place: Place,
): ReadonlyMap<number, Affine> {
  const { arithmetic } = scopeAt(question, place).world;
  const at = (t: number): Affine => constant(place.draw.fresh(`moved:${t}:${trial}`).map(arithmetic.real));
  return new Map(times.map((t) => [t, at(t)]));
}
