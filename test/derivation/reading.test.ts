import { describe, expect, test } from "vitest";
import { checkLatex, checkStatements } from "../../src/derivation/check.js";

const tex = String.raw;

/** The verdict of a formula of one line. */
function verdictOf(latex: string): string {
  const { statements } = checkLatex(latex, { worlds: 6, repairs: false });
  const [result] = statements;
  if (result === undefined || statements.length !== 1)
    throw new Error(`${statements.length} results for ${latex}`);
  return result.inLaw ? `${result.verdict} in law` : result.verdict;
}

/** The verdicts of formulas of one text. */
const verdictsOf = (text: readonly string[]): readonly string[] =>
  checkStatements(
    text.map((latex) => ({ latex })),
    { worlds: 6, repairs: false },
  ).statements.map(({ verdict }) => verdict);

describe("sums and products whose range is a condition", () => {
  test.each([
    [tex`\sum_{t>1} \beta_t = \sum_{t=2}^T \beta_t`, "holds"],
    [tex`\sum_{t>1} \beta_t = \sum_{t=1}^T \beta_t`, "fails"],
    [tex`\sum_{t\geq 2} \log\alpha_t = \log\bar\alpha_T - \log\alpha_1`, "holds"],
    [tex`\sum_{1<t\le T}\beta_t = \sum_{t>1}\beta_t`, "holds"],
    [tex`\sum_{t\in\{1,\dots,T\}} \beta_t = \sum_t \beta_t`, "holds"],
    [tex`\sum_t \beta_t = T - \sum_t \alpha_t`, "holds"],
    // T stands as a limit too, so that no T is left for the author to choose
    [tex`\sum_t \beta_t = T + \sum_t \alpha_t`, "fails"],
    [tex`\prod_{s\le t}\alpha_s = \bar\alpha_t`, "holds"],
    [tex`\prod_{s<t}\alpha_s = \bar\alpha_{t-1}`, "holds"],
    [tex`\prod_{s<t}\alpha_s = \bar\alpha_t`, "fails"],
    [tex`\prod_{s>t}\alpha_s = \bar\alpha_T / \bar\alpha_t`, "holds"],
    [tex`\prod_{s>t}\alpha_s = \bar\alpha_T / \bar\alpha_{t-1}`, "fails"],
  ])("%s: %s", (latex, verdict) => expect(verdictOf(latex)).toBe(verdict));
});

describe("averages over times", () => {
  const loss = (over: string): string =>
    tex`\mathbb{E}_{${over}}\left[||\epsilon-\epsilon_\theta(x_t,t)||^2\right]`;
  const average = tex`\frac1T\sum_{t=1}^T ${loss(tex`x_0,\epsilon`)}`;
  test.each([
    [tex`\mathbb E_{t\sim U(1,T)}[\beta_t] = \frac1T\sum_{t=1}^T\beta_t`, "holds"],
    [tex`\mathbb E_{t\sim U(1,T)}[\beta_t] = \sum_{t=1}^T\beta_t`, "fails"],
    [tex`\mathbb E_{t\sim \mathcal U(\{1,\dots,T\})}[\log\alpha_t] = \frac1T\log\bar\alpha_T`, "holds"],
    [tex`\mathbb E_{t\sim U(2,T)}[\beta_t] = \frac1{T-1}\sum_{t=2}^T\beta_t`, "holds"],
    [tex`\mathbb E_{t\sim U(2,T)}[\beta_t] = \frac1T\sum_{t=2}^T\beta_t`, "fails"],
    [tex`${loss(tex`t,\mathbf{x}_0,\boldsymbol\epsilon`)} = ${average}`, "holds"],
    [
      tex`${loss(tex`t\sim[1,T],\mathbf{x}_0\sim q(\mathbf{x}_0),\epsilon\sim\mathcal N(0,\mathbf I)`)} = ${average}`,
      "holds",
    ],
    // of a continuous time nothing is known
    [tex`\mathbb E_{t\sim U(0,1)}[\beta_t] = \beta_1`, "undecided"],
    [tex`\mathbb E_{x_{1:T}\sim q(x_{1:T}|x_0)}[x_T] = \sqrt{\bar\alpha_T}x_0`, "holds"],
    [tex`\mathbb E_{x_{1:T}\sim q(x_{1:T}|x_0)}[x_T] = \bar\alpha_T x_0`, "fails"],
  ])("%s: %s", (latex, verdict) => expect(verdictOf(latex)).toBe(verdict));
});

