import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { printExpr } from "../../src/expr/print.js";
import { nodes } from "../../src/expr/walk.js";
import { describePlace } from "../../src/tex/error.js";
import type { Vocabulary } from "../../src/tex/parse.js";
import { readLatex, type ReadLine } from "../../src/tex/read.js";
import { expectGolden } from "../support/golden.js";

const vocabulary: Vocabulary = {
  isFunction: (name) => ["q", "p", "N", "\\mathcal{N}", "\\mathbb{E}", "D"].includes(name),
};

function describeLine(line: ReadLine, latex: string): string {
  if (line.error !== undefined)
    return `  refused ${describePlace(latex, line.error.span, line.error.problem)}`;
  return (line.clauses ?? [])
    .map(({ words, subjects, steps }) => {
      const left = subjects.map(printExpr).join(" , ");
      const right = steps.map((step) => `⟨${step.relation}⟩ ${printExpr(step.right)}`).join(" ");
      return `  ${words === "" ? "" : `(${words}) `}${left} ${right}`.trimEnd();
    })
    .join("\n");
}

const formulas = readFileSync("test/input/tex/formulas.txt", "utf8").trimEnd().split("\n");

describe("the reader", () => {
  test("reads and refuses as in the golden file", () => {
    const text = formulas
      .map((latex) =>
        [latex, ...readLatex(latex, vocabulary).map((line) => describeLine(line, latex))].join("\n"),
      )
      .join("\n");
    expectGolden("tex/formulas.txt", `${text}\n`);
  });

  test("points into the formula as written", () => {
    const latex = "\\frac{\\bar\\alpha_t}{\\beta_{t-1}} + x_0";
    const subject = readLatex(latex, vocabulary)[0]?.clauses?.[0]?.subjects[0];
    const places =
      subject === undefined ? [] : [...nodes(subject)].map(({ span }) => latex.slice(span.start, span.end));
    expect(places).toContain("\\beta_{t-1}");
    expect(places).toContain("x_0");
    expect(places).toContain("t-1");
  });

  test("shows each line of an environment as it was written", () => {
    const lines = readLatex(
      "\\begin{align}\n a &= \\frac{1}{b} \\\\[2pt]\n &= c \\tag{1}\\end{align}",
      vocabulary,
    );
    expect(lines.map(({ latex }) => latex)).toEqual(["a = \\frac{1}{b}", "= c \\tag{1}"]);
  });
});

describe("hostile formulas are refused at once", () => {
  test.each([
    ["a megabyte", "x+".repeat(500_000), "the formula has 1000000 characters; at most 20000 are read"],
    ["braces", "{".repeat(9_000) + "}".repeat(9_000), "nested more than 120 deep"],
    ["brackets", `${"(".repeat(9_000)}x${")".repeat(9_000)}`, "brackets nested more than 60 deep"],
    ["a macro loop", "\\def\\a{\\a\\a}\\a", "Too many expansions"],
    ["an open environment", "\\begin{aligned} a &= b", "LaTeX that KaTeX refuses"],
    ["\\left", `${"\\left(".repeat(1_500)}x${"\\right)".repeat(1_500)}`, "nested"],
  ])("%s", (_, latex, message) => {
    const before = performance.now();
    const [line] = readLatex(latex, vocabulary);
    expect(line?.error?.problem).toContain(message);
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});
