import type { Expr } from "../../expr/expr.js";
import { children, mapChildren } from "../../expr/walk.js";

/** A node that lies on the way down from the root of a tree, and which of its parts comes next. */
export interface Link {
  readonly parent: Expr;
  /** The number of the part, as `children` counts. */
  readonly place: number;
}

/** One place of a tree: the node there, and the way that leads to it from the root. */
export interface Site {
  readonly node: Expr;
  readonly trail: readonly Link[];
}

/**
 * Every place of a tree at which someone may slip. A subscript changes as part of its symbol; the name of
 * a function and the variables of an integral say what is written, not how much it is.
 */
export function* sitesOf(node: Expr, trail: readonly Link[] = []): Generator<Site> {
  yield { node, trail };
  if (node.kind === "symbol") return;
  for (const [place, part] of children(node).entries()) {
    if (!isName(node, place)) yield* sitesOf(part, [...trail, { parent: node, place }]);
  }
}

function isName(parent: Expr, place: number): boolean {
  switch (parent.kind) {
    case "call":
      return place === 0;
    case "extremum":
      return place === 0;
    case "integral":
      return place < parent.variables.length;
    case "gradient":
      return parent.variable !== undefined && place === 0;
    default:
      return false;
  }
}

/** The whole tree with another node at the place; every other node keeps its identity. */
export function replaceAt(trail: readonly Link[], node: Expr): Expr {
  return trail.reduceRight((part, { parent, place }) => {
    let at = 0;
    return mapChildren(parent, (each) => (at++ === place ? part : each));
  }, node);
}
