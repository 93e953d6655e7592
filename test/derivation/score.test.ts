import { describe, expect, test } from "vitest";
import { checkLatex } from "../../src/derivation/check.js";

const tex = String.raw;
const only = (latex: string): { readonly verdict: string; readonly reason: string } => {
  const [result] = checkLatex(latex, { worlds: 3 }).statements;
  if (result === undefined) throw new Error("no result");
  return { verdict: result.verdict, reason: result.reason ?? "" };
};

describe("scores, the gradients of log densities", () => {
  test.each([
    tex`\nabla_{x_t}\log q(x_t|x_0) = -\frac{\epsilon}{\sqrt{1-\bar\alpha_t}}`,
    tex`\nabla_{x_t}\log q(x_t|x_0) = -\frac{x_t-\sqrt{\bar\alpha_t}x_0}{1-\bar\alpha_t}`,
    tex`\nabla_{x_t}\log q(x_t) = \mathbb E_{q(x_0|x_t)}[\nabla_{x_t}\log q(x_t|x_0)]`,
    tex`\nabla_{x_t}\log q(x_t) = -\frac{\mathbb E[x_t-\sqrt{\bar\alpha_t}x_0|x_t]}{1-\bar\alpha_t}`,
    // Tweedie's formula
    tex`\mathbb E[x_0|x_t] = \frac{1}{\sqrt{\bar\alpha_t}}\left(x_t + (1-\bar\alpha_t)\nabla_{x_t}\log q(x_t)\right)`,
    tex`\nabla_{x_t}\|x_t\|^2 = 2x_t`,
    tex`\nabla_{x_{t-1}}\log p_\theta(x_{t-1}|x_t) = \frac{\mu_\theta(x_t,t)-x_{t-1}}{\sigma_t^2}`,
  ])("%s", (latex) => expect(only(latex).verdict).toBe("holds"));

  test.each([
    tex`\nabla_{x_t}\log q(x_t|x_0) = \frac{\epsilon}{\sqrt{1-\bar\alpha_t}}`,
    tex`\nabla_{x_t}\log q(x_t|x_0) = -\frac{\epsilon}{1-\bar\alpha_t}`,
    tex`\nabla_{x_0}\log q(x_t|x_0) = -\frac{x_t-\sqrt{\bar\alpha_t}x_0}{1-\bar\alpha_t}`,
    tex`\nabla_{x_t}\log q(x_t) = \nabla_{x_t}\log q(x_t|x_0)`,
    tex`\nabla_{x_t}\log q(x_t) = \mathbb E_{q(x_0)}[\nabla_{x_t}\log q(x_t|x_0)]`,
    tex`\mathbb E[x_0|x_t] = \frac{1}{\sqrt{\bar\alpha_t}}\left(x_t + \sqrt{1-\bar\alpha_t}\nabla_{x_t}\log q(x_t)\right)`,
    tex`\nabla_{x_t}\|x_t\|^2 = x_t`,
    tex`\nabla_{x_{t-1}}\log p_\theta(x_{t-1}|x_t) = \frac{\mu_\theta(x_t,t)-x_{t-1}}{\sigma_t}`,
  ])("fails: %s", (latex) => expect(only(latex).verdict).toBe("fails"));

  test.each([
    [tex`\nabla_\theta\|\epsilon-\epsilon_\theta(x_t,t)\|^2 = 0`, /in a state x_t only/],
    [
      tex`\nabla_{x_t}\log p_\theta(x_t) = \nabla_{x_t}\log p_\theta(x_{t-1},x_t) - \nabla_{x_t}\log p_\theta(x_{t-1}|x_t)`,
      /true for affine networks; for others/,
    ],
  ])("stays open: %s", (latex, reason) => {
    const found = only(latex);
    expect(found.verdict).toBe("undecided");
    expect(found.reason).toMatch(reason);
  });
});
