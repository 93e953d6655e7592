import { describe, expect, test } from "vitest";
import { checkLatex, checkStatements } from "../../src/derivation/check.js";
import type { StatementResult } from "../../src/derivation/verdict/verdict.js";

const tex = String.raw;

function only(latex: string, seed = 1, worlds = 6): StatementResult {
  const { statements } = checkLatex(latex, { worlds, seed });
  const [result] = statements;
  if (result === undefined || statements.length !== 1) throw new Error(`no single result for ${latex}`);
  return result;
}

/** The verdicts of a document, each formula knowing those before it. */
const verdictsOf = (...latex: readonly string[]): readonly string[] =>
  checkStatements(
    latex.map((each) => ({ latex: each, chain: "text" })),
    { worlds: 6 },
  ).statements.map(({ verdict }) => verdict);

const truths: readonly string[] = [
  tex`\log p(x) = E_{q(z|x)}[\log\frac{p(x,z)}{q(z|x)}] + D_{KL}(q(z|x)\|p(z|x))`,
  tex`\log p_\theta(x) = \mathbb{E}_{z \sim q_\phi(z|x)}[\log p_\theta(x|z)] - D_{KL}(q_\phi(z|x)\|p_\theta(z)) + D_{KL}(q_\phi(z|x)\|p_\theta(z|x))`,
  tex`\log p_\theta(x) \ge \mathbb{E}_{q_\phi(z|x)}[\log p_\theta(x|z)] - D_{KL}(q_\phi(z|x)\|p_\theta(z))`,
  tex`E_{q(z|x)}[\log\frac{p(x,z)}{q(z|x)}] = E_{q(z|x)}[\log p(x|z)] - KL(q(z|x)\|p(z))`,
  tex`p(x) = \int p(x,z) dz = \int p(x|z) p(z) dz`,
  tex`p(x) = \mathbb E_{p(z)}[p(x|z)] = \mathbb E_{z\sim p(z)}[p(x|z)]`,
  tex`p(x) = E_{q(z|x)}\left[\frac{p(x,z)}{q(z|x)}\right]`,
  tex`p(z|x) = \frac{p(x|z)p(z)}{\int p(x|z')p(z')dz'}`,
  tex`p(z|x) = \frac{p(x|z)p(z)}{\int p(x|z)p(z)dz}`,
  tex`P(A) = \sum_B P(A,B) = \sum_B P(A|B)P(B)`,
  tex`P(A,B,C,D) = P(A)P(B|A)P(C|A,B)P(D|A,B,C)`,
  tex`P(A,B,C) = P(A|B,C)P(B|C)P(C)`,
  tex`-\sum_x p(x)\log q(x) = -\sum_x p(x)\log p(x) + KL(p\|q)`,
  tex`\sum_{x,y} p(x,y)\log\frac{p(x,y)}{p(x)p(y)} \ge 0`,
  tex`KL(p(x,y)\|p(x)p(y)) = \sum_{x}\sum_y p(x,y)\log\frac{p(x,y)}{p(x)p(y)}`,
  tex`KL(p(x,y)\|p(x)p(y)) = \mathbb E_{p(x)}[KL(p(y|x)\|p(y))]`,
  tex`\int q(z|x) dz = 1`,
  tex`\sum_x P(x) = 1`,
  tex`p(x) \ge 0`,
  tex`p(\theta|x) \propto p(x|\theta)p(\theta)`,
  tex`p(z|x) \propto p(x,z)`,
  tex`\arg\max_\theta P(\theta|x) = \arg\max_\theta P(x|\theta)P(\theta)`,
  tex`\theta^* = \arg\max_\theta p(\theta|x) = \arg\max_\theta [\log p(x|\theta) + \log p(\theta)]`,
  tex`\hat\theta = \arg\min_\theta KL(p_{data}\|p_\theta) = \arg\max_\theta \mathbb{E}_{x\sim p_{data}}[\log p_\theta(x)]`,
  tex`\frac1m\sum_{i=1}^m \log p_\theta(x^{(i)}) \approx \mathbb{E}_{x\sim p_{data}}[\log p_\theta(x)]`,
  tex`\log\prod_{i=1}^m p_\theta(x^{(i)}) = \sum_{i=1}^m \log p_\theta(x^{(i)})`,
  tex`\mathbb E_{p(x)}[x] = \int x p(x) dx`,
  tex`\mathbb E_{p(x)}[x] = \mathbb E_{p(z)}[\mathbb E_{p(x|z)}[x]]`,
  tex`\mathbb E_{p(x)}[x^2] \ge (\mathbb E_{p(x)}[x])^2`,
  tex`\log \mathbb E_{p(x)}[q(x)] \ge \mathbb E_{p(x)}[\log q(x)]`,
  tex`KL(q\|p) \ge 0`,
  tex`D_{KL}(P\|Q) = E_{x\sim P}\left[\log\frac{P(x)}{Q(x)}\right]`,
  tex`D_{KL}(P\|Q) = E_P[\log P - \log Q]`,
  tex`D_{KL}(P\|Q) = \int p(x)\log\frac{p(x)}{q(x)}dx`,
  tex`KL(q(z|x)\|p(z|x)) = -\mathbb{E}_q\left[\log\frac{p(x,z)}{q(z|x)}\right] + \log p(x)`,
  tex`\arg\max_\theta \prod_{i=1}^n p(x^{(i)};\theta) = \arg\max_\theta \sum_{i=1}^n \log p(x^{(i)};\theta)`,
  tex`\log p(x) = \log \int p(x,z) dz = \log \int q(z|x)\frac{p(x,z)}{q(z|x)} dz \ge E_{q(z|x)}\left[\log\frac{p(x,z)}{q(z|x)}\right]`,
  tex`p(x) = \int p(x|z') p(z') dz'`,
  tex`\int (p(x)-q(x))^2 dx \ge 0`,
  tex`p(y|x) = \int p(y|x,\theta)p(\theta|x) d\theta`,
  tex`\mathbb{E}_{p(x,y)}[x+y] = \mathbb{E}_{p(x)}[x]+\mathbb{E}_{p(y)}[y]`,
  tex`\int p(x) \log p(x) dx \ge \int p(x) \log q(x) dx`,
  tex`KL(q(x,z)\|p(x,z)) = KL(q(x)\|p(x)) + E_{q(x)}[KL(q(z|x)\|p(z|x))]`,
  tex`KL(q(x,z)\|p(x,z)) \ge KL(q(x)\|p(x))`,
  tex`p(x,z|y) = p(x|z,y)p(z|y)`,
  tex`p(z_1,z_2|x) = p(z_1|x)p(z_2|z_1,x)`,
  tex`p_\theta(x) = \int p_\theta(x|z) p(z) dz`,
  tex`\log P_\theta(x) = \int\limits_z q(z|x) log P(x) dz \quad \boxed{q(z|x) \text{ can be any distribution}}`,
];

