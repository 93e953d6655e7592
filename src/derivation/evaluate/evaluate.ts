import type {
  ElementaryExpr,
  ElementaryName,
  Expr,
  PowerExpr,
  ProductExpr,
  SumExpr,
} from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import type { Real } from "../../expr/number.js";
import { writtenTerms } from "./dottedSum.js";
import { EvaluationError } from "./error.js";
import { evaluateCall } from "./call.js";
import { densePower, evaluateBars, transpose } from "./matrix.js";
import { caseAt } from "./condition.js";
import { evaluateGradient } from "./gradient.js";
import { evaluateField, evaluateIntegral, evaluateLogarithm } from "./integrand.js";
import { noteLoss } from "./loss.js";
import { recall } from "./memory.js";
import type { Scope } from "./scope.js";
import { evaluateDots, evaluateSeries } from "./series.js";
import { evaluateSymbol } from "./symbol.js";
import {
  addValues,
  describeKind,
  divide,
  innerProduct,
  multiply,
  negate,
  number,
  scalarOf,
  type Value,
} from "./value.js";

/** Exponents and arguments of exp beyond these are refused: their digits would take for ever. */
const largest = { exponent: 1_000, exp: 100_000, digits: 40, places: 1_000_000_000, angle: 8 } as const;

/** A transcendental function at 64 digits takes as long as this many sums. */
const costOf: Readonly<Partial<Record<Expr["kind"], number>>> = {
  elementary: 50,
  power: 20,
  root: 10,
  call: 50,
};

/**
 * The value of an expression at one point of one world.
 * @throws EvaluationError where it has none, with the place
 */
export const evaluate = (expr: Expr, scope: Scope): Value => recall(expr, scope, compute);

function compute(expr: Expr, scope: Scope): Value {
  scope.trace.step(expr.span, costOf[expr.kind] ?? 1);
  const { arithmetic } = scope.world;
  switch (expr.kind) {
    case "number":
      return literal(expr.text, expr, scope);
    case "symbol":
      return evaluateSymbol(expr, scope);
    case "call":
      return evaluateCall(expr, scope);
    case "series":
      return evaluateSeries(expr, scope);
    case "sum":
      return evaluateSum(expr, scope);
    case "negation":
      return negate(evaluate(expr.of, scope), arithmetic);
    case "product":
      return evaluateProduct(expr, scope);
    case "quotient": {
      const by = evaluate(expr.denominator, scope);
      if (by.kind === "number") scope.trace.divide(by.value);
      return divide(evaluate(expr.numerator, scope), by, arithmetic, expr.denominator.span);
    }
    case "power":
      return evaluatePower(expr, scope);
    case "root":
      return squareRoot(scalar(expr.of, scope), expr);
    case "elementary":
      return evaluateElementary(expr, scope);
    case "norm":
      return number(norm(evaluate(expr.of, scope), expr, scope));
    case "bars":
      return evaluateBars(evaluate(expr.of, scope), expr, scope);
    case "transpose":
      return transpose(evaluate(expr.of, scope), expr);
    case "list":
      throw new EvaluationError("unsupported", "a list or a set has no value of its own", expr.span);
    case "range":
      throw new EvaluationError("type", "a range of variables has no value of its own", expr.span);
    case "dots":
      throw new EvaluationError("unsupported", "dots that continue nothing", expr.span);
    case "integral":
      return evaluateIntegral(expr, scope);
    case "extremum":
      throw new EvaluationError(
        "unsupported",
        "an extremum over all parameters has no value here",
        expr.span,
      );
    case "gradient":
      return evaluateGradient(expr, scope, evaluateField);
    case "cases":
      return evaluate(caseAt(expr, scope), scope);
    case "ambiguous":
      throw new EvaluationError(
        "unsupported",
        `how far \\${expr.wide.name} reaches is ambiguous (brackets would tell)`,
        expr.span,
      );
    case "opaque":
      throw new EvaluationError("unsupported", `${expr.what} is not evaluated yet`, expr.span);
  }
}

function evaluateSum(expr: SumExpr, scope: Scope): Value {
  const terms = writtenTerms(expr, scope).map((term) => ({ value: evaluate(term, scope), span: term.span }));
  noteLoss(
    terms.map(({ value }) => value),
    scope,
  );
  return terms.reduce((a, b) => ({ value: addValues(a.value, b.value, b.span), span: b.span })).value;
}

function literal(text: string, expr: Expr, scope: Scope): Value {
  if (text.length > largest.digits) {
    throw new EvaluationError("unsupported", `a number of more than ${largest.digits} digits`, expr.span);
  }
  const { arithmetic } = scope.world;
  const read = literals.get(expr) ?? new Map<number, Value>();
  literals.set(expr, read);
  const known = read.get(arithmetic.digits);
  if (known !== undefined) return known;
  const value = arithmetic.real(text);
  const made: Value = value.isZero() ? { kind: "zero" } : number(value);
  read.set(arithmetic.digits, made);
  return made;
}

/** Values of literals, by the digits carried. */
const literals = new WeakMap<Expr, Map<number, Value>>();

