import type { Expr } from "../../expr/expr.js";
import type { Names } from "../notation/names.js";
import type { World } from "../world/world.js";
import type { Scope, Trace } from "./scope.js";
import type { Value } from "./value.js";

/** The value of an integral and what its evaluation touched. */
export interface Remembered {
  readonly value: Value;
  readonly trace: Trace;
}

interface Entry extends Remembered {
  readonly names: Names;
}

const integrals = new WeakMap<Expr, WeakMap<World, Map<string, Entry>>>();

/** The right side of one line is the left side of the next: an integral of the same place is done once. */
export function rememberedIntegral(expr: Expr, scope: Scope): Remembered | undefined {
  if (scope.moved.size > 0 || scope.assigned.size > 0) return undefined;
  const entry = integrals.get(expr)?.get(scope.world)?.get(keyOf(scope));
  return entry?.names === scope.names ? entry : undefined;
}

export function rememberIntegral(expr: Expr, scope: Scope, found: Remembered): void {
  if (scope.moved.size > 0 || scope.assigned.size > 0) return;
  const byWorld = integrals.get(expr) ?? new WeakMap<World, Map<string, Entry>>();
  integrals.set(expr, byWorld);
  const entries = byWorld.get(scope.world) ?? new Map<string, Entry>();
  byWorld.set(scope.world, entries);
  entries.set(keyOf(scope), { ...found, names: scope.names });
}

const keyOf = ({ indices, deviation, network, reading, setting }: Scope): string =>
  [...indices].sort().join(";") + `|${deviation}|${network}|${reading}|${setting ?? "given"}`;
