import { describe, expect, test } from "vitest";
import { ddpm } from "../../src/derivation/notation/ddpm.js";
import { Names } from "../../src/derivation/notation/names.js";
import type { Expr } from "../../src/expr/expr.js";
import { printExpr } from "../../src/expr/print.js";
import { readLatex } from "../../src/tex/read.js";

const tex = String.raw;
const names = Names.of(ddpm);

function clausesOf(latex: string): readonly { subjects: readonly Expr[]; rights: readonly Expr[] }[] {
  const [line, ...more] = readLatex(latex, names);
  if (line?.clauses === undefined || more.length > 0)
    throw new Error(line?.error?.problem ?? "several lines");
  return line.clauses.map(({ subjects, steps }) => ({ subjects, rights: steps.map(({ right }) => right) }));
}

function read(latex: string): Expr {
  const [subject, ...more] = clausesOf(latex)[0]?.subjects ?? [];
  if (subject === undefined || more.length > 0) throw new Error(`no single expression: ${latex}`);
  return subject;
}

const shown = (latex: string): string => `${read(latex).kind}: ${printExpr(read(latex))}`;

const overX = tex`integral: \int q\left(x\right) \, dx`;
const overStates = tex`integral: \int p\left(x_{0:T}\right) \, dx_{1:T}`;

describe("integrals and sums over variables", () => {
  test.each([
    [tex`\int q(x) dx`, overX],
    [tex`\int q(x) \, \mathrm{d}\mathbf{x}`, overX],
    [tex`\int q(x) \text{d}x`, overX],
    [tex`\int_x q(x) dx`, overX],
    [tex`\int_x q(x)`, overX],
    [tex`\int\limits_{x} q(x)`, overX],
    [tex`\int_{-\infty}^{\infty} q(x) dx`, overX],
    [tex`\int_{-\infty}^{+\infty} q(x) dx`, overX],
    [tex`\int_{\mathbb{R}} q(x) dx`, overX],
    [tex`\int dx \, q(x)`, overX],
    [tex`\sum_x q(x)`, overX],
    [tex`\sum_{x \in \mathcal X} q(x)`, overX],
    [tex`\sum P \log Q`, tex`integral: \sum P \log\left(Q\right)`],
    [tex`\iint q(x, z) dx \, dz`, tex`integral: \int \int q\left(x, z\right) \, dx \, dz`],
    [tex`\int\int q(x, z) dx dz`, tex`integral: \int \int q\left(x, z\right) \, dx \, dz`],
    [tex`\sum_{x, z} q(x, z)`, tex`integral: \int \int q\left(x, z\right) \, dx \, dz`],
    [tex`\int p(x_{0:T}) d x_{1:T}`, overStates],
    [tex`\int p(x_{0:T}) \, d\mathbf{x}_{1:T}`, overStates],
    [tex`\int_{x_1:x_T} p(x_{0:T}) dx_{1:T}`, overStates],
    [tex`\int_{x_1}\int_{x_2}\cdots\int_{x_T} p(x_{0:T}) d_{x_1} d_{x_2}\cdots d_{x_T}`, overStates],
    [tex`\int\cdots\int p(x_{0:T}) dx_1 dx_2 \cdots dx_T`, overStates],
    [tex`\int q(x) + q(z) \, dz`, tex`integral: \int \left(q\left(x\right)+q\left(z\right)\right) \, dz`],
  ])("%s", (latex, expected) => expect(shown(latex)).toBe(expected));

  test.each([
    // the inner integral has a d of its own
    [
      tex`\int q(x) \int q(z) dz \, dx`,
      tex`integral: \int \left(q\left(x\right) \left(\int q\left(z\right) \, dz\right)\right) \, dx`,
    ],
    [tex`\int dx \int dz \, q(x, z)`, tex`integral: \int \left(\int q\left(x, z\right) \, dz\right) \, dx`],
    // … and here both are
    [tex`\int q(x) dx - \int q(z) dz`, tex`sum: \int q\left(x\right) \, dx-\int q\left(z\right) \, dz`],
    [tex`\int_x q(x) + \int_z q(z) dz`, tex`sum: \int q\left(x\right) \, dx+\int q\left(z\right) \, dz`],
    [tex`\sum_x q(x) + 1`, tex`sum: \int q\left(x\right) \, dx+1`],
  ])("how far it reaches: %s", (latex, expected) => expect(shown(latex)).toBe(expected));

  test.each([
    [tex`\int_0^1 q(x) dx`, "an integral between limits"],
    [tex`\int_0^\infty q(x) dx`, "an integral between limits"],
    [tex`\int_A q(x) dx`, "an integral over something else than its variables"],
    [tex`\int q(x)`, "an integral that does not say over what"],
    [tex`\iint q(x, z) dx`, "an integral whose variables stand apart"],
    [tex`\oint q(x) dx`, "an integral along a curve"],
    [tex`\sum_{t \ne 2} x_t`, "a sum without limits of the form _{s=1}^{t}"],
  ])("%s stays closed: %s", (latex, what) => {
    const expr = read(latex);
    expect(expr.kind === "opaque" ? expr.what : printExpr(expr)).toBe(what);
  });
});

