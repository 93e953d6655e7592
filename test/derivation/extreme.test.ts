import { describe, expect, test } from "vitest";
import { checkLatex } from "../../src/derivation/check.js";
import type { StatementResult } from "../../src/derivation/verdict/verdict.js";

const tex = String.raw;
const only = (latex: string): StatementResult => {
  const [result] = checkLatex(latex, { worlds: 4, repairs: false }).statements;
  if (result === undefined) throw new Error("no result");
  return result;
};

const elbo = tex`\mathbb E_{q(x_{1:T}|x_0)}\left[\log\frac{p_\theta(x_{0:T})}{q(x_{1:T}|x_0)}\right]`;
const reconstruction = tex`\mathbb E_{q(x_1|x_0)}[\log p_\theta(x_0|x_1)]`;
const prior = tex`D_{KL}(q(x_T|x_0)\|p(x_T))`;
const posterior = tex`D_{KL}(q(x_{t-1}|x_t,x_0)\|p_\theta(x_{t-1}|x_t))`;
const terms = (first: number): string => tex`\sum_{t=${first}}^T \mathbb E_{q(x_t|x_0)}[${posterior}]`;

describe("a bound that schedules of ordinary size keep and others break", () => {
  test.each([
    tex`\mathrm{SNR}(t) \le 10^{12}`,
    tex`\mathrm{SNR}(t) \ge 10^{-12}`,
    tex`\log\mathrm{SNR}(t) \le 100`,
    tex`\beta_t \ge 10^{-15}`,
    tex`1 - \beta_t \ge 10^{-15}`,
    tex`\frac{1}{\sqrt{\alpha_t}} \le 10^6`,
    tex`\bar\alpha_T > 10^{-40}`,
    tex`\sum_{t=1}^T \beta_t \le 8`,
    tex`\sum_{t=1}^T \beta_t \le 99`,
    tex`\sum_{s=1}^t \bar\alpha_s \le 15`,
    tex`\|x_t\|^2 \le 10^{20}`,
    tex`\|x_0\| \ge 10^{-20}`,
  ])("fails: %s", (latex) => expect(only(latex).verdict).toBe("fails"));

  test.each([
    tex`\mathrm{SNR}(t) \le 10^{200}`,
    tex`\sum_{t=1}^T \beta_t \le 500`,
    tex`\mathbb E_{q(x_t|x_0)}[\|x_t\|^2] \le 10^{30}`,
  ])("is not called true where no world reaches it: %s", (latex) => {
    const { verdict, reason } = only(latex);
    expect(verdict).toBe("undecided");
    expect(reason).toMatch(/a bound as far as this one/);
  });

  test("a long schedule is shown by its name", () =>
    expect(only(tex`\sum_{t=1}^T \beta_t \le 99`).counterexample?.text).toBe(
      tex`With T = 128 and the betas of the schedule β_t = 0.8: the left side is 102.4, the right side 99.`,
    ));
});

describe("a bound that only an ideal model breaks", () => {
  test.each([
    tex`\log p_\theta(x_0) \ge ${elbo} + \frac{1}{10}`,
    tex`\log p_\theta(x_0) \ge ${elbo.replace("q(x_{1:T}|x_0)}\\right", "q(x_{2:T}|x_0)}\\right")}`,
    tex`\log p_\theta(x_0) \ge ${elbo.replace("q(x_{1:T}|x_0)}\\right", "q(x_{1:T-1}|x_0)}\\right")}`,
    tex`\log p_\theta(x_0) \ge ${reconstruction} - ${prior} - ${terms(3)}`,
    tex`\log p_\theta(x_0) \ge ${reconstruction} - ${terms(2)}`,
    tex`\log p_\theta(x_0) \ge -${prior} - ${terms(2)}`,
    tex`D_{KL}(q(x_{t-1}|x_t)\|p_\theta(x_{t-1}|x_t)) > 10^{-6}`,
    tex`\mathbb E_{q(x_t|x_0)}[\|\epsilon_\theta(x_t,t)\|^2] \ge 0.00001`,
    tex`\mathbb E_{q(x_t|x_0)}[\|\epsilon_\theta(x_t,t)\|^2] > \|\mathbb E_{q(x_t|x_0)}[\epsilon_\theta(x_t,t)]\|^2`,
    tex`\mathbb E_{x_0,\epsilon}[\|\epsilon-\epsilon_\theta(x_t,t)\|^2] > 0`,
    tex`\log p_\theta(x_0) \le 20`,
    tex`D_{KL}(\mathcal N(\mu_1,\sigma_1^2)\|\mathcal N(\mu_2,\sigma_2^2)) > 0`,
  ])("does not hold: %s", (latex) => expect(["fails", "undecided"]).toContain(only(latex).verdict));

  test("the reason says which model", () =>
    expect(only(tex`\mathbb E_{x_0,\epsilon}[\|\epsilon-\epsilon_\theta(x_t,t)\|^2] > 0`)).toMatchObject({
      verdict: "fails",
      reason: "with a network that predicts x_0 exactly",
    }));

  test("a divergence of joint laws, of which the data's is one, may be 0", () => {
    const joint = tex`D_{KL}(q(x_{0:T})\|p_\theta(x_{0:T}))`;
    expect(only(tex`${joint} \ge 0`).verdict).toBe("holds");
    expect(only(tex`${joint} > 0`).verdict).not.toBe("holds");
  });
});

