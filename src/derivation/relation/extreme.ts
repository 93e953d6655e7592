import type { Expr } from "../../expr/expr.js";
import { mapChildren, some } from "../../expr/walk.js";
import type { Names } from "../notation/names.js";
import type { Role } from "../notation/notation.js";
import type { Draw } from "../world/draw.js";
import {
  drawEqualWorld,
  drawFarWorlds,
  drawLimitWorlds,
  drawLongWorlds,
  drawModelWorlds,
} from "../world/extreme.js";
import type { Sides } from "./equality.js";
import { placesOf, type Place, type Question } from "./question.js";

/** The places of extreme worlds, group by group: one in which a statement is too long is left out as a whole. */
export function extremePlaces(sides: Sides, question: Question): readonly (() => readonly Place[])[] {
  const { names, seed } = question;
  const exprs = [sides.left, sides.right];
  const among = (draws: readonly Draw[]): readonly Place[] => placesOf(exprs, { ...question, draws });
  const isPlain = !exprs.some((expr) => some(expr, (node) => isAverage(node, names)));
  const models = exprs.some((expr) => some(expr, (node) => isModel(node, names)));
  return [
    () => among([drawEqualWorld(seed)]),
    () => among(drawLimitWorlds(seed)),
    ...(models ? [() => among(drawModelWorlds(seed))] : []),
    ...(isPlain
      ? [() => among(drawFarWorlds(seed)), () => among(drawLongWorlds(seed)).filter(isTelling)]
      : []),
  ];
}

/** What takes long where there are many states or many digits. */
function isAverage(node: Expr, names: Names): boolean {
  return (
    node.kind === "integral" || playsRole(node, names, [...densities, "expectation", "variance", "network"])
  );
}

const densities: readonly Role[] = ["forwardDensity", "reverseDensity", "divergence"];

const isModel = (node: Expr, names: Names): boolean => playsRole(node, names, ["network", ...densities]);

/** Also within what the text has defined. */
function playsRole(node: Expr, names: Names, roles: readonly Role[]): boolean {
  if (node.kind !== "symbol") return false;
  const { meaning } = names.lookUp(node);
  if (meaning.kind === "defined")
    return some(meaning.definition.body, (part) => playsRole(part, names, roles));
  return meaning.kind === "role" && roles.includes(meaning.role);
}

/** Of many times the first, the last and one between. */
function isTelling({ draw, t, others }: Place): boolean {
  const { T } = draw;
  const told = [1, 2, 3, T / 2, T - 1, T];
  return [t, ...Object.values(others ?? {})].every((time) => time === undefined || told.includes(time));
}

/** Numbers beyond these are the reason why a bound is not reached, if they are. */
const largest = 100;
const smallest = 0.01;

/**
 * The sides with numbers that are very large or very small brought nearer to 1; undefined where there are none. A
 * bound that holds for those as well does not rest on the size of a number.
 */
export function withoutLargeNumbers({ left, right }: Sides): Sides | undefined {
  const extremes: Expr[] = [];
  const reduce = (expr: Expr): Expr => {
    const value = closedValue(expr);
    if (value === undefined) {
      if (expr.kind === "symbol" || expr.kind === "call") return expr;
      if (expr.kind === "power") return { ...expr, base: reduce(expr.base) };
      if (expr.kind === "series") return { ...expr, body: reduce(expr.body) };
      return mapChildren(expr, reduce);
    }
    const size = Math.abs(value);
    const isLiteral = value === 0 && expr.kind === "number";
    if (isLiteral || (size < largest && size > smallest)) return expr;
    extremes.push(expr);
    const { span } = expr;
    const literal: Expr = {
      kind: "number",
      text: size < 1 ? String(10 * smallest) : String(largest / 10),
      span,
    };
    return value < 0 ? { kind: "negation", of: literal, span } : literal;
  };
  const reduced = { left: reduce(left), right: reduce(right) };
  return extremes.length > 0 ? reduced : undefined;
}

/** The value of an expression of nothing but numbers, to a few digits; it may be 0 or infinite where those do not reach. */
function closedValue(expr: Expr): number | undefined {
  const all = (parts: readonly Expr[]): readonly number[] | undefined => {
    const values = parts.map(closedValue);
    return values.every((value) => value !== undefined) ? values : undefined;
  };
  switch (expr.kind) {
    case "number":
      return Number(expr.text);
    case "negation": {
      const value = closedValue(expr.of);
      return value === undefined ? undefined : -value;
    }
    case "sum":
      return all(expr.terms)?.reduce((sum, value) => sum + value, 0);
    case "product":
      return all(expr.factors)?.reduce((product, value) => product * value, 1);
    case "quotient": {
      const [numerator, denominator] = all([expr.numerator, expr.denominator]) ?? [];
      return numerator === undefined || denominator === undefined ? undefined : numerator / denominator;
    }
    case "power": {
      const [base, exponent] = all([expr.base, expr.exponent]) ?? [];
      return base === undefined || exponent === undefined ? undefined : base ** exponent;
    }
    case "root": {
      const value = closedValue(expr.of);
      return value === undefined ? undefined : Math.sqrt(value);
    }
    default:
      return undefined;
  }
}
