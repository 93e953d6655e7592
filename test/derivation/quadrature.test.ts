import { describe, expect, test } from "vitest";
import { ddpm } from "../../src/derivation/notation/ddpm.js";
import { Names } from "../../src/derivation/notation/names.js";
import { evaluateByQuadrature, workspaceFor } from "../../src/derivation/quadrature/evaluate.js";
import { rules } from "../../src/derivation/quadrature/grid.js";
import { scopeAt, type Question } from "../../src/derivation/relation/question.js";
import { scalarOf } from "../../src/derivation/evaluate/value.js";
import { drawMildWorld, type Draw } from "../../src/derivation/world/draw.js";
import type { Expr } from "../../src/expr/expr.js";
import { readLatex } from "../../src/tex/read.js";

const tex = String.raw;
const names = Names.of(ddpm);
const question: Question = { names, draws: [], digits: 64, seed: 3 };

function read(latex: string): Expr {
  const subject = readLatex(latex, names)[0]?.clauses?.[0]?.subjects[0];
  if (subject === undefined) throw new Error(`not read: ${latex}`);
  return subject;
}

/** The world with a network that has no cosine: then everything has a closed form too. */
const straight = (draw: Draw): Draw => ({
  ...draw,
  free: (name, sign) => (name.includes("amplitude") ? "0" : draw.free(name, sign)),
});

const [[coarse, fine] = []] = rules;

function byQuadrature(expr: Expr, draw: Draw, rule = fine): number {
  if (rule === undefined) throw new Error("no rule");
  const scope = scopeAt({ ...question, setting: "curved" }, { draw });
  return evaluateByQuadrature(expr, scope, workspaceFor(scope, rule, expr.span)).value;
}

function inClosedForm(expr: Expr, draw: Draw): number {
  const scope = scopeAt({ ...question, setting: "mixture" }, { draw });
  const value = scalarOf(scope.evaluate(expr, scope), scope.world.arithmetic);
  if (value === undefined) throw new Error("no number");
  return value.toNumber();
}

const expressions: readonly string[] = [
  tex`p_\theta(x_0)`,
  tex`p_\theta(x_1)`,
  tex`p_\theta(x_0, x_2)`,
  tex`p_\theta(x_2|x_0)`,
  tex`p_\theta(x_1|x_0, x_2)`,
  tex`\int p_\theta(x_{0:T}) dx_{1:T}`,
  tex`\mathbb E_{q(x_{1:T}|x_0)}\left[\frac{p_\theta(x_{0:T})}{q(x_{1:T}|x_0)}\right]`,
  tex`\mathbb E_{q(x_{1:T}|x_0)}\left[\log\frac{p_\theta(x_{0:T})}{q(x_{1:T}|x_0)}\right]`,
  tex`\mathbb E_{q(x_1|x_0)}[\log p_\theta(x_1)]`,
  tex`\mathbb E_{q(x_{1:2}|x_0)}[\log p_\theta(x_2|x_1)]`,
  tex`\mathbb E_{q(x_0)}[-\log p_\theta(x_0)]`,
  tex`\mathbb E_{q(x_{0:T})}\left[\log\frac{p_\theta(x_{0:T})}{q(x_{1:T}|x_0)}\right]`,
  tex`\mathbb E_{q(x_2|x_0)q(x_0)}[\|\bar\epsilon_2 - \epsilon_\theta(x_2, 2)\|^2]`,
  tex`\mathbb E_{p_\theta(x_1)}[\|x_1\|^2]`,
  tex`D_{KL}(q(x_{1:T}|x_0)\|p_\theta(x_{1:T}|x_0))`,
  tex`D_{KL}(q(x_1|x_2,x_0)\|p_\theta(x_1|x_2))`,
  tex`q(x_0|x_1)`,
  tex`q(x_1, x_2)`,
  tex`\int q(x_1|x_0)q(x_0|x_2) dx_0`,
];

describe("quadrature against closed forms, where the network is affine", () => {
  const draws = [0, 1, 2].map((at) => straight(drawMildWorld(3, at)));
  test.each(expressions)("%s", (latex) => {
    const expr = read(latex);
    for (const draw of draws) {
      const [found, exact] = [byQuadrature(expr, draw), inClosedForm(expr, draw)];
      expect(Math.abs(found - exact)).toBeLessThan(1e-10 * Math.max(1, Math.abs(exact)));
    }
  });
});

describe("quadrature where the network bends", () => {
  const draw = drawMildWorld(3, 1);
  test.each(expressions)("two rules agree: %s", (latex) => {
    const expr = read(latex);
    const [a, b] = [byQuadrature(expr, draw, coarse), byQuadrature(expr, draw)];
    expect(Math.abs(a - b)).toBeLessThan(1e-10 * Math.max(1, Math.abs(b)));
  });

  test("the network does bend there", () => {
    const expr = read(tex`p_\theta(x_0)`);
    expect(Math.abs(byQuadrature(expr, draw) - byQuadrature(expr, straight(draw)))).toBeGreaterThan(1e-4);
  });

  test("the marginal of a model of two steps, summed by hand", () => {
    expect(draw.T).toBe(2);
    // p_θ(x_0) = ∫∫ p(x_2) p_θ(x_1|x_2) p_θ(x_0|x_1) over a plain grid, the factors at given states evaluated in 64 digits
    const factor = (latex: string, states: readonly (readonly [number, number])[]): number => {
      const base = scopeAt(question, { draw });
      const moved = new Map(
        states.map(
          ([t, x]) => [t, { offset: [base.world.arithmetic.real(x)], coefficients: new Map() }] as const,
        ),
      );
      const scope = scopeAt(question, { draw }, { moved });
      return scalarOf(scope.evaluate(read(latex), scope), scope.world.arithmetic)?.toNumber() ?? NaN;
    };
    const points = Array.from({ length: 61 }, (_, at) => -9 + 0.3 * at);
    const prior = points.map((x2) => factor(tex`p(x_2)`, [[2, x2]]));
    const last = points.map((x1) => factor(tex`p_\theta(x_0|x_1)`, [[1, x1]]));
    let sum = 0;
    points.forEach((x1, i) =>
      points.forEach((x2, j) => {
        const weight = (prior[j] ?? 0) * (last[i] ?? 0);
        if (weight < 1e-17) return;
        sum +=
          weight *
          factor(tex`p_\theta(x_1|x_2)`, [
            [1, x1],
            [2, x2],
          ]) *
          0.3 ** 2;
      }),
    );
    expect(byQuadrature(read(tex`p_\theta(x_0)`), draw)).toBeCloseTo(sum, 9);
  });

  test("what is not smooth shows as a difference of the rules", () => {
    const expr = read(tex`\mathbb E_{q(x_1|x_0)}[\|x_1 - x_0\|]`);
    expect(Math.abs(byQuadrature(expr, draw, coarse) - byQuadrature(expr, draw))).toBeGreaterThan(1e-8);
  });
});