const falsehoods: readonly string[] = [
  tex`\log p(x) = E_{q(z|x)}[\log\frac{p(x,z)}{q(z|x)}] + D_{KL}(p(z|x)\|q(z|x))`,
  tex`\log p(x) = E_{q(z|x)}[\log\frac{p(x,z)}{q(z|x)}] - D_{KL}(q(z|x)\|p(z|x))`,
  tex`\log p(x) = E_{q(z|x)}[\log\frac{p(x,z)}{q(z|x)}]`,
  tex`\log p(x) \le E_{q(z|x)}[\log\frac{p(x,z)}{q(z|x)}]`,
  tex`\log p(x) \ge E_{q(z|x)}[\log p(x|z)] + KL(q(z|x)\|p(z))`,
  tex`E_{q(z|x)}[\log\frac{p(x,z)}{q(z|x)}] = E_{q(z|x)}[\log p(x|z)] - KL(p(z)\|q(z|x))`,
  tex`p(x) = \int p(x|z) p(z|x) dz`,
  tex`p(x) = \int p(x|z) q(z) dz`,
  tex`p(x) = \int p(x|z) dz`,
  tex`p(z|x) = \frac{p(x|z)p(x)}{p(z)}`,
  tex`P(A) = \sum_B P(A|B)P(A)`,
  tex`P(A,B,C) = P(A|B)P(B|C)P(C)`,
  tex`P(A,B) = P(A)P(B)`,
  tex`-\sum_x p(x)\log q(x) = -\sum_x p(x)\log p(x) - KL(p\|q)`,
  tex`-\sum_x p(x)\log q(x) = -\sum_x p(x)\log p(x) + KL(q\|p)`,
  tex`\sum_{x,y} p(x,y)\log\frac{p(x,y)}{p(x)p(y)} \le 0`,
  tex`KL(p(x,y)\|p(x)p(y)) = KL(p(x)p(y)\|p(x,y))`,
  tex`\int q(z|x) dx = 1`,
  tex`p(z|x) \propto p(x|z)`,
  tex`p(\theta|x) \propto p(\theta)`,
  tex`\arg\max_\theta P(\theta|x) = \arg\max_\theta P(x|\theta)`,
  tex`\arg\max_\theta E_{x\sim p_{data}}[\log p_\theta(x)] = \arg\min_\theta KL(p_\theta\|p_{data})`,
  tex`\arg\max_\theta E_{x\sim p_{data}}[\log p_\theta(x)] = \arg\max_\theta KL(p_{data}\|p_\theta)`,
  tex`\arg\max_\theta \prod_{i=1}^m p_\theta(x^{(i)}) = \arg\max_\theta \sum_{i=1}^m p_\theta(x^{(i)})`,
  tex`\arg\max_\theta \prod_{i=1}^m p_\theta(x^{(i)}) = \arg\max_\theta E_{x\sim p_{data}}[\log p_\theta(x)]`,
  tex`\sum_{i=1}^m \log p_\theta(x^{(i)}) \approx \mathbb{E}_{x\sim p_{data}}[\log p_\theta(x)]`,
  tex`\frac1m\sum_{i=1}^m \log p_\theta(x^{(i)}) = \mathbb{E}_{x\sim p_{data}}[\log p_\theta(x)]`,
  tex`\mathbb E_{p(x)}[x^2] = (\mathbb E_{p(x)}[x])^2`,
  tex`\mathbb E_{p(x)}[x^2] \le (\mathbb E_{p(x)}[x])^2`,
  tex`\log \mathbb E_{p(x)}[q(x)] \le \mathbb E_{p(x)}[\log q(x)]`,
  tex`P(C|B,A)=P(C|B)`,
  tex`KL(q\|p) = KL(p\|q)`,
  tex`KL(q\|p) \ge KL(p\|q)`,
  tex`KL(q\|p) \le 5`,
  tex`\arg\max_\theta \prod_{i=1}^n p(x^{(i)};\theta) = \arg\min_\theta \sum_{i=1}^n \log p(x^{(i)};\theta)`,
  tex`p(z') = p(z)`,
  tex`p(y|x) = \int p(y|x,\theta)p(\theta) d\theta`,
  tex`\mathbb{E}_{p(x)}[2x] = 2 + \mathbb{E}_{p(x)}[x]`,
  tex`\mathbb{E}_{p(x,y)}[xy] = \mathbb{E}_{p(x)}[x]\mathbb{E}_{p(y)}[y]`,
  tex`\int p(x) \log p(x) dx \le \int p(x) \log q(x) dx`,
  tex`KL(q(x,z)\|p(x,z)) = KL(q(x)\|p(x)) + KL(q(z)\|p(z))`,
  tex`p(x,z|y) = p(x|z)p(z|y)`,
  tex`p(x|z_1,z_2) = p(x|z_1)`,
];

