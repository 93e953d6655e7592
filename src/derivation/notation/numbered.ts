import type { Clause } from "../../tex/statement.js";
import type { Names } from "./names.js";

/**
 * The letters of noises that a line declares by number: `z_1, z_2, … \sim N(0, I)`, `\bar z_2 \sim N(0, I)`.
 * A number there tells noises apart; it is not the time at which they were added.
 */
export function declaredNoises(clauses: readonly Clause[], names: Names): readonly string[] {
  return clauses.flatMap(({ subjects, steps }) => {
    if (steps[0]?.relation !== "\\sim") return [];
    return subjects.flatMap((subject) => {
      if (subject.kind !== "symbol" || subject.index?.kind !== "number") return [];
      const { meaning } = names.lookUp(subject);
      const noise =
        meaning.kind === "role" && ["stepNoise", "accumulatedNoise", "freshNoise"].includes(meaning.role);
      return noise ? [subject.name] : [];
    });
  });
}
