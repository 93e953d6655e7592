import type { CallExpr, Expr } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import { sameExpr } from "../../expr/walk.js";
import type { Names } from "../notation/names.js";
import { isVariables } from "../notation/subscript.js";
import { statesOf } from "./density.js";
import { EvaluationError } from "./error.js";
import { factorOf, processOf, type Factor } from "./factor.js";
import type { Scope } from "./scope.js";
import { timeOf } from "./symbol.js";

/** What an expectation is taken over. */
export interface Measure {
  readonly factors: readonly Factor[];
  /** The noises it names, by printed symbol: each stands for the accumulated noise at that time. */
  readonly noises: ReadonlyMap<string, number>;
}

/**
 * Reads the subscript of an expectation: a density or a product of densities, `q` for the whole forward
 * process, or a list of x_0, states and noises.
 */
export function measureOf(expr: CallExpr, scope: Scope): Measure {
  const { index } = expr.head;
  if (index === undefined) throw new RangeError("an expectation without a measure");
  if (isVariables(index, expr.head)) return overVariables(index, expr, scope);
  const parts = index.kind === "product" ? index.factors : [index];
  const factors = parts.map((part) => {
    if (isWholeProcess(part, scope.names)) return forwardProcess(expr, scope);
    const process = processOf(part, scope);
    if (part.kind === "call" && process !== undefined) return drawnFrom(part, process, scope);
    throw unknownMeasure(expr);
  });
  return { factors, noises: new Map() };
}

/** The density; what it is given besides is known and not drawn: at t = 1, q(x_{t-1}, x_{t+1} | x_0) draws x_2 alone. */
function drawnFrom(density: CallExpr, process: Factor["process"], scope: Scope): Factor {
  const [of, given] = [statesOf(density.args, scope), statesOf(density.rest, scope)];
  const drawn = of.filter((t) => !given.includes(t));
  if (drawn.length === 0 || drawn.length === of.length || process !== "forward" || !given.includes(0))
    return factorOf(density, process, scope);
  return { process, of: [...drawn].sort((a, b) => a - b), given, expr: density };
}

/** Whether the expectation averages over the data too: E_{x_0, ε}, E_{q(x_0)}. E_q is taken given x_0. */
export function averagesData(expr: CallExpr): boolean {
  const { index } = expr.head;
  if (index === undefined) return false;
  if (isVariables(index, expr.head)) {
    const given = index.rest.some((law) => law.kind === "call" && law.rest.length > 0 && law.mark === "|");
    return !given || index.args.some(firstIsZero);
  }
  const parts = index.kind === "product" ? index.factors : [index];
  return parts.some((part) => part.kind === "call" && isOfData(part));
}

/** q(x_0), q(x_{0:T}), q(x_0, x_t) */
export const isOfData = ({ args }: CallExpr): boolean => args.some((argument) => firstIsZero(argument));

function firstIsZero(argument: Expr): boolean {
  const first = argument.kind === "range" ? argument.first : argument;
  if (first.kind !== "symbol" || first.index === undefined) return false;
  const time = first.index.kind === "range" ? first.index.first : first.index;
  return time.kind === "number" && Number(time.text) === 0;
}

const isWholeProcess = (index: Expr, names: Names): boolean => {
  if (index.kind !== "symbol" || index.index !== undefined) return false;
  const { meaning } = names.lookUp(index);
  return meaning.kind === "role" && meaning.role === "forwardDensity";
};

/** q(x_{1:T} | x_0) */
function forwardProcess(expr: CallExpr, scope: Scope): Factor {
  const of = Array.from({ length: scope.world.T }, (_, at) => at + 1);
  return { process: "forward", of, given: [0], expr };
}

