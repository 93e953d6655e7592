import { describe, expect, test } from "vitest";
import { checkLatex, checkStatements } from "../../src/derivation/check.js";
import { missed, mutateStatements } from "../../src/derivation/slip/mutation.js";

const tex = String.raw;
const options = { worlds: 3 } as const;
const only = (latex: string): { readonly verdict: string; readonly reason: string } => {
  const [result] = checkLatex(latex, options).statements;
  if (result === undefined) throw new Error("no result");
  return { verdict: result.verdict, reason: result.reason ?? "" };
};
const verdictsOf = (chain: readonly string[]): readonly string[] =>
  checkStatements(
    chain.map((latex) => ({ latex, chain: "one" })),
    options,
  ).statements.map(({ verdict }) => verdict);

const forward: readonly string[] = [
  tex`q(x_{t-1}|x_t) = q(x_t|x_{t-1}) \frac{q(x_{t-1})}{q(x_t)}`,
  tex`q(x_t) = \int q(x_t|x_0) q(x_0) dx_0`,
  tex`q(x_t) = \int q(x_t|x_{t-1}) q(x_{t-1}) dx_{t-1}`,
  tex`q(x_t) = \mathbb E_{q(x_0)}[q(x_t|x_0)]`,
  tex`q(x_t|x_0) = \int q(x_t|x_{t-1})q(x_{t-1}|x_0)dx_{t-1}`,
  tex`q(x_{t-1}|x_t) = \int q(x_{t-1}|x_t,x_0) q(x_0|x_t) dx_0`,
  tex`q(x_{t-1}|x_t) = \mathbb E_{q(x_0|x_t)}[q(x_{t-1}|x_t,x_0)]`,
  tex`q(x_{0:T}) = q(x_0)\prod_{t=1}^T q(x_t|x_{t-1})`,
  tex`q(x_{0:T}) = q(x_T)\prod_{t=1}^T q(x_{t-1}|x_t)`,
  tex`q(x_0|x_t) \propto q(x_t|x_0) q(x_0)`,
  tex`\int q(x_{0:T}) dx_{0:T} = 1`,
  tex`\int q(x_t|x_{t-1}) dx_t = 1`,
  tex`\mathbb E[x_t] = \sqrt{\bar\alpha_t}\mathbb E[x_0]`,
  tex`\mathbb E_{q(x_0|x_t)}[\mathbb E_{q(x_{t-1}|x_t,x_0)}[x_{t-1}]] = \mathbb E[x_{t-1}|x_t]`,
];

const wrongForward: readonly string[] = [
  tex`q(x_{t-1}|x_t) = q(x_t|x_{t-1})`,
  tex`q(x_{t-1}|x_t) = q(x_t|x_{t-1}) \frac{q(x_t)}{q(x_{t-1})}`,
  tex`q(x_t) = \int q(x_t|x_{t-1}) q(x_0) dx_0`,
  tex`q(x_t) = \int q(x_t|x_0) dx_0`,
  tex`q(x_t) = \mathcal N(x_t; 0, I)`,
  // true of normal data with mean 0 and variance 1 only
  tex`q(x_{t-1}|x_t) = \mathcal N(x_{t-1}; \sqrt{\alpha_t} x_t, \beta_t I)`,
  tex`q(x_{t-1}|x_t) = \int q(x_{t-1}|x_t,x_0) q(x_0) dx_0`,
  tex`q(x_{0:T}) = q(x_T)\prod_{t=1}^T q(x_{t}|x_{t-1})`,
  tex`q(x_0|x_t) \propto q(x_0|x_{t-1}) q(x_0)`,
  tex`\int q(x_t|x_{t-1}) dx_{t-1} = 1`,
  tex`\mathbb E[x_t] = \bar\alpha_t\mathbb E[x_0]`,
];

describe("densities of the forward process without x_0", () => {
  test.each(forward)("%s", (latex) => expect(only(latex).verdict).toBe("holds"));
  test.each(wrongForward)("fails: %s", (latex) => expect(only(latex).verdict).toBe("fails"));
});