describe("moments", () => {
  test.each([
    [tex`\mathbb E\|\epsilon\|^2 = d`, "holds"],
    [tex`\mathbb E\|\epsilon\|_2^2 = 1`, "fails"],
    [tex`\mathbb E\|\epsilon\|^4 = d^2 + 2d`, "holds"],
    [tex`\mathbb E\|\epsilon\|^4 = d^2`, "fails"],
    [tex`\mathbb E_{q(x_t|x_0)}\|x_t\|^2 = \bar\alpha_t\|x_0\|^2 + (1-\bar\alpha_t)d`, "holds"],
    [tex`\mathbb E_{q(x_t|x_0)}\|x_t\|^2 = \alpha_t\|x_0\|^2 + (1-\alpha_t)d`, "fails"],
    [tex`\mathbb E[x_tx_t^\top|x_0] = \bar\alpha_t x_0x_0^\top+(1-\bar\alpha_t)I`, "holds"],
    [tex`\mathbb E[x_tx_t^\top|x_0] = (1-\bar\alpha_t)I`, "fails"],
    [
      tex`\mathrm{Cov}(x_s,x_t|x_0) = \sqrt{\bar\alpha_t/\bar\alpha_s}\,(1-\bar\alpha_s)I \quad (s<t)`,
      "holds",
    ],
    [
      tex`\mathrm{Cov}(x_s,x_t|x_0) = \sqrt{\bar\alpha_t/\bar\alpha_s}\,(1-\bar\alpha_t)I \quad (s<t)`,
      "fails",
    ],
    [tex`\operatorname{Cov}[\mathbf x_{t-1}\mid\mathbf x_t,\mathbf x_0] = \tilde\beta_t\mathbf I`, "holds"],
    [tex`\operatorname{Cov}(x_t, \epsilon_t) = \sqrt{\beta_t} I`, "holds"],
    [tex`\mathrm{Cov}(\epsilon_t, \epsilon_{t-1}) = I`, "fails"],
    [tex`\mathbb{V}\mathrm{ar}[x_t|x_{t-1}] = \beta_t I`, "holds"],
    [tex`\mathbb V[x_t|x_0] = (1-\alpha_t)\mathbf I`, "fails"],
    // the data has a law of its own
    [tex`\mathrm{Var}[x_t] = (1-\bar\alpha_t) I`, "undecided"],
  ])("%s: %s", (latex, verdict) => expect(verdictOf(latex)).toBe(verdict));
});

describe("entropies", () => {
  test.each([
    [tex`H(q(x_t|x_0)) = \frac d2\log(2\pi e(1-\bar\alpha_t))`, "holds"],
    [tex`H(q(x_t|x_0)) = \frac 12\log(2\pi e(1-\bar\alpha_t))`, "fails"],
    [tex`\mathbb H[q(x_t|x_{t-1})] = \frac d2\log(2\pi\beta_t)`, "fails"],
    [tex`\mathcal H(q(x_t|x_0)) = -\mathbb E_{q(x_t|x_0)}[\log q(x_t|x_0)]`, "holds"],
    [tex`H_q(x_{t-1}|x_t, x_0) = \frac{d}{2}\log(2\pi e\tilde\beta_t)`, "holds"],
    [tex`H(x_t|x_0) = \frac{d}{2}\left(1+\log(2\pi(1-\bar\alpha_t))\right)`, "holds"],
    [tex`H(\mathcal N(0,\sigma^2 I)) = \frac d2\log(2\pi e\sigma^2)`, "holds"],
    [tex`H(\mathcal N(0,\sigma^2 I)) = \frac d2\log(2\pi e\sigma)`, "fails"],
    [tex`\mathrm{KL}(q(x_t|x_{t-1})\|q(x_t|x_0)) = H(q(x_t|x_{t-1}),q(x_t|x_0))-H(q(x_t|x_{t-1}))`, "holds"],
    [tex`\mathrm{KL}(q(x_t|x_{t-1})\|q(x_t|x_0)) = H(q(x_t|x_0),q(x_t|x_{t-1}))-H(q(x_t|x_{t-1}))`, "fails"],
    // averaged over x_t, it depends on the law of the data
    [tex`H(x_{t-1}|x_t) = H(x_t|x_{t-1})`, "undecided"],
  ])("%s: %s", (latex, verdict) => expect(verdictOf(latex)).toBe(verdict));
});

