import type { Expr, SymbolExpr } from "../../expr/expr.js";
import { arithmeticOf } from "../../expr/number.js";
import { children, nodes } from "../../expr/walk.js";
import type { Affine } from "../../probability/affine.js";
import { EvaluationError } from "../evaluate/error.js";
import { evaluate } from "../evaluate/evaluate.js";
import { Trace, type Deviation, type NoiseReading, type Scope, type Setting } from "../evaluate/scope.js";
import type { Declared } from "../notation/declared.js";
import type { Definition, Names } from "../notation/names.js";
import type { Structure } from "../general/structure.js";
import { requireCondition, type TimeCondition } from "./condition.js";
import type { Counterexample, Verdict } from "../verdict/verdict.js";
import type { Draw } from "../world/draw.js";
import { World } from "../world/world.js";

/** What a relation is decided on. */
export interface Question {
  readonly names: Names;
  readonly draws: readonly Draw[];
  readonly digits: number;
  readonly seed: number;
  /** How the model's σ_t is chosen; any positive number unless told otherwise. */
  readonly deviation?: Deviation;
  /** What the unknown symbols of the statement are that are no numbers. */
  readonly kinds?: Scope["kinds"];
  /** What the text has declared of the dependence of general variables. */
  readonly structure?: Structure;
  /** Symbols, as printed, for all values of which the claim must hold: one that is not true for some is false. */
  readonly universal?: ReadonlySet<string>;
  /** The worlds at the edge of what is allowed, for inequalities; drawn from the seed unless given. */
  readonly edges?: readonly Draw[];
  /** The times that the claim is made for; all of them unless told otherwise. */
  readonly condition?: TimeCondition;
  /** The worlds in which marginal densities have values, where those are needed. */
  readonly setting?: Setting;
  /** Whether only the verdict is wanted: a failure needs no counterexample. */
  readonly brief?: boolean;
}

/** What was found about one relation. */
export interface Decision {
  readonly verdict: Verdict;
  readonly inLaw: boolean;
  readonly maxRelativeError: number | null;
  readonly digits: number;
  readonly reason?: string;
  readonly counterexample?: Counterexample;
  /** Whether terms were too small for the digits carried, so that the verdict says nothing. */
  readonly lost?: boolean;
  /** Whether an index in it has no value at any time, so that the statement says nothing as it is written. */
  readonly nowhere?: true;
  /** Whether the model took part, whose σ_t the text may have chosen elsewhere. */
  readonly model?: boolean;
  /** What the statement adds to the names of those after it. */
  readonly definition?: {
    readonly key: string;
    readonly definition: Definition;
    /** An equation was solved for it: known in its derivation, not beyond. */
    readonly solved?: true;
  };
  /** All that the text has declared, with what this statement declares. */
  readonly declared?: Declared;
  /** The derivation goes on from the line before: this one only gave names to its parts. */
  readonly keeps?: boolean;
}

/** A world and, where the statement leaves the time free, a time. */
export interface Place {
  readonly draw: Draw;
  readonly t?: number;
  /** Values of other letters that stand as free subscripts, such as s in ᾱ_s. */
  readonly others?: Readonly<Record<string, number>>;
}

export interface ScopeOptions {
  readonly mode?: Scope["mode"];
  readonly reading?: NoiseReading;
  readonly digits?: number;
  readonly moved?: ReadonlyMap<number, Affine>;
  readonly assigned?: Scope["assigned"];
  readonly network?: number;
  readonly trace?: Trace;
}

const worlds = new WeakMap<Draw, Map<number, World>>();

/** The world of a draw, made once per precision. */
export function worldOf(draw: Draw, digits: number): World {
  const known = worlds.get(draw) ?? new Map<number, World>();
  worlds.set(draw, known);
  const world = known.get(digits) ?? new World(draw, arithmeticOf(digits));
  known.set(digits, world);
  return world;
}

