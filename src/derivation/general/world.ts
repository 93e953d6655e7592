import { arithmeticOf, type Arithmetic, type Real } from "../../expr/number.js";
import { jointOf, pointsOf, type FiniteVariable, type Joint, type Point } from "../../probability/finite.js";
import { createRandom, type Random } from "../../random/random.js";
import { EvaluationError } from "../evaluate/error.js";
import { familyNames, type Form } from "./form.js";
import { wholeOf } from "./measure.js";
import { declarationsOf, type Dependence, type Structure } from "./structure.js";
import type { FamilyUse } from "./variable.js";

/**
 * One world of general distributions: a random joint distribution of all variables for each family, on a
 * finite measure space. All densities of a family are marginals and conditionals of its joint.
 */
export interface GeneralWorld {
  readonly arithmetic: Arithmetic;
  readonly draft: Draft;
  readonly variables: readonly FiniteVariable[];
  readonly joints: ReadonlyMap<string, Joint>;
  /** The numbers that the values of a variable are. */
  readonly values: ReadonlyMap<string, readonly Real[]>;
  /** Observations x^1, x^2, … of all variables together. */
  readonly sample: readonly Point[];
  readonly nameOf: (use: FamilyUse) => string;
  /** What the text has declared of the dependence of the variables. */
  readonly declared?: Dependence;
}

/**
 * How a world is drawn. `ordinary`: anything. `sharp`: nearly certain values, where inequalities break.
 * `pocket`: two values each and few digits, for people.
 */
export type Style = "ordinary" | "sharp" | "pocket";

export interface Draft {
  readonly seed: number;
  readonly at: number;
  readonly style: Style;
  /** All measures 1: densities are probabilities. */
  readonly isProbability: boolean;
  /** All families are one distribution. */
  readonly isEqual?: boolean;
  /** No variable depends on another. */
  readonly isIndependent?: boolean;
  /** The family whose probabilities are exactly the frequencies in the sample. */
  readonly sampled?: string;
  /** A family of which this is one of many distributions: that of parameter number `number`. */
  readonly varied?: { readonly family: string; readonly number: number };
  /** How many values a variable has, where that is not left to the draw. */
  readonly sizes?: ReadonlyMap<string, number>;
}

const mostVariables = 6;