const model: readonly string[] = [
  tex`p(x_0|\theta) = p_\theta(x_0)`,
  tex`p_\theta(x_0) = \int p_\theta(x_{0:T}) dx_{1:T}`,
  tex`P_\theta(x_0) = \int_{x_1:x_T} P(x_T) \prod_{t=1}^T P_\theta(x_{t-1}|x_t) dx_{1:T}`,
  tex`p_\theta(x_{t-1}) = \int p_\theta(x_{t-1}|x_t)p_\theta(x_t) dx_t`,
  tex`p_\theta(x_t|x_{t-1}) = \frac{p_\theta(x_{t-1}|x_t)p_\theta(x_t)}{p_\theta(x_{t-1})}`,
  tex`p_\theta(x_{0:T}) = p_\theta(x_0)\prod_{t=1}^T p_\theta(x_t|x_{t-1})`,
  tex`p_\theta(x_0) = \mathbb E_{p_\theta(x_1)}[p_\theta(x_0|x_1)]`,
  tex`p_\theta(x_0) = \int q(x_{1:T}|x_0)\frac{p_\theta(x_{0:T})}{q(x_{1:T}|x_0)} dx_{1:T}`,
  tex`p_\theta(x_0) = \mathbb E_{q(x_{1:T}|x_0)}\left[\frac{p_\theta(x_{0:T})}{q(x_{1:T}|x_0)}\right]`,
  tex`D_{KL}(q(x_{1:T}|x_0)\|p_\theta(x_{1:T}|x_0)) = \log p_\theta(x_0) - \mathbb E_{q(x_{1:T}|x_0)}\left[\log\frac{p_\theta(x_{0:T})}{q(x_{1:T}|x_0)}\right]`,
  tex`D_{KL}(q(x_{0:T})\|p_\theta(x_{0:T})) = \mathbb E_{q(x_0)}[D_{KL}(q(x_{1:T}|x_0)\|p_\theta(x_{1:T}|x_0))] + D_{KL}(q(x_0)\|p_\theta(x_0))`,
];

const wrongModel: readonly string[] = [
  tex`p_\theta(x_0) = p_\theta(x_{0:T})`,
  tex`p_\theta(x_0) = \int p_\theta(x_{0:T}) dx_{2:T}`,
  tex`p_\theta(x_0) = \int p_\theta(x_1|x_0)p_\theta(x_1) dx_1`,
  tex`p_\theta(x_t|x_{t-1}) = \frac{p_\theta(x_{t-1}|x_t)p_\theta(x_{t-1})}{p_\theta(x_t)}`,
  tex`p_\theta(x_t|x_{t-1}) = q(x_t|x_{t-1})`,
  tex`p_\theta(x_{t-1}|x_t) = \int q(x_{t-1}|x_t,x_0) p_\theta(x_0|x_t) dx_0`,
  tex`p_\theta(x_0) = \mathbb E_{q(x_{1:T}|x_0)}\left[p_\theta(x_{0:T})\right]`,
  tex`p_\theta(x_0) = \mathbb E_{q(x_{1:T}|x_0)}\left[\frac{q(x_{1:T}|x_0)}{p_\theta(x_{0:T})}\right]`,
  tex`\int p_\theta(x_{0:T}) dx_{1:T} = 1`,
  tex`q(x_T) = p(x_T)`,
  tex`D_{KL}(q(x_{1:T}|x_0)\|p_\theta(x_{1:T}|x_0)) = \mathbb E_{q(x_{1:T}|x_0)}\left[\log\frac{p_\theta(x_{0:T})}{q(x_{1:T}|x_0)}\right] - \log p_\theta(x_0)`,
  tex`D_{KL}(q(x_{0:T})\|p_\theta(x_{0:T})) = \mathbb E_{q(x_0)}[D_{KL}(q(x_{1:T}|x_0)\|p_\theta(x_{1:T}|x_0))] - D_{KL}(q(x_0)\|p_\theta(x_0))`,
  tex`\mathbb E_{q(x_t|x_0)}\left[\mathbb E_{p_\theta(x_{t-1}|x_t)}[\epsilon_\theta(x_{t-1},t-1)]\right] = 0`,
];

