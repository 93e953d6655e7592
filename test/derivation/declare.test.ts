import { describe, expect, test } from "vitest";
import { checkStatements } from "../../src/derivation/check.js";
import type { StatementSource } from "../../src/derivation/options.js";
import { readDocument } from "../../src/derivation/document.js";
import type { StatementResult } from "../../src/derivation/verdict/verdict.js";

const tex = String.raw;
const options = { worlds: 6 } as const;
const said = ({ verdict, inLaw }: StatementResult): string => (inLaw ? `${verdict} in law` : verdict);
const results = (...sources: readonly (string | StatementSource)[]): readonly StatementResult[] =>
  checkStatements(
    sources.map((source) => (typeof source === "string" ? { latex: source } : source)),
    options,
  ).statements;

/** What is said of the last formula after the others. */
const last = (...sources: readonly (string | StatementSource)[]): string => {
  const result = results(...sources).at(-1);
  if (result === undefined) throw new Error("no formula");
  return said(result);
};

describe("random variables that a text declares", () => {
  const declared = [
    tex`X\sim \mathcal{N}(\mu_{1}, \sigma_{1}^{2})`,
    tex`Y\sim \mathcal{N}(\mu_{2}, \sigma_{2}^{2})`,
  ];

  test("claim nothing, and a second one is independent of the first", () => {
    const found = results(...declared);
    expect(found.map(({ verdict, reason }) => [verdict, reason])).toEqual([
      ["defines", "declares X, a random variable of that law; nothing is claimed"],
      ["defines", "declares Y, a random variable of that law, independent of X; nothing is claimed"],
    ]);
  });

  // Sums of independent normal variables: means add, variances add with squared factors.
  test.each([
    [tex`aX+bY\sim N(a\mu_1+b\mu_2, a^2\sigma_1^2+b^2\sigma_2^2)`, "holds in law"],
    [tex`aX+bY\sim N(a\mu_1+b\mu_2, a\sigma_1^2+b^2\sigma_2^2)`, "fails"],
    [tex`aX+bY\sim N(a\mu_1+b\mu_2, a^2\sigma_1^2-b^2\sigma_2^2)`, "fails"],
    [tex`aX+bY\sim N(a\mu_1-b\mu_2, a^2\sigma_1^2+b^2\sigma_2^2)`, "fails"],
    [tex`aX+aX\sim N(2a\mu_1, 4a^2\sigma_1^2)`, "holds in law"],
    [tex`aX+aX\sim N(2a\mu_1, 2a^2\sigma_1^2)`, "fails"],
    [tex`X - Y\sim N(\mu_1-\mu_2, \sigma_1^2+\sigma_2^2)`, "holds in law"],
    [tex`X - X\sim N(0, 2\sigma_1^2)`, "fails"],
    [tex`X = \mu_1 + \sigma_1 z`, "holds in law"],
    [tex`X = \mu_1 + \sigma_1^2 z`, "fails"],
    [tex`\mathbb E[X] = \mu_1`, "holds"],
    [tex`\mathbb E[X] = \mu_2`, "fails"],
    [tex`\mathrm{Var}(X + Y) = \sigma_1^2 + \sigma_2^2`, "holds"],
    [tex`\mathrm{Var}(X) = \sigma_1`, "fails"],
    // c is on one side only: it might be b
    [tex`aX+bY\sim N(a\mu_1+c\mu_2, a^2\sigma_1^2+b^2\sigma_2^2)`, "undecided"],
  ])("%s: %s", (latex, verdict) => expect(last(...declared, latex)).toBe(verdict));

  test("vectors stay vectors", () => {
    const vector = [tex`X \sim N(\mu_1, \sigma_1^2 I)`, tex`Y \sim N(\mu_2, \sigma_2^2 I)`];
    expect(last(...vector, tex`X + Y \sim N(\mu_1 + \mu_2, (\sigma_1^2 + \sigma_2^2) I)`)).toBe(
      "holds in law",
    );
    // true in one dimension only
    const inOne = tex`\mathbb E_q[\|x_t\|^2] - \|\mathbb E_q[x_t]\|^2 = 1 - \bar\alpha_t + \|\mu_1\|^2 - \|\mu_1\|^2`;
    expect(last(...vector, inOne)).toBe("fails");
    expect(last(...vector, tex`X + Y \sim N(\mu_1 + \mu_2, (\sigma_1 + \sigma_2)^2 I)`)).toBe("fails");
  });

  test.each([
    [tex`x_t \sim N(\mu, \sigma^2)`, "undecided"],
    [tex`X_t \sim N(0, I)`, "undecided"],
    [tex`X \sim N(0, -1)`, "undecided"],
    [tex`X \sim p(x)`, "undecided"],
    [tex`\epsilon \sim N(0, 2I)`, "fails"],
    [tex`\epsilon \sim N(0, I)`, "holds in law"],
  ])("no declaration: %s: %s", (latex, verdict) => expect(last(latex)).toBe(verdict));

  test("a law may depend on the time", () => {
    const law = tex`X \sim N(0, \beta_t I)`;
    expect(last(law, tex`2X \sim N(0, 4\beta_t I)`)).toBe("holds in law");
    expect(last(law, tex`2X \sim N(0, 2\beta_t I)`)).toBe("fails");
    expect(last(law, tex`2X \sim N(0, 4\beta_1 I)`)).toBe("fails");
  });

  test("a matrix of which nothing is known gives no verdict", () => {
    expect(last(tex`X \sim N(\mu, \Sigma)`)).toBe("defines");
    expect(last(tex`X \sim N(\mu, \Sigma)`, tex`2X \sim N(2\mu, 4\Sigma)`)).toBe("undecided");
  });
});

