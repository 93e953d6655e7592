import type { Expr } from "../../expr/expr.js";
import type { Clause } from "../../tex/statement.js";
import { everyTime, type Names } from "./names.js";

/**
 * The letters of noises that a line declares by number: `z_1, z_2, … \sim N(0, I)`, `\bar z_2 \sim N(0, I)`.
 * A number there tells noises apart; it is not the time at which they were added.
 */
export const declaredNoises = (clauses: readonly Clause[], names: Names): readonly string[] =>
  declared(clauses, names, ({ kind }) => kind === "number");

/**
 * The letters of noises that a line declares by time, `\epsilon_{t-1}, \epsilon_{t-2}, … \sim N(0, I)`, and with bars:
 * those they are merged into. Whether the time is that of the step they are added in the text does not say.
 */
export const declaredSequences = (clauses: readonly Clause[], names: Names): readonly string[] =>
  declared(clauses, names, ({ kind }) => kind !== "number").flatMap((letter) => {
    const plain = letter.replace(/^\\bar\{(.*)\}$/, "$1");
    return [everyTime(plain), everyTime(`\\bar{${plain}}`)];
  });

function declared(
  clauses: readonly Clause[],
  names: Names,
  isIndex: (index: Expr) => boolean,
): readonly string[] {
  return clauses.flatMap(({ subjects, steps }) => {
    if (steps[0]?.relation !== "\\sim") return [];
    return subjects.flatMap((subject) => {
      if (subject.kind !== "symbol" || subject.index === undefined || !isIndex(subject.index)) return [];
      const { meaning } = names.lookUp(subject);
      const noise =
        meaning.kind === "role" && ["stepNoise", "accumulatedNoise", "freshNoise"].includes(meaning.role);
      return noise ? [subject.name] : [];
    });
  });
}
