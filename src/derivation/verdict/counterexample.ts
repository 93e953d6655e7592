import type { Real } from "../../expr/number.js";
import { EvaluationError } from "../evaluate/error.js";
import { Trace } from "../evaluate/scope.js";
import type { Value } from "../evaluate/value.js";
import { statesIn } from "../relation/law.js";
import type { Names } from "../notation/names.js";
import type { Role } from "../notation/notation.js";
import { worldOf, type Place, type Question } from "../relation/question.js";
import { judgeOrSkip, type Judge, type Outcome, type Survey } from "../relation/survey.js";
import { drawPocketWorld } from "../world/draw.js";
import { plainFormula } from "./plainText.js";
import type { Counterexample } from "./verdict.js";

type Failure = NonNullable<Survey["failure"]>;

const pocketWorlds = 24;
const shown = 6;
/** Of the values at a schedule, which may be a thousand. */
const mostValues = 12;
const stateDigits = 32;

/** The failure in a world small enough for a pocket calculator, or, if none of them shows it, as found. */
export function findCounterexample(
  failure: Failure,
  judge: Judge,
  question: Pick<Question, "seed" | "names">,
): Counterexample {
  const { names } = question;
  // What fails for a given schedule is shown there: for other betas it may hold.
  if (failure.place.draw.schedule !== undefined) return describe(withValues(failure, judge), names);
  let faint: Failure | undefined;
  for (let at = 0; at < pocketWorlds; at++) {
    const draw = drawPocketWorld(question.seed, at);
    const times =
      failure.place.t === undefined ? [undefined] : Array.from({ length: draw.T }, (_, k) => k + 1);
    for (const t of times) {
      const place = t === undefined ? { draw } : { draw, t };
      const trace = new Trace(undefined, true);
      const outcome = judgeQuietly(place, trace, judge);
      if (outcome === undefined || outcome.agrees) continue;
      if (differsVisibly(outcome)) return describe({ place, outcome, trace }, names);
      faint ??= { place, outcome, trace };
    }
  }
  return describe(faint ?? withValues(failure, judge), names);
}

/** The same failure, with the values of the symbols that it came from. */
function withValues({ place, outcome }: Failure, judge: Judge): Failure {
  const trace = new Trace(undefined, true);
  judgeQuietly(place, trace, judge);
  return { place, outcome, trace };
}

/** A small world may have no admissible time, or lie beyond what is evaluated; the next one is tried. */
function judgeQuietly(place: Place, trace: Trace, judge: Judge): Outcome | undefined {
  try {
    const outcome = judgeOrSkip(place, trace, judge);
    return typeof outcome === "string" ? undefined : outcome;
  } catch (error) {
    if (error instanceof EvaluationError) return undefined;
    throw error;
  }
}

/** Two sides that print alike convince no one. */
function differsVisibly(outcome: Outcome): boolean {
  return outcome.problem !== undefined || printValue(outcome.left) !== printValue(outcome.right);
}

function describe({ place, outcome, trace }: Failure, names: Names): Counterexample {
  const { draw, t } = place;
  const values: Record<string, string> = {};
  for (const at of betasUsed({ place, outcome, trace }, names))
    values[`\\beta_{${at}}`] = draw.beta[at] ?? "";
  const mentioned = [...trace.values]
    .filter(([symbol, value]) => symbol !== "I" && !(symbol in values) && !isRandom(value))
    .slice(0, draw.schedule === undefined ? undefined : mostValues);
  for (const [symbol, value] of mentioned) values[symbol] = printValue(value);
  if (draw.schedule === undefined && ![...trace.values.values()].some(isRandom))
    Object.assign(values, statesBeside(place, trace, values));
  const right = outcome.problem ?? printValue(outcome.right);
  const left = outcome.problem ?? printBeside(outcome.left, outcome.right);
  const written = Object.entries(values).map(([symbol, value]) => `${plainFormula(symbol)} = ${value}`);
  const where = t === undefined ? "" : ` at t = ${t}`;
  const ending = outcome.problem ?? `the left side is ${left}, the right side ${right}`;
  const betas =
    draw.schedule === undefined ? "" : ` and the betas of the schedule ${plainFormula(draw.schedule)}`;
  const numbers = written.length === 0 ? "" : `${written.join(", ")}; `;
  const text = `With T = ${draw.T}${betas}${where}: ${numbers}${ending}.`;
  return { T: draw.T, ...(t === undefined ? {} : { t }), values, left, right, text };
}

/** A random vector has a law and no value. */
const isRandom = (value: Value): boolean => value.kind === "vector" && value.value.coefficients.size > 0;

