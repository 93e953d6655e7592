import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ddpm } from "../../src/derivation/notation/ddpm.js";
import { Names } from "../../src/derivation/notation/names.js";
import type { Expr, ListExpr, SymbolExpr } from "../../src/expr/expr.js";
import { printExpr } from "../../src/expr/print.js";
import { nodes, sameExpr, some } from "../../src/expr/walk.js";
import { createRandom, type Random } from "../../src/random/random.js";
import { readLatex } from "../../src/tex/read.js";
import { truths } from "../derivation/formulas.js";

const names = Names.of(ddpm);
const span = { start: 0, end: 0 };

/** The one expression that the text is; undefined where it reads as anything else. */
function readAgain(latex: string): Expr | undefined {
  const lines = readLatex(latex, names);
  const clauses = lines[0]?.clauses ?? [];
  const subject = clauses[0]?.subjects[0];
  return lines.length === 1 && clauses.length === 1 && clauses[0]?.steps.length === 0 ? subject : undefined;
}

function expectSame(expr: Expr): void {
  const latex = printExpr(expr);
  const again = readAgain(latex);
  const same = again !== undefined && sameExpr(again, expr);
  expect(same, `${latex} is read as ${again === undefined ? "nothing" : printExpr(again)}`).toBe(true);
}

const hasNoText = (expr: Expr): boolean =>
  some(expr, (node) => node.kind === "opaque" || (node.kind === "list" && node.left === ""));

const letters = [
  "x",
  "z",
  "\\mu",
  "\\bar{\\alpha}",
  "\\theta^{*}",
  "x'",
  "\\mathbb{E}",
  "q",
  "w^{\\mathrm{vlb}}",
  "d",
];

/** Trees of every kind that the reader builds. */
class Trees {
  constructor(private readonly random: Random) {}

  expr(depth: number): Expr {
    if (depth === 0) return this.random.uniform() < 0.2 ? this.number() : this.symbol();
    const part = (): Expr => this.expr(depth - 1);
    const makers: readonly (() => Expr)[] = [
      () => ({ kind: "sum", terms: [part(), part(), part()], span }),
      () => ({ kind: "product", factors: [part(), part(), part()], span }),
      () => ({ kind: "negation", of: part(), span }),
      () => ({ kind: "quotient", numerator: part(), denominator: part(), span }),
      () => ({ kind: "power", base: part(), exponent: part(), span }),
      () => ({ kind: "root", of: part(), span }),
      () => ({ kind: "elementary", name: this.pick(["exp", "log", "cos", "sin"]), of: part(), span }),
      () => ({ kind: "norm", of: part(), span }),
      () => ({
        kind: "cases",
        branches: [
          { value: part(), conditions: [{ relation: ">", left: this.symbol(), right: this.number() }] },
          { value: part(), conditions: [] },
        ],
        span,
      }),
      () => ({ kind: "bars", of: part(), span }),
      () => ({ kind: "transpose", of: part(), span }),
      () => this.series(part),
      () => this.call(part),
      () => this.list(part),
      () => ({ kind: "integral", variables: this.variables(), body: part(), span }),
      () => ({
        kind: "extremum",
        which: this.pick(["argmax", "argmin", "max", "min"]),
        variable: this.symbol(),
        of: part(),
        span,
      }),
      () => ({ kind: "gradient", variable: this.symbol(), of: part(), span }),
      () => ({ kind: "gradient", of: part(), span }),
    ];
    const made = this.pick(makers)();
    return suits(made) ? made : this.expr(depth);
  }

  private series(part: () => Expr): Expr {
    const operator = this.pick(["sum", "product"] as const);
    return {
      kind: "series",
      operator,
      index: "s",
      lower: this.index(),
      upper: this.index(),
      body: part(),
      span,
    };
  }

  private call(part: () => Expr): Expr {
    const head: SymbolExpr = { kind: "symbol", name: this.pick(["q", "\\mathrm{KL}", "\\mathcal{N}"]), span };
    const range: Expr = { kind: "range", first: this.symbol(), last: this.symbol(), span };
    const [first, second] = [this.random.uniform() < 0.3 ? range : part(), part()];
    if (head.name === "\\mathrm{KL}")
      return { kind: "call", head, args: [first], mark: "||", rest: [second], span };
    if (this.random.uniform() < 0.3) return { kind: "call", head, args: [first, second], rest: [], span };
    return { kind: "call", head, args: [first], mark: this.pick(["|", ";"]), rest: [second, part()], span };
  }

  private list(part: () => Expr): Expr {
    const [left, right] = this.pick<readonly [ListExpr["left"], ListExpr["right"]]>([
      ["(", ")"],
      ["[", "]"],
      ["[", ")"],
      ["\\{", "\\}"],
    ]);
    return { kind: "list", left, right, items: [part(), part()], span };
  }

  /** None for a bare sum. */
  private variables(): readonly Expr[] {
    const [first, last] = [this.index(), this.index()];
    const states: Expr = { kind: "symbol", name: "x", index: { kind: "range", first, last, span }, span };
    return this.pick<readonly Expr[]>([[], [this.symbol()], [this.symbol(), this.symbol()], [states]]);
  }

  private symbol(): SymbolExpr {
    const name = this.pick(letters);
    return this.random.uniform() < 0.5
      ? { kind: "symbol", name, span }
      : { kind: "symbol", name, index: this.index(), span };
  }

  private index(): Expr {
    const t: Expr = { kind: "symbol", name: "t", span };
    const one: Expr = { kind: "number", text: "1", span };
    return this.pick<Expr>([
      t,
      one,
      { kind: "sum", terms: [t, { kind: "negation", of: one, span }], span },
      { kind: "symbol", name: "\\mathrm{data}", span },
    ]);
  }

  private readonly number = (): Expr => ({ kind: "number", text: this.pick(["0", "2", "10", "0.5"]), span });

  private readonly pick = <T>(from: readonly T[]): T => {
    const chosen = from[this.random.integer(0, from.length - 1)];
    if (chosen === undefined) throw new RangeError("nothing to pick from");
    return chosen;
  };
}

/** What no text reads as: scripts on a list name a family. */
function suits(expr: Expr): boolean {
  if (expr.kind === "power") return expr.base.kind !== "list";
  return expr.kind !== "transpose" || expr.of.kind !== "list";
}

describe("printed and read again, the tree is the same", () => {
  test("random trees of every kind", () => {
    const kinds = new Set<string>();
    for (let seed = 0; seed < 1500; seed++) {
      const expr = new Trees(createRandom(seed)).expr(1 + (seed % 4));
      for (const { kind } of nodes(expr)) kinds.add(kind);
      expectSame(expr);
    }
    expect([...kinds].sort().join(" ")).toBe(
      "bars call cases elementary extremum gradient integral list negation norm number power product quotient range root series sum symbol transpose",
    );
  });

  test("formulas as they stand in print, and true ones in many spellings", () => {
    const files = ["printed.txt", "formulas.txt"].map((file) =>
      readFileSync(`test/input/tex/${file}`, "utf8"),
    );
    const formulas = [...files.flatMap((text) => text.trimEnd().split("\n")), ...truths];
    const clauses = formulas
      .flatMap((latex) => readLatex(latex, names))
      .flatMap((line) => line.clauses ?? []);
    const sides = clauses.flatMap(({ subjects, steps }) => [...subjects, ...steps.map(({ right }) => right)]);
    const printable = sides.filter((side) => !hasNoText(side) && side.kind !== "dots");
    expect(printable.length).toBeGreaterThan(400);
    printable.forEach(expectSame);
  });
});
