import type { ElementaryName, Expr } from "../../expr/expr.js";
import { mapChildren, nodes, some } from "../../expr/walk.js";
import type { Clause } from "../../tex/statement.js";

/** How far a function without brackets is taken to reach: over all of its term or over the first factor. */
export type Reach = "wide" | "narrow";

export const reaches: readonly Reach[] = ["wide", "narrow"];

/** What is said of a reading, of the function whose reach is open. */
export const describeReach: Readonly<Record<Reach, (name: string) => string>> = {
  wide: (name) => `with \\${name} reaching over the whole term`,
  narrow: (name) => `with \\${name} reaching over the first factor alone`,
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

/** The function whose reach makes two readings of a clause or of the line before it goes on from; undefined if there is one. */
export function openFunction(clause: Clause, before: Expr | undefined): ElementaryName | undefined {
  const sides = [...clause.subjects, ...clause.steps.map(({ right }) => right)];
  const earlier = clause.subjects.length === 0 && before !== undefined ? [before] : [];
  const found = [...sides, ...earlier].flatMap(nodes).find(({ kind }) => kind === "ambiguous");
  return found?.kind === "ambiguous" ? found.wide.name : undefined;
}