/**
 * The times whose β are behind the numbers: those of the coefficients that are mentioned, and all up to the last
 * state where densities, laws or a model take part, which are made of coefficients that no one spells out.
 */
function betasUsed({ place, outcome, trace }: Failure, names: Names): readonly number[] {
  const { draw } = place;
  if (draw.schedule !== undefined) return [];
  const used = new Set<number>();
  const upTo = (last: number): void => {
    for (let at = 1; at <= last; at++) used.add(at);
  };
  const keys = [...trace.values.keys()].filter((symbol) => symbol !== "I");
  for (const { role, time } of keys.flatMap((key) => coefficientIn(key, place, names))) {
    if (role === "alpha" || role === "beta") used.add(time);
    else upTo(time);
  }
  const isSpelled = ({ left, right }: Outcome): boolean =>
    [left, right].every((side) => side?.kind === "vector") && ![...trace.values.values()].some(isRandom);
  const states = statesIn(trace);
  if (trace.model || keys.some((key) => key.includes("\\left"))) upTo(draw.T);
  // A law that depends on anything is told by its mean and its variance given x_0.
  else if (outcome.problem !== undefined && keys.length > 0) upTo(place.t ?? draw.T);
  else if (unspelled(trace).length > 0 || (states.length > 0 && !isSpelled(outcome)))
    upTo(Math.max(...states));
  return [...used].filter((at) => at > 0 && at <= draw.T).sort((a, b) => a - b);
}

/** A coefficient of the schedule among the symbols that were looked up, with its time. */
function coefficientIn(
  key: string,
  { t = 0 }: Place,
  names: Names,
): readonly { readonly role: Role; readonly time: number }[] {
  const span = { start: 0, end: 0 };
  const [, name = key, subscript, argument] = /^(.*?)(?:_\{([0-9]+)\}|\(([0-9]+)\))$/.exec(key) ?? [];
  const index = subscript ?? argument;
  const symbol = { kind: "symbol", name, span } as const;
  const { meaning } = names.lookUp(
    subscript === undefined ? symbol : { ...symbol, index: { kind: "number", text: subscript, span } },
  );
  if (meaning.kind !== "role" || !coefficients.has(meaning.role)) return [];
  return [{ role: meaning.role, time: index === undefined ? t : Number(index) }];
}

const coefficients: ReadonlySet<Role> = new Set<Role>([
  "beta",
  "alpha",
  "alphaBar",
  "snr",
  "posteriorVariance",
  "posteriorMean",
]);

/** The states that enter through densities and \tilde\mu, which do not spell them out as values. */
const unspelled = (trace: Trace): readonly number[] =>
  statesIn(trace).filter((t) => !trace.values.has(`x_{${t}}`));

function statesBeside(
  { draw }: Place,
  trace: Trace,
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const world = worldOf(draw, stateDigits);
  const entered = unspelled(trace);
  // Every law is one given x_0.
  const entries = [...(entered.length > 0 ? [0] : []), ...entered].flatMap((t) => {
    const state = world.states[t];
    const symbol = `x_{${t}}`;
    return state === undefined || symbol in values
      ? []
      : [[symbol, printParts(world.realize(state).offset.map(round))] as const];
  });
  return Object.fromEntries(entries);
}

/** Six digits, vectors in brackets unless d = 1. */
export function printValue(value: Value | undefined): string {
  switch (value?.kind) {
    case undefined:
      return "undefined";
    case "zero":
      return "0";
    case "number":
      return round(value.value);
    case "matrix":
      return `${round(value.scale)} I`;
    case "variance":
      return round(value.scale);
    case "dense":
      return `[${value.rows.map((row) => printParts(row.map(round))).join(", ")}]`;
    case "row":
      return printParts(value.parts.map(round));
    case "vector":
      return printParts(value.value.offset.map(round));
  }
}

/** The left side so that it can be told from the right: `1 + 1e-100`. */
function printBeside(left: Value | undefined, right: Value | undefined): string {
  const printed = printValue(left);
  if (printed !== printValue(right)) return printed;
  if (left?.kind !== "number" || right?.kind !== "number") return `${printed}, apart from later digits`;
  const more = left.value.minus(right.value);
  const size = more.abs().toSignificantDigits(shown).toString();
  return `${printed} ${more.isNegative() ? "-" : "+"} ${size}`;
}

const round = (value: Real): string => value.toSignificantDigits(shown).toString();

const printParts = (parts: readonly string[]): string =>
  parts.length === 1 ? (parts[0] ?? "") : `(${parts.join(", ")})`;
