import type { Real } from "../../../expr/number.js";
import { printExpr } from "../../../expr/print.js";
import { densityAt, pointsOf, type Point } from "../../../probability/finite.js";
import { EvaluationError } from "../../evaluate/error.js";
import { wholeOf } from "../../general/measure.js";
import type { FamilyUse } from "../../general/variable.js";
import { withoutPrimes, type Draft, type GeneralWorld } from "../../general/world.js";
import type { Counterexample } from "../../verdict/verdict.js";
import {
  judgeOrSkip,
  placesOf,
  worldOf,
  type GeneralFailure,
  type GeneralJudge,
  type Statement,
} from "./survey.js";

const pocketWorlds = 24;
const shown = 6;

/** What a small world shares with the worlds in which the failure was found. */
export type Like = Pick<Draft, "sampled" | "sizes"> & { readonly apart?: readonly string[] };

/** The failure with two values of each variable and probabilities of one digit or two, if one shows it. */
export function findGeneralCounterexample(
  failure: GeneralFailure,
  judge: GeneralJudge,
  statement: Statement,
  { apart = [], ...like }: Like = {},
): Counterexample | undefined {
  const { seed } = statement.question;
  for (let at = 0; at < pocketWorlds; at++) {
    // What breaks only where distributions are equal is shown there.
    const isEqual = failure.place.draft.isEqual === true && at % 2 === 0;
    const draft: Draft = { seed, at, style: "pocket", isProbability: true, isEqual, ...like };
    for (const place of placesOf(statement, draft, apart)) {
      const outcome = judgeQuietly(statement, place, judge);
      if (outcome === undefined || outcome.agrees) continue;
      const found = describeFailure({ place, outcome }, statement);
      // Two sides that print alike convince no one, unless they are meant to be unequal.
      if (found.left !== found.right || isEqual) return found;
    }
  }
  return undefined;
}

function judgeQuietly(...args: Parameters<typeof judgeOrSkip>): GeneralFailure["outcome"] | undefined {
  try {
    const outcome = judgeOrSkip(...args);
    return typeof outcome === "string" ? undefined : outcome;
  } catch (error) {
    // A small world may lie beyond what is evaluated; the next one is tried.
    if (error instanceof EvaluationError) return undefined;
    throw error;
  }
}

/** The tables of the distributions, where the statement was evaluated, and what both sides are there. */
export function describeFailure({ place, outcome }: GeneralFailure, statement: Statement): Counterexample {
  const { form, question } = statement;
  const values: Record<string, string> = {};
  const { varied } = outcome;
  const drafts: readonly Draft[] = varied?.numbers.map((number) => ({
    ...place.draft,
    varied: { family: varied.family, number },
  })) ?? [place.draft];
  for (const draft of drafts) {
    const drawn = worldOf(form, question, draft, question.digits);
    for (const [name, value] of tablesOf(drawn, statement)) values[name] = value;
  }
  const world = worldOf(form, question, place.draft, question.digits);
  if (form.sampled) {
    const observed = form.densities.flatMap(({ of, given }) =>
      [...of, ...given].flatMap(({ name, member }) => (member === undefined ? [] : [name])),
    );
    for (const [at, member] of world.sample.entries()) {
      for (const name of new Set(observed))
        values[`${name}^{(${at + 1})}`] = labelOf(name, member.get(name) ?? 0, world, statement);
    }
  }
  Object.assign(values, outcome.shown);
  for (const [name, value] of place.point) values[name] = labelOf(name, value, world, statement);
  const [left, right] = [outcome.left, outcome.right].map((sides) => sides.map(round).join(", "));
  const given = Object.entries(values).map(([name, value]) => `${name} = ${value}`);
  const text = `With ${given.join(", ")}; the left side is ${left ?? ""}, the right side ${right ?? ""}.`;
  return { values, left: left ?? "", right: right ?? "", text };
}

/** `p(A = 1, B = 2)` and its value, for every distribution the statement mentions. */
function tablesOf(world: GeneralWorld, { form }: Statement): readonly (readonly [string, string])[] {
  const uses = [...form.densities.map(({ family }) => family), ...form.bare];
  const names = [...new Set(uses.map(world.nameOf))];
  return names.flatMap((name) => {
    const own = form.densities.filter(({ family }) => world.nameOf(family) === name);
    const bare = form.bare.some((family) => world.nameOf(family) === name) ? wholeOf(form) : [];
    const mentioned = [...bare, ...own.flatMap(({ of, given }) => [...of, ...given].map((use) => use.name))];
    const tabled = mentioned.map(withoutPrimes);
    const variables = world.variables.filter((variable) => tabled.includes(variable.name));
    const joint = world.joints.get(name);
    if (joint === undefined) return [];
    const head = own[0] === undefined ? headOf(uses, name, world) : printExpr(own[0].expr.head);
    const { varied } = world.draft;
    const which = varied?.family === name ? ` at parameter ${varied.number + 1}` : "";
    return pointsOf(variables).map((point) => {
      const value = densityAt(
        joint,
        variables.map((variable) => variable.name),
        [],
        point,
      );
      return [`${head}(${printPoint(point, world, { form })})${which}`, round(value)] as const;
    });
  });
}

function headOf(uses: readonly FamilyUse[], name: string, world: GeneralWorld): string {
  const use = uses.find((each) => world.nameOf(each) === name);
  return use?.written ?? name;
}

function printPoint(point: Point, world: GeneralWorld, statement: Pick<Statement, "form">): string {
  return [...point].map(([name, value]) => `${name} = ${labelOf(name, value, world, statement)}`).join(", ");
}

/** The number that the value is where the statement needs it, and otherwise which of the values it is. */
function labelOf(
  name: string,
  value: number,
  world: GeneralWorld,
  { form }: Pick<Statement, "form">,
): string {
  const number = world.values.get(name)?.[value];
  return form.valued.has(name) && number !== undefined ? round(number) : String(value + 1);
}

const round = (value: Real): string => value.toSignificantDigits(shown).toString();
