import { EvaluationError } from "../evaluate/error.js";
import { Trace } from "../evaluate/scope.js";
import type { Value } from "../evaluate/value.js";
import type { Place } from "./question.js";

/** What a relation says at one place; what is looked up on the way goes into the trace. */
export type Judge = (place: Place, trace: Trace) => Outcome;

/** What was found at one place. */
export interface Outcome {
  readonly agrees: boolean;
  /** Relative error; 0 where only laws were compared. */
  readonly error: number;
  readonly inLaw: boolean;
  /** Both sides there, where they have values. */
  readonly left?: Value;
  readonly right?: Value;
  /** Why the statement makes no sense there. */
  readonly problem?: string;
}

/** All places of all worlds. */
export interface Survey {
  readonly admissible: number;
  readonly worlds: number;
  readonly maxError: number;
  readonly inLaw: boolean;
  readonly bound: boolean;
  readonly model: boolean;
  readonly loose: boolean;
  /** Whether a term was too small to be seen: where the relation fails, or else at every place. */
  readonly lost: boolean;
  readonly free: ReadonlySet<string>;
  /** Times at which the statement was tested, and why not at the others. */
  readonly tested: ReadonlySet<number>;
  readonly skipped: ReadonlyMap<number | undefined, string>;
  /** Free subscripts beside the time. */
  readonly others: Readonly<Record<string, number>>;
  readonly failure?: { readonly place: Place; readonly outcome: Outcome; readonly trace: Trace };
}

/**
 * Judges every place and stops at the first where the relation does not hold. A place where an index
 * or a denominator leaves the statement without meaning is not admissible and says nothing.
 * @throws EvaluationError for what cannot be read or evaluated at all
 */
export function survey(places: readonly Place[], judge: Judge): Survey {
  const free = new Set<string>();
  const tested = new Set<number>();
  const skipped = new Map<number | undefined, string>();
  const worlds = new Set<unknown>();
  let [admissible, maxError, inLaw, bound, model, loose] = [0, 0, false, false, false, false];
  const budget = { steps: 0 };
  let failure: Survey["failure"];
  let seen = false;
  for (const place of places) {
    const trace = new Trace(budget);
    const outcome = judgeOrSkip(place, trace, judge);
    if (typeof outcome === "string") {
      if (!skipped.has(place.t)) skipped.set(place.t, outcome);
      continue;
    }
    admissible++;
    worlds.add(place.draw);
    if (place.t !== undefined) tested.add(place.t);
    for (const symbol of trace.free) free.add(symbol);
    inLaw ||= outcome.inLaw;
    bound ||= trace.bound;
    model ||= trace.model;
    loose ||= trace.loose;
    seen ||= !trace.lost;
    maxError = Math.max(maxError, outcome.error);
    if (!outcome.agrees) {
      failure = { place, outcome, trace };
      break;
    }
  }
  const found = {
    admissible,
    worlds: worlds.size,
    maxError,
    inLaw,
    bound,
    model,
    loose,
    lost: failure === undefined ? admissible > 0 && !seen : failure.trace.lost,
    free,
    tested,
    skipped,
    others: places[0]?.others ?? {},
  };
  return failure === undefined ? found : { ...found, failure };
}

/** A place that is not admissible is skipped; one where a side has no value though it should speaks against it. */
export function judgeOrSkip(place: Place, trace: Trace, judge: Judge): Outcome | string {
  try {
    return judge(place, trace);
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    if (error.problem === "outside") return error.message;
    if (error.problem === "domain") return { agrees: false, error: 1, inLaw: false, problem: error.message };
    throw error;
  }
}

/** `for t = 2…T (at t = 1: a denominator is zero)`, or undefined when every time was tested. */
export function describeTimes(found: Survey, time: string): string | undefined {
  if (found.tested.size === 0) return undefined;
  const lowest = Math.min(...found.tested);
  const highest = Math.max(...found.tested);
  const why = [...found.skipped].filter(
    (entry): entry is [number, string] =>
      entry[0] !== undefined && entry[0] < highest && !found.tested.has(entry[0]),
  );
  if (why.length === 0) return undefined;
  const reasons = [...new Set(why.map(([, message]) => message))].map((message) => {
    const times = why.flatMap(([t, said]) => (said === message ? [t] : []));
    return `at ${time} = ${times.join(", ")}: ${message}`;
  });
  return `for ${time} = ${lowest}…T (${reasons.join("; ")})`;
}