describe("statements about every joint distribution", () => {
  test.each(truths)("%s holds", (latex) => {
    const { verdict, reason } = only(latex);
    expect([verdict, reason]).toEqual(["holds", expect.stringContaining("for every joint distribution of")]);
  });

  test.each(falsehoods)("%s fails", (latex) => {
    const { verdict, counterexample } = only(latex);
    expect(verdict).toBe("fails");
    expect(counterexample?.text).toMatch(/^With .+; the left side is .+, the right side .+\.$/);
  });

  test("verdicts do not depend on the seed, nor on there being one world only", () => {
    for (let seed = 2; seed < 12; seed++) {
      for (const latex of truths.filter((_, at) => at % 5 === seed % 5))
        expect([latex, only(latex, seed, 1).verdict]).toEqual([latex, "holds"]);
      for (const latex of falsehoods.filter((_, at) => at % 5 === seed % 5))
        expect([latex, only(latex, seed).verdict]).toEqual([latex, "fails"]);
    }
  });
});

describe("what is left open, with the reason", () => {
  test.each([
    [tex`-\sum_x p(x)\log p(x) \ge 0`, "true for probabilities, not for densities"],
    [tex`p(x) \approx q(x)`, "how close the sides are meant to be is not stated"],
    [
      tex`p(x) = q(x)`,
      "no identity: it would assume or define one distribution by others, which the text does not say",
    ],
    [
      tex`q(z|x) = p(z|x)`,
      "no identity: it would assume or define one distribution by others, which the text does not say",
    ],
    [tex`p(x) < 1`, "true for probabilities, not for densities"],
    [tex`-\sum_x p(x)\log p(x) \le 2`, "true for probabilities, not for densities"],
    [
      tex`\max_\theta p_\theta(x) = \max_\theta \log p_\theta(x)`,
      "two extreme values may be equal without this",
    ],
    [
      tex`P(D|\theta) = \prod_{i=1}^m P(x^i|\theta)`,
      "how the sample and the other variables are related is not stated",
    ],
    [tex`P(x) = p(x)`, "true if a large and a small letter mean the same distribution"],
    [tex`KL(P\|p) = 0`, "true if a large and a small letter mean the same distribution"],
    [
      tex`\prod_{i=1}^m p_\theta(x^{(i)}) \approx \exp(m E_{x\sim p_{data}}[\log p_\theta(x)])`,
      "how close a product over a sample comes is not decided",
    ],
    [
      tex`p(z,z') = p(z)p(z')`,
      "at position 1, \"\u25b8p(z,z')\u25c2 = p(z)p(z')\": a variable stands twice in a density",
    ],
  ])("%s", (latex, reason) => {
    const result = only(latex);
    expect([result.verdict, result.reason]).toEqual(["undecided", reason]);
  });

  // Letters of which nothing is known, states of the process, events: these are no general distributions.
  test.each([
    tex`\mathbb E_{p(x)}[f(x)] = f(\mathbb E_{p(x)}[x])`,
    tex`p_X(x) = \int p_{XY}(x,y) dy`,
    tex`P(A\cup B) = P(A)+P(B)-P(A,B)`,
    tex`\theta^* = \arg\max_\theta f(\theta)`,
    tex`p(x_0) = \int p(x_0|z) p(z) dz`,
    tex`\nabla_\theta E_{p(x)}[\log p_\theta(x)] = E_{p(x)}[\nabla_\theta \log p_\theta(x)]`,
    tex`\frac{1}{2}\int |p(x)-q(x)| dx \le 1`,
    tex`P(H|E) = \frac{P(E|H)P(H)}{P(E)}`,
    tex`x_0 \to x_1 \to x_2`,
    tex`T \to \infty`,
  ])("%s", (latex) => expect(only(latex).verdict).toBe("undecided"));
});

