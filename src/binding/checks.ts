import type { StatementSource } from "../derivation/options.js";
import { ddpm, extendNotation } from "../derivation/notation/ddpm.js";
import type { Notation } from "../derivation/notation/notation.js";
import { libraryBindings } from "./bindings.js";

/** The symbol that stands for a function of the library in a formula: its name in upright letters, at time t. */
const symbolOf = (name: string): string => `\\mathrm{${name}}_t`;

/** The notation of Ho et al. in which each function of the library is a symbol too. */
export const libraryNotation: Notation = extendNotation(ddpm, {
  name: "library",
  bind: Object.fromEntries(
    Object.entries(libraryBindings).map(([name, binding]) => [symbolOf(name), binding]),
  ),
});

const tex = String.raw;

/** What the papers say of each function: the right side of `name_t = …`, or of a statement of its own. */
const formulas: Readonly<Record<keyof typeof libraryBindings, string>> = {
  beta: tex`= \beta_t`,
  alpha: tex`= 1 - \beta_t`,
  alphaBar: tex`= \prod_{s=1}^t (1 - \beta_s)`,
  oneMinusAlphaBar: tex`= \sum_{s=1}^t \beta_s \prod_{r=s+1}^t \alpha_r = 1 - \bar\alpha_t`,
  snr: tex`= \frac{\bar\alpha_t}{1-\bar\alpha_t}`,
  sqrtAlphaBar: tex`= \sqrt{\bar\alpha_t}`,
  sqrtOneMinusAlphaBar: tex`= \sqrt{1-\bar\alpha_t}`,
  sqrtRecipAlphaBar: tex`= \frac{1}{\sqrt{\bar\alpha_t}}`,
  sqrtRecipAlphaBarMinusOne: tex`= \sqrt{\frac{1}{\bar\alpha_t} - 1}`,
  posteriorVariance: tex`= \frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}\beta_t = \tilde\beta_t`,
  posteriorLogVarianceClipped: tex`= \log\left(\frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}\beta_t\right)`,
  posteriorMeanCoefXStart: tex`= \frac{\sqrt{\bar\alpha_{t-1}}\beta_t}{1-\bar\alpha_t}`,
  posteriorMeanCoefXt: tex`= \frac{\sqrt{\alpha_t}(1-\bar\alpha_{t-1})}{1-\bar\alpha_t}`,
  // At t = 1 it is β̃_2, by the book of the reference code.
  fixedLargeVariance: tex`= \beta_t \text{ for } t > 1`,
  qMean: tex`= \sqrt{\bar\alpha_t}x_0 = \mathbb E[x_t \mid x_0]`,
  qVariance: tex`= 1 - \bar\alpha_t`,
  qSample: tex`= \sqrt{\bar\alpha_t}x_0 + \sqrt{1-\bar\alpha_t}\,\bar\epsilon_t = x_t`,
  posteriorMean: tex`= \frac{\sqrt{\alpha_t}(1-\bar\alpha_{t-1})}{1-\bar\alpha_t}x_t + \frac{\sqrt{\bar\alpha_{t-1}}\beta_t}{1-\bar\alpha_t}x_0 = \tilde\mu_t`,
  predictXStartFromEps: tex`= \frac{1}{\sqrt{\bar\alpha_t}}\left(x_t - \sqrt{1-\bar\alpha_t}\,\bar\epsilon_t\right) = x_0`,
  predictEpsFromXStart: tex`= \frac{x_t - \sqrt{\bar\alpha_t}x_0}{\sqrt{1-\bar\alpha_t}} = \bar\epsilon_t`,
  predictV: tex`= \sqrt{\bar\alpha_t}\,\bar\epsilon_t - \sqrt{1-\bar\alpha_t}\,x_0`,
  predictXStartFromV: tex`= x_0`,
  predictEpsFromV: tex`= \bar\epsilon_t`,
  predictXStartFromMean: tex`= x_0`,
  predictMeanFromEps: tex`= \frac{1}{\sqrt{\alpha_t}}\left(x_t - \frac{\beta_t}{\sqrt{1-\bar\alpha_t}}\bar\epsilon_t\right) = \tilde\mu_t`,
  predictEpsFromMean: tex`= \bar\epsilon_t`,
  pMean: tex`= \tilde\mu_t`,
  pDeviation: tex`= \sqrt{\beta_t} \text{ for } t > 1`,
  ddimMean: tex`= \sqrt{\bar\alpha_{t-1}}x_0 + \sqrt{1-\bar\alpha_{t-1}}\,\bar\epsilon_t`,
  normalKl: tex`= D_{KL}(q(x_{t-1} \mid x_t, x_0) \| \mathcal N(0, I))`,
  epsLossWeightFixedSmall: tex`= \frac{\beta_t^2}{2\tilde\beta_t\alpha_t(1-\bar\alpha_t)}`,
  epsLossWeightFixedLarge: tex`= \frac{\beta_t}{2\alpha_t(1-\bar\alpha_t)}`,
  priorBpd: tex`= \frac{1}{d\log(2)}D_{KL}(q(x_T \mid x_0) \| p(x_T))`,
  vbTermsBpd: tex`= \frac{\beta_t^2}{2\tilde\beta_t\alpha_t(1-\bar\alpha_t)d\log(2)}\|\bar\epsilon_t - x_t\|^2`,
};

/**
 * One statement for each function that can be bound: text and code say the same, or the
 * check fails. Decide them with `libraryNotation`.
 */
export const libraryChecks: readonly StatementSource[] = Object.entries(formulas).map(([name, formula]) => ({
  id: name,
  latex: `${symbolOf(name)} ${formula}`,
}));
