import type { Expr } from "../../expr/expr.js";
import { mapChildren, some } from "../../expr/walk.js";
import type { Clause } from "../../tex/statement.js";

/** How far a function without brackets is taken to reach: over all of its term or over the first factor. */
export type Reach = "wide" | "narrow";

export const reaches: readonly Reach[] = ["wide", "narrow"];

export const describeReach: Readonly<Record<Reach, string>> = {
  wide: "with \\log reaching over the whole term",
  narrow: "with \\log reaching over the first factor alone",
};

/** Whether the reach of some function in it cannot be seen. */
export const isAmbiguous = (expr: Expr): boolean => some(expr, ({ kind }) => kind === "ambiguous");

/** The expression in one of the two readings, the same for all its functions. */
export function withReach(expr: Expr, reach: Reach): Expr {
  if (expr.kind === "ambiguous") return withReach(expr[reach], reach);
  return mapChildren(expr, (part) => withReach(part, reach));
}

/** The clause in one of the two readings. */
export const clauseWithReach = (clause: Clause, reach: Reach): Clause => ({
  ...clause,
  subjects: clause.subjects.map((subject) => withReach(subject, reach)),
  steps: clause.steps.map((step) => ({ ...step, right: withReach(step.right, reach) })),
});

/** Whether a clause, or the line before it goes on from, has two readings. */
export function hasReadings(clause: Clause, before: Expr | undefined): boolean {
  const sides = [...clause.subjects, ...clause.steps.map(({ right }) => right)];
  const earlier = clause.subjects.length === 0 && before !== undefined ? [before] : [];
  return [...sides, ...earlier].some(isAmbiguous);
}
