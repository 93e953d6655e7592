import type { ElementaryName } from "../../expr/expr.js";
import type { Judgement } from "../judgement.js";
import { describeReach, reaches } from "../notation/reach.js";
import { worst } from "../verdict/verdict.js";
import type { Decision } from "./question.js";

/** One relation of a line and what was found about it. */
export interface Finding {
  readonly relation: string;
  readonly decision: Decision;
  /** What it was decided on. */
  readonly judgement?: Judgement;
  /** Only that lines are left out here. */
  readonly omitted?: true;
}

/** What is said of a clause that can be read in two ways. */
export interface Choice {
  readonly found: readonly Finding[];
  /** The reading that the derivation goes on with, where it can be told. */
  readonly from?: number;
}

/**
 * Of the two readings of a clause, one is meant: if one holds, that one; if both fail, the clause fails.
 * Anything else leaves it open.
 * @param found what was found in each of `reaches`, in that order
 * @param name the function whose reach is open
 */
export function chooseReading(found: readonly (readonly Finding[])[], name: ElementaryName): Choice {
  const reachOf = (at: number): string => describeReach[reaches[at] ?? "wide"](name);
  const verdicts = found.map((each) => worst(each.map(({ decision }) => decision.verdict)));
  const holding = [...verdicts.keys()].filter((at) => verdicts[at] === "holds");
  const [first] = holding;
  if (first !== undefined && holding.length === verdicts.length)
    return { found: found[first] ?? [], from: first };
  if (first !== undefined) return { found: noted(found[first] ?? [], reachOf(first)), from: first };
  if (verdicts.every((verdict) => verdict === "fails"))
    return { found: noted(found[0] ?? [], `however far \\${name} is taken to reach`) };
  const open = verdicts.findIndex((verdict) => verdict !== "fails");
  return { found: noted((found[open] ?? []).map(left), `${reachOf(open)} (brackets would tell)`) };
}

/** What would be defined depends on the reading, so nothing is. */
function left({ relation, decision }: Finding): Finding {
  if (decision.verdict !== "defines") return { relation, decision };
  const { inLaw, maxRelativeError, digits } = decision;
  return { relation, decision: { verdict: "undecided", inLaw, maxRelativeError, digits } };
}

const noted = (found: readonly Finding[], note: string): readonly Finding[] =>
  found.map(({ relation, decision }) => ({
    relation,
    decision: {
      ...decision,
      reason: [decision.reason, note].filter((part) => part !== undefined).join("; "),
    },
  }));
