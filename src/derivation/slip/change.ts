import type { Expr } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import { children, sameExpr } from "../../expr/walk.js";
import type { Slip, Surroundings } from "./kind.js";
import { replaceAt, sitesOf, type Link, type Site } from "./site.js";
import { slipKinds } from "./table.js";

/** A tree with one slip made or undone at one place. */
export interface Change {
  readonly slip: Slip;
  readonly site: Site;
  /** What stands at the place now. */
  readonly after: Expr;
  /** The whole tree. */
  readonly expr: Expr;
}

/** Every slip (`make`), or every slip undone (`undo`), at every place of a tree; each result once, the simplest slip first. */
export function changesOf(expr: Expr, direction: "make" | "undo", around: Surroundings): readonly Change[] {
  const sites = [...sitesOf(expr)];
  const known = new Set([printExpr(expr)]);
  return slipKinds.flatMap((kind) =>
    sites.flatMap((site) =>
      kind[direction](site, around).flatMap((after) => {
        const changed = replaceAt(site.trail, after);
        const text = printExpr(changed);
        if (known.has(text)) return [];
        known.add(text);
        return [{ slip: kind.slip, site, after, expr: changed }];
      }),
    ),
  );
}

/** The same change wherever the same node stands: a wrong letter is wrong in all its places. */
export function everywhere(
  { site, after }: Change,
  expr: Expr,
): { readonly expr: Expr; readonly sites: readonly Site[] } {
  const sites = [...sitesOf(expr)].filter(({ node }) => sameExpr(node, site.node));
  return { expr: sites.reduce((whole, { trail }) => replaceAlong(whole, trail, after), expr), sites };
}

/** Equal nodes do not lie in one another, so the way to each stays when another is replaced. */
function replaceAlong(whole: Expr, trail: readonly Link[], after: Expr): Expr {
  let at: Expr | undefined = whole;
  const links: Link[] = [];
  for (const { place } of trail) {
    if (at === undefined) throw new RangeError("the way leads out of the tree");
    links.push({ parent: at, place });
    at = children(at)[place];
  }
  return replaceAt(links, after);
}
