import type { Clause } from "../../tex/statement.js";
import type { Names } from "../notation/names.js";
import { readVariable } from "./variable.js";

/** One declaration about the dependence of variables: given its parents, each depends on nothing before it. */
export interface Dependence {
  /** Parents before children. */
  readonly nodes: readonly string[];
  /** Without an entry, a node depends on all before it. */
  readonly parents: ReadonlyMap<string, readonly string[]>;
}

/** What a text has declared so far, one declaration beside the other: how they go together is not said. */
export type Structure = readonly Dependence[];

export const noStructure: Structure = [];

/** The variables of `A \to B \to C`; undefined for any other clause, and for two letters, which say nothing. */
export function declaredChain(clause: Clause, names: Names): readonly string[] | undefined {
  const [subject, ...others] = clause.subjects;
  const arrows = clause.steps.length > 1 && clause.steps.every(({ relation }) => relation === "\\to");
  if (subject === undefined || others.length > 0 || !arrows) return undefined;
  const uses = [subject, ...clause.steps.map(({ right }) => right)].map((expr) => readVariable(expr, names));
  const chain = uses.flatMap((use) => (use === undefined || use.member !== undefined ? [] : [use.name]));
  return chain.length === uses.length && new Set(chain).size === chain.length ? chain : undefined;
}

/** The structure with one Markov chain more. */
export function withChain(structure: Structure, chain: readonly string[]): Structure {
  const parents = new Map(chain.map((node, at) => [node, chain.slice(Math.max(0, at - 1), at)]));
  return withDependence(structure, { nodes: chain, parents });
}

/** `X \perp Y \mid Z`: given Z, neither depends on the other. */
export function withIndependence(
  structure: Structure,
  independent: readonly string[],
  given: readonly string[],
): Structure {
  const parents = new Map(independent.map((node) => [node, given]));
  return withDependence(structure, { nodes: [...given, ...independent], parents });
}

/** What is declared of all variables of an earlier declaration takes its place. */
const withDependence = (structure: Structure, dependence: Dependence): Structure => [
  ...structure.filter(({ nodes }) => !nodes.every((node) => dependence.nodes.includes(node))),
  dependence,
];

/** The declarations that say something of these variables: those of at least two of them. */
export const declarationsOf = (structure: Structure, names: readonly string[]): readonly Dependence[] =>
  structure.filter(({ nodes }) => nodes.filter((node) => names.includes(node)).length > 1);
