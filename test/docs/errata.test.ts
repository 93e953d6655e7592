import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { checkStatements } from "../../src/derivation/check.js";
import { readDocument } from "../../src/derivation/document.js";
import { errataMarkdown, type Erratum } from "../../src/derivation/errata.js";
import { plainText } from "../../src/derivation/verdict/plainText.js";
import type { StatementResult } from "../../src/derivation/verdict/verdict.js";
import { refusal } from "../support/refusal.js";

const document = readFileSync("docs/errata.md", "utf8");
const errata = JSON.parse(readFileSync("docs/errata.json", "utf8")) as readonly Erratum[];

/** Each formula of the document by itself: the results of its lines. */
const checked = readDocument(document, "docs/errata.md").map((statement) => ({
  line: statement.source?.line ?? 0,
  results: checkStatements([{ latex: statement.latex }]).statements,
}));

/** The paragraphs in front of a formula, back to the formula before it. */
function textBefore(index: number): string {
  const lines = document.split("\n");
  const from = index === 0 ? 0 : (checked[index - 1]?.line ?? 0);
  return lines.slice(from, checked[index]?.line).join("\n");
}

describe("docs/errata.md, read as a document", () => {
  test("has for each erratum the formula as printed and as repaired", () => {
    expect(checked.length).toBe(2 * errata.length);
    expect(errata.length).toBeGreaterThan(10);
    checked.forEach((_, at) =>
      expect(textBefore(at)).toMatch(at % 2 === 0 ? /As printed:/ : /Repaired, it holds/),
    );
  });

  test("what is called wrong fails, with the numbers that stand there", () => {
    for (let at = 0; at < checked.length; at += 2) {
      const wrong = (checked[at]?.results ?? []).filter(({ verdict }) => verdict === "fails");
      expect(wrong.length).toBeGreaterThan(0);
      // The findings stand between the formula as printed and the repaired one.
      for (const result of wrong)
        for (const words of explanations(result)) expect(textBefore(at + 1)).toContain(words);
    }
  });

  test("what is called repaired holds, every line of it", () => {
    for (let at = 1; at < checked.length; at += 2) {
      const verdicts = (checked[at]?.results ?? []).map(({ verdict }) => verdict);
      expect(verdicts.length).toBeGreaterThan(0);
      // A derivation may begin with a quantity alone.
      const [first, ...others] = verdicts;
      expect(["holds", "defines"]).toContain(first);
      expect([...new Set(others)].filter((verdict) => verdict !== "holds")).toEqual([]);
      expect(verdicts).toContain("holds");
    }
  });

  test("the numbers are those of a pocket calculator", () => {
    const wrong = checked.flatMap(({ results }) => results.filter(({ verdict }) => verdict === "fails"));
    for (const { counterexample } of wrong) {
      if (counterexample === undefined) continue;
      expect(counterexample.T).toBeLessThan(4);
      const betas = Object.entries(counterexample.values).filter(([symbol]) => symbol.startsWith("\\beta_"));
      expect(betas.map(([, value]) => value).every((value) => /^0\.\d$/.test(value))).toBe(true);
      expect(counterexample.text).toContain(counterexample.left);
      expect(counterexample.text).toContain(counterexample.right);
    }
  });

  test("is what `npm run errata` makes of docs/errata.json", () =>
    expect(errataMarkdown(errata)).toBe(document));
});

const explanations = ({ counterexample, reason, repair, chainRepair }: StatementResult): readonly string[] =>
  [counterexample?.text ?? reason ?? "no reason", repair?.text, chainRepair].flatMap((words) =>
    words === undefined ? [] : plainText(words),
  );

describe("an entry that is not what it says is refused", () => {
  const base = { text: 1, formulas: "F1", title: "a title" };
  test("when it holds as printed", () => {
    expect(
      refusal(() => errataMarkdown([{ ...base, lines: [{ printed: String.raw`\alpha_t = 1-\beta_t` }] }])),
    ).toBe("a title, as printed (holds): expected a line that fails. Correct docs/errata.json.");
  });
  test("when it fails as repaired", () => {
    const lines = [{ printed: String.raw`\alpha_t = 1+\beta_t`, repaired: String.raw`\alpha_t = 2-\beta_t` }];
    expect(refusal(() => errataMarkdown([{ ...base, lines }]))).toBe(
      "a title, as repaired (fails): expected lines that hold. Correct docs/errata.json.",
    );
  });
});
