import { describe, expect, test } from "vitest";
import { checkLatex } from "../../src/derivation/check.js";

const tex = String.raw;
const verdict = (latex: string): string | undefined =>
  checkLatex(latex, { worlds: 6 }).statements[0]?.verdict;

/** KL of two normal laws of which nothing is known, with one part replaced. */
const divergence = (parts: {
  readonly log?: string;
  readonly trace?: string;
  readonly mean?: string;
}): string =>
  tex`D_{\mathrm{KL}}(\mathcal{N}(x;\mu_x,\Sigma_x) \parallel \mathcal{N}(y;\mu_y,\Sigma_y)) = \frac{1}{2}\left[` +
  (parts.log ?? tex`\log\frac{|\Sigma_y|}{|\Sigma_x|}`) +
  " - d + " +
  (parts.trace ?? tex`\mathrm{tr}(\Sigma_y^{-1}\Sigma_x)`) +
  " + " +
  (parts.mean ?? tex`(\mu_y-\mu_x)^T\Sigma_y^{-1}(\mu_y-\mu_x)`) +
  tex`\right]`;

describe("normal laws with a full covariance", () => {
  test.each([
    divergence({}),
    divergence({ log: tex`\ln\det\Sigma_y - \ln\det\Sigma_x` }),
    divergence({ trace: tex`\operatorname{Tr}(\Sigma_x\Sigma_y^{-1})` }),
    divergence({ mean: tex`\mathrm{tr}(\Sigma_y^{-1}(\mu_y-\mu_x)(\mu_y-\mu_x)^\top)` }),
    tex`\mathcal N(x;\mu,\Sigma) = \frac{1}{\sqrt{(2\pi)^d|\Sigma|}}\exp\left(-\frac12(x-\mu)^\top\Sigma^{-1}(x-\mu)\right)`,
    tex`\mathcal N(x;\mu,\Sigma) = (2\pi)^{-d/2}\det(\Sigma)^{-1/2}\exp\left(-\frac12(x-\mu)^T\Sigma^{-1}(x-\mu)\right)`,
    tex`|\Sigma^{-1}| = \frac{1}{|\Sigma|}`,
    tex`(\Sigma_1\Sigma_2)^{-1} = \Sigma_2^{-1}\Sigma_1^{-1}`,
    tex`(\Sigma_1\Sigma_2)^\top = \Sigma_2\Sigma_1`,
    tex`D_{KL}(\mathcal N(\mu_1,\sigma^2 I)\|\mathcal N(\mu_2,\sigma^2 I)) = \frac{1}{2\sigma^2}\|\mu_1-\mu_2\|^2`,
    tex`\mathrm{tr}(I) = d`,
    tex`|\beta_t I| = \beta_t^d`,
    tex`\mathrm{tr}(\Sigma + \beta_t I) = \mathrm{tr}(\Sigma) + d\beta_t`,
    tex`x_t^\top x_t = \|x_t\|^2`,
    tex`|\alpha_t - 1| = \beta_t`,
  ])("%s holds", (latex) => expect(verdict(latex)).toBe("holds"));

  test.each([
    divergence({ log: tex`\log\frac{|\Sigma_x|}{|\Sigma_y|}` }),
    divergence({ trace: tex`\mathrm{tr}(\Sigma_x^{-1}\Sigma_y)` }),
    divergence({ mean: tex`(\mu_y-\mu_x)^T\Sigma_x^{-1}(\mu_y-\mu_x)` }),
    divergence({ mean: tex`(\mu_y-\mu_x)^T\Sigma_y^{-1}(\mu_y+\mu_x)` }),
    tex`\mathcal N(x;\mu,\Sigma) = \frac{1}{\sqrt{(2\pi)^d|\Sigma|}}\exp\left(-(x-\mu)^\top\Sigma^{-1}(x-\mu)\right)`,
    tex`\mathcal N(x;\mu,\Sigma) = \frac{1}{\sqrt{2\pi|\Sigma|}}\exp\left(-\frac12(x-\mu)^\top\Sigma^{-1}(x-\mu)\right)`,
    tex`\mathcal N(x;\mu,\sigma^2) = \frac{1}{\sqrt{2\pi}\sigma^2}\exp\left(-\frac{(x-\mu)^2}{2\sigma^2}\right)`,
    tex`D_{KL}(\mathcal N(\mu_1,\sigma^2 I)\|\mathcal N(\mu_2,\sigma^2 I)) = \frac{1}{\sigma^2}\|\mu_1-\mu_2\|^2`,
    tex`|\beta_t I| = \beta_t`,
    tex`|\alpha_t - 1| = \alpha_t - 1`,
  ])("%s fails", (latex) => expect(verdict(latex)).toBe("fails"));

  // Of symbols that the left side does not introduce the text may have said more elsewhere.
  test.each([
    // true for d = 1 only
    tex`(\Sigma_1\Sigma_2)^{-1} = \Sigma_1^{-1}\Sigma_2^{-1}`,
    tex`\Sigma_1\Sigma_2 = \Sigma_2\Sigma_1`,
    tex`|2\Sigma| = 2|\Sigma|`,
    tex`\mathrm{tr}(\Sigma) = |\Sigma|`,
  ])("%s is not true for all matrices: undecided", (latex) => expect(verdict(latex)).toBe("undecided"));
});