describe("laws of one variable given others", () => {
  test.each([
    [tex`x_t \mid x_0 \sim \mathcal N(\sqrt{\bar\alpha_t}x_0, (1-\bar\alpha_t)I)`, "holds"],
    [tex`x_t \mid x_0 \sim \mathcal N(\sqrt{\bar\alpha_t}x_0, (1-\alpha_t)I)`, "fails"],
    [tex`x_{t-1} | x_t, x_0 \sim \mathcal N(\tilde\mu_t(x_t,x_0), \tilde\beta_t I)`, "holds"],
    [tex`x_t\mid x_{t-2} \sim \mathcal N(\sqrt{\alpha_t\alpha_{t-1}}x_{t-2},(1-\alpha_t)I)`, "fails"],
    [tex`x_{t-1}\mid x_t \sim \mathcal N(\mu_\theta(x_t,t),\sigma_t^2I)`, "holds"],
  ])("%s: %s", (latex, verdict) => expect(verdictOf(latex)).toBe(verdict));
});

describe("constants that stand for what is left over", () => {
  const gaussian = (factor: string): string =>
    tex`\log q(x_t|x_0) = -\frac{\|x_t-\sqrt{\bar\alpha_t}x_0\|^2}{${factor}(1-\bar\alpha_t)}`;
  test.each([
    [tex`${gaussian("2")} + C`, "holds"],
    [tex`${gaussian("2")} + \text{const.}`, "holds"],
    [tex`${gaussian("")} + C`, "fails"],
    [
      tex`L_{t-1} = \mathbb E_q\left[\frac{1}{2\sigma_t^2}\|\tilde\mu_t-\mu_\theta(x_t,t)\|^2\right]+C`,
      "defines",
    ],
    [tex`L = L_0 + \sum_{t=1}^{T-1} L_t + L_T`, "defines"],
  ])("%s: %s", (latex, verdict) => expect(verdictOf(latex)).toBe(verdict));

  test("a bound up to a constant is compared with its definition", () => {
    const step = tex`L_{t-1} = D_{KL}(q(x_{t-1}|x_t,x_0)\|p_\theta(x_{t-1}|x_t))`;
    const square = (factor: string): string =>
      tex`L_{t-1} = \frac{1}{${factor}\sigma_t^2}\|\tilde\mu_t(x_t,x_0)-\mu_\theta(x_t,t)\|^2 + \text{const}`;
    expect(verdictsOf([step, square("2"), square("")])).toEqual(["defines", "holds", "fails"]);
  });
});

describe("numbers as means: one dimension", () => {
  test.each([
    [
      tex`D_{KL}(\mathcal N(\mu,\sigma^2)\|\mathcal N(0,1)) = \frac12(\mu^2+\sigma^2-1-\log(\sigma^2))`,
      "holds",
    ],
    [
      tex`D_{KL}(\mathcal N(\mu,\sigma^2)\|\mathcal N(0,1)) = \frac12(\mu^2+\sigma^2-1+\log(\sigma^2))`,
      "fails",
    ],
    [tex`\mathrm{KL}\big(\mathcal N(0,1)\,\big\|\,\mathcal N(1,1)\big) = \frac12`, "holds"],
    [tex`\mathrm{KL}\big(\mathcal N(0,1)\,\big\|\,\mathcal N(1,1)\big) = 1`, "fails"],
    // beside vectors a number is no mean
    [tex`q(x_t|x_0) = \mathcal N(x_t; 1, (1-\bar\alpha_t)I)`, "unreadable"],
  ])("%s: %s", (latex, verdict) => expect(verdictOf(latex)).toBe(verdict));
});

describe("algebra in letters of which nothing is known", () => {
  test.each([
    [tex`(a+b)^2 = a^2+2ab+b^2`, "holds"],
    [tex`(a+b)^2 = a^2+b^2`, "fails"],
    [tex`\frac{1}{a+b} = \frac1a+\frac1b`, "fails"],
    [tex`\log(ab) = \log(a)+\log(b)`, "holds"],
    [tex`\log(ab) = \log(a)\log(b)`, "fails"],
    [tex`\sqrt{a^2+b^2} = a+b`, "fails"],
    [tex`ax^2+bx = a\left(x+\frac{b}{2a}\right)^2 - \frac{b^2}{4a}`, "holds"],
    // a letter on one side alone: a condition on it
    [tex`a+b = 1`, "undecided"],
    [tex`ab = c`, "undecided"],
    // a letter before brackets alone may be a function
    [tex`h(a+b) = h(a)+h(b)`, "undecided"],
    [tex`h(2a) = 4h(a)`, "undecided"],
    [tex`a(b+c) = ab+ac`, "holds"],
    [tex`a(b+c) = ab+c`, "fails"],
  ])("%s: %s", (latex, verdict) => expect(verdictOf(latex)).toBe(verdict));
});