describe("marginal densities of the model", () => {
  test.each(model)("%s", (latex) => {
    const found = only(latex);
    expect(found.verdict).toBe("holds");
    expect(found.reason).toMatch(/by quadrature where the network is not affine, with an estimated error of/);
  });
  // The left side of the last but one may have no finite value; it must not be called true.
  test.each(wrongModel)("does not hold: %s", (latex) =>
    expect(
      latex.includes(tex`\frac{q(x_{1:T}|x_0)}{p_\theta(x_{0:T})}`) ? ["fails", "undecided"] : ["fails"],
    ).toContain(only(latex).verdict),
  );
  test("a counterexample says in which worlds it lies", () =>
    expect(only(tex`p_\theta(x_0) = p_\theta(x_{0:T})`).reason).toBe("with a network that is affine in x_t"));
});

const bounds: readonly string[] = [
  // an equality, also where some β are within 10^-9 of 0 or 1
  tex`\log p_\theta(x_0) \ge \mathbb E_{q(x_{1:T}|x_0)}\left[\log\frac{p_\theta(x_{0:T})}{p_\theta(x_{1:T}|x_0)}\right]`,
  tex`\log p(x) \ge \mathbb E_{q(x_{1:T}|x_0)}\left[\log\frac{p(x_{0:T})}{q(x_{1:T}|x_0)}\right]`,
  tex`\log P(\boldsymbol{x}) \geq \mathbb E_{q(\boldsymbol{x}_{1:T}|\boldsymbol{x}_0)}\left\lfloor\log\frac{P(\boldsymbol{x}_{0:T})}{q(\boldsymbol{x}_{1:T}|\boldsymbol{x}_0)}\right\rfloor`,
  tex`-\log p_\theta(x_0) \le -\log p_\theta(x_0) + D_{KL}(q(x_{1:T}|x_0)\|p_\theta(x_{1:T}|x_0))`,
  tex`-\log p_\theta(x_0) = -\log\mathbb E_{q(x_{1:T}|x_0)}\left[\frac{p_\theta(x_{0:T})}{q(x_{1:T}|x_0)}\right] \le \mathbb E_{q(x_{1:T}|x_0)}\left[\log\frac{q(x_{1:T}|x_0)}{p_\theta(x_{0:T})}\right]`,
  tex`\mathbb E[-\log p_\theta(x_0)] \le \mathbb E_q\left[-\log\frac{p_\theta(x_{0:T})}{q(x_{1:T}|x_0)}\right]`,
  tex`D_{KL}(q(x_{0:T})\|p_\theta(x_{0:T})) \ge D_{KL}(q(x_0)\|p_\theta(x_0))`,
];

const wrongBounds: readonly string[] = [
  tex`\log p_\theta(x_0) > \mathbb E_{q(x_{1:T}|x_0)}\left[\log\frac{p_\theta(x_{0:T})}{p_\theta(x_{1:T}|x_0)}\right]`,
  tex`\log p(x) \le \mathbb E_{q(x_{1:T}|x_0)}\left[\log\frac{p(x_{0:T})}{q(x_{1:T}|x_0)}\right]`,
  tex`\log p(x) \ge \mathbb E_{q(x_{1:T}|x_0)}\left[\log\frac{p(x_0)}{q(x_{1:T}|x_0)}\right]`,
  tex`\log p(x) \ge \mathbb E_{q(x_{1:T}|x_0)}\left[\log\frac{q(x_{1:T}|x_0)}{p(x_{0:T})}\right]`,
  tex`\log p(x) \ge \mathbb E_{q(x_{1:T}|x_0)}\left[\log\frac{p(x_{1:T})}{q(x_{1:T}|x_0)}\right]`,
  tex`\log p(x) = \mathbb E_{q(x_{1:T}|x_0)}\left[\log\frac{p(x_{0:T})}{q(x_{1:T}|x_0)}\right]`,
  tex`\mathbb E[-\log p_\theta(x_0)] \ge \mathbb E_q\left[-\log\frac{p_\theta(x_{0:T})}{q(x_{1:T}|x_0)}\right]`,
  tex`D_{KL}(q(x_{0:T})\|p_\theta(x_{0:T})) \le D_{KL}(q(x_0)\|p_\theta(x_0))`,
];