describe("laws under a bare name", () => {
  const laws = [tex`p\sim \mathcal N(\mu_1, \sigma_1^2)`, tex`q\sim \mathcal N(\mu_2, \sigma_2^2)`];
  const closed = (inner: string): string => tex`D_{KL}(p,q) = ${inner}`;

  // The closed form of two normal laws in one dimension.
  test.each([
    [
      closed(tex`\log\frac{\sigma_2}{\sigma_1}+\frac{\sigma_1^2+(\mu_1-\mu_2)^2}{2\sigma_2^2}-\frac12`),
      "holds",
    ],
    [
      closed(tex`\log\frac{\sigma_1}{\sigma_2}+\frac{\sigma_1^2+(\mu_1-\mu_2)^2}{2\sigma_2^2}-\frac12`),
      "fails",
    ],
    [
      closed(tex`\log\frac{\sigma_2}{\sigma_1}+\frac{\sigma_1^2+(\mu_1-\mu_2)^2}{2\sigma_1^2}-\frac12`),
      "fails",
    ],
    [
      closed(tex`\log\frac{\sigma_2}{\sigma_1}+\frac{\sigma_1^2+(\mu_1+\mu_2)^2}{2\sigma_2^2}-\frac12`),
      "fails",
    ],
    [
      closed(tex`\log\frac{\sigma_2}{\sigma_1}+\frac{\sigma_1^2+(\mu_1-\mu_2)^2}{\sigma_2^2}-\frac12`),
      "fails",
    ],
    [closed(tex`\log\frac{\sigma_2}{\sigma_1}+\frac{\sigma_1^2+(\mu_1-\mu_2)^2}{2\sigma_2^2}`), "fails"],
    [
      tex`D_{KL}(q\|p) = \log\frac{\sigma_2}{\sigma_1}+\frac{\sigma_1^2+(\mu_1-\mu_2)^2}{2\sigma_2^2}-\frac12`,
      "fails",
    ],
    [tex`D_{KL}(p\|p) = 0`, "holds"],
    [tex`D_{KL}(p\|q) \ge 0`, "holds"],
    [tex`D_{KL}(p\|q) \ge 1`, "fails"],
  ])("%s: %s", (latex, verdict) => expect(last(...laws, latex)).toBe(verdict));

  test("leave densities of states alone", () => {
    expect(last(...laws, tex`q(x_t|x_0) = N(x_t; \sqrt{\bar\alpha_t}x_0, (1-\bar\alpha_t)I)`)).toBe("holds");
    expect(last(...laws, tex`q(x_t|x_0) = N(x_t; \sqrt{\bar\alpha_t}x_0, \beta_t I)`)).toBe("fails");
    expect(last(...laws, tex`\mathbb E_q[x_t] = \sqrt{\bar\alpha_t}x_0`)).toBe("holds");
  });
});

