import type { Clause } from "../../tex/statement.js";
import type { Names } from "../notation/names.js";
import { readVariable } from "./variable.js";

/** What a text has declared of the dependence of its variables: each depends on its parents alone. */
export interface Structure {
  /** Parents before children. */
  readonly nodes: readonly string[];
  readonly parents: ReadonlyMap<string, readonly string[]>;
}

export const noStructure: Structure = { nodes: [], parents: new Map() };

/** The variables of `A \to B \to C`; undefined for any other clause, and for two letters, which say nothing. */
export function declaredChain(clause: Clause, names: Names): readonly string[] | undefined {
  const [subject, ...others] = clause.subjects;
  const arrows = clause.steps.length > 1 && clause.steps.every(({ relation }) => relation === "\\to");
  if (subject === undefined || others.length > 0 || !arrows) return undefined;
  const uses = [subject, ...clause.steps.map(({ right }) => right)].map((expr) => readVariable(expr, names));
  const chain = uses.flatMap((use) => (use === undefined || use.member !== undefined ? [] : [use.name]));
  return chain.length === uses.length && new Set(chain).size === chain.length ? chain : undefined;
}

/** The structure with one chain more; where the chain contradicts what was declared, it takes its place. */
export function withChain(structure: Structure, chain: readonly string[]): Structure {
  const edges = chain.slice(1).map((child, at) => [chain[at] ?? child, child] as const);
  return withEdges(structure, chain, edges);
}

/** `X \perp Y \mid Z`: given Z, neither depends on the other. */
export function withIndependence(
  structure: Structure,
  independent: readonly string[],
  given: readonly string[],
): Structure {
  const edges = independent.flatMap((child) => given.map((parent) => [parent, child] as const));
  return withEdges(structure, [...given, ...independent], edges);
}

type Edge = readonly [parent: string, child: string];

function withEdges(structure: Structure, nodes: readonly string[], edges: readonly Edge[]): Structure {
  const known = [...structure.parents].flatMap(([child, parents]) =>
    parents.map((parent): Edge => [parent, child]),
  );
  const all = [...new Set([...structure.nodes, ...nodes])];
  return ordered(all, [...known, ...edges]) ?? ordered(nodes, edges) ?? structure;
}

/** undefined where the arrows run in a circle. */
function ordered(nodes: readonly string[], edges: readonly Edge[]): Structure | undefined {
  const parents = new Map(
    nodes.map((node) => [
      node,
      [...new Set(edges.filter(([, child]) => child === node).map(([parent]) => parent))],
    ]),
  );
  const sorted: string[] = [];
  while (sorted.length < nodes.length) {
    const next = nodes.find(
      (node) =>
        !sorted.includes(node) && (parents.get(node) ?? []).every((parent) => sorted.includes(parent)),
    );
    if (next === undefined) return undefined;
    sorted.push(next);
  }
  return { nodes: sorted, parents };
}
