import { some } from "../../expr/walk.js";
import { arithmeticOf, type Real } from "../../expr/number.js";
import type { NoiseReading } from "../evaluate/scope.js";
import { findCounterexample } from "../verdict/counterexample.js";
import type { Decision, Question } from "./question.js";
import { describeTimes, type Judge, type Survey } from "./survey.js";

/** Doubles carry 15 to 17 digits, and a formula of twenty operations keeps 9 of them with room to spare. */
const doubleDigits = 15;
const doubleTolerance = "1e-9";

/** Numbers are equal if they agree to 5/8 of the digits carried: 40 of 64. */
export function tolerances(
  digits: number,
  bound: boolean,
): { readonly tolerance: Real; readonly digits: number } {
  const { real } = arithmeticOf(digits);
  return bound
    ? { tolerance: real(doubleTolerance), digits: doubleDigits }
    : { tolerance: real(`1e-${Math.floor((digits * 5) / 8)}`), digits };
}

export interface Found {
  readonly survey: Survey;
  readonly judge: Judge;
  readonly reading: NoiseReading;
}

/** The verdict over all readings of the noise: the first that holds, or the failure of the first. */
export function conclude(attempts: readonly Found[], question: Question, note?: string): Decision {
  const good = attempts.find((attempt) => isSettled(attempt, question));
  if (good !== undefined) return holding(good, question, note);
  const [first] = attempts;
  if (first === undefined) throw new RangeError("a relation without a reading");
  const { survey } = first;
  const base = { inLaw: false, maxRelativeError: null, digits: question.digits };
  if (survey.failure === undefined) {
    const [why] = survey.skipped.values();
    const nowhere = [...survey.skipped.values()].every((message) => message.startsWith("the index "));
    return {
      ...base,
      verdict: "undecided",
      ...(nowhere && survey.admissible === 0 ? { nowhere } : {}),
      reason: `no time is admissible in every world: ${why ?? "nothing to test"}`,
    };
  }
  // σ_t is the standard deviation of the model wherever the model takes part.
  const free = [...survey.free].filter(
    (symbol) => !(survey.model && /^\\sigma_\{/.test(symbol)) && question.universal?.has(symbol) !== true,
  );
  if (free.length > 0) {
    return {
      ...base,
      verdict: "undecided",
      reason: `depends on ${free.join(", ")}, of which nothing is known`,
    };
  }
  if (survey.loose) {
    return { ...base, verdict: "undecided", reason: "the dots can be read in more than one way" };
  }
  const { others } = survey.failure.place;
  const stated = Object.keys(others ?? {}).every((letter) => isStated(letter, question));
  if (others !== undefined && !stated) {
    const where = Object.entries({ t: survey.failure.place.t, ...others }).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name} = ${value}`],
    );
    return {
      ...base,
      verdict: "undecided",
      reason: `not true for ${where.join(", ")}; which are meant is not stated`,
    };
  }
  if (question.brief === true) return { ...base, verdict: "fails", ...(survey.model ? { model: true } : {}) };
  const counterexample = findCounterexample(survey.failure, first.judge, question);
  return {
    ...base,
    verdict: "fails",
    maxRelativeError: survey.maxError,
    digits: tolerances(question.digits, survey.bound).digits,
    counterexample,
    ...(survey.model ? { model: true } : {}),
    ...(survey.lost ? { lost: true } : {}),
    // Where the statement makes no sense, both sides of the counterexample say why.
    ...(counterexample.left === counterexample.right ? { reason: counterexample.left } : {}),
  };
}

/** Whether the claim says for which values of the letter it is made. */
const isStated = (letter: string, { condition }: Question): boolean =>
  condition?.comparisons.some(({ left, right }) =>
    [left, right].some((side) => some(side, (node) => node.kind === "symbol" && node.name === letter)),
  ) === true;

/** Nothing spoke against it, and every world had something to say. */
export const isSettled = ({ survey }: { readonly survey: Survey }, question: Question): boolean =>
  survey.failure === undefined && survey.worlds === question.draws.length;

function holding(found: Found, question: Question, note: string | undefined): Decision {
  const { survey } = found;
  const [only, ...more] = survey.tested;
  // Where every other time lies outside of what the formula speaks of, it does not speak of t.
  const unsaid = question.condition === undefined;
  if (only !== undefined && more.length === 0 && survey.skipped.size > 0 && unsaid) {
    const [why] = survey.skipped.values();
    const reason = `has a value at ${question.names.notation.time} = ${only} only: ${why ?? ""}`;
    return { verdict: "undecided", inLaw: false, maxRelativeError: null, digits: question.digits, reason };
  }
  const fresh =
    found.reading === "fresh" ? "the noise without index is independent of the states given" : undefined;
  const any = survey.free.size > 0 ? `for all values of ${[...survey.free].join(", ")}` : undefined;
  const times = describeTimes(survey, question.names.notation.time);
  const free = Object.keys(found.survey.others).map((name) => `for all ${name}`);
  const [{ T, schedule } = { T: 0 }] = question.draws;
  const given = schedule === undefined ? undefined : `for the betas of the schedule ${schedule}, T = ${T}`;
  const reason = [note, given, times, ...free, any, fresh].filter((part) => part !== undefined).join("; ");
  return {
    verdict: "holds",
    inLaw: survey.inLaw,
    maxRelativeError: survey.maxError,
    digits: tolerances(question.digits, survey.bound).digits,
    ...(survey.model ? { model: true } : {}),
    ...(survey.lost ? { lost: true } : {}),
    ...(reason === "" ? {} : { reason }),
  };
}
