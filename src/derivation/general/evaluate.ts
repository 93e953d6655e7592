import type { CallExpr, ElementaryName, Expr, Span, SymbolExpr } from "../../expr/expr.js";
import type { Real } from "../../expr/number.js";
import { densityAt, measureOf as weightOf, pointsOf, type Point } from "../../probability/finite.js";
import { pi } from "../../probability/gaussian.js";
import { remembered } from "../../probability/waveTerm.js";
import { EvaluationError } from "../evaluate/error.js";
import type { Trace } from "../evaluate/scope.js";
import { isRole, readDensity, type Form } from "./form.js";
import { divergenceVariables, integralVariables, measureOf, wholeOf, type Factor } from "./measure.js";
import { readFamily, readVariable, type VariableUse } from "./variable.js";
import { withoutPrimes, type GeneralWorld } from "./world.js";

/** Everything the value of an expression about general distributions depends on. */
export interface GeneralScope {
  readonly form: Form;
  readonly world: GeneralWorld;
  /** The values of the variables. */
  readonly point: Point;
  /** The members of the sample that series run through. */
  readonly indices: ReadonlyMap<string, number>;
  readonly trace: Trace;
}

/** What a node takes, in the steps that the budget counts. */
const costOf: Readonly<Partial<Record<Expr["kind"], number>>> = {
  elementary: 40,
  call: 20,
  power: 20,
  root: 20,
};

const mostExp = 10_000;
const mostExponent = 1_000;

/** @throws EvaluationError where it has no value */
export function evaluateGeneral(expr: Expr, scope: GeneralScope): Real {
  scope.trace.step(expr.span, costOf[expr.kind] ?? 4);
  const { arithmetic } = scope.world;
  const value = (part: Expr): Real => evaluateGeneral(part, scope);
  switch (expr.kind) {
    case "number":
      if (expr.text.length > 40) throw unsupported("a number of more than 40 digits", expr.span);
      return arithmetic.real(expr.text);
    case "symbol":
      return symbol(expr, scope);
    case "sum":
      return expr.terms.map(value).reduce((a, b) => a.plus(b));
    case "negation":
      return value(expr.of).negated();
    case "product":
      return expr.factors.map(value).reduce((a, b) => a.times(b));
    case "quotient": {
      const by = value(expr.denominator);
      if (by.isZero()) throw outside("a denominator is zero", expr.denominator.span);
      return value(expr.numerator).div(by);
    }
    case "power":
      return power(value(expr.base), value(expr.exponent), expr.span);
    case "root": {
      const of = value(expr.of);
      if (of.isNegative() && !of.isZero()) throw outside("the root of a negative number", expr.span);
      return of.sqrt();
    }
    case "elementary":
      return elementary(expr.name, value(expr.of), expr.span);
    case "series":
      return series(expr, scope);
    case "integral":
      return over(integralVariables(expr, scope.form), scope, (at) => evaluateGeneral(expr.body, at));
    case "call":
      return call(expr, scope);
    case "extremum":
      throw unsupported("an extremum has no value here", expr.span);
    default:
      throw unsupported(`${expr.kind} in a statement about distributions`, expr.span);
  }
}

function symbol(expr: SymbolExpr, scope: GeneralScope): Real {
  const { form, world } = scope;
  const member = expr.index === undefined ? scope.indices.get(expr.name) : undefined;
  if (member !== undefined) return world.arithmetic.real(member);
  if (expr.name === form.size) return world.arithmetic.real(world.sample.length);
  const family = readFamily(expr, form.names);
  if (family !== undefined) {
    const of = wholeOf(form).map((name) => ({ name }));
    return density({ family, of, given: [] }, expr.span, scope);
  }
  const { meaning } = form.names.lookUp(expr);
  if (meaning.kind === "role" && meaning.role === "pi") return pi(world.arithmetic);
  if (meaning.kind === "role" && meaning.role === "euler") return world.arithmetic.one.exp();
  const name = readVariable(expr, form.names)?.name ?? "";
  const value = world.values.get(name)?.[scope.point.get(name) ?? -1];
  if (value === undefined) throw unsupported(`${name} has no value here`, expr.span);
  return value;
}