/** A state or a noise is drawn given x_0. */
function overVariables(list: CallExpr, expr: CallExpr, scope: Scope): Measure {
  const noises = new Map<string, number>();
  const times = new Set<number>();
  const drawn = lawsOf(list, scope);
  const covered = new Set(drawn.flatMap(({ of }) => of));
  let averaged = false;
  for (const item of list.args) {
    if (isCovered(item, covered, scope)) continue;
    if (item.kind !== "symbol") throw unknownMeasure(expr);
    const lookup = scope.names.lookUp(item);
    const role = lookup.meaning.kind === "role" ? lookup.meaning.role : undefined;
    if (role === "state") {
      const t = timeOf(item, lookup, 0, scope);
      if (t > 0) times.add(t);
      else averaged = true;
    } else if (role === "noise" || role === "accumulatedNoise" || role === "stepNoise") {
      const t = timeOf(item, lookup, 1, scope);
      noises.set(printExpr(item), t);
      times.add(t);
    } else if (isDataPoint(item, scope.names)) averaged = true;
    else throw unknownMeasure(expr);
  }
  const laws = list.rest.filter(
    (law) => !isDataLaw(law, scope.names) && !drawn.some((each) => each.expr === law),
  );
  if (!laws.every((law) => isStandardNormal(law, scope))) throw unknownMeasure(expr);
  const of = [...times].sort((a, b) => a - b);
  if (noises.size > 1) throw unknownMeasure(expr);
  const process = "forward" as const;
  // Where the data has a law it is averaged over; else x_0 keeps its value.
  const data = averaged && scope.setting !== undefined ? [{ process, of: [0], given: [], expr }] : [];
  const own = of.length > 0 || drawn.length === 0 ? [{ process, of, given: [0], expr }] : [];
  return { factors: [...data, ...drawn, ...own], noises };
}

/** `x_t \sim q(x_t | x_0)`: the laws that are densities. */
function lawsOf({ rest }: CallExpr, scope: Scope): readonly Factor[] {
  return rest.flatMap((law) => {
    const process = processOf(law, scope);
    const density = law.kind === "call" && process !== undefined && !isDataLaw(law, scope.names);
    return density ? [drawnFrom(law, process, scope)] : [];
  });
}

/** Whether all states of `x_t` or `x_{1:T}` are drawn already. */
function isCovered(item: Expr, covered: ReadonlySet<number>, scope: Scope): boolean {
  if (covered.size === 0) return false;
  const isState = item.kind === "symbol" && scope.names.roleOf(item) === "state";
  return (isState || item.kind === "range") && statesOf([item], scope).every((t) => covered.has(t));
}

/** A bare x beside the states x_t. */
function isDataPoint(item: Expr, names: Names): boolean {
  if (item.kind !== "symbol" || item.index !== undefined) return false;
  return item.name === names.nameOf("state") && names.lookUp(item).meaning.kind === "unknown";
}

/** q(x_0), q(x), p_{data} */
function isDataLaw(law: Expr, names: Names): boolean {
  const head = law.kind === "call" ? law.head : law;
  if (head.kind === "symbol" && head.index?.kind === "symbol" && /^\\mathrm\{data\}$/i.test(head.index.name))
    return law.kind === "symbol" || (law.kind === "call" && law.rest.length === 0);
  if (law.kind !== "call" || law.rest.length > 0 || law.args.length !== 1) return false;
  const { meaning } = names.lookUp(law.head);
  const isForward = meaning.kind === "role" && meaning.role === "forwardDensity";
  return isForward && law.args.every((argument) => firstIsZero(argument) || isDataPoint(argument, names));
}

/** N(0, I), the law of the noise. */
function isStandardNormal(law: Expr, scope: Scope): boolean {
  if (law.kind !== "call" || law.args.length !== 2 || law.rest.length > 0) return false;
  const { meaning } = scope.names.lookUp(law.head);
  const [mean, covariance] = law.args;
  const one = covariance?.kind === "number" && covariance.text === "1";
  const unit = covariance?.kind === "symbol" ? scope.names.roleOf(covariance) : undefined;
  return (
    meaning.kind === "role" &&
    meaning.role === "normal" &&
    mean !== undefined &&
    sameExpr(mean, { kind: "number", text: "0", span: law.span }) &&
    (one || unit === "identity")
  );
}

function unknownMeasure(expr: CallExpr): EvaluationError {
  return new EvaluationError(
    "unsupported",
    `the law under ${printExpr(expr.head)} is not known here`,
    expr.head.span,
  );
}
