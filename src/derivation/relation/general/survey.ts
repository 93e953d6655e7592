import type { Expr, Span } from "../../../expr/expr.js";
import type { Real } from "../../../expr/number.js";
import { pointsOf, type Point } from "../../../probability/finite.js";
import { EvaluationError } from "../../evaluate/error.js";
import { Trace, type Budget } from "../../evaluate/scope.js";
import { evaluateGeneral, type GeneralScope } from "../../general/evaluate.js";
import type { Form } from "../../general/form.js";
import { freeVariables } from "../../general/measure.js";
import { noStructure } from "../../general/structure.js";
import { drawGeneralWorld, type Draft, type GeneralWorld } from "../../general/world.js";
import type { Question } from "../question.js";

/** A statement about general distributions: what it mentions, and the expressions in it. */
export interface Statement {
  readonly form: Form;
  readonly exprs: readonly Expr[];
  readonly question: Question;
}

/** A world, and values of the variables that the statement leaves free. */
export interface GeneralPlace {
  readonly draft: Draft;
  readonly point: Point;
}

/** Evaluates an expression at a place: with more digits, or for another parameter, where asked. */
export type Evaluator = (
  expr: Expr,
  options?: { readonly digits?: number; readonly varied?: Draft["varied"]; readonly point?: Point },
) => Real;

export interface GeneralOutcome {
  readonly agrees: boolean;
  /** Relative error; 0 where none is measured. */
  readonly error: number;
  /** What both sides are there, for people. */
  readonly left: readonly Real[];
  readonly right: readonly Real[];
  /** The distributions of a model that were compared, by the numbers of their parameters. */
  readonly varied?: { readonly family: string; readonly numbers: readonly number[] };
  /** More that a person must know to follow it. */
  readonly shown?: Readonly<Record<string, string>>;
}

export type GeneralJudge = (evaluate: Evaluator, place: GeneralPlace) => GeneralOutcome;

export interface GeneralFailure {
  readonly place: GeneralPlace;
  readonly outcome: GeneralOutcome;
}

export interface GeneralSurvey {
  readonly tested: number;
  readonly worlds: number;
  readonly maxError: number;
  /** The first failure among probabilities, and among densities. */
  readonly failures: Readonly<Partial<Record<"probability" | "density", GeneralFailure>>>;
  readonly skipped?: string;
}

/** Places per world; a statement about three variables has at most 27. */
const mostPoints = 27;

/** Judges the places of all worlds; of each kind, up to the first at which the statement is not true. */
export function surveyGeneral(
  statement: Statement,
  drafts: readonly Draft[],
  judge: GeneralJudge,
  apart: readonly string[] = [],
): GeneralSurvey {
  const budget: Budget = { steps: 0 };
  const failures: { probability?: GeneralFailure; density?: GeneralFailure } = {};
  let [tested, worlds, maxError] = [0, 0, 0];
  let skipped: string | undefined;
  for (const draft of withMore(drafts, failures)) {
    const kind = draft.isProbability ? "probability" : "density";
    if (failures[kind] !== undefined) continue;
    const before = tested;
    for (const place of placesOf(statement, draft, apart)) {
      const outcome = judgeOrSkip(statement, place, judge, budget);
      if (typeof outcome === "string") {
        skipped ??= outcome;
        continue;
      }
      tested++;
      maxError = Math.max(maxError, outcome.error);
      if (outcome.agrees) continue;
      failures[kind] = { place, outcome };
      break;
    }
    if (tested > before) worlds++;
  }
  return { tested, worlds, maxError, failures, ...(skipped === undefined ? {} : { skipped }) };
}

/** Where only densities contradict so far, more probabilities are tried: each world is one of them, scaled. */
function* withMore(drafts: readonly Draft[], failures: GeneralSurvey["failures"]): Generator<Draft> {
  yield* drafts;
  for (let more = 1; more <= rounds; more++) {
    if (failures.density === undefined || failures.probability !== undefined) return;
    for (const draft of drafts) if (draft.isProbability) yield { ...draft, at: draft.at + 6000 * more };
  }
}

const rounds = 5;