describe("functions of a letter that is no state", () => {
  const density = tex`q(x) = \frac{1}{\sqrt{2\pi}\sigma}\exp\left(-\frac12\left(\frac{x-\mu}{\sigma}\right)^2\right)`;
  const exponent = (linear: string): string =>
    tex`\exp\left(-\frac12\left(\frac{1}{\sigma^2}x^2 - \frac{${linear}}{\sigma^2}x + \frac{\mu^2}{\sigma^2}\right)\right)`;

  test.each([
    [tex`q(x) \propto ${exponent(tex`2\mu`)}`, "holds"],
    [tex`q(x) \propto ${exponent(tex`\mu`)}`, "fails"],
    [tex`q(x) = ${exponent(tex`2\mu`)}`, "fails"],
    [tex`q(x) = \frac{1}{\sqrt{2\pi}\sigma} ${exponent(tex`2\mu`)}`, "holds"],
    [
      tex`q(x) \propto \exp\left(-\frac{(x-\mu)^2}{2\sigma^2}\right) \Leftrightarrow q(x) \propto ${exponent(tex`2\mu`)}`,
      "holds",
    ],
    [
      tex`q(x) \propto \exp\left(-\frac{(x-\mu)^2}{2\sigma^2}\right) \Leftrightarrow q(x) \propto ${exponent(tex`\mu`)}`,
      "undecided",
    ],
    // two false claims are equivalent
    [tex`\alpha_t = \beta_t \iff \alpha_t = 1 + \beta_t`, "undecided"],
    [tex`\alpha_t = 1 - \beta_t \iff \alpha_t + \beta_t = 1`, "holds"],
    [tex`q(x_t|x_{t-1}) = N(x_t; \sqrt{\alpha_t}x_{t-1}, \beta_t I)`, "holds"],
  ])("%s: %s", (latex, verdict) => expect(last(density, latex)).toBe(verdict));

  test("may be normal densities", () => {
    const normal = tex`p(x) = \mathcal N(x; \mu, \sigma^2)`;
    expect(last(normal)).toBe("defines");
    expect(last(normal, density.replace("q(x)", "p(x)"))).toBe("holds");
    expect(last(normal, density.replace("q(x)", "p(x)").replace(tex`}\sigma}`, tex`}\sigma^2}`))).toBe(
      "fails",
    );
    expect(last(normal, tex`p(x) \propto \exp\left(-\frac{(x-\mu)^2}{2\sigma^2}\right)`)).toBe("holds");
    expect(last(normal, tex`p(x) \propto \exp\left(-\frac{(x-\mu)^2}{\sigma^2}\right)`)).toBe("fails");
  });

  test("a scalar beside states does not make them scalars", () => {
    const law = tex`X \sim N(\mu_1, \sigma_1^2)`;
    // E‖x_t - E x_t‖² is d (1 - ᾱ_t)
    const trick = tex`\mathbb E_q[\|x_t\|^2] - \bar\alpha_t\|x_0\|^2 = 1 - \bar\alpha_t + \|\mu_1\|^2 - \|\mu_1\|^2`;
    expect(last(law, trick)).toBe("fails");
  });

  test("are defined once, for that argument", () => {
    expect(results(density)[0]?.reason).toBe(tex`defines the function q\left(x\right)`);
    expect(last(density, tex`q(y) = 1`)).toBe("defines");
    expect(last(tex`q(x) \propto ${exponent(tex`2\mu`)}`)).toBe("undecided");
  });
});

describe("how far a declaration reaches", () => {
  const law = tex`X \sim N(0, 1)`;
  const use = tex`2X \sim N(0, 4)`;

  test("to the end of its document", () => {
    expect(last({ latex: law, document: "a" }, { latex: use, document: "a" })).toBe("holds in law");
    expect(last({ latex: law, document: "a" }, { latex: use, document: "b" })).toBe("undecided");
    expect(last({ latex: law, document: "a" }, { latex: tex`3X = 0`, document: "b" })).toBe("defines");
    expect(
      last({ latex: tex`\gamma_t = 1`, document: "a" }, { latex: tex`\gamma_t = \beta_t`, document: "a" }),
    ).toBe("fails");
    expect(last({ latex: tex`\gamma_t = 1`, document: "a" }, { latex: tex`\gamma_t = \beta_t` })).toBe(
      "defines",
    );
  });

  test("a file is a document, and the cells of a notebook are one", () => {
    const from = (file: string, latex: string): StatementSource => ({ latex, source: { file } });
    expect(last(from("a.md", law), from("a.md", use))).toBe("holds in law");
    expect(last(from("a.md", law), from("b.md", use))).toBe("undecided");
    expect(last(from("a.ipynb#1", law), from("a.ipynb#2", use))).toBe("holds in law");
  });

  test("chains of one name in two documents are two", () => {
    const line = (latex: string, document: string): StatementSource => ({ latex, document, chain: "A" });
    expect(last(line(tex`\alpha_t`, "a"), line(tex`= 1 - \beta_t`, "a"))).toBe("holds");
    expect(last(line(tex`\alpha_t`, "a"), line(tex`= 1 - \beta_t`, "b"))).toBe("undecided");
  });

  test("a JSON list says the document", () => {
    const [first] = readDocument('[{"latex":"x","document":"d"}]', "l.json");
    expect(first?.document).toBe("d");
    expect(() => readDocument('[{"latex":"x","document":1}]', "a.json")).toThrow(
      "a.json, entry 1: document: expected a string. Quote it.",
    );
  });
});