function power(base: Real, exponent: Real, span: Span): Real {
  if (exponent.abs().greaterThan(mostExponent)) throw unsupported(`an exponent beyond ${mostExponent}`, span);
  if (base.isZero() && !exponent.greaterThan(0)) throw outside("a power of zero", span);
  if (base.isNegative() && !exponent.isInteger()) throw outside("a broken power of a negative number", span);
  return base.pow(exponent);
}

function elementary(name: ElementaryName, of: Real, span: Span): Real {
  if (name === "cos" || name === "sin") throw unsupported(`\\${name} beside general distributions`, span);
  if (name === "exp") {
    if (of.abs().greaterThan(mostExp)) throw unsupported(`exp of a number beyond ±${mostExp}`, span);
    return of.exp();
  }
  if (!of.greaterThan(0)) throw outside("the logarithm of a number that is not positive", span);
  return remembered("ln", of);
}

function series(expr: Extract<Expr, { kind: "series" }>, scope: GeneralScope): Real {
  const { lower, upper, operator } = expr;
  const first = Number(evaluateGeneral(lower, scope));
  const last = Number(evaluateGeneral(upper, scope));
  const { one, zero } = scope.world.arithmetic;
  let total = operator === "sum" ? zero : one;
  for (let at = first; at <= last; at++) {
    const term = evaluateGeneral(expr.body, {
      ...scope,
      indices: new Map([...scope.indices, [expr.index, at]]),
    });
    total = operator === "sum" ? total.plus(term) : total.times(term);
  }
  return total;
}

function call(expr: CallExpr, scope: GeneralScope): Real {
  const { form } = scope;
  const use = readDensity(expr, form.names);
  if (use !== undefined) return density(use, expr.span, scope);
  const [first, second] = [...expr.args, ...expr.rest];
  if (isRole(expr, "divergence", form.names) && first !== undefined && second !== undefined) {
    return over(divergenceVariables(expr, form), scope, (at) => {
      const [a, b] = [evaluateGeneral(first, at), evaluateGeneral(second, at)];
      return a.times(elementary("log", a.div(b), expr.span));
    });
  }
  if (!isRole(expr, "expectation", form.names) || first === undefined || second !== undefined)
    throw unsupported("this call has no value here", expr.span);
  const measure = measureOf(expr, form);
  return over(measure.over, scope, (at) =>
    measure.factors
      .map((factor) => density(factor, expr.span, at))
      .reduce((a, b) => a.times(b), evaluateGeneral(first, at)),
  );
}

/** The sum over all values of the variables, each with its measure. */
function over(names: readonly string[], scope: GeneralScope, body: (at: GeneralScope) => Real): Real {
  const { arithmetic, variables } = scope.world;
  const bound = variables.filter(({ name }) => names.includes(name));
  return pointsOf(bound)
    .map((inner) => {
      const at = { ...scope, point: new Map([...scope.point, ...inner]) };
      return body(at).times(weightOf(bound, inner) ?? arithmetic.one);
    })
    .reduce((a, b) => a.plus(b), arithmetic.zero);
}

function density({ family, of, given }: Factor, span: Span, scope: GeneralScope): Real {
  const name = scope.world.nameOf(family);
  const joint = scope.world.joints.get(name);
  if (joint === undefined) throw new RangeError(`no joint distribution ${name}`);
  const uses = [...of, ...given];
  const names = uses.map((use) => withoutPrimes(use.name));
  if (new Set(names).size < names.length) throw unsupported("a variable stands twice in a density", span);
  const point = new Map(uses.map((use) => [withoutPrimes(use.name), valueOf(use, span, scope)]));
  return densityAt(joint, names.slice(0, of.length), names.slice(of.length), point);
}

function valueOf({ name, member }: VariableUse, span: Span, scope: GeneralScope): number {
  if (member === undefined) {
    const value = scope.point.get(name);
    if (value === undefined) throw new RangeError(`${name} has no value at this point`);
    return value;
  }
  const number = member.kind === "number" ? Number(member.text) : undefined;
  const index = member.kind === "symbol" ? (scope.indices.get(member.name) ?? 1) : number;
  const value = scope.world.sample[(index ?? 0) - 1]?.get(name);
  if (value === undefined) throw unsupported("a member that the sample does not have", span);
  return value;
}

const unsupported = (message: string, span: Span): EvaluationError =>
  new EvaluationError("unsupported", message, span);

/** The point is not admissible; another may be. */
const outside = (message: string, span: Span): EvaluationError =>
  new EvaluationError("outside", message, span);
