import type { Expr, SymbolExpr } from "../../expr/expr.js";
import type { Real } from "../../expr/number.js";
import { printExpr } from "../../expr/print.js";
import { constant, type Affine } from "../../probability/affine.js";
import { pi } from "../../probability/gaussian.js";
import type { Definition, Lookup } from "../notation/names.js";
import type { Binding, Role } from "../notation/notation.js";
import { evaluateDeclared } from "./declared.js";
import { EvaluationError } from "./error.js";
import type { Scope } from "./scope.js";
import { evaluateTime, timeWithin } from "./time.js";
import { unknownValue } from "./matrix.js";
import { number, vector, type Value } from "./value.js";

/** The value of a symbol, with or without subscript. */
export function evaluateSymbol(expr: SymbolExpr, scope: Scope): Value {
  const lookup = scope.names.lookUp(expr);
  const value = valueOf(expr, lookup, scope);
  scope.trace.keepValue(() => printedAt(expr, lookup, scope), value);
  return value;
}

function valueOf(expr: SymbolExpr, lookup: Lookup, scope: Scope): Value {
  const { meaning } = lookup;
  switch (meaning.kind) {
    case "index":
      return indexValue(evaluateTime(expr, scope), scope);
    case "bound":
      return evaluateBinding(meaning.binding, timeOf(expr, lookup, 1, scope), expr, scope);
    case "defined":
      return evaluateDefinition(meaning.definition, lookup.time, expr, scope);
    case "role":
      return evaluateRole(meaning.role, expr, lookup, scope);
    case "declared":
      return evaluateDeclared(meaning.declaration, expr, scope);
    case "unknown":
      return movedNumber(expr, scope) ?? freeNumber(expr, lookup, "any", scope);
  }
}

function indexValue(time: number, scope: Scope): Value {
  return time === 0 ? { kind: "zero" } : number(scope.world.arithmetic.real(time));
}

/** The time of the subscript; without one, the free time of the statement. */
export function timeOf(expr: SymbolExpr, lookup: Pick<Lookup, "time">, lowest: number, scope: Scope): number {
  if (lookup.time !== undefined) return timeWithin(lookup.time, lowest, scope);
  return timeWithin({ kind: "symbol", name: scope.names.notation.time, span: expr.span }, lowest, scope);
}

function evaluateRole(role: Role, expr: SymbolExpr, lookup: Lookup, scope: Scope): Value {
  const { world } = scope;
  const time = (lowest: number): number => timeOf(expr, lookup, lowest, scope);
  switch (role) {
    case "beta":
      return number(entry(world.beta, time(1)));
    case "alpha":
      return number(entry(world.alpha, time(1)));
    case "alphaBar":
      return number(entry(world.alphaBar, time(0)));
    case "snr":
      return number(signalToNoise(time(1), scope));
    case "state":
      return stateAt(time(0), scope);
    case "stepNoise": {
      const t = time(1);
      return random(`noise:${t}`, world.noise(`z${t}`), scope);
    }
    case "accumulatedNoise": {
      const t = time(1);
      return random(`accumulated:${t}`, world.accumulated(t), scope);
    }
    case "noise":
      return bareNoise(expr, lookup, scope);
    case "freshNoise": {
      const name =
        lookup.time === undefined ? lookup.key : `${lookup.key}${evaluateTime(lookup.time, scope)}`;
      return random(`fresh:${name}`, world.noise(name), scope);
    }
    case "posteriorMean":
      return posteriorMean(time(1), scope);
    case "posteriorVariance":
      return number(world.posteriorVariance(time(1)));
    case "parameter":
      return lookup.key === deviationKey && scope.deviation !== "any"
        ? number(chosenDeviation(time(1), scope))
        : freeNumber(expr, lookup, "positive", scope);
    case "horizon":
      // As a limit or an index T is the last time; as a number it may be any.
      scope.trace.useFree(printExpr(expr));
      return number(world.arithmetic.real(world.T));
    case "dimension":
      return number(world.arithmetic.real(world.d));
    case "identity":
      return { kind: "matrix", scale: world.arithmetic.one };
    case "euler":
      return number(world.arithmetic.one.exp());
    case "pi":
      return number(pi(world.arithmetic));
    case "network":
      throw new EvaluationError(
        "unsupported",
        `the network ${printExpr(expr)} is not evaluated yet`,
        expr.span,
      );
    default:
      throw new EvaluationError(
        "unsupported",
        `${printExpr(expr)} is a function and stands without its arguments`,
        expr.span,
      );
  }
}

/** σ_t as the standard deviation of the model; other parameters have nothing to do with it. */
export const deviationKey = "\\sigma_t";

/** σ_t = √β_t or √β̃_t, the two choices of Ho et al. (2020, Sec. 3.2). */
function chosenDeviation(t: number, scope: Scope): Real {
  const { world } = scope;
  // β̃_1 = 0, and a law without variance has no density: implementations take β_1 there as well.
  if (scope.deviation === "forward" || t === 1) return entry(world.beta, t).sqrt();
  return world.posteriorVariance(t).sqrt();
}

/** x_t, where it was moved to or on its path. */
export function stateAt(t: number, scope: Scope): Value {
  const state = entry(scope.world.states, t);
  const known = random(`state:${t}`, state, scope);
  const moved = scope.moved.get(t);
  return moved === undefined ? known : vector(moved);
}