describe("counterexamples for a pocket calculator", () => {
  test("the table, the values, both sides", () => {
    const { counterexample } = only(tex`P(A,B) = P(A)P(B)`);
    const values = Object.entries(counterexample?.values ?? {});
    const table = values.filter(([name]) => name.startsWith("P("));
    expect(table.map(([name]) => name)).toEqual([
      "P(A = 1, B = 1)",
      "P(A = 1, B = 2)",
      "P(A = 2, B = 1)",
      "P(A = 2, B = 2)",
    ]);
    expect(table.reduce((sum, [, value]) => sum + Number(value), 0)).toBeCloseTo(1, 12);
    for (const [, value] of table) expect(value).toMatch(/^0\.[1-9]$/);
    // What it says is so.
    const p = (a: string, b: string): number => Number(counterexample?.values[`P(A = ${a}, B = ${b})`]);
    const [a, b] = [counterexample?.values["A"] ?? "", counterexample?.values["B"] ?? ""];
    expect(Number(counterexample?.left)).toBeCloseTo(p(a, b), 5);
    expect(Number(counterexample?.right)).toBeCloseTo((p(a, "1") + p(a, "2")) * (p("1", b) + p("2", b)), 5);
  });

  test("where a strict inequality is an equality", () => {
    const { counterexample } = only(tex`KL(q(x)\|p(x)) > 0`);
    expect(counterexample).toMatchObject({ left: "0", right: "0" });
    expect(counterexample?.values["q(x = 1)"]).toBe(counterexample?.values["p(x = 1)"]);
  });
});

