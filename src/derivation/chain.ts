import type { Expr, SymbolExpr } from "../expr/expr.js";
import type { JudgedLine } from "./judgement.js";
import type { SourcePlace } from "./verdict/verdict.js";
import type { Solved } from "./notation/names.js";
import type { TimeCondition } from "./relation/condition.js";
import type { Decision } from "./relation/question.js";
import type { Written } from "./relation/within.js";

/** What one line of a derivation hands to the next. */
export interface Chain {
  /** The last expression written; undefined where the line before could not be read. */
  readonly last?: Expr;
  readonly variable?: SymbolExpr;
  /** Letters that number fresh noises in this derivation. */
  readonly numbered?: ReadonlySet<string>;
  /** The same for all their indices, where the text declares noises by time. */
  readonly sequences?: ReadonlySet<string>;
  /** All expressions that lines of it ended with. */
  readonly written?: readonly Written[];
  /** What its equations were solved for. */
  readonly solved?: readonly Solved[];
  /** The line itself and what it was judged on. */
  readonly line?: JudgedLine;
}

/** What is defined for some times is known at these; undefined where they cannot be said as a case. */
export function definitionUnder(
  condition: TimeCondition | undefined,
  whole: NonNullable<Decision["definition"]>,
): Decision["definition"] {
  if (condition === undefined || condition.comparisons.length === 0) return whole;
  if (condition.otherwise) return undefined;
  const { body } = whole.definition;
  const branches = [{ value: body, conditions: condition.comparisons }];
  const definition = { ...whole.definition, body: { kind: "cases" as const, branches, span: body.span } };
  return { ...whole, definition };
}

/** The derivation behind a line that nothing can be compared with. */
export function withoutLast(chain: Chain): Chain {
  const rest: { -readonly [K in keyof Chain]: Chain[K] } = { ...chain };
  delete rest.last;
  return rest;
}

/** The decision with the condition it was made under, where that does not show in its times. */
export const under = (decision: Decision, condition: string | undefined): Decision =>
  condition === undefined || decision.reason?.includes(`said of ${condition}`) === true
    ? decision
    : noted(decision, `said of ${condition}`);

export function noted(decision: Decision, note: string | undefined): Decision {
  if (note === undefined || note === "") return decision;
  const reason = decision.reason === undefined ? note : `${decision.reason}; ${note}`;
  return { ...decision, reason };
}

/** The file, without the cell of a notebook, and the name of the text within it. */
export const documentOf = ({
  document,
  source,
}: {
  readonly document?: string;
  readonly source?: Partial<SourcePlace>;
}): string => `${source?.file?.replace(/#.*$/, "") ?? ""}\n${document ?? ""}`;
