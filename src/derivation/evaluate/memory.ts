import type { Expr, Kind, Span } from "../../expr/expr.js";
import { structureOf } from "../../expr/structure.js";
import { some } from "../../expr/walk.js";
import type { Affine } from "../../probability/affine.js";
import type { Names } from "../notation/names.js";
import type { Notation, Role } from "../notation/notation.js";
import type { World } from "../world/world.js";
import type { Scope, Trace } from "./scope.js";
import type { Value } from "./value.js";

/** A value and what its evaluation touched. */
interface Entry {
  readonly value: unknown;
  readonly trace: Trace;
}

/** Values hold for one set of names, or, where no definition has a part in them, for all of one notation. */
type Store = WeakMap<Names | Notation, Map<string, Entry>>;

const stores = new WeakMap<World, Store>();
const mostEntries = 5_000;

/** What costs more than looking it up: a quotient or a square does not. */
const costly = new Set<Kind>(["root", "elementary", "call", "series", "integral"]);

/**
 * The value of an expression, computed once per world and place: the right side of one line is the left side of
 * the next, and the same roots and densities stand in every line. What the evaluation touched is told each time.
 */
export function recall(expr: Expr, scope: Scope, compute: (expr: Expr, scope: Scope) => Value): Value {
  if (!costly.has(expr.kind)) return compute(expr, scope);
  const traits = traitsOf(expr, scope.names);
  const place = placeOf(traits, scope);
  if (place === undefined) return compute(expr, scope);
  const owner = traits.own ? scope.names : scope.names.notation;
  return remember(`${structureOf(expr)}|${place}`, scope, (at) => compute(expr, at), expr.span, owner);
}

/**
 * What `compute` gives at this place of this world, computed once for each key. A key belongs to one type of
 * values, and says everything of the scope but the world and the names that the value depends on.
 */
export function remember<T>(
  key: string,
  scope: Scope,
  compute: (scope: Scope) => T,
  span: Span,
  owner: Names | Notation = scope.names,
): T {
  const entries = entriesOf(scope.world, owner);
  const known = entries.get(key);
  // What was kept without the values of its symbols does not tell them.
  if (known !== undefined && (known.trace.keepsValues || !scope.trace.keepsValues)) {
    scope.trace.step(span, known.trace.weight);
    scope.trace.absorb(known.trace);
    return known.value as T;
  }
  const trace = scope.trace.beside();
  try {
    const value = compute({ ...scope, trace });
    if (entries.size >= mostEntries) entries.clear();
    entries.set(key, { value, trace });
    return value;
  } finally {
    scope.trace.absorb(trace);
  }
}

function entriesOf(world: World, owner: Names | Notation): Map<string, Entry> {
  const store = stores.get(world) ?? new WeakMap();
  stores.set(world, store);
  const entries = store.get(owner) ?? new Map<string, Entry>();
  store.set(owner, entries);
  return entries;
}

/** What a value depends on beside the world. */
export interface Traits {
  /** A number made of the schedule's coefficients alone: states, noises and networks have no part in it. */
  readonly coefficient: boolean;
  /** The time letters it may depend on; undefined for all. */
  readonly letters: readonly string[] | undefined;
  /** Whether a definition may have a part in it: σ_t of the model, too, is looked up among them. */
  readonly own: boolean;
  /** The unknown symbols and functions in it: of which kind they are, the statement tells. */
  readonly unknown: readonly string[];
  /** Something that was not read: two of them may look alike and differ. */
  readonly opaque: boolean;
}

const found = new WeakMap<Names, WeakMap<Expr, Traits>>();

/** What the value of an expression depends on. */
export function traitsOf(expr: Expr, names: Names): Traits {
  const all = found.get(names) ?? new WeakMap<Expr, Traits>();
  found.set(names, all);
  const traits = all.get(expr) ?? findTraits(expr, names);
  all.set(expr, traits);
  return traits;
}

const coefficients = new Set<Role>([
  "beta",
  "alpha",
  "alphaBar",
  "snr",
  "posteriorVariance",
  "parameter",
  "horizon",
  "euler",
  "pi",
]);

/** What the names change beside definitions: noises may be numbered, and the model has a σ_t. */
const dependent = new Set<Role>([
  "stepNoise",
  "accumulatedNoise",
  "noise",
  "freshNoise",
  "network",
  "reverseDensity",
]);

function findTraits(expr: Expr, names: Names): Traits {
  const letters = new Set<string>();
  const unknown = new Set<string>();
  const seen = { opaque: false, coefficient: true, defined: false, own: false };
  some(expr, (node) => {
    if (node.kind === "opaque") seen.opaque = true;
    if (node.kind === "integral" || node.kind === "extremum" || node.kind === "gradient")
      seen.coefficient = false;
    if (node.kind === "series") letters.add(node.index);
    if (node.kind !== "symbol") return false;
    const { meaning, time } = names.lookUp(node);
    // Without a subscript the time of the statement is meant.
    if (time === undefined && meaning.kind !== "index") letters.add(names.notation.time);
    if (meaning.kind === "index") letters.add(node.name);
    if (meaning.kind === "unknown") unknown.add(node.name);
    if (meaning.kind === "defined") seen.defined = true;
    if (meaning.kind === "role" ? dependent.has(meaning.role) : meaning.kind !== "index") seen.own = true;
    if (meaning.kind === "role" ? !coefficients.has(meaning.role) : meaning.kind !== "index")
      seen.coefficient = false;
    return false;
  });
  const { opaque, coefficient, defined, own } = seen;
  return { opaque, coefficient, own, unknown: [...unknown], letters: defined ? undefined : [...letters] };
}

/** Everything of the scope that the value may depend on; undefined where it is not kept. */
function placeOf({ coefficient, letters, unknown, opaque }: Traits, scope: Scope): string | undefined {
  if (opaque) return undefined;
  const { indices, mode, reading, moved, assigned, network, deviation, kinds, setting = "given" } = scope;
  const times =
    letters === undefined || !coefficient
      ? [...indices].join(";")
      : letters.map((letter) => indices.get(letter) ?? "").join(";");
  if (coefficient) return `${times}|${deviation}`;
  // In law, N(m, S) is another noise wherever it stands.
  if (mode === "law") return undefined;
  const values = [...assigned].map(([name, value]) => `${name}=${value.toString()}`).join(";");
  const open = unknown.length === 0 ? "" : [...kinds].join(";");
  return `${times}|${deviation}|${network}|${reading}|${setting}|${textOfMoved(moved)}|${values}|${open}`;
}

/**
 * Whether each part of a scope is in the place. A part that is added to a scope does not compile before it stands
 * here, and before it is thought of above.
 */
export const isInPlace: Readonly<Record<keyof Scope, boolean>> = {
  indices: true,
  mode: true,
  reading: true,
  moved: true,
  assigned: true,
  network: true,
  deviation: true,
  kinds: true,
  setting: true,
  // Values are kept by world and names; the others do not change them.
  world: false,
  names: false,
  trace: false,
  evaluate: false,
};

const texts = new WeakMap<Scope["moved"], string>();

export function textOfMoved(moved: Scope["moved"]): string {
  if (moved.size === 0) return "";
  const known = texts.get(moved);
  if (known !== undefined) return known;
  const text = [...moved].map(([t, vector]) => `${t}=${textOfVector(vector)}`).join(";");
  texts.set(moved, text);
  return text;
}

const textOfVector = ({ offset }: Affine): string => offset.map((part) => part.toString()).join();
