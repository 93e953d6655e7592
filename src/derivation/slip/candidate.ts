import type { Expr } from "../../expr/expr.js";
import { nodes } from "../../expr/walk.js";
import type { Judgement } from "../judgement.js";
import type { Names } from "../notation/names.js";
import { changesOf, everywhere, type Change } from "./change.js";
import { describeChange, describeEverywhere, type SideName } from "./describe.js";
import type { Slip } from "./kind.js";
import { slipKinds } from "./table.js";
import type { Edit } from "./write.js";

/** A change of the sides of one relation that may make it true. */
export interface Candidate {
  readonly slip: Slip;
  /** Old side to new side. */
  readonly sides: ReadonlyMap<Expr, Expr>;
  readonly edits: readonly Edit[];
  /** What belongs where, for "holds if …". */
  readonly text: string;
  /** Whether it is worth a look only where nothing simpler explains the failure. */
  readonly remote: boolean;
}

interface SideChange extends Change {
  readonly side: Expr;
  readonly sideName: SideName;
}

const order = new Map(slipKinds.map(({ slip }, at) => [slip, at]));

/** One slip undone on either side, the simplest first, then one thing wrong in all its places, then the same slip twice. */
export function* candidatesOf(judgement: Judgement): Generator<Candidate> {
  const { claim, question } = judgement;
  const { names } = question;
  const right = { side: claim.right, sideName: "right", other: claim.left } as const;
  const left = { side: claim.left, sideName: "left", other: claim.right } as const;
  const own = claim.ownLeft ? [right, left] : [right];
  const changes = own.flatMap(({ side, sideName, other }) =>
    changesOf(side, "undo", { names, other }).map((change): SideChange => ({ ...change, side, sideName })),
  );
  const rank = ({ slip }: SideChange): number => order.get(slip) ?? 0;
  const sorted = [...changes].sort(
    (a, b) => rank(a) - rank(b) || sideOf(a) - sideOf(b) || sizeOf(a) - sizeOf(b),
  );
  yield* sorted.map((change) => single(change, names));
  yield* sorted.flatMap((change) =>
    inAllPlaces(
      change,
      own.map(({ side }) => side),
      names,
    ),
  );
  for (const change of sorted) yield* twice(change, judgement);
}

/** With a part more or less, much can be made true. */
const lastResort: ReadonlySet<Slip> = new Set<Slip>([
  "term added",
  "term lost",
  "factor added",
  "factor lost",
]);

/** Of two places for one slip, the right side is looked at first, and the smaller says more clearly where it is. */
const sideOf = ({ sideName }: SideChange): number => (sideName === "right" ? 0 : 1);
const sizeOf = ({ site }: SideChange): number => nodes(site.node).length;

function single(change: SideChange, names: Names): Candidate {
  return {
    slip: change.slip,
    sides: new Map([[change.side, change.expr]]),
    edits: [{ before: change.site.node, after: change.after }],
    text: describeChange(change, change.sideName, names),
    remote: lastResort.has(change.slip),
  };
}

/** Nothing where the node stands once only. */
function inAllPlaces(change: SideChange, sides: readonly Expr[], names: Names): readonly Candidate[] {
  const changed = sides.map((side) => ({ side, ...everywhere(change, side) }));
  const sites = changed.flatMap((each) => each.sites);
  if (sites.length < 2) return [];
  return [
    {
      slip: change.slip,
      sides: new Map(changed.map(({ side, expr }) => [side, expr])),
      edits: sites.map(({ node }) => ({ before: node, after: change.after })),
      text: describeEverywhere(change, names),
      remote: true,
    },
  ];
}

/** Slips that come in pairs: who shifts one index may shift two. */
const pairs: ReadonlySet<Slip> = new Set<Slip>([
  "index shifted",
  "root lost",
  "variance for standard deviation",
  "alpha for alpha-bar",
  "fixed time for t",
  "sign",
]);

function* twice(change: SideChange, { claim, question }: Judgement): Generator<Candidate> {
  if (!pairs.has(change.slip)) return;
  const { names } = question;
  const other = change.sideName === "left" ? claim.right : claim.left;
  const first = describeChange(change, change.sideName, names);
  for (const second of changesOf(change.expr, "undo", { names, other })) {
    // Nodes that the first change left alone keep their identity; only these have a place in the text.
    if (second.slip !== change.slip || !isBehind(change, second)) continue;
    yield {
      slip: change.slip,
      sides: new Map([[change.side, second.expr]]),
      edits: [change, second].map(({ site, after }) => ({ before: site.node, after })),
      text: `${first} and ${describeChange(second, change.sideName, names)}`,
      remote: true,
    };
  }
}

/** Each pair once: the second place stands behind the first in the text. */
const isBehind = (first: Change, second: Change): boolean =>
  second.site.node.span.start >= first.site.node.span.end;