describe("declared dependence", () => {
  const chain = tex`A \rightarrow B \rightarrow C`;

  test("a Markov chain is known to what follows, and only to that", () => {
    expect(
      verdictsOf(
        tex`P(A,B,C) = P(C|B)P(B|A)P(A)`,
        chain,
        tex`P(A,B,C) = P(C|B)P(B|A)P(A)`,
        tex`P(C|B,A) = P(C|B)`,
        tex`P(B,C|A) = P(B|A)P(C|B)`,
        tex`P(A,C) = P(A)P(C)`,
        tex`P(C|A,B) = P(C|A)`,
      ),
    ).toEqual(["fails", "defines", "holds", "holds", "holds", "fails", "fails"]);
  });

  test("what it says nothing about stays arbitrary", () => {
    expect(verdictsOf(chain, tex`P(C|A,B,D) = P(C|B,D)`, tex`P(A,D) = P(A)P(D)`)).toEqual([
      "defines",
      "fails",
      "fails",
    ]);
    // Two chains: how they go together is not declared.
    expect(verdictsOf(chain, tex`D \to G \to F`, tex`P(A,B,D,G) = P(A,B)P(D,G)`)).toEqual([
      "defines",
      "defines",
      "undecided",
    ]);
    expect(verdictsOf(chain, tex`D \to G \to F`, tex`P(A,D) = P(A)P(D)`).at(-1)).toBe("fails");
  });

  test("independence, declared and claimed", () => {
    const declared = tex`X \perp Y \mid Z`;
    expect(verdictsOf(declared, tex`P(X,Y|Z) = P(X|Z)P(Y|Z)`, tex`P(X,Y) = P(X)P(Y)`)).toEqual([
      "defines",
      "holds",
      "fails",
    ]);
    expect(verdictsOf(tex`X \perp\!\!\!\perp Y`, tex`P(X|Y) = P(X)`, tex`P(X|Y) = P(Y)`)).toEqual([
      "defines",
      "holds",
      "fails",
    ]);
    expect(verdictsOf(chain, tex`A \perp C \mid B`, tex`A \perp C`, tex`A \perp D`)).toEqual([
      "defines",
      "holds",
      "fails",
      "defines",
    ]);
  });

  test("states of the process and limits declare nothing of this kind", () => {
    expect(verdictsOf(tex`x_0 \to x_1 \to x_2`, tex`A \to B`, tex`T \to \infty`)).toEqual([
      "undecided",
      "undecided",
      "undecided",
    ]);
  });
});

describe("derivations", () => {
  test("maximum likelihood is minimum divergence, line by line", () => {
    expect(
      verdictsOf(
        tex`\theta^* = arg \max_\theta \prod_{i=1}^m P_\theta(x^i) = arg \max_\theta \log \prod_{i=1}^m P_\theta(x^i)`,
        tex`= arg \max_\theta \sum_{i=1}^m log P_\theta(x^i)`,
        tex`\approx arg \max_\theta E_{x \sim P_{data}}[log P_\theta(x)]`,
        tex`= arg \max_\theta \int_x P_{data}(x) log P_\theta(x) dx - \int_x P_{data}(x) log P_{data}(x) dx`,
        tex`= arg \max_\theta KL(P_{data}||P_\theta)`,
      ),
    ).toEqual(["holds", "holds", "holds", "holds", "fails"]);
  });

  test("a name for the bound stands for it", () => {
    const bound = tex`\mathcal{L}(\theta,\phi) = E_{q_\phi(z|x)}[\log p_\theta(x|z)] - KL(q_\phi(z|x)\|p_\theta(z))`;
    expect(
      verdictsOf(
        bound,
        tex`\log p_\theta(x) \ge \mathcal{L}(\theta,\phi)`,
        tex`\log p_\theta(x) = \mathcal{L}(\theta,\phi) + KL(q_\phi(z|x)\|p_\theta(z|x))`,
        tex`\log p_\theta(x) = \mathcal{L}(\theta,\phi) + KL(p_\theta(z|x)\|q_\phi(z|x))`,
        tex`\log p_\theta(x) \le \mathcal{L}(\theta,\phi)`,
      ),
    ).toEqual(["defines", "holds", "holds", "fails", "fails"]);
  });

  test("only the wrong line fails", () => {
    expect(
      verdictsOf(
        tex`\log P(x) = \int_z q(z|x) \log P(x) dz`,
        tex`= \int_z q(z|x) \log \left(\frac{P(z,x)}{P(x|z)}\right) dz`,
        tex`= \int_z q(z|x) \log P(z) dz`,
        tex`\le \log \int_z q(z|x) P(z) dz`,
      ),
    ).toEqual(["holds", "fails", "holds", "holds"]);
  });
});
