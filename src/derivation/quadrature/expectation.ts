import type { CallExpr, Expr } from "../../expr/expr.js";
import {
  addTables,
  axesOf,
  constantTable,
  multiplyTables,
  scaleTable,
  tableValue,
  type TableSum,
} from "../../probability/table.js";
import { integrateAllTables } from "../../probability/tableIntegral.js";
import { logarithmTable } from "../../probability/tableFunctions.js";
import { EvaluationError } from "../evaluate/error.js";
import { factorOf, processOf, type Factor } from "../evaluate/factor.js";
import { measureOf } from "../evaluate/measure.js";
import { normalParts } from "../evaluate/normal.js";
import { densityTable } from "./density.js";
import type { OpenGrid } from "./open.js";

/** E_{…}[integrand] as a function of the states that are open around it. */
export function expectationTable(expr: CallExpr, open: OpenGrid): TableSum {
  const [integrand] = expr.args;
  if (integrand === undefined || expr.args.length !== 1 || expr.mark !== undefined)
    throw new EvaluationError("type", "an expectation is taken of one expression", expr.span);
  const { factors, noises } = measureOf(expr, open.scope);
  const own = factors.flatMap(({ of }) => of);
  if (new Set(own).size < own.length)
    throw new EvaluationError("type", "an expectation over one state twice", expr.span);
  const inner: OpenGrid = {
    ...open,
    times: new Set([...open.times, ...own]),
    noises: new Map([...open.noises, ...noises]),
  };
  return overFactors(inner.table(integrand, inner), factors, inner);
}

/** One factor after another, each when no factor left is conditional on its states. */
function overFactors(sum: TableSum, factors: readonly Factor[], open: OpenGrid): TableSum {
  const [first] = factors;
  if (first === undefined) return sum;
  const next = factors.find(
    (factor) => !factors.some((other) => other !== factor && other.given.some((t) => factor.of.includes(t))),
  );
  if (next === undefined)
    throw new EvaluationError("type", "densities that are conditional on one another", first.expr.span);
  const rest = factors.filter((factor) => factor !== next);
  return overFactors(averaged(sum, next, open), rest, open);
}

/** Each term is averaged over those states of the factor that it depends on. */
function averaged(sum: TableSum, factor: Factor, open: OpenGrid): TableSum {
  const { grid } = open;
  const densities = new Map<string, TableSum>();
  const parts = sum.map((term) => {
    const of = factor.of.filter((t) => axesOf(term).includes(t));
    if (of.length === 0) return [term];
    const density = densities.get(of.join()) ?? densityTable({ ...factor, of }, open);
    densities.set(of.join(), density);
    return integrateAllTables(multiplyTables(density, [term], grid), of, grid, open.work);
  });
  const closed = parts.map(tableValue);
  for (const value of closed) note(value, open);
  return parts.reduce((a, b) => addTables(a, b, grid), []);
}

/** Remembers how large the numbers are that cancel in the end. */
export function note(value: number | undefined, { largest }: OpenGrid): void {
  if (value !== undefined && Math.abs(value) > largest.value) largest.value = Math.abs(value);
}

/** D_KL(a || b) = E_a[log a - log b]; between N(…) without their variable in closed form. */
export function divergenceTable(expr: CallExpr, open: OpenGrid): TableSum {
  const [left, right] = [...expr.args, ...expr.rest];
  const marked = expr.mark === "||" ? expr.args.length === 1 : expr.mark === undefined;
  if (left === undefined || right === undefined || expr.args.length + expr.rest.length !== 2 || !marked)
    throw new EvaluationError("type", "a divergence has two distributions", expr.span);
  const a = factorIn(left, open);
  if (a === undefined)
    throw new EvaluationError(
      "unsupported",
      "a divergence from a law that is no density of states",
      expr.span,
    );
  const b = factorIn(right, open);
  if (b !== undefined && b.of.join() !== a.of.join())
    throw new EvaluationError("type", "a divergence of distributions of different variables", expr.span);
  const inner: OpenGrid = { ...open, times: new Set([...open.times, ...a.of]) };
  const { grid } = open;
  const log = (sum: TableSum): TableSum => logarithmTable(sum, grid);
  const other = b === undefined ? normalAt(right, a, inner) : densityTable(b, inner);
  const ratio = addTables(log(densityTable(a, inner)), scaleTable(log(other), -1), grid);
  return averaged(ratio, a, inner);
}

function factorIn(expr: Expr, { scope }: OpenGrid): Factor | undefined {
  const process = processOf(expr, scope);
  return expr.kind === "call" && process !== undefined ? factorOf(expr, process, scope) : undefined;
}

/** N(m, S) as a law of the state that the other density is one of. */
function normalAt(expr: Expr, { of }: Factor, open: OpenGrid): TableSum {
  const [t, ...more] = of;
  const { meaning } = expr.kind === "call" ? open.scope.names.lookUp(expr.head) : { meaning: undefined };
  if (expr.kind !== "call" || meaning?.kind !== "role" || meaning.role !== "normal" || t === undefined)
    throw new EvaluationError("unsupported", "a divergence from an unknown law", expr.span);
  if (more.length > 0)
    throw new EvaluationError("unsupported", "a divergence of several states from N(…)", expr.span);
  const { mean, covariance } = normalParts(expr);
  const state: Expr = {
    kind: "symbol",
    name: open.scope.names.nameOf("state") ?? "x",
    index: numberOf(t, expr),
    span: expr.span,
  };
  return normalDensity(open.table(state, open), open.table(mean, open), open.table(covariance, open), open);
}

const numberOf = (t: number, { span }: Expr): Expr => ({ kind: "number", text: String(t), span });

/** N(x; m, v) = exp(-(x - m)² / (2 v)) / √(2 π v) */
export function normalDensity(x: TableSum, mean: TableSum, variance: TableSum, open: OpenGrid): TableSum {
  const { grid } = open;
  const v = tableValue(variance);
  if (v === undefined)
    throw new EvaluationError("unsupported", "a covariance that depends on the states", open.span);
  if (!(v > 0))
    throw new EvaluationError("outside", "a normal law without variance has no density", open.span);
  const residual = addTables(x, scaleTable(mean, -1), grid);
  const exponent = scaleTable(multiplyTables(residual, residual, grid), -1 / (2 * v));
  const logs = exponent.flatMap((term) => {
    const { coefficient, factors } = term;
    const [factor] = factors;
    const single = factors.length === 1 && factor !== undefined && term.logs.length === 0;
    return single
      ? [{ axes: factor.axes, values: factor.values.map((value) => value * coefficient) }]
      : factors.length === 0 && term.logs.length === 0
        ? [{ axes: [], values: Float64Array.of(coefficient) }]
        : [undefined];
  });
  const known = logs.filter((log) => log !== undefined);
  if (known.length < logs.length)
    throw new EvaluationError("unsupported", "a normal density of too many states", open.span);
  const parts = known.map((log): TableSum => [{ coefficient: 1, logs: [log], factors: [] }]);
  return parts.reduce((a, b) => multiplyTables(a, b, grid), constantTable(1 / Math.sqrt(2 * Math.PI * v)));
}