/** The variable of which z' is another value. */
export const withoutPrimes = (name: string): string => name.replace(/'+$/, "");

/** @throws EvaluationError for too many variables */
export function drawGeneralWorld(
  form: Form,
  structure: Structure,
  draft: Draft,
  digits: number,
): GeneralWorld {
  const arithmetic = arithmeticOf(digits);
  const random = createRandom(draft.seed).fork("general", draft.style, draft.at);
  const { mentioned, declared } = variablesOf(form, structure);
  // z' is another value of z.
  const names = [...new Set(mentioned.map(withoutPrimes))];
  const variables = names.map((name) => drawVariable(name, names.length, draft, random, arithmetic));
  const copies = mentioned
    .filter((name) => withoutPrimes(name) !== name)
    .flatMap((name) =>
      variables.filter((each) => each.name === withoutPrimes(name)).map((each) => ({ ...each, name })),
    );
  const all = [...variables, ...copies];
  const nameOf = familyNames(form);
  const families = new Set([...form.densities.map(({ family }) => family), ...form.bare].map(nameOf));
  if (draft.sampled !== undefined && declared !== undefined)
    throw unsupported("a sample of variables whose dependence is declared", form);
  const counts = countsOf(variables, random);
  const joints = [...families].map((family, number) => {
    const stream = familyStream(family, draft, random);
    const whole = family === draft.sampled || (draft.style === "pocket" && declared === undefined);
    const table = family === draft.sampled ? counts : countsOf(variables, stream);
    const row = whole
      ? rowOfCounts(variables, table, arithmetic)
      : rowOf(draft, stream, { stream: random, number }, arithmetic);
    return [family, jointOf(variables, (name) => declared?.parents.get(name), row)] as const;
  });
  return {
    arithmetic,
    draft,
    variables: all,
    joints: new Map(joints),
    values: new Map(all.map((variable) => [variable.name, valuesOf(variable, draft, random, arithmetic)])),
    sample: sampleOf(variables, counts, draft, random),
    nameOf,
    ...(declared === undefined ? {} : { declared }),
  };
}

/** The variables mentioned, behind all that the text has tied to them. */
function variablesOf(
  form: Form,
  structure: Structure,
): { readonly mentioned: readonly string[]; readonly declared?: Dependence } {
  const mentioned = [...form.variables, ...(form.bare.length > 0 ? wholeOf(form) : [])];
  const [declared, ...others] = declarationsOf(structure, mentioned);
  if (others.length > 0) throw unsupported("how two declarations go together is not stated", form);
  const names = [...new Set([...(declared?.nodes ?? []), ...mentioned])];
  if (names.length > mostVariables) throw unsupported(`more than ${mostVariables} variables`, form);
  return { mentioned: names, ...(declared === undefined ? {} : { declared }) };
}

const unsupported = (message: string, form: Form): EvaluationError =>
  new EvaluationError("unsupported", message, form.densities[0]?.expr.span ?? { start: 0, end: 0 });

function drawVariable(
  name: string,
  count: number,
  draft: Draft,
  random: Random,
  { real, one }: Arithmetic,
): FiniteVariable {
  const stream = random.fork("variable", name);
  const most = draft.style === "pocket" || (count > 3 && stream.uniform() < 0.7) ? 2 : 3;
  const size = draft.sizes?.get(name) ?? stream.integer(2, most);
  const scale = ["0.001", "1", "1000"][draft.at % 3] ?? "1";
  const weight = (): Real => {
    if (draft.isProbability) return one;
    if (draft.style === "pocket") return real(["0.2", "0.5", "2", "4"][stream.integer(0, 3)] ?? "2");
    return real((0.2 + 3 * stream.uniform()).toFixed(3)).times(scale);
  };
  return { name, weights: Array.from({ length: size }, weight) };
}

/** An equal world has one stream for all families, a varied family one for each of its parameters. */
function familyStream(family: string, draft: Draft, random: Random): Random {
  const number = draft.varied?.family === family ? draft.varied.number : 0;
  return draft.isEqual === true ? random.fork("family") : random.fork("family", family, number);
}

/** One conditional distribution, as masses of any total. */
function rowOf(draft: Draft, stream: Random, opposite: Opposite, { real }: Arithmetic) {
  return ({ name, weights }: FiniteVariable, given: Point): readonly Real[] => {
    const labels = ["row", name, ...(draft.isIndependent === true ? [] : [...given].flat())];
    const row = stream.fork(...labels);
    if (draft.style === "pocket") return inTenths(weights.length, row).map(real);
    // Every second pair of sharp worlds has families that are nearly certain of different values.
    const opposed = Math.floor(draft.at / 2) % 2 === 0;
    const sharp = draft.style === "sharp" && (opposed || row.uniform() < 0.6);
    const common = opposite.stream.fork(...labels).integer(0, weights.length - 1) + opposite.number;
    const sure = opposed ? common % weights.length : row.integer(0, weights.length - 1);
    const tiny = ["-60", "-9", "-3"][Math.floor(draft.at / 4) % 3] ?? "-9";
    return weights.map((_, value) => {
      if (!sharp) return real((0.02 + row.uniform() ** 2).toFixed(4));
      return value === sure ? real(1) : real(`${row.integer(1, 9)}e${tiny}`);
    });
  };
}

/** What tells the families of one world apart: the number of each, beside a stream that they share. */
interface Opposite {
  readonly stream: Random;
  readonly number: number;
}

function inTenths(size: number, row: Random): readonly number[] {
  const units = Array.from({ length: size }, () => 1);
  for (let left = 10 - size; left > 0; left--) {
    const at = row.integer(0, size - 1);
    units[at] = (units[at] ?? 0) + 1;
  }
  return units;
}

/** Whole numbers for the points of the product space: probabilities in tenths, twentieths or so. */
function countsOf(variables: readonly FiniteVariable[], stream: Random): readonly number[] {
  const cells = variables.reduce((product, { weights }) => product * weights.length, 1);
  const total = cells <= 6 ? 10 : cells <= 12 ? 20 : 2 * cells;
  const row = stream.fork("counts");
  const counts = Array.from({ length: cells }, () => 1);
  for (let left = total - cells; left > 0; left--) {
    const at = row.integer(0, cells - 1);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}

/** The conditionals of a joint that is given by counts. */
function rowOfCounts(variables: readonly FiniteVariable[], counts: readonly number[], { real }: Arithmetic) {
  const points = pointsOf(variables);
  return ({ name, weights }: FiniteVariable, given: Point): readonly Real[] =>
    weights.map((_, value) => {
      const wanted = [...given, [name, value] as const];
      const matching = points.map((point, at) =>
        wanted.every(([other, there]) => point.get(other) === there) ? (counts[at] ?? 0) : 0,
      );
      return real(matching.reduce((sum, count) => sum + count, 0));
    });
}

function valuesOf(
  { name, weights }: FiniteVariable,
  draft: Draft,
  random: Random,
  { real }: Arithmetic,
): readonly Real[] {
  const stream = random.fork("value", withoutPrimes(name));
  if (draft.style !== "pocket") return weights.map(() => real((4 * stream.uniform() - 2).toFixed(4)));
  const first = stream.integer(2, 4);
  return weights.map((_, at) => real(at % 2 === 0 ? first + at : -(first + at)));
}

const mostMembers = 5;

function sampleOf(
  variables: readonly FiniteVariable[],
  counts: readonly number[],
  draft: Draft,
  random: Random,
): readonly Point[] {
  const points = pointsOf(variables);
  if (draft.sampled !== undefined)
    return points.flatMap((point, at) => Array.from({ length: counts[at] ?? 0 }, () => point));
  const stream = random.fork("sample");
  const size = draft.style === "pocket" ? 3 : stream.integer(3, mostMembers);
  return Array.from({ length: size }, () => points[stream.integer(0, points.length - 1)] ?? new Map());
}
