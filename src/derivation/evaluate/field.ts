import type { Expr, Span } from "../../expr/expr.js";
import type { Arithmetic, Real } from "../../expr/number.js";
import {
  addWaves,
  constantValue,
  constantWave,
  multiplyWaves,
  scaleWave,
  variableWave,
  type Wave,
} from "../../probability/wave.js";
import {
  ExponentError,
  exponentialValue,
  multiplyExponentials,
  waveTerm,
  type Exponential,
} from "../../probability/exponential.js";
import { constant } from "../../probability/affine.js";
import { EvaluationError } from "./error.js";
import type { Scope } from "./scope.js";
import { stateAt } from "./symbol.js";
import { number, vector, type Value } from "./value.js";

/** What an integrand can be worth: functions of the states that are integrated over. */
export type Field =
  | { readonly kind: "scalar"; readonly value: Wave }
  /** [d] */
  | { readonly kind: "vector"; readonly parts: readonly Wave[] }
  /** scale · I */
  | { readonly kind: "matrix"; readonly scale: Real }
  /** A product or quotient of densities: exponentials of quadratic functions. */
  | { readonly kind: "density"; readonly value: Exponential };

/** Where an integrand is evaluated: the states `times` are variables, all others have their values. */
export interface Open {
  readonly scope: Scope;
  readonly times: ReadonlySet<number>;
  /** Noises that the expectation names (E_{x_0, ε}): printed symbol → time of the accumulated noise it is. */
  readonly noises: ReadonlyMap<string, number>;
  /** The evaluator, handed down so that densities and expectations can evaluate their parts. */
  readonly field: (expr: Expr, open: Open) => Field;
}

export const scalarField = (value: Wave): Field => ({ kind: "scalar", value });
export const densityField = (value: Exponential): Field => ({ kind: "density", value });
export const vectorField = (parts: readonly Wave[]): Field => ({ kind: "vector", parts });

/** The name of coordinate i of x_t as a variable. */
export const variableName = (t: number, i: number): string => `${t}:${i}`;

/** The t of such a name. */
export const timeOfVariable = (name: string): number => Number.parseInt(name, 10);

/** x_t as functions: variables if it is integrated over, else its value. */
export function stateField(t: number, open: Open): readonly Wave[] {
  const { arithmetic, d } = open.scope.world;
  if (open.times.has(t)) {
    open.scope.trace.useVariable(`state:${t}`, open.scope.world.states[t] ?? constant([]));
    return Array.from({ length: d }, (_, i) => variableWave(variableName(t, i), arithmetic));
  }
  return partsOf(fieldOf(stateAt(t, open.scope), open.scope));
}

const partsOf = (field: Field): readonly Wave[] => (field.kind === "vector" ? field.parts : []);

/** A value of the world as a constant function. */
export function fieldOf(value: Value, scope: Scope): Field {
  switch (value.kind) {
    case "number":
      return scalarField(constantWave(value.value));
    case "variance":
      return scalarField(constantWave(value.scale));
    case "zero":
      return scalarField([]);
    case "matrix":
      return value;
    case "dense":
    case "row":
      throw new EvaluationError("unsupported", "a full matrix inside an expectation", { start: 0, end: 0 });
    case "vector":
      if (value.value.coefficients.size > 0 || scope.mode === "law") {
        throw new RangeError("an integrand is evaluated path by path");
      }
      return vectorField(value.value.offset.map(constantWave));
  }
}

/** The value of a field without variables; undefined if it has some. */
export function valueOfField(field: Field, arithmetic: Arithmetic): Value | undefined {
  if (field.kind === "matrix") return field;
  if (field.kind === "scalar" || field.kind === "density") {
    const found = constantScalar(field, arithmetic);
    return found === undefined ? undefined : number(found);
  }
  const parts = field.parts.map((part) => constantValue(part, arithmetic));
  const known = parts.filter((part) => part !== undefined);
  return known.length === parts.length ? vector(constant(known)) : undefined;
}

/** The number a scalar field without variables is. */
export function constantScalar(field: Field, arithmetic: Arithmetic): Real | undefined {
  if (field.kind === "density") return exponentialValue(field.value, arithmetic);
  return field.kind === "scalar" ? constantValue(field.value, arithmetic) : undefined;
}