/** Every value of the free variables, apart from those that the judge itself runs through. */
export function placesOf(
  { form, exprs, question }: Statement,
  draft: Draft,
  apart: readonly string[],
): readonly GeneralPlace[] {
  const { variables } = worldOf(form, question, draft, question.digits);
  const free = new Set(exprs.flatMap((expr) => [...freeVariables(expr, form)]));
  const points = pointsOf(variables.filter(({ name }) => free.has(name) && !apart.includes(name)));
  return points.slice(0, mostPoints).map((point) => ({ draft, point }));
}

/** A place where a side has no value says nothing. */
export function judgeOrSkip(
  statement: Statement,
  place: GeneralPlace,
  judge: GeneralJudge,
  budget: Budget = { steps: 0 },
): GeneralOutcome | string {
  const { form, question } = statement;
  const evaluate: Evaluator = (expr, { digits = question.digits, varied, point = place.point } = {}) => {
    const draft = varied === undefined ? place.draft : { ...place.draft, varied };
    const scope: GeneralScope = {
      form,
      world: worldOf(form, question, draft, digits),
      point,
      indices: new Map(),
      trace: new Trace(budget),
    };
    return evaluateGeneral(expr, scope);
  };
  try {
    return judge(evaluate, place);
  } catch (error) {
    if (error instanceof EvaluationError && error.problem === "outside") return error.message;
    throw error;
  }
}

const worlds = new WeakMap<Form, Map<string, GeneralWorld>>();

/** The world of a draft, made once per statement and precision. */
export function worldOf(form: Form, question: Question, draft: Draft, digits: number): GeneralWorld {
  const known = worlds.get(form) ?? new Map<string, GeneralWorld>();
  worlds.set(form, known);
  const key = JSON.stringify([draft, [...(draft.sizes ?? [])], digits]);
  const world = known.get(key) ?? drawGeneralWorld(form, question.structure ?? noStructure, draft, digits);
  known.set(key, world);
  return world;
}

/** As many worlds as the question asks for, at least one of probabilities and one of densities. */
export const ordinaryDrafts = ({ seed, draws }: Question): readonly Draft[] =>
  draftsOf(Math.max(2, draws.length), { seed, style: "ordinary" });

/** Worlds of one style, probabilities and densities in turn. */
export const draftsOf = (count: number, like: Omit<Draft, "at" | "isProbability">): readonly Draft[] =>
  Array.from({ length: count }, (_, at) => ({ ...like, at, isProbability: at % 2 === 0 }));

/**
 * Two numbers compared: 0 for equal. Where they differ, twice the digits tell rounding from a difference,
 * and, where they must not touch (`careful`), also where they agree to most digits.
 */
export function compareSides(
  left: Expr,
  right: Expr,
  evaluate: Evaluator,
  digits: number,
  careful = false,
): { readonly sign: -1 | 0 | 1; readonly left: Real; readonly right: Real; readonly error: Real } {
  const sides = (carried: number): readonly [Real, Real] => [
    evaluate(left, { digits: carried }),
    evaluate(right, { digits: carried }),
  ];
  const [a, b] = sides(digits);
  const error = relative(a, b);
  if (error.isZero() || (!careful && error.lessThanOrEqualTo(tolerance(a, digits))))
    return { sign: 0, left: a, right: b, error };
  const [finerA, finerB] = sides(2 * digits);
  const equal =
    relative(finerA, finerB).lessThanOrEqualTo(tolerance(finerA, 2 * digits)) ||
    // Two sides that are 0 up to rounding shrink together as digits are added.
    [
      [a, finerA],
      [b, finerB],
    ].every(([coarse, fine]) => fine === undefined || coarse === undefined || shrinks(coarse, fine, digits));
  if (equal) return { sign: 0, left: a, right: b, error: a.times(0) };
  return { sign: finerA.lessThan(finerB) ? -1 : 1, left: a, right: b, error };
}

/** 40 of 64 digits. */
const tolerance = (like: Real, digits: number): Real =>
  like
    .times(0)
    .plus(10)
    .pow(-Math.floor((digits * 5) / 8));

const shrinks = (coarse: Real, fine: Real, digits: number): boolean =>
  fine.isZero() || fine.abs().lessThan(coarse.abs().times(tolerance(coarse, digits)));

function relative(a: Real, b: Real): Real {
  const apart = a.minus(b).abs();
  if (apart.isZero()) return apart;
  const [x, y] = [a.abs(), b.abs()];
  return apart.div(x.greaterThan(y) ? x : y);
}

export const spanOfForm = (form: Form): Span => form.densities[0]?.expr.span ?? { start: 0, end: 0 };