describe("what is true stays true in them", () => {
  test.each([
    tex`0 < \beta_t < 1`,
    tex`\beta_t \le 1000`,
    tex`\mathrm{SNR}(t) > -10^{12}`,
    tex`\bar\alpha_t < \bar\alpha_{t-1}`,
    tex`\bar\alpha_t^2 < \bar\alpha_{t-1}`,
    tex`1-\bar\alpha_T^2 < 1`,
    tex`\bar\alpha_t \le \alpha_t`,
    tex`\tilde\beta_t < \beta_t`,
    tex`\tilde\beta_t \le 1-\bar\alpha_{t-1}`,
    tex`\mathrm{SNR}(t) < \mathrm{SNR}(t-1)`,
    tex`\sum_{t=1}^T \beta_t < T`,
    tex`1-\bar\alpha_t \le \sum_{s=1}^t\beta_s`,
    tex`\bar\alpha_t \le e^{-\sum_{s=1}^t\beta_s}`,
    tex`\sqrt{1-\beta_t} \le 1-\frac{\beta_t}{2}`,
    tex`\|x_t\| \le \sqrt{\bar\alpha_t}\|x_0\| + \sqrt{1-\bar\alpha_t}\|\epsilon\|`,
    tex`q(x_t|x_0) \le (2\pi(1-\bar\alpha_t))^{-d/2}`,
    tex`${posterior} \ge 0`,
    tex`${prior} \ge 0`,
    tex`D_{KL}(q(x_{t-1}|x_t)\|p_\theta(x_{t-1}|x_t)) \ge 0`,
    tex`D_{KL}(\mathcal N(\mu_1,\sigma_1^2)\|\mathcal N(\mu_2,\sigma_2^2)) \ge 0`,
    tex`\mathbb E_{x_0,\epsilon}[\|\epsilon-\epsilon_\theta(x_t,t)\|^2] \ge 0`,
    tex`\mathbb E_{q(x_t|x_0)}[\|\epsilon_\theta(x_t,t)\|^2] \ge \|\mathbb E_{q(x_t|x_0)}[\epsilon_\theta(x_t,t)]\|^2`,
    tex`\log p_\theta(x_0) \ge ${elbo}`,
    tex`\log p_\theta(x_0) \ge ${reconstruction} - ${prior} - ${terms(2)}`,
    tex`\mathbb E_{q(x_0)}[\log p_\theta(x_0)] \le \mathbb E_{q(x_0)}[\log q(x_0)]`,
  ])("%s", (latex) => expect(only(latex).verdict).toBe("holds"));
});

describe("general distributions whose variables are independent", () => {
  test.each([
    [tex`\mathbb E_{p(x,y)}[\log p(x|y)] > \mathbb E_{p(x)}[\log p(x)]`, "fails"],
    [tex`\mathbb E_{p(x,y)}[\log p(x|y)] \ge \mathbb E_{p(x)}[\log p(x)]`, "holds"],
    [tex`D_{KL}(p(x,y)\|p(x)p(y)) > 0`, "fails"],
    [tex`D_{KL}(p(x,y)\|p(x)p(y)) \ge 0`, "holds"],
  ])("%s: %s", (latex, verdict) => expect(only(latex).verdict).toBe(verdict));
});

test("a density too small for a number is said to be so", () => {
  const { verdict, reason } = only(tex`p_\theta(x_0) \ge 0`);
  expect(verdict).toBe("undecided");
  expect(reason).toMatch(/exp of a number beyond/);
});
