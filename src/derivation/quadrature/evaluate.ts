import type {
  CallExpr,
  ElementaryName,
  Expr,
  IntegralExpr,
  PowerExpr,
  SeriesExpr,
  Span,
  SymbolExpr,
} from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import {
  addTables,
  constantTable,
  multiplyTables,
  scaleTable,
  TableError,
  tableValue,
  variableTable,
  type Grid,
  type TableSum,
} from "../../probability/table.js";
import { integrateAllTables, type Work } from "../../probability/tableIntegral.js";
import { expTable, inverseTable, logarithmTable, mapTable } from "../../probability/tableFunctions.js";
import { EvaluationError } from "../evaluate/error.js";
import { factorOf, processOf } from "../evaluate/factor.js";
import { integratedStates } from "../evaluate/integral.js";
import { predictionOf } from "../evaluate/network.js";
import { normalParts } from "../evaluate/normal.js";
import { withIndex, type Scope } from "../evaluate/scope.js";
import { dottedFactors, rangeOf } from "../evaluate/series.js";
import { timeOf } from "../evaluate/symbol.js";
import { evaluateTime, timeWithin } from "../evaluate/time.js";
import type { Value } from "../evaluate/value.js";
import type { Definition } from "../notation/names.js";
import { densityTable } from "./density.js";
import { divergenceTable, expectationTable, normalDensity, note } from "./expectation.js";
import { gridOf, type Rule } from "./grid.js";
import { predictionFunction } from "./network.js";
import { stateNumber, type OpenGrid } from "./open.js";

/** A number by quadrature, and the largest that was added up on the way. */
export interface Quadrature {
  readonly value: number;
  readonly largest: number;
}

/** What is tabulated once for all expressions of one place. */
export type Workspace = Pick<OpenGrid, "grid" | "densities">;

export const workspaceFor = (scope: Scope, rule: Rule, span: Span): Workspace => ({
  grid: gridOf(scope, rule, span),
  densities: new Map(),
});

/**
 * The value of an expression in a world with d = 1, in double precision, all states that are integrated over
 * on grids. @throws EvaluationError where it has none
 */
export function evaluateByQuadrature(
  expr: Expr,
  scope: Scope,
  workspace: Workspace,
  work: Work = { points: 0 },
): Quadrature {
  const open: OpenGrid = {
    ...workspace,
    work,
    scope,
    times: new Set(),
    noises: new Map(),
    span: expr.span,
    largest: { value: 0 },
    table: evaluateTable,
  };
  const value = tableValue(evaluateTable(expr, open));
  if (value === undefined) throw new RangeError("an expression at given states has a value");
  if (!Number.isFinite(value))
    throw new EvaluationError("unsupported", "a number beyond double precision", expr.span);
  return { value, largest: Math.max(open.largest.value, Math.abs(value)) };
}

/** An expression as a function of the open states. */
export function evaluateTable(expr: Expr, open: OpenGrid): TableSum {
  open.scope.trace.step(expr.span);
  try {
    return tableOf(expr, open);
  } catch (error) {
    if (error instanceof TableError) throw new EvaluationError("unsupported", error.message, expr.span);
    throw error;
  }
}

function tableOf(expr: Expr, open: OpenGrid): TableSum {
  const { grid, scope } = open;
  const inner = (part: Expr): TableSum => evaluateTable(part, open);
  switch (expr.kind) {
    case "number":
      return constantTable(Number(expr.text));
    case "symbol":
      return symbolTable(expr, open);
    case "call":
      return callTable(expr, open);
    case "integral":
      return integralTable(expr, open);
    case "series":
      return seriesTable(expr, open);
    case "sum":
      return expr.terms.map(inner).reduce((a, b) => {
        for (const term of [a, b]) note(tableValue(term), open);
        return addTables(a, b, grid);
      });
    case "negation":
      return scaleTable(inner(expr.of), -1);
    case "product":
      return dottedFactors(expr, scope)
        .map(({ factor, scope: at }) => evaluateTable(factor, { ...open, scope: at }))
        .reduce((a, b) => multiplyTables(a, b, grid));
    case "quotient": {
      const by = inner(expr.denominator);
      if (tableValue(by) === 0)
        throw new EvaluationError("outside", "a denominator is zero", expr.denominator.span);
      return multiplyTables(inner(expr.numerator), inverseTable(by, grid), grid);
    }
    case "power":
      return powerTable(expr, open);
    case "root":
      return mapTable(inner(expr.of), Math.sqrt, grid);
    case "norm":
    case "bars":
      return mapTable(inner(expr.of), Math.abs, grid);
    case "elementary":
      return elementaryTable(expr.name, inner(expr.of), grid);
    default:
      throw new EvaluationError("unsupported", `no quadrature of ${printExpr(expr)}`, expr.span);
  }
}