export function scopeAt(question: Question, place: Place, options: ScopeOptions = {}): Scope {
  const time: readonly (readonly [string, number])[] =
    place.t === undefined ? [] : [[question.names.notation.time, place.t]];
  const scope: Scope = {
    world: worldOf(place.draw, options.digits ?? question.digits),
    names: question.names,
    mode: options.mode ?? "path",
    reading: options.reading ?? "accumulated",
    indices: new Map([...time, ...Object.entries(place.others ?? {})]),
    moved: options.moved ?? new Map<number, Affine>(),
    assigned: options.assigned ?? new Map(),
    deviation: question.deviation ?? "any",
    kinds: question.kinds ?? new Map(),
    network: options.network ?? 0,
    ...(question.setting === undefined ? {} : { setting: question.setting }),
    trace: options.trace ?? new Trace(),
    evaluate,
  };
  if (question.condition !== undefined) requireCondition(question.condition, scope);
  return scope;
}

/** Every world, at every time 1..T if the statement leaves the time free, and so for other free subscripts. */
export function placesOf(exprs: readonly Expr[], question: Question): readonly Place[] {
  const { names } = question;
  const timed = exprs.some((expr) => leavesTimeFree(expr, names));
  const others = new Set(exprs.flatMap((expr) => freeSubscripts(expr, names.notation.indices)));
  others.delete(names.notation.time);
  const longest = Math.max(0, ...question.draws.map(({ T }) => T));
  const [first] = exprs;
  if (others.size > 0 && first !== undefined && longest ** 2 > mostPlaces) {
    const what = `two free times at T = ${longest}: more than ${mostPlaces} places`;
    throw new EvaluationError("unsupported", what, first.span);
  }
  return question.draws.flatMap((draw) => {
    const times = Array.from({ length: draw.T }, (_, at) => at + 1);
    let places: readonly Place[] = timed ? times.map((t) => ({ draw, t })) : [{ draw }];
    for (const name of [...others].slice(0, mostSubscripts)) {
      places = places.flatMap((place) =>
        times.map((value) => ({ ...place, others: { ...place.others, [name]: value } })),
      );
    }
    return places;
  });
}

/** Places of one world. */
const mostPlaces = 10_000;

/** One letter beside the time: two would already mean 8³ places per world. */
const mostSubscripts = 1;

/** Letters that stand in a subscript and that no sum binds. */
function freeSubscripts(expr: Expr, indices: readonly string[]): readonly string[] {
  const found = children(expr).flatMap((part) => freeSubscripts(part, indices));
  if (expr.kind === "series") return found.filter((name) => name !== expr.index);
  if (expr.kind !== "symbol" || expr.index === undefined) return found;
  const inSubscript = nodes(expr.index).flatMap((node) => (node.kind === "symbol" ? [node.name] : []));
  return [...found, ...inSubscript.filter((name) => indices.includes(name))];
}

/** Also through a symbol that means the time without showing it, like ε for ε̄_t; not where a sum binds it. */
function leavesTimeFree(expr: Expr, names: Names): boolean {
  const { time } = names.notation;
  if (expr.kind === "series" && expr.index === time)
    return [expr.lower, expr.upper].some((limit) => leavesTimeFree(limit, names));
  if (expr.kind === "symbol" && isTimed(expr, names)) return true;
  return children(expr).some((part) => leavesTimeFree(part, names));
}

function isTimed(symbol: SymbolExpr, names: Names): boolean {
  if (symbol.name === names.notation.time && symbol.index === undefined) return true;
  const { meaning, time } = names.lookUp(symbol);
  if (meaning.kind === "bound") return true;
  if (meaning.kind === "defined" && leavesTimeFree(meaning.definition.body, names)) return true;
  if (meaning.kind === "declared" && meaning.declaration.kind === "variable")
    return leavesTimeFree(meaning.declaration.law, names);
  return (
    meaning.kind === "role" &&
    ["noise", "posteriorMean", "alphaBar"].includes(meaning.role) &&
    time === undefined
  );
}
