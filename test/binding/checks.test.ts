import { describe, expect, test } from "vitest";
import { libraryBindings } from "../../src/binding/bindings.js";
import { libraryChecks, libraryNotation } from "../../src/binding/checks.js";
import { checkStatements } from "../../src/derivation/check.js";
import { extendNotation } from "../../src/derivation/notation/ddpm.js";
import type { Binding } from "../../src/derivation/notation/notation.js";

describe("every function that can be bound says what its formula says", () => {
  test("each has a formula, and it holds", () => {
    expect(libraryChecks.map(({ id }) => id)).toEqual(Object.keys(libraryBindings));
    for (const seed of [1, 2, 3]) {
      const { statements } = checkStatements(libraryChecks, { notation: libraryNotation, worlds: 2, seed });
      const wrong = statements.filter(({ verdict }) => verdict !== "holds");
      expect(wrong.map(({ id, reason, counterexample }) => [id, reason, counterexample?.text])).toEqual([]);
      // Double precision took part in all of them: the symbols are the functions, not the formulas.
      expect(new Set(statements.map(({ digits }) => digits))).toEqual(new Set([15]));
    }
  });

  test.each(Object.keys(libraryBindings))("%s off by a millionth is noticed", (name) => {
    const right = libraryBindings[name];
    const off: Binding = (point) => {
      const value = right?.(point);
      if (value === undefined) return undefined;
      return typeof value === "number" ? value * (1 + 1e-6) : value.map((each) => each * (1 + 1e-6));
    };
    const notation = extendNotation(libraryNotation, { bind: { [`\\mathrm{${name}}_t`]: off } });
    const own = libraryChecks.filter(({ id }) => id === name);
    const { statements } = checkStatements(own, { notation, worlds: 2 });
    expect(statements.map(({ verdict }) => verdict)).toEqual(["fails"]);
  });
});
