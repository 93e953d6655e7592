import type { CallExpr, Expr, IntegralExpr, Span } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import { children, nodes } from "../../expr/walk.js";
import { EvaluationError } from "../evaluate/error.js";
import { isVariables } from "../notation/subscript.js";
import { isRole, readDensity, type DensityUse, type Form } from "./form.js";
import { readFamily, readVariable, type FamilyUse, type VariableUse } from "./variable.js";

/** The name of the one variable of distributions that are written without any. */
export const unnamed = "x";

/** p(of | given) as part of what an expectation is taken over. */
export interface Factor {
  readonly family: FamilyUse;
  readonly of: readonly VariableUse[];
  readonly given: readonly VariableUse[];
}

/** Variables that are summed over, and the densities they are weighted with. */
export interface Measure {
  readonly over: readonly string[];
  readonly factors: readonly Factor[];
}

/**
 * What distributions without arguments range over: the variables that they have elsewhere in the statement,
 * or else all of it. @throws EvaluationError where that is not one set
 */
export function wholeOf(form: Form): readonly string[] {
  const same = (family: FamilyUse, other: FamilyUse): boolean =>
    family.letter === other.letter && family.label === other.label;
  const own = form.bare.map((family) =>
    variablesOf(form.densities.filter((density) => same(density.family, family))),
  );
  const [first, ...more] = own.filter((names) => names.length > 0);
  if (more.some((names) => names.join() !== first?.join())) return unclear(form);
  if (first !== undefined) return first;
  const others = variablesOf(form.densities);
  if (others.length > 0) return others;
  const [only = unnamed, ...rest] = form.variables;
  return rest.length > 0 ? unclear(form) : [only];
}

function unclear(form: Form): never {
  const span = form.densities[0]?.expr.span ?? { start: 0, end: 0 };
  throw unsupported("of which variables the distributions without arguments are, is not stated", span);
}

const variablesOf = (densities: readonly DensityUse[]): readonly string[] => [
  ...new Set(densities.flatMap(({ of, given }) => [...of, ...given].map(({ name }) => name)).sort()),
];

/** The variables of `\int f dx`, `\sum_x f` and `\sum P \log Q`. */
export function integralVariables(expr: IntegralExpr, form: Form): readonly string[] {
  if (expr.variables.length > 0)
    return expr.variables.flatMap((variable) => readVariable(variable, form.names)?.name ?? []);
  if (hasBare(expr.body, form)) return wholeOf(form);
  const densities = densitiesIn(expr.body, form);
  if (densities.some(({ given }) => given.length > 0))
    throw unsupported("what this sum runs over is not stated", expr.span);
  return variablesOf(densities);
}

/** The variables of D(a || b): those that a is a distribution of, and b as well. */
export function divergenceVariables(expr: CallExpr, form: Form): readonly string[] {
  const [a, b] = [...expr.args, ...expr.rest];
  if (a === undefined || b === undefined || expr.args.length + expr.rest.length !== 2)
    throw new EvaluationError("type", "a divergence has two distributions", expr.span);
  const [left, right] = [a, b].map((side) =>
    hasBare(side, form)
      ? [...wholeOf(form)].sort()
      : variablesOf(densitiesIn(side, form).map((density) => ({ ...density, given: [] }))),
  );
  if (left === undefined || left.join() !== right?.join())
    throw unsupported("a divergence of distributions of different variables", expr.span);
  return left;
}

/** What an expectation is taken over. @throws EvaluationError for what is not known */
export function measureOf(expr: CallExpr, form: Form): Measure {
  const { index } = expr.head;
  if (index === undefined)
    throw unsupported("over which distribution the expectation is, is not stated", expr.span);
  if (isVariables(index, expr.head)) return measureOfLaws(index, expr, form);
  const parts = index.kind === "product" ? index.factors : [index];
  const factors = parts.map((part) => factorOf(part, expr, form));
  return { over: factors.flatMap(({ of }) => of.map(({ name }) => name)), factors };
}