function elementaryTable(name: ElementaryName, of: TableSum, grid: Grid): TableSum {
  switch (name) {
    case "log":
      return logarithmTable(of, grid);
    case "exp":
      return expTable(of, grid);
    case "cos":
    case "sin":
      return mapTable(of, (x) => Math[name](x), grid);
  }
}

function powerTable(expr: PowerExpr, open: OpenGrid): TableSum {
  const base = evaluateTable(expr.base, open);
  const exponent = tableValue(evaluateTable(expr.exponent, open));
  if (exponent === undefined)
    throw new EvaluationError("unsupported", "an exponent that depends on the states", expr.span);
  if (exponent === 2) return multiplyTables(base, base, open.grid);
  if (exponent === -1) return inverseTable(base, open.grid);
  return mapTable(base, (x) => x ** exponent, open.grid);
}

function seriesTable(expr: SeriesExpr, open: OpenGrid): TableSum {
  const { lower, upper } = rangeOf(expr, open.scope);
  let total = constantTable(expr.operator === "sum" ? 0 : 1);
  for (let at = lower; at <= upper; at++) {
    const term = evaluateTable(expr.body, { ...open, scope: withIndex(open.scope, expr.index, at) });
    note(tableValue(term), open);
    total =
      expr.operator === "sum" ? addTables(total, term, open.grid) : multiplyTables(total, term, open.grid);
  }
  return total;
}

function integralTable(expr: IntegralExpr, open: OpenGrid): TableSum {
  const times = integratedStates(expr, open);
  const inner: OpenGrid = { ...open, times: new Set([...open.times, ...times]) };
  return integrateAllTables(evaluateTable(expr.body, inner), times, open.grid, open.work);
}

function symbolTable(expr: SymbolExpr, open: OpenGrid): TableSum {
  const { scope } = open;
  const lookup = scope.names.lookUp(expr);
  const bound = open.noises.get(printExpr(expr));
  if (bound !== undefined) return noiseTable(bound, 0, open);
  const { meaning } = lookup;
  if (meaning.kind === "defined") return definedTable(meaning.definition, lookup.time, expr, open);
  if (meaning.kind === "bound" && open.times.size > 0)
    throw new EvaluationError("unsupported", `no quadrature of ${printExpr(expr)}`, expr.span);
  if (meaning.kind !== "role") return numberTable(expr, open);
  const time = (): number => timeOf(expr, lookup, 1, scope);
  switch (meaning.role) {
    case "state":
      return stateTable(timeOf(expr, lookup, 0, scope), open);
    case "accumulatedNoise":
      return noiseTable(time(), 0, open);
    case "noise":
      return noiseTable(timeOf(expr, {}, 1, scope), 0, open);
    case "stepNoise":
      return noiseTable(time(), time() - 1, open);
    case "posteriorMean":
      return posteriorTable(time(), stateTable(time(), open), stateTable(0, open), open);
    default:
      return numberTable(expr, open);
  }
}

const stateTable = (t: number, open: OpenGrid): TableSum =>
  open.times.has(t) ? variableTable(t, open.grid) : constantTable(stateNumber(t, open));

/** (x_t - √k x_s) / √(1-k) with k = ᾱ_t / ᾱ_s: the noise between s and t. */
function noiseTable(t: number, s: number, open: OpenGrid): TableSum {
  const { alphaBar } = open.scope.world;
  const kept = (alphaBar[t]?.toNumber() ?? 1) / (alphaBar[s]?.toNumber() ?? 1);
  const signal = scaleTable(stateTable(s, open), -Math.sqrt(kept));
  return scaleTable(addTables(stateTable(t, open), signal, open.grid), 1 / Math.sqrt(1 - kept));
}