/** @throws EvaluationError where a density is too large or too small for a number */
export function withinExponents<T>(span: Span, compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (error instanceof ExponentError) throw new EvaluationError("unsupported", error.message, span);
    throw error;
  }
}

/** A number or a density as a sum of exponentials; undefined for anything else. */
export function exponentialsOf(field: Field): Exponential | undefined {
  if (field.kind === "density") return field.value;
  return field.kind === "scalar" ? waveTerm(field.value) : undefined;
}

const isZero = (field: Field): boolean => field.kind === "scalar" && field.value.length === 0;

export function addFields(a: Field, b: Field, span: Span): Field {
  if (isZero(a)) return b;
  if (isZero(b)) return a;
  if (a.kind === "scalar" && b.kind === "scalar") return scalarField(addWaves(a.value, b.value));
  if (a.kind === "vector" && b.kind === "vector")
    return vectorField(a.parts.map((part, i) => addWaves(part, b.parts[i] ?? [])));
  const [x, y] = [exponentialsOf(a), exponentialsOf(b)];
  if (x !== undefined && y !== undefined) return densityField([...x, ...y]);
  if (a.kind === "matrix" && b.kind === "matrix") return { kind: "matrix", scale: a.scale.plus(b.scale) };
  throw new EvaluationError("type", `${describe(a)} and ${describe(b)} are added`, span);
}

/** Powers beyond this have exact expectations too, but no text needs them and they take for ever. */
const highestPower = 8;

/**
 * The product in the conventions of the texts: two vectors side by side are their inner product. Every
 * pair of terms costs one step of the budget.
 */
export function multiplyFields(a: Field, b: Field, open: Open, span: Span): Field {
  const { arithmetic } = open.scope.world;
  if (a.kind === "scalar" && b.kind === "scalar") return scalarField(product(a.value, b.value, open, span));
  if (a.kind === "vector" && b.kind === "vector")
    return scalarField(addWaves(...a.parts.map((part, i) => product(part, b.parts[i] ?? [], open, span))));
  if (a.kind === "scalar" && b.kind === "vector")
    return vectorField(b.parts.map((part) => product(a.value, part, open, span)));
  if (a.kind === "vector" && b.kind === "scalar") return multiplyFields(b, a, open, span);
  if (a.kind === "matrix" && b.kind === "vector")
    return vectorField(b.parts.map((part) => scaleWave(part, a.scale)));
  const [left, right] = [exponentialsOf(a), exponentialsOf(b)];
  if (left !== undefined && right !== undefined) {
    open.scope.trace.step(span, left.length * right.length);
    return densityField(multiplyExponentials(left, right));
  }
  if ([a, b].some(({ kind }) => kind === "density") && [a, b].some(({ kind }) => kind === "vector"))
    throw new EvaluationError("unsupported", "no exact integral of a vector times a density", span);
  const [x, y] = [a, b].map((field) =>
    field.kind === "matrix" ? field.scale : constantScalar(field, arithmetic),
  );
  if (x !== undefined && y !== undefined) return { kind: "matrix", scale: x.times(y) };
  throw new EvaluationError("type", `${describe(a)} is multiplied by ${describe(b)}`, span);
}

function product(a: Wave, b: Wave, open: Open, span: Span): Wave {
  open.scope.trace.step(span, a.length * b.length);
  const found = multiplyWaves(a, b);
  if (found.some((term) => [...term.powers.values()].some((power) => power > highestPower)))
    throw new EvaluationError("unsupported", `the expectation of a power beyond ${highestPower}`, span);
  return found;
}

/** ‖v‖² */
export function squaredNorm(parts: readonly Wave[], open: Open, span: Span): Wave {
  return addWaves(...parts.map((part) => product(part, part, open, span)));
}

/** @throws EvaluationError for anything but a vector; the literal 0 is one */
export function requireVector(field: Field, expr: Expr, open: Open): readonly Wave[] {
  if (field.kind === "vector") return field.parts;
  if (field.kind === "scalar" && open.scope.world.draw.scalar === true) return [field.value];
  if (isZero(field)) return Array.from({ length: open.scope.world.d }, () => []);
  throw new EvaluationError("type", `a vector is needed here, and this is ${describe(field)}`, expr.span);
}

function describe(field: Field): string {
  return field.kind === "scalar" || field.kind === "density" ? "a number" : `a ${field.kind}`;
}