function scalar(expr: Expr, scope: Scope): Real {
  const value = evaluate(expr, scope);
  const found = scalarOf(value, scope.world.arithmetic);
  if (found === undefined) {
    throw new EvaluationError(
      "type",
      `a number is needed here, and ${printExpr(expr)} is ${describeKind(value)}`,
      expr.span,
    );
  }
  return found;
}

function evaluateProduct(expr: ProductExpr, scope: Scope): Value {
  if (expr.factors.some((factor) => factor.kind === "dots")) return evaluateDots(expr, scope);
  const values = expr.factors.map((factor) => evaluate(factor, scope));
  if (values.filter((value) => value.kind === "vector").length > 2) {
    throw new EvaluationError("type", "a product of more than two vectors", expr.span);
  }
  // A matrix acts on what stands to its right, so its place matters only beside vectors.
  return values.reduce((a, b, at) =>
    multiply(a, b, scope.world.arithmetic, expr.factors[at]?.span ?? expr.span),
  );
}

/** A vector squared is its squared norm, as in the texts; other powers need a number. */
function evaluatePower(expr: PowerExpr, scope: Scope): Value {
  const { arithmetic } = scope.world;
  const base = evaluate(expr.base, scope);
  if (isTranspose(base, expr.exponent, scope)) return transpose(base, expr);
  const exponent = scalar(expr.exponent, scope);
  if (base.kind === "dense") return densePower(base.rows, exponent, expr, scope.world);
  if (base.kind === "vector") {
    if (!exponent.equals(2))
      throw new EvaluationError("type", "a vector is raised to a power other than 2", expr.span);
    return number(innerProduct(base.value, base.value, arithmetic, expr.span));
  }
  if (base.kind === "matrix") return matrixPower(base.scale, exponent, expr);
  const x = scalarOf(base, arithmetic) ?? arithmetic.zero;
  // x^p is 1 + p log x + …
  noteLoss([number(exponent), number(arithmetic.one)], scope);
  if (exponent.isNegative()) scope.trace.divide(x);
  return number(realPower(x, exponent, expr));
}

/** `v^T` of a vector or a matrix: T is not the last time there. */
function isTranspose(base: Value, exponent: Expr, scope: Scope): boolean {
  if (!["vector", "row", "matrix", "dense"].includes(base.kind) || exponent.kind !== "symbol") return false;
  const { meaning } = scope.names.lookUp(exponent);
  return meaning.kind === "role" && meaning.role === "horizon";
}

function matrixPower(scale: Real, exponent: Real, expr: Expr): Value {
  if (!exponent.isInteger()) throw new EvaluationError("type", "a broken power of a matrix", expr.span);
  return { kind: "matrix", scale: realPower(scale, exponent, expr) };
}

function realPower(x: Real, exponent: Real, expr: Expr): Real {
  if (exponent.abs().greaterThan(largest.exponent)) {
    throw new EvaluationError("unsupported", `an exponent beyond ${largest.exponent}`, expr.span);
  }
  if (x.isZero() && !exponent.greaterThan(0))
    throw new EvaluationError("outside", "zero is raised to a power that is not positive", expr.span);
  if (x.isNegative() && !exponent.isInteger()) {
    throw new EvaluationError("domain", "a negative number is raised to a broken power", expr.span);
  }
  // Powers of powers would end at infinity, where all of them are equal.
  if (Math.abs(x.e) * exponent.abs().toNumber() > largest.places)
    throw new EvaluationError("unsupported", `a power beyond 10^{±${largest.places}}`, expr.span);
  return x.pow(exponent);
}

function squareRoot(x: Real, expr: Expr): Value {
  if (x.isNegative() && !x.isZero())
    throw new EvaluationError("domain", "the square root of a negative number", expr.span);
  return number(x.sqrt());
}

function evaluateElementary(expr: ElementaryExpr, scope: Scope): Value {
  // The density of a far state is no number that a logarithm could be taken of.
  if (expr.name === "log" && scope.setting !== undefined) return evaluateLogarithm(expr.of, scope);
  const x = scalar(expr.of, scope);
  // e^x is 1 + x + …
  if (expr.name === "exp") noteLoss([number(x), number(scope.world.arithmetic.one)], scope);
  return elementary(expr.name, x, expr);
}

function elementary(name: ElementaryName, x: Real, expr: Expr): Value {
  if (name === "cos" || name === "sin") {
    if (x.e > largest.angle)
      throw new EvaluationError("unsupported", `${name} of a number beyond 10^${largest.angle}`, expr.span);
    return number(name === "cos" ? x.cos() : x.sin());
  }
  if (name === "exp") {
    if (x.abs().greaterThan(largest.exp)) {
      throw new EvaluationError("unsupported", `exp of a number beyond ±${largest.exp}`, expr.span);
    }
    return number(x.exp());
  }
  if (x.isZero()) throw new EvaluationError("outside", "the logarithm of zero", expr.span);
  if (x.isNegative()) throw new EvaluationError("domain", "the logarithm of a negative number", expr.span);
  return number(x.ln());
}

function norm(value: Value, expr: Expr, scope: Scope): Real {
  const { arithmetic } = scope.world;
  if (value.kind === "vector") return innerProduct(value.value, value.value, arithmetic, expr.span).sqrt();
  throw new EvaluationError("type", `the norm of ${describeKind(value)}`, expr.span);
}