function random(name: string, variable: Affine, scope: Scope): Value {
  scope.trace.useVariable(name, variable);
  return vector(scope.mode === "path" ? scope.world.realize(variable) : variable);
}

/** ε without index: the accumulated noise at the statement's t, or, in the other reading, a noise of its own. */
function bareNoise(expr: SymbolExpr, lookup: Lookup, scope: Scope): Value {
  if (scope.reading === "fresh") {
    return random(`fresh:${lookup.key}`, scope.world.noise(lookup.key), scope);
  }
  const t = timeOf(expr, {}, 1, scope);
  return random(`accumulated:${t}`, scope.world.accumulated(t), scope);
}

/** μ̃_t(x_t, x_0) at the values of x_t and x_0 in scope. */
function posteriorMean(t: number, scope: Scope): Value {
  const xt = stateAt(t, scope);
  const x0 = stateAt(0, scope);
  if (xt.kind !== "vector" || x0.kind !== "vector") throw new RangeError("a state is a vector");
  return vector(scope.world.posterior(t, xt.value, x0.value).mean);
}

/** E[x_t | x_0]² / Var[x_t | x_0] for unit signal: what multiplies x_0, squared, over the variance. */
export function signalToNoise(t: number, scope: Scope): Real {
  const { world } = scope;
  return entry(world.alphaBar, t).div(entry(world.variances, t));
}

function evaluateBinding(binding: Binding, t: number, expr: SymbolExpr, scope: Scope): Value {
  if (scope.mode === "law") {
    throw new EvaluationError(
      "unsupported",
      `the law of ${printExpr(expr)}, a function in double precision`,
      expr.span,
    );
  }
  scope.trace.bound = true;
  const { world } = scope;
  const value = binding(world.boundPoint(t));
  if (value === undefined)
    throw new EvaluationError("outside", `${printExpr(expr)} has no value at t = ${t}`, expr.span);
  const numbers = typeof value === "number" ? [value] : value;
  if (!numbers.every(Number.isFinite)) {
    throw new EvaluationError(
      "domain",
      `the function bound to ${printExpr(expr)} returned ${numbers.join(", ")}`,
      expr.span,
    );
  }
  if (typeof value === "number") return number(world.arithmetic.real(value));
  if (value.length !== world.d) {
    throw new EvaluationError(
      "type",
      `the function bound to ${printExpr(expr)} returned ${value.length} numbers for d = ${world.d}`,
      expr.span,
    );
  }
  return vector(constant(value.map(world.arithmetic.real)));
}

/** The defining expression, its time letter set to the subscript at hand. */
export function evaluateDefinition(
  definition: Definition,
  time: Expr | undefined,
  expr: Expr,
  scope: Scope,
): Value {
  const indices = new Map(scope.indices);
  if (definition.parameter !== undefined) {
    if (time === undefined)
      throw new EvaluationError("type", `${printExpr(expr)} needs its index`, expr.span);
    indices.set(definition.parameter, evaluateTime(time, scope) + (definition.shift ?? 0));
  }
  const value = scope.evaluate(definition.body, { ...scope, indices });
  if (!definition.squared) return value;
  const square = value.kind === "number" ? value.value : undefined;
  if (square === undefined || square.isNegative()) {
    throw new EvaluationError(
      "domain",
      `${printExpr(expr)} was defined by a square that is no positive number`,
      expr.span,
    );
  }
  return number(square.sqrt());
}

/** A symbol of which nothing is known, moved as the variable of a density. */
function movedNumber(expr: SymbolExpr, scope: Scope): Value | undefined {
  const value = scope.assigned.get(`symbol ${printExpr(expr)}`);
  return value === undefined ? undefined : number(value);
}

/** A symbol that stands for any number: the same number wherever it occurs in a world. */
function freeNumber(expr: SymbolExpr, lookup: Lookup, sign: "positive" | "any", scope: Scope): Value {
  const time = lookup.time === undefined ? "" : freeIndex(lookup.time, scope);
  scope.trace.useFree(printExpr(expr));
  const kind = scope.kinds.get(printExpr(expr));
  if (kind !== undefined) return unknownValue(`${lookup.key}${time}`, kind, scope);
  return number(scope.world.free(`${lookup.key}${time}`, sign));
}

/** A subscript of an unknown symbol is a time if it can be one, and a label if not. */
function freeIndex(index: Expr, scope: Scope): string {
  try {
    return String(evaluateTime(index, scope));
  } catch (error) {
    if (error instanceof EvaluationError) return printExpr(index);
    throw error;
  }
}

/** `\beta_{t-1}` at t = 3 is printed as `\beta_2`. */
function printedAt(expr: SymbolExpr, lookup: Lookup, scope: Scope): string {
  if (expr.index === undefined) return expr.name;
  return lookup.time === undefined ? printExpr(expr) : `${expr.name}_{${freeIndex(lookup.time, scope)}}`;
}

function entry<T>(table: readonly T[], t: number): T {
  const value = table[t];
  if (value === undefined) throw new RangeError(`no entry ${t} in a table up to ${table.length - 1}`);
  return value;
}