/** μ̃_t at the given x_t and x_0, by Bayes' rule for normal laws. */
function posteriorTable(t: number, xt: TableSum, x0: TableSum, { scope, grid }: OpenGrid): TableSum {
  const { alphaBar, alpha, beta } = scope.world;
  const [kept, before, step, added] = [alphaBar[t], alphaBar[t - 1], alpha[t], beta[t]].map(
    (value) => value?.toNumber() ?? 1,
  );
  const [k = 1, b = 1, a = 1, v = 1] = [kept, before, step, added];
  const left = scaleTable(xt, (Math.sqrt(a) * (1 - b)) / (1 - k));
  return addTables(left, scaleTable(x0, (Math.sqrt(b) * v) / (1 - k)), grid);
}

function callTable(expr: CallExpr, open: OpenGrid): TableSum {
  const { scope, grid } = open;
  const lookup = scope.names.lookUp(expr.head);
  const { meaning } = lookup;
  const inner = (part: Expr): TableSum => evaluateTable(part, open);
  if (meaning.kind === "defined") {
    const own = meaning.definition.args ?? [];
    if (own.length === 0) return definedTable(meaning.definition, expr.args[0], expr, open);
    if (own.map(printExpr).join() === expr.args.map(printExpr).join()) return inner(meaning.definition.body);
  }
  const process = processOf(expr, scope);
  if (process !== undefined) return densityTable(factorOf(expr, process, scope), open);
  const role = meaning.kind === "role" ? meaning.role : undefined;
  const [first, second] = expr.args;
  switch (role) {
    case "expectation":
      return expr.head.index === undefined ? numberTable(expr, open) : expectationTable(expr, open);
    case "divergence":
      return divergenceTable(expr, open);
    case "normal": {
      const { at, mean, covariance } = normalParts(expr);
      if (at === undefined) return numberTable(expr, open);
      return normalDensity(inner(at), inner(mean), inner(covariance), open);
    }
    case "network": {
      const { input, time, prediction, condition } = predictionOf(expr, lookup, scope.names);
      if (prediction === undefined) return numberTable(expr, open);
      const of = predictionFunction(prediction, timeWithin(time, 1, scope), scope, condition);
      scope.trace.model = true;
      return mapTable(inner(input), of.at, grid);
    }
    case "posteriorMean": {
      const own = lookup.time ?? (first?.kind === "symbol" ? first.index : undefined);
      if (first === undefined || second === undefined || own === undefined) return numberTable(expr, open);
      return posteriorTable(timeOf(expr.head, { time: own }, 1, scope), inner(first), inner(second), open);
    }
    default:
      return numberTable(expr, open);
  }
}

/** What does not depend on the open states, as evaluated elsewhere. @throws EvaluationError if it does */
function numberTable(expr: Expr, open: OpenGrid): TableSum {
  const { scope } = open;
  const trace = scope.trace.beside();
  const value = numberOf(scope.evaluate(expr, { ...scope, trace }));
  const touched = [...trace.variables.keys()].filter((name) => name.startsWith("state:"));
  if (touched.some((name) => open.times.has(Number(name.slice(6)))))
    throw new EvaluationError("unsupported", `no quadrature of ${printExpr(expr)}`, expr.span);
  scope.trace.absorb(trace);
  return constantTable(value);
}

function numberOf(value: Value): number {
  switch (value.kind) {
    case "zero":
      return 0;
    case "number":
      return value.value.toNumber();
    case "matrix":
    case "variance":
      return value.scale.toNumber();
    case "vector":
      return value.value.offset[0]?.toNumber() ?? 0;
    case "dense":
      return value.rows[0]?.[0]?.toNumber() ?? 0;
    case "row":
      return value.parts[0]?.toNumber() ?? 0;
  }
}

/** The defining expression, its time letter set to the subscript at hand. */
function definedTable(definition: Definition, time: Expr | undefined, expr: Expr, open: OpenGrid): TableSum {
  const root = (sum: TableSum): TableSum => (definition.squared ? mapTable(sum, Math.sqrt, open.grid) : sum);
  if (definition.parameter === undefined) return root(evaluateTable(definition.body, open));
  if (time === undefined) throw new EvaluationError("type", `${printExpr(expr)} needs its index`, expr.span);
  const at = evaluateTime(time, open.scope) + (definition.shift ?? 0);
  return root(
    evaluateTable(definition.body, { ...open, scope: withIndex(open.scope, definition.parameter, at) }),
  );
}
