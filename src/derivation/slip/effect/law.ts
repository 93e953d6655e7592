import type { Expr } from "../../../expr/expr.js";
import type { Real } from "../../../expr/number.js";
import { some } from "../../../expr/walk.js";
import { constant, covariance, type Affine } from "../../../probability/affine.js";
import { EvaluationError } from "../../evaluate/error.js";
import { Trace, type NoiseReading } from "../../evaluate/scope.js";
import { vectorOf } from "../../evaluate/value.js";
import { scopeAt, type Place, type Question } from "../../relation/question.js";
import { noises, roleOf, sumOf } from "../build.js";
import { isClose, valueOf } from "./value.js";

/**
 * Same mean, variance and covariance with every state that either side mentions, for some reading of a bare
 * noise. A network of a random state has no law that is computed; then the states are given.
 * @throws EvaluationError where the laws cannot be compared in any reading
 */
export function isSameLaw(before: Expr, after: Expr, question: Question, place: Place): boolean {
  const bare = some(before, (node) => isNoise(node, question));
  const readings: readonly NoiseReading[] = bare ? ["accumulated", "fresh"] : ["accumulated"];
  const found = readings.map((reading) => compareLaws(before, after, question, place, reading));
  if (found.includes(true)) return true;
  const refused = found.find((each) => each instanceof EvaluationError);
  if (refused !== undefined && !found.includes(false)) throw refused;
  return false;
}

function compareLaws(
  before: Expr,
  after: Expr,
  question: Question,
  place: Place,
  reading: NoiseReading,
): boolean | EvaluationError {
  try {
    return hasSameMoments(before, after, question, place, reading);
  } catch (error) {
    if (!(error instanceof EvaluationError) || error.problem !== "unsupported") throw error;
    return compareGivenStates(before, after, question, place, reading) ?? error;
  }
}

const isNoise = (node: Expr, { names }: Question): boolean => {
  const role = roleOf(node, names);
  return role !== undefined && noises.includes(role);
};

function hasSameMoments(
  before: Expr,
  after: Expr,
  question: Question,
  place: Place,
  reading: NoiseReading,
): boolean {
  const trace = new Trace();
  const scope = scopeAt(question, place, { mode: "law", reading, trace });
  const [a, b] = [scope.evaluate(before, scope), scope.evaluate(after, scope)];
  if (a.kind !== "vector" || b.kind !== "vector") return false;
  const { arithmetic } = scope.world;
  const states = statesOf(trace.variables);
  const moments = ({ value: x }: typeof a): readonly Real[] => [
    ...x.offset,
    covariance(x, x, arithmetic),
    ...states.map(([, state]) => covariance(x, state, arithmetic)),
  ];
  return isSameMoments(moments(a), moments(b), question);
}

const isSameMoments = (left: readonly Real[], right: readonly Real[], question: Question): boolean =>
  left.every((value, at) => isClose(value.minus(right[at] ?? value).abs(), question));

type States = ReadonlyMap<number, Affine>;

const statesOf = (variables: Trace["variables"]): readonly (readonly [number, Affine])[] =>
  [...variables].flatMap(([name, state]) =>
    name.startsWith("state:") ? [[Number(name.slice("state:".length)), state] as const] : [],
  );

/** undefined where that says nothing. */
function compareGivenStates(
  before: Expr,
  after: Expr,
  question: Question,
  place: Place,
  reading: NoiseReading,
): boolean | undefined {
  const [was, is] = [before, after].map((side) => variablesOf(side, question, place, reading));
  if (was === undefined || is === undefined) throw new RangeError("two sides");
  const { world } = scopeAt(question, place);
  const all = new Map([...was, ...is]);
  const states = statesOf(all);
  const others = [...all].filter(([name]) => !name.startsWith("state:"));
  const apart = others.every(([, noise]) =>
    states.every(([, state]) => covariance(noise, state, world.arithmetic).isZero()),
  );
  // Of what is made of the same variables equality path by path is said.
  if (!apart)
    return was.size === is.size && [...was.keys()].every((name) => is.has(name)) ? false : undefined;
  const moved = new Map(states.map(([t, state]) => [t, constant(world.realize(state).offset)]));
  const [a, b] = [before, after].map((side) => lawGiven(moved, side, question, place, reading));
  return a !== undefined && b !== undefined && isSameMoments(a, b, question);
}

function variablesOf(
  side: Expr,
  question: Question,
  place: Place,
  reading: NoiseReading,
): Trace["variables"] {
  const trace = new Trace();
  valueOf(side, question, place, { reading, trace });
  return trace.variables;
}

/** Mean and variance given the states: terms without a noise are numbers, networks among them. */
function lawGiven(
  moved: States,
  side: Expr,
  question: Question,
  place: Place,
  reading: NoiseReading,
): readonly Real[] {
  const terms = side.kind === "sum" ? side.terms : [side];
  const isRandom = (term: Expr): boolean => some(term, (node) => isNoise(node, question));
  const partOf = (part: readonly Expr[], mode: "path" | "law"): Affine => {
    const scope = scopeAt(question, place, { mode, reading, moved });
    const { d, arithmetic } = scope.world;
    const value = part.length === 0 ? { kind: "zero" as const } : scope.evaluate(sumOf(part, side), scope);
    const found = vectorOf(value, d, arithmetic);
    if (found === undefined) throw new EvaluationError("type", "a vector is needed on both sides", side.span);
    return found;
  };
  const { arithmetic } = scopeAt(question, place).world;
  const fixed = partOf(
    terms.filter((term) => !isRandom(term)),
    "path",
  );
  const random = partOf(terms.filter(isRandom), "law");
  const mean = fixed.offset.map((value, at) => value.plus(random.offset[at] ?? 0));
  return [...mean, covariance(random, random, arithmetic)];
}