/** `x \sim P_{data}`, `x \sim p(x), z \sim q(z|x)`, `x, z \sim p(x, z)`. */
function measureOfLaws({ args, rest }: CallExpr, expr: CallExpr, form: Form): Measure {
  const variables = args.flatMap((argument) => readVariable(argument, form.names) ?? []);
  const shared = rest.length === 1;
  if (!shared && rest.length !== variables.length)
    throw unsupported("which variable has which law is not stated", expr.span);
  const factors = rest.map((law, at) => {
    const of = shared ? variables : variables.slice(at, at + 1);
    const density = readDensity(law, form.names);
    if (density === undefined) return { family: requireFamily(law, expr, form), of, given: [] };
    const names = (uses: readonly VariableUse[]): string =>
      uses
        .map(({ name }) => name)
        .sort()
        .join();
    if (names(density.of) !== names(of))
      throw unsupported(`${printExpr(law)} is no law of ${args.map(printExpr).join(", ")}`, expr.span);
    return density;
  });
  return { over: variables.map(({ name }) => name), factors };
}

function factorOf(part: Expr, expr: CallExpr, form: Form): Factor {
  const density = readDensity(part, form.names);
  if (density !== undefined) return density;
  const family = requireFamily(part, expr, form);
  // E_q[log p(x, z) - log q(z|x)]: q is the density that stands in it.
  const inside = expr.args
    .flatMap((argument) => densitiesIn(argument, form))
    .filter((use) => use.family.letter === family.letter && use.family.label === family.label);
  const [first] = inside;
  const alike = inside.every((use) => printExpr(use.expr) === printExpr(first?.expr ?? use.expr));
  if (first !== undefined && alike && first.of.every(({ member }) => member === undefined)) return first;
  if (first !== undefined) throw unsupported(`which ${printExpr(part)} is meant is not stated`, expr.span);
  return { family, of: wholeOf(form).map((name) => ({ name })), given: [] };
}

function requireFamily(expr: Expr, near: CallExpr, form: Form): FamilyUse {
  const family = expr.kind === "symbol" ? readFamily(expr, form.names) : undefined;
  if (family === undefined)
    throw unsupported(`the distribution ${printExpr(expr)} is not known here`, near.span);
  return family;
}

export const densitiesIn = (expr: Expr, form: Form): readonly DensityUse[] =>
  nodes(expr).flatMap((node) => readDensity(node, form.names) ?? []);

/** Whether a distribution stands there without arguments. */
function hasBare(expr: Expr, form: Form): boolean {
  if (expr.kind === "symbol") return readFamily(expr, form.names) !== undefined;
  if (expr.kind !== "call") return children(expr).some((part) => hasBare(part, form));
  if (readDensity(expr, form.names) !== undefined) return false;
  return [...expr.args, ...expr.rest].some((part) => hasBare(part, form));
}

/** Variables whose values an expression depends on: those that no sum, integral or expectation binds. */
export function freeVariables(expr: Expr, form: Form): ReadonlySet<string> {
  const within = (parts: readonly Expr[]): readonly string[] =>
    parts.flatMap((part) => [...freeVariables(part, form)]);
  const without = (names: readonly string[], bound: readonly string[]): ReadonlySet<string> =>
    new Set(names.filter((name) => !bound.includes(name)));
  switch (expr.kind) {
    case "symbol": {
      if (readFamily(expr, form.names) !== undefined) return new Set(wholeOf(form));
      const name = readVariable(expr, form.names)?.name ?? "";
      return new Set(form.variables.includes(name) ? [name] : []);
    }
    case "integral":
      return without(within([expr.body]), integralVariables(expr, form));
    case "call": {
      const density = readDensity(expr, form.names);
      if (density !== undefined) return new Set(plainNames([...density.of, ...density.given]));
      const parts = within([...expr.args, ...expr.rest]);
      if (isRole(expr, "divergence", form.names)) return without(parts, divergenceVariables(expr, form));
      const { over, factors } = measureOf(expr, form);
      return without([...parts, ...factors.flatMap(({ given }) => plainNames(given))], over);
    }
    case "series":
      return new Set(within([expr.body]));
    case "extremum":
      return new Set(within([expr.of]));
    default:
      return new Set(within(children(expr)));
  }
}

/** Members of a sample have values of their own. */
const plainNames = (uses: readonly VariableUse[]): readonly string[] =>
  uses.flatMap(({ name, member }) => (member === undefined ? [name] : []));

const unsupported = (message: string, span: Span): EvaluationError =>
  new EvaluationError("unsupported", message, span);
