import type { Expr } from "../../expr/expr.js";
import { arithmeticOf } from "../../expr/number.js";
import { children, nodes } from "../../expr/walk.js";
import type { Affine } from "../../probability/affine.js";
import { evaluate } from "../evaluate/evaluate.js";
import { Trace, type NoiseReading, type Scope } from "../evaluate/scope.js";
import type { Definition, Names } from "../notation/names.js";
import type { Counterexample, Verdict } from "../verdict/verdict.js";
import type { Draw } from "../world/draw.js";
import { World } from "../world/world.js";

/** What a relation is decided on. */
export interface Question {
  readonly names: Names;
  readonly draws: readonly Draw[];
  readonly digits: number;
  readonly seed: number;
}

/** What was found about one relation. */
export interface Decision {
  readonly verdict: Verdict;
  readonly inLaw: boolean;
  readonly maxRelativeError: number | null;
  readonly digits: number;
  readonly reason?: string;
  readonly counterexample?: Counterexample;
  /** What the statement adds to the names of those after it. */
  readonly definition?: { readonly key: string; readonly definition: Definition };
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
  return {
    world: worldOf(place.draw, options.digits ?? question.digits),
    names: question.names,
    mode: options.mode ?? "path",
    reading: options.reading ?? "accumulated",
    indices: new Map([...time, ...Object.entries(place.others ?? {})]),
    moved: options.moved ?? new Map<number, Affine>(),
    assigned: options.assigned ?? new Map(),
    trace: options.trace ?? new Trace(),
    evaluate,
  };
}

/** Every world, at every time 1..T if the statement leaves the time free, and so for other free subscripts. */
export function placesOf(exprs: readonly Expr[], question: Question): readonly Place[] {
  const { names } = question;
  const timed = exprs.some((expr) => leavesTimeFree(expr, names));
  const others = new Set(exprs.flatMap((expr) => freeSubscripts(expr, names.notation.indices)));
  others.delete(names.notation.time);
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

/** One letter beside the time: two would already mean 8³ places per world. */
const mostSubscripts = 1;

/** Letters that stand in a subscript and that no sum binds. */
function freeSubscripts(expr: Expr, indices: readonly string[]): readonly string[] {
  const found = children(expr).flatMap((part) => freeSubscripts(part, indices));
  if (expr.kind === "series") return found.filter((name) => name !== expr.index);
  if (expr.kind !== "symbol" || expr.index === undefined) return found;
  const inSubscript = [...nodes(expr.index)].flatMap((node) => (node.kind === "symbol" ? [node.name] : []));
  return [...found, ...inSubscript.filter((name) => indices.includes(name))];
}

/** Also through a symbol that means the time without showing it, like ε for ε̄_t. */
function leavesTimeFree(expr: Expr, names: Names): boolean {
  for (const node of nodes(expr)) {
    if (node.kind !== "symbol") continue;
    if (node.name === names.notation.time && node.index === undefined) return true;
    const { meaning, time } = names.lookUp(node);
    if (meaning.kind === "bound") return true;
    if (meaning.kind === "defined" && leavesTimeFree(meaning.definition.body, names)) return true;
    const implicit = meaning.kind === "role" && ["noise", "posteriorMean"].includes(meaning.role);
    if (implicit && time === undefined) return true;
  }
  return false;
}
