import type { CallExpr, Expr } from "../../expr/expr.js";
import { children, some } from "../../expr/walk.js";
import { averagesData, isOfData } from "../evaluate/measure.js";
import type { Names } from "../notation/names.js";

/** How a side averages over the data: not at all, as a sum of averages, or in a way that is not linear. */
export type DataAverage = "none" | "linear" | "other";

/**
 * Expectations over x_0 are compared for each x_0 alone. That is right for sums and multiples of
 * expectations, as equality for each x_0 gives equality for every law of the data; not for a product, a
 * root or a logarithm of one.
 */
export function dataAverageOf(expr: Expr, names: Names): DataAverage {
  if (!some(expr, (node) => isAverage(node, names))) return "none";
  if (isAverage(expr, names)) {
    const inside = children(expr).slice(1);
    return inside.some((part) => dataAverageOf(part, names) !== "none") ? "other" : "linear";
  }
  switch (expr.kind) {
    case "sum":
      return joined(expr.terms, names, false);
    case "negation":
      return dataAverageOf(expr.of, names);
    case "series":
      return expr.operator === "sum" ? dataAverageOf(expr.body, names) : "other";
    case "product":
      return joined(expr.factors, names, true);
    case "quotient":
      return mentionsState(expr.denominator, names) ? "other" : dataAverageOf(expr.numerator, names);
    default:
      return "other";
  }
}

/** A term that still depends on the data is not averaged; nor may a factor depend on it. */
function joined(parts: readonly Expr[], names: Names, factors: boolean): DataAverage {
  const kinds = parts.map((part) => dataAverageOf(part, names));
  const averages = kinds.filter((kind) => kind !== "none").length;
  if (kinds.includes("other") || (factors && averages > 1)) return "other";
  const rest = parts.filter((_, at) => kinds[at] === "none");
  return rest.some((part) => mentionsState(part, names)) ? "other" : "linear";
}

function isAverage(expr: Expr, names: Names): boolean {
  if (expr.kind !== "call") return false;
  const { meaning } = names.lookUp(expr.head);
  return meaning.kind === "role" && meaning.role === "expectation" && averagesData(expr);
}

/** Anything that has a value for given data only. */
export function mentionsState(expr: Expr, names: Names): boolean {
  return some(expr, (node) => {
    if (node.kind !== "symbol") return false;
    const { meaning } = names.lookUp(node);
    if (meaning.kind === "defined") return mentionsState(meaning.definition.body, names);
    return meaning.kind === "role" && ["state", "posteriorMean"].includes(meaning.role);
  });
}

/** A density of the data, `q(x_0)`, `q(x_{0:T})`, that has a value; not one that an expectation is taken over. */
export function dataDensityIn(expr: Expr, names: Names): CallExpr | undefined {
  if (expr.kind !== "call")
    return children(expr)
      .map((part) => dataDensityIn(part, names))
      .find((found) => found !== undefined);
  if (names.roleOf(expr.head) === "forwardDensity") return isOfData(expr) ? expr : undefined;
  return [...expr.args, ...expr.rest]
    .map((part) => dataDensityIn(part, names))
    .find((found) => found !== undefined);
}
