import type { Expr, ExtremumExpr } from "../../../expr/expr.js";
import type { Real } from "../../../expr/number.js";
import { printExpr } from "../../../expr/print.js";
import type { Point } from "../../../probability/finite.js";
import { EvaluationError } from "../../evaluate/error.js";
import { familyNames } from "../../general/form.js";
import type { Draft } from "../../general/world.js";
import type { Sides } from "../equality.js";
import type { Decision } from "../question.js";
import { answer, concludeGeneral } from "./conclude.js";
import { inTheLimit, limitDrafts, sampledFamily } from "./equality.js";
import {
  ordinaryDrafts,
  surveyGeneral,
  type Evaluator,
  type GeneralJudge,
  type Statement,
} from "./survey.js";

/** How many parameters are compared, each with each. */
const parameters = 6;
const parameterValues = 4;

/**
 * `argmax_\theta f = argmax_\theta g`: true for every family of distributions exactly if f and g put any
 * two parameters in the same order; for a maximum and a minimum, in opposite orders.
 */
export function decideGeneralExtremum(
  left: ExtremumExpr,
  right: ExtremumExpr,
  relation: string,
  statement: Statement,
): Decision {
  const { question } = statement;
  if (!["=", ":=", "\\equiv", "\\approx"].includes(relation))
    return answer("undecided", `the relation ${relation} between extrema is not decided`, question);
  if (printExpr(left.variable) !== printExpr(right.variable))
    return answer("undecided", "extrema over different parameters are not compared", question);
  const runner = runnerOf(left, statement);
  const sides: Sides = { left: left.of, right: right.of };
  const [a, b] = [left.which, right.which];
  const judge: GeneralJudge =
    a.startsWith("arg") && b.startsWith("arg")
      ? orderJudge(sides, runner, a === b)
      : valueJudge(sides, runner, a === b);
  const near = relation === "\\approx" && statement.form.sampled;
  const sampled = near ? sampledFamily(sides, statement, runner.family) : undefined;
  const drafts = sampled === undefined ? ordinaryDrafts(question) : limitDrafts(statement, sampled);
  const sized = drafts.map((draft): Draft => ({ ...draft, ...runner.draft }));
  const survey = surveyGeneral(statement, sized, judge, runner.apart);
  const like = {
    ...(sampled === undefined ? {} : { sampled }),
    apart: runner.apart,
    ...runner.draft,
  };
  const note = near ? inTheLimit : runner.note;
  const onlyValues = a.startsWith("arg") ? undefined : "two extreme values may be equal without this";
  return concludeGeneral({ survey, judge, note, like, excuse: onlyValues }, statement);
}

/** What an extremum runs over. */
interface Runner {
  readonly count: number;
  readonly options: (at: number, point: Point) => Parameters<Evaluator>[1];
  readonly shown: (numbers: readonly number[]) => Pick<ReturnType<GeneralJudge>, "varied" | "shown">;
  readonly apart: readonly string[];
  readonly draft: Pick<Draft, "sizes">;
  readonly note: string;
  readonly family?: string;
}

/** A variable of the distributions, or the parameter of one of them: then distributions of that family. */
function runnerOf({ variable }: ExtremumExpr, { form }: Statement): Runner {
  const name = printExpr(variable);
  if (form.variables.includes(name)) {
    return {
      count: parameterValues,
      options: (at, point) => ({ point: new Map([...point, [name, at]]) }),
      shown: (numbers) => ({ shown: { [name]: numbers.map((each) => each + 1).join(" and ") } }),
      apart: [name],
      draft: { sizes: new Map([[name, parameterValues]]) },
      note: `any two values of ${name} come in the same order`,
    };
  }
  const nameOf = familyNames(form);
  const uses = [...form.densities.map(({ family }) => family), ...form.bare];
  const families = [...new Set(uses.filter(({ parameter }) => parameter === name).map(nameOf))];
  const [family, ...others] = families;
  if (family === undefined || others.length > 0)
    throw new EvaluationError("unsupported", `what ${name} is a parameter of is not stated`, variable.span);
  return {
    count: parameters,
    options: (at) => ({ varied: { family, number: at } }),
    shown: (numbers) => ({ varied: { family, numbers } }),
    apart: [],
    draft: {},
    note: `any two parameters ${name} come in the same order`,
    family,
  };
}

function orderJudge({ left, right }: Sides, runner: Runner, alike: boolean): GeneralJudge {
  return (evaluate, { point }) => {
    const values = (side: Expr): readonly Real[] =>
      Array.from({ length: runner.count }, (_, at) => evaluate(side, runner.options(at, point)));
    const [f, g] = [values(left), values(right)];
    for (let a = 0; a < runner.count; a++) {
      for (let b = a + 1; b < runner.count; b++) {
        const order = signOf(f[a], f[b]);
        const other = signOf(g[a], g[b]);
        if (order !== (alike ? other : -other)) return outcomeOf([a, b], f, g, runner, false);
      }
    }
    return outcomeOf([0, 1], f, g, runner, true);
  };
}

/** Extreme values are equal at least where the functions are: of f and g, or f and -g. */
function valueJudge({ left, right }: Sides, runner: Runner, alike: boolean): GeneralJudge {
  return (evaluate, { point }) => {
    const at = Array.from({ length: runner.count }, (_, number) => runner.options(number, point));
    const f = at.map((options) => evaluate(left, options));
    const g = at.map((options) => evaluate(right, options));
    const apart = f.findIndex((value, number) => signOf(value, g[number]) !== 0);
    return outcomeOf([Math.max(apart, 0)], f, g, runner, alike && apart < 0);
  };
}

function outcomeOf(
  numbers: readonly number[],
  f: readonly Real[],
  g: readonly Real[],
  runner: Runner,
  agrees: boolean,
): ReturnType<GeneralJudge> {
  const of = (values: readonly Real[]): readonly Real[] => numbers.flatMap((at) => values[at] ?? []);
  return { agrees, error: 0, left: of(f), right: of(g), ...runner.shown(numbers) };
}

/** -1, 0 or 1 for a smaller, equal or larger first number; equal up to rounding. */
function signOf(a: Real | undefined, b: Real | undefined): number {
  if (a === undefined || b === undefined) throw new RangeError("a parameter without a value");
  const apart = a.minus(b);
  const scale = a.abs().greaterThan(b.abs()) ? a.abs() : b.abs();
  if (apart.abs().lessThanOrEqualTo(scale.times("1e-30"))) return 0;
  return apart.isNegative() ? -1 : 1;
}
