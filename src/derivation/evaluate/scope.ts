import type { Expr, Span } from "../../expr/expr.js";
import type { Real } from "../../expr/number.js";
import type { Affine } from "../../probability/affine.js";
import type { UnknownKind } from "../notation/kinds.js";
import type { Names } from "../notation/names.js";
import type { DataLaw } from "../world/data.js";
import type { World } from "../world/world.js";
import { EvaluationError } from "./error.js";
import type { Value } from "./value.js";

/** Which noise a symbol without index (ε, z̄) stands for in this evaluation. */
export type NoiseReading = "accumulated" | "fresh";

/** How the model's σ_t is chosen. */
export type Deviation = "any" | "forward" | "posterior";

/**
 * In which worlds marginal densities have values. x_0 is drawn from a law of its own, a mixture of normal laws
 * or one of them, and the network is affine in x_t, so that all states of the model are jointly normal; or it
 * is `curved`, for quadrature: the data is a mixture, and the network any smooth function.
 */
export type Setting = DataLaw | "curved";

/** How much may be evaluated to decide one relation: a node costs one step, exp and log what they take. */
export const stepLimit = 400_000;

/** And how much for all relations of one formula, with their readings and counterexamples. */
export const formulaLimit = 3 * stepLimit;

/** Shared by all evaluations of one relation. */
export interface Budget {
  steps: number;
}

/** What the formula at hand has used. Whoever evaluates, for whatever reason, draws on it. */
let formula: Budget = { steps: 0 };

/** Runs the check of one formula with a budget of its own. */
export function withinFormula<T>(check: () => T): T {
  const outer = formula;
  formula = { steps: 0 };
  try {
    return check();
  } finally {
    formula = outer;
  }
}

/** Runs a part of that check, which may use so many of the steps that are left. */
export function withinSteps<T>(limit: number, check: () => T): T {
  const outer = formula;
  const start = Math.max(outer.steps, formulaLimit - limit);
  formula = { steps: start };
  try {
    return check();
  } finally {
    outer.steps += formula.steps - start;
    formula = outer;
  }
}

/** Divisors beyond these are not compared: a sum may have thousands. */
const mostDivisors = 4_000;

/** Everything an expression's value depends on. */
export interface Scope {
  readonly world: World;
  readonly names: Names;
  /**
   * `path`: noises have their values of this world, vectors are numbers. `law`: noises are random,
   * vectors are affine in them.
   */
  readonly mode: "path" | "law";
  readonly reading: NoiseReading;
  /** Values of the time letters. */
  readonly indices: ReadonlyMap<string, number>;
  /** States x_t moved away from their path, for densities as functions of them. */
  readonly moved: ReadonlyMap<number, Affine>;
  /** Values given to unknown functions, by canonical key, and to symbols, by `symbol` and their name. */
  readonly assigned: ReadonlyMap<string, Real>;
  /** What the unknown symbols of the statement are that are no numbers, by printed symbol. */
  readonly kinds: ReadonlyMap<string, UnknownKind>;
  /** Which network of the world: 0, or another where a statement must hold for every network. */
  readonly network: number;
  /** What σ_t² of the model is where the text has not said it: any positive number, β_t or β̃_t. */
  readonly deviation: Deviation;
  /** Absent where the network is any smooth function and x_0 is given. */
  readonly setting?: Setting;
  /** What was looked up so far; shared by all scopes derived from this one. */
  readonly trace: Trace;
  /** The evaluator, handed down so that roles can evaluate their arguments. */
  readonly evaluate: (expr: Expr, scope: Scope) => Value;
}

const noVariables: ReadonlyMap<string, Affine> = new Map<string, Affine>();
const noSymbols: ReadonlySet<string> = new Set<string>();
const noValues: ReadonlyMap<string, Value> = new Map<string, Value>();
const noNumbers: readonly Real[] = [];

/** What an evaluation has touched. There is one for each value that is kept, and most have touched little. */
export class Trace {
  private ownVariables: Map<string, Affine> | undefined;
  private ownFree: Set<string> | undefined;
  private ownValues: Map<string, Value> | undefined;
  private dividedBy: Real[] | undefined;
  /** Whether a function in double precision took part. */
  bound = false;
  /** Whether the model took part: a network or a density of the reverse process. Its σ_t is no unknown. */
  model = false;
  /** Whether dots were read in one of several ways: what is false in that way may be true in another. */
  loose = false;
  /** Whether a term was too small beside others for the digits carried: what depends on it cannot be seen. */
  lost = false;

  /** @param keepsValues whether the value of each symbol is wanted, as a counterexample shows them */
  constructor(
    private readonly budget: Budget = { steps: 0 },
    readonly keepsValues = false,
  ) {}

  /** Random variables by kind and index: `state:3`, `noise:2`, `accumulated:3`, `fresh:z`. */
  get variables(): ReadonlyMap<string, Affine> {
    return this.ownVariables ?? noVariables;
  }

  /** Symbols that may have any value. */
  get free(): ReadonlySet<string> {
    return this.ownFree ?? noSymbols;
  }

  /** Values by printed symbol; none unless they are kept. */
  get values(): ReadonlyMap<string, Value> {
    return this.ownValues ?? noValues;
  }

  /** What was divided by, in order: a divisor that shrinks as digits are added is a zero. */
  get divisors(): readonly Real[] {
    return this.dividedBy ?? noNumbers;
  }

  useVariable(name: string, variable: Affine): void {
    (this.ownVariables ??= new Map()).set(name, variable);
  }

  useFree(symbol: string): void {
    (this.ownFree ??= new Set()).add(symbol);
  }

  keepValue(symbol: () => string, value: Value): void {
    if (this.keepsValues) (this.ownValues ??= new Map()).set(symbol(), value);
  }

  divide(by: Real): void {
    const divisors = (this.dividedBy ??= []);
    if (divisors.length < mostDivisors) divisors.push(by);
  }

  /** How much there is to absorb, in steps. */
  get weight(): number {
    return 1 + Math.floor((this.values.size + this.divisors.length + this.variables.size) / 16);
  }

  /** A trace of its own that draws on the same budget. */
  beside(): Trace {
    return new Trace(this.budget, this.keepsValues);
  }

  /** Takes over what another evaluation has touched. */
  absorb(other: Trace): void {
    for (const [name, variable] of other.variables) this.useVariable(name, variable);
    for (const symbol of other.free) this.useFree(symbol);
    for (const [symbol, value] of other.values) this.keepValue(() => symbol, value);
    for (const by of other.divisors) this.divide(by);
    this.lost ||= other.lost;
    this.bound ||= other.bound;
    this.model ||= other.model;
    this.loose ||= other.loose;
  }

  step(span: Span, cost = 1): void {
    this.budget.steps += cost;
    formula.steps += cost;
    if (this.budget.steps > stepLimit)
      throw new EvaluationError("unsupported", `the evaluation needs more than ${stepLimit} steps`, span);
    if (formula.steps > formulaLimit) {
      const problem = `the formula as a whole needs more than ${formulaLimit} steps`;
      throw new EvaluationError("unsupported", problem, span);
    }
  }
}

export function withIndex(scope: Scope, name: string, value: number): Scope {
  return { ...scope, indices: new Map([...scope.indices, [name, value]]) };
}