// ε_{t-1} is the noise of step t in the first line, where that is what makes it true, and so in the second.
test.each([
  ["each step its own noise", tex`\epsilon_{t-2}`, ["holds", "holds"]],
  ["one noise for both steps", tex`\epsilon_{t-1}`, ["holds", "fails"]],
])("noises declared by time stay what they are in a derivation: %s", (_, before, verdicts) => {
  const lines = [
    tex`x_t = \sqrt{\alpha_t}x_{t-1} + \sqrt{1-\alpha_t}\epsilon_{t-1}, \quad \epsilon_{t-1},\epsilon_{t-2},\dots\sim\mathcal N(0,I)`,
    tex`= \sqrt{\alpha_t\alpha_{t-1}}x_{t-2} + \sqrt{\alpha_t(1-\alpha_{t-1})}${before} + \sqrt{1-\alpha_t}\epsilon_{t-1}`,
  ].map((latex, at) => ({ latex, chain: "one", line: at + 1 }));
  const { statements } = checkStatements(lines, { worlds: 6, repairs: false });
  expect(statements.map(({ verdict }) => verdict)).toEqual(verdicts);
});

test("a letter before brackets alone may be a function in a chain too", () => {
  const lines = [tex`h(a)+h(b) = h(b)+h(a)`, tex`= h(a+b)`, tex`= a+b`].map((latex, at) => ({
    latex,
    chain: "one",
    line: at + 1,
  }));
  const { statements } = checkStatements(lines, { worlds: 6, repairs: false });
  expect(statements.map(({ verdict }) => verdict)).toEqual(["undecided", "undecided", "undecided"]);
});

describe("networks", () => {
  const given = (condition: string): string => tex`\epsilon_\theta(x_t,t,${condition})`;
  test.each([
    [
      tex`(1+w)${given("c")} - w${given(tex`\varnothing`)} = ${given("c")} + w(${given("c")} - \epsilon_\theta(x_t,t))`,
      "holds",
    ],
    [tex`${given("c")} = \epsilon_\theta(x_t,t)`, "fails"],
    [tex`${given("c")} = ${given("y")}`, "fails"],
    [tex`\tilde\epsilon_\theta(x_t,c) = (1+w)\epsilon_\theta(x_t,c)-w\epsilon_\theta(x_t)`, "defines"],
    [
      tex`\|\epsilon-\epsilon_\theta\|^2 = \frac{\alpha_t(1-\bar\alpha_t)}{\beta_t^2}\|\tilde\mu_t-\mu_\theta\|^2`,
      "holds",
    ],
    [
      tex`\|\epsilon-\epsilon_\theta\|^2 = \frac{\alpha_t(1-\bar\alpha_t)}{\beta_t}\|\tilde\mu_t-\mu_\theta\|^2`,
      "fails",
    ],
  ])("%s: %s", (latex, verdict) => expect(verdictOf(latex)).toBe(verdict));

  const step = (scale: string, root: string, noise = ""): string =>
    tex`x_{t-1} = ${scale}\frac{x_t-\sqrt{1-\bar\alpha_t}\epsilon_\theta^{(t)}(x_t)}{\sqrt{\bar\alpha_t}} + \sqrt{${root}}\,\epsilon_\theta^{(t)}(x_t)${noise}`;
  const implicit = (root: string): string =>
    step(tex`\sqrt{\bar\alpha_{t-1}}`, tex`${root}-\sigma_t^2`, tex` + \sigma_t\epsilon_t`);
  const flow = (sign: string): string =>
    tex`\frac{x_{t-1}}{\sqrt{\bar\alpha_{t-1}}} = \frac{x_t}{\sqrt{\bar\alpha_t}}+\left(\sqrt{\frac{1-\bar\alpha_{t-1}}{\bar\alpha_{t-1}}}${sign}\sqrt{\frac{1-\bar\alpha_t}{\bar\alpha_t}}\right)\epsilon_\theta(x_t,t)`;
  test.each([
    ["a step of DDIM", implicit(tex`1-\bar\alpha_{t-1}`), "holds in law"],
    ["a root of another time", implicit(tex`1-\bar\alpha_t`), "fails"],
    ["a step of DDIM without noise", step(tex`\sqrt{\bar\alpha_{t-1}}`, tex`1-\bar\alpha_{t-1}`), "holds"],
    [
      "noise that the root does not make room for",
      step(tex`\sqrt{\bar\alpha_{t-1}}`, tex`1-\bar\alpha_{t-1}`, tex` + \sigma_t\epsilon_t`),
      "fails",
    ],
    ["a root lost", step(tex`\bar\alpha_{t-1}`, tex`1-\bar\alpha_{t-1}`), "undecided"],
    ["the mean of the model, its noise left out", tex`x_{t-1} = \mu_\theta(x_t,t)`, "undecided"],
    ["DDIM as a difference", flow("-"), "holds"],
    ["its sign lost", flow("+"), "undecided"],
  ])("%s", (_, latex, verdict) => expect(verdictOf(latex)).toBe(verdict));
});

