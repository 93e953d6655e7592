import { describe, expect, test } from "vitest";
import type { Expr } from "../../src/expr/expr.js";
import { printExpr } from "../../src/expr/print.js";
import { children, mapChildren, nodes, sameExpr } from "../../src/expr/walk.js";
import { readLatex } from "../../src/tex/read.js";

const read = (latex: string): Expr => {
  const expr = readLatex(latex, { isFunction: (name) => name === "q" })[0]?.clauses?.[0]?.subjects[0];
  if (expr === undefined) throw new Error(`no expression in ${latex}`);
  return expr;
};

const samples = [
  "a + b - \\frac{c}{d}",
  "\\sqrt{x_t}^2 \\exp(a) \\|v\\|",
  "\\sum_{s=1}^t q(x_s \\mid x_{s-1}, x_0)",
  "q(x_{1:T} | x_0) \\cdots",
];

describe("walking a tree", () => {
  test.each(samples)("every node of %s is reached once, and mapping by identity changes nothing", (latex) => {
    const expr = read(latex);
    const all = [...nodes(expr)];
    expect(new Set(all).size).toBe(all.length);
    const copy = (node: Expr): Expr => mapChildren(node, copy);
    expect(copy(expr)).toEqual(expr);
  });

  test("a change of a part shows in the whole", () => {
    const expr = read("a + b");
    const changed = mapChildren(expr, (part) => (printExpr(part) === "b" ? read("c") : part));
    expect(printExpr(changed)).toBe("a+c");
    expect(children(expr).map(printExpr)).toEqual(["a", "b"]);
  });

  test("trees are compared without their places", () => {
    expect(sameExpr(read("x_{t-1}"), read("  x_{t - 1}"))).toBe(true);
    expect(sameExpr(read("x_{t-1}"), read("x_{t+1}"))).toBe(false);
  });
});