describe("bounds on the likelihood", () => {
  test.each(bounds)("%s", (latex) => expect(only(latex).verdict).toBe("holds"));
  test.each(wrongBounds)("fails: %s", (latex) => expect(only(latex).verdict).toBe("fails"));
});

describe("a derivation of the bound", () => {
  const lines = [
    tex`p(x_0|\theta) = p_\theta(x_0)`,
    tex`= \int_{x_1}\int_{x_2}\cdots\int_{x_T} p_\theta(x_0,x_1,x_2,\cdots,x_T) d_{x_1}d_{x_2}\cdots d_{x_T}`,
    tex`= \int_{x_1}\cdots\int_{x_T} q(x_{1:T}|x_0)\frac{p_\theta(x_{0:T})}{q(x_{1:T}|x_0)} d_{x_1}\cdots d_{x_T}`,
    tex`= \mathbb E_{q(x_{1:T}|x_0)}\left[\frac{p_\theta(x_{0:T})}{q(x_{1:T}|x_0)}\right]`,
  ];
  test("holds line by line", () => expect(verdictsOf(lines)).toEqual(lines.map(() => "holds")));
  test("parts from both neighbours where one line is wrong", () => {
    const wrong = lines.map((line, at) =>
      at === 2 ? line.replace(tex`q(x_{1:T}|x_0)\frac`, tex`\frac`) : line,
    );
    expect(verdictsOf(wrong).slice(0, 2)).toEqual(["holds", "holds"]);
    expect(verdictsOf(wrong)[2]).not.toBe("holds");
    expect(verdictsOf(wrong)[3]).not.toBe("holds");
  });
});

describe("what stays open, and why", () => {
  test.each([
    [
      tex`p(x_t|x_0) = \mathcal N(x_t; \sqrt{\bar\alpha_t}x_0, (1-\bar\alpha_t) I)`,
      /of the forward process q it is, which p may mean/,
    ],
    [
      tex`\mathbb E_{q(x_0)}[-\log p_\theta(x_0)] \le \mathbb E_{q(x_{1:T}|x_0)}\left[-\log\frac{p_\theta(x_{0:T})}{q(x_{1:T}|x_0)}\right]`,
      /averaged over in one place and has a value in another/,
    ],
    [
      tex`p_\theta(x_t|x_{t-1}) \propto p_\theta(x_{t-1}|x_t)p_\theta(x_t)`,
      /true for affine networks; for others/,
    ],
    [tex`\int \frac{q(x_t|x_{t-1})}{q(x_t|x_{t-1})} dx_t = 1`, /an integral that has no value/],
    [tex`\int p(z) dz = p_\theta(x_0)`, /no state/],
    [tex`\int x_0 q(x_0|x_t) dx_0 = \mathbb E[x_0|x_t]`, /a vector times a density/],
  ])("%s", (latex, reason) => {
    const found = only(latex);
    expect(found.verdict).toBe("undecided");
    expect(found.reason).toMatch(reason);
  });
});

describe("every slip in them is noticed", () => {
  test("mutants", () => {
    const formulas = [...forward, ...model.slice(0, 9), ...bounds.slice(1, 3)];
    const run = mutateStatements(
      formulas.map((latex) => ({ latex })),
      // Two leave too much room below a bound.
      { worlds: 3 },
    );
    let step = run.next();
    while (step.done !== true) step = run.next();
    const { mutation } = step.value;
    expect(mutation.mutants).toBeGreaterThan(60);
    expect(missed(mutation)).toEqual([]);
    const holding = mutation.survivors.filter(
      ({ latex }) => !latex.includes("\\ge") && !latex.includes("\\le "),
    );
    // Each of these is true: the chain is Markov, a density integrates to 1, a factor is a constant.
    expect(holding.map(({ slip }) => slip).sort()).toEqual([
      "condition added",
      "condition added",
      "condition added",
      "factor 2 added",
      "fixed time for t",
      "fixed time for t",
    ]);
  });
});