describe("definitions", () => {
  test.each([
    [tex`\alpha_t \triangleq 1-\beta_t`, "holds"],
    [tex`\alpha_t \triangleq 1+\beta_t`, "fails"],
    [tex`1-\beta_t =: \alpha_t`, "holds"],
    [tex`1+\beta_t \eqqcolon \alpha_t`, "fails"],
    [
      tex`\mathcal L(\theta) = \mathbb E_{t,x_0,\epsilon}\left[\|\epsilon-\epsilon_\theta(x_t,t)\|^2\right]`,
      "defines",
    ],
    [tex`q_\sigma(x_{t-1}|x_t,x_0) = \mathcal N(\sqrt{\bar\alpha_{t-1}}x_0, \sigma_t^2 I)`, "defines"],
    [tex`\beta_1 < \beta_2 < \dots < \beta_T`, "defines"],
    [tex`\beta_t < \beta_{t-1}`, "fails"],
    [tex`\beta_t \approx 1 - \alpha_t`, "holds"],
    [tex`\tilde\beta_t \approx \beta_t`, "undecided"],
  ])("%s: %s", (latex, verdict) => expect(verdictOf(latex)).toBe(verdict));

  test.each([
    [
      "a square at t",
      [
        tex`\sigma_q^2(t) = \tilde\beta_t`,
        tex`\sigma_q^2(t) = \beta_t`,
        tex`\sigma_q(t) = \sqrt{\tilde\beta_t}`,
      ],
      ["defines", "fails", "holds"],
    ],
    [
      "L_T is L_t at T where that has a value",
      [tex`L_t := \beta_t`, tex`L_T = \beta_1`],
      ["defines", "fails"],
    ],
    [
      "and a quantity of its own where it has none",
      [
        tex`L_{t-1} := D_{KL}(q(x_{t-1}|x_t,x_0)\|p_\theta(x_{t-1}|x_t))`,
        tex`L_T := D_{KL}(q(x_T|x_0)\|p(x_T))`,
        tex`L_T = 0`,
      ],
      ["defines", "defines", "fails"],
    ],
  ])("%s", (_, text, verdicts) => expect(verdictsOf(text)).toEqual(verdicts));
});

describe("cosines and sines", () => {
  test.each([
    [tex`\cos^2(a) + \sin^2(a) = 1`, "holds"],
    [tex`\cos(a)^2 + \sin(a)^2 = 1`, "holds"],
    [tex`\cos(a + b) = \cos a \cos b - \sin a \sin b`, "holds"],
    [tex`\cos(a + b) = \cos a \cos b + \sin a \sin b`, "fails"],
    [tex`\cos 2a = 2\cos^2 a - 1`, "holds"],
    [tex`\cos 2\beta_t = 1 - \cos^2\beta_t`, "fails"],
    [tex`\sin a \le 1`, "holds"],
    [tex`\sin\beta_t \le \frac12`, "fails"],
    // an angle below a right one
    [tex`\cos\left(\frac{\pi}{2}\beta_t\right) > 0`, "holds"],
    [tex`\cos(\pi\beta_t) > 0`, "fails"],
  ])("%s: %s", (latex, verdict) => expect(verdictOf(latex)).toBe(verdict));
});

describe("steps of a sampler", () => {
  const mean = tex`x_{t-1} = \frac{1}{\sqrt{\alpha_t}}\left(x_t - \frac{1-\alpha_t}{\sqrt{1-\bar\alpha_t}}\epsilon_\theta(x_t,t)\right)`;
  test.each([
    ["with its noise", tex`${mean} + \sigma_t z`, "holds in law"],
    ["a step that has lost its noise", mean, "undecided"],
    ["or the vector in it", tex`${mean} + \sigma_t`, "undecided"],
  ])("%s", (_, latex, verdict) => expect(verdictOf(latex)).toBe(verdict));
});