describe("extrema and gradients", () => {
  const most = tex`extremum: \arg\max_{\theta} f+g`;
  test.each([
    [tex`\arg\max_\theta f + g`, most],
    [tex`arg \max_{\theta} f + g`, most],
    [tex`argmax_\theta f + g`, most],
    [tex`\operatorname{argmax}_\theta f + g`, most],
    [tex`\operatorname*{arg\,max}_\theta f + g`, most],
    [tex`\mathrm{arg\,max}_\theta f + g`, most],
    [tex`\underset{\theta}{\arg\max}\, f + g`, most],
    [tex`\mathop{\arg\max}\limits_{\theta} f + g`, most],
    [tex`\arg\max_{\theta \in \Theta} f + g`, most],
    [tex`arg \min_\theta f`, tex`extremum: \arg\min_{\theta} f`],
    [tex`\max_\theta f`, tex`extremum: \max_{\theta} f`],
    [tex`1 + \min_{\theta, \phi} f - g`, tex`sum: 1+\left(\min_{\theta, \phi} f-g\right)`],
    [tex`\max(a, b)`, tex`opaque: the operator \max`],
    [tex`\nabla_\theta \|x\|^2 + 1`, tex`sum: \nabla_{\theta} \left\|x\right\|^{2}+1`],
    [
      tex`\nabla_{x_t} \log q(x_t|x_0)`,
      tex`gradient: \nabla_{x_{t}} \log\left(q\left(x_{t} \mid x_{0}\right)\right)`,
    ],
    [tex`\nabla a b`, tex`gradient: \nabla \left(a b\right)`],
    [tex`\nabla \cdot v`, "opaque: a derivative of another kind"],
    [tex`\nabla^2 f`, "opaque: a derivative of another kind"],
  ])("%s", (latex, expected) => expect(shown(latex)).toBe(expected));
});

test.each([tex`\sum_{s=1}^t a `, tex`\int_x a `, tex`\nabla `, tex`\max_x `, tex`\sum `])(
  "thousands of %s are refused at once",
  (operator) => {
    const [line] = readLatex(operator.repeat(1200), names);
    expect(line?.error?.problem).toBe("operators nested more than 40 deep");
  },
);

describe("remarks beside a formula state nothing", () => {
  test.each([
    tex`a = b \quad \boxed{q(z|x) \text{ can be any distribution}}`,
    tex`a = b \quad 【q(z \mid x) \text { can be any distribution }】`,
    tex`a = b \quad (\text{for all } x)`,
    tex`a = b \quad [\text{Bayes}]`,
  ])("%s", (latex) => expect(clausesOf(latex)).toHaveLength(1));

  test("a box with a formula is that formula", () => {
    expect(clausesOf(tex`\boxed{a = b}`)[0]?.rights.map(printExpr)).toEqual(["b"]);
  });

  test("a condition in a box still limits", () => {
    const [line] = readLatex(tex`a = b \quad \boxed{\text{if } t > 1}`, names);
    expect(line?.clauses?.map(({ words }) => words)).toEqual(["", "if"]);
  });
});
