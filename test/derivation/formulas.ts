/** True formulas of the first two notebooks, in the spellings of different authors. */
export const truths: readonly string[] = [
  String.raw`q(x_t \mid x_{t-1}) = \mathcal N(x_t; \sqrt{1-\beta_t}\,x_{t-1}, \beta_t I)`,
  String.raw`q(\mathbf{x}_t|\mathbf{x}_{t-1}) := \mathcal{N}(\sqrt{1-\beta_t}\mathbf{x}_{t-1}, \beta_t\mathbf{I})`,
  String.raw`x_t = \sqrt{1-\beta_t}x_{t-1} + \sqrt{\beta_t} z_t`,
  String.raw`\alpha_t = 1-\beta_t`,
  String.raw`\bar\alpha_t = \prod_{s=1}^t \alpha_s`,
  String.raw`x_t = \sqrt{\alpha_t}(\sqrt{\alpha_{t-1}}x_{t-2}+\sqrt{1-\alpha_{t-1}}z_{t-1})+\sqrt{1-\alpha_t}z_t`,
  String.raw`x_t = \sqrt{\alpha_t\alpha_{t-1}}x_{t-2}+\sqrt{\alpha_t(1-\alpha_{t-1})}z_{t-1}+\sqrt{1-\alpha_t}z_t`,
  String.raw`x_t = \sqrt{\bar\alpha_t}x_0 + \sum_{s=1}^t \sqrt{(1-\alpha_s)\prod_{r=s+1}^t\alpha_r}\, z_s`,
  String.raw`x_t = \sqrt{\bar\alpha_t}x_0 + \sum_{s=1}^t \sqrt{(1-\alpha_s)\frac{\bar\alpha_t}{\bar\alpha_s}}\, z_s`,
  String.raw`\bar\alpha_t + \sum_{s=1}^t (1-\alpha_s)\prod_{r=s+1}^{t}\alpha_r = 1`,
  String.raw`x_t = \sqrt{\bar\alpha_t}x_0+\sqrt{1-\bar\alpha_t}\,\bar z_t`,
  String.raw`x_t = \sqrt{\overline{\alpha}_{t}}x_0+\sqrt{1-\overline\alpha_t}\,\boldsymbol{\epsilon}`,
  String.raw`q(x_t|x_0)=\mathcal N(x_t;\sqrt{\bar\alpha_t}x_0,(1-\bar\alpha_t)I)`,
  String.raw`\mathbb E[x_t \mid x_0] = \sqrt{\bar\alpha_t}\,x_0`,
  String.raw`\mathrm{Var}(x_t\mid x_0) = (1-\bar\alpha_t) I`,
  String.raw`\operatorname{Var}[x_t\mid x_0] = 1-\bar\alpha_t`,
  String.raw`\mathrm{SNR}(t) = \frac{\bar\alpha_t}{1-\bar\alpha_t}`,
  String.raw`q(x_{t-1}|x_t,x_0) = q(x_t|x_{t-1},x_0)\frac{q(x_{t-1}|x_0)}{q(x_t|x_0)}`,
  String.raw`q(x_{t-1}|x_t,x_0) \propto \exp\left(-\frac12\left(\frac{(x_t-\sqrt{\alpha_t}x_{t-1})^2}{\beta_t}+\frac{(x_{t-1}-\sqrt{\bar\alpha_{t-1}}x_0)^2}{1-\bar\alpha_{t-1}}-\frac{(x_t-\sqrt{\bar\alpha_t}x_0)^2}{1-\bar\alpha_t}\right)\right)`,
  String.raw`\tilde\beta_t = 1/\left(\frac{\alpha_t}{\beta_t}+\frac1{1-\bar\alpha_{t-1}}\right) = \frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}\beta_t`,
  String.raw`\tilde\mu_t(x_t,x_0) = \left(\frac{\sqrt{\alpha_t}}{\beta_t}x_t+\frac{\sqrt{\bar\alpha_{t-1}}}{1-\bar\alpha_{t-1}}x_0\right)\tilde\beta_t`,
  String.raw`\tilde\mu_t(x_t,x_0) = \frac{\sqrt{\alpha_t}(1-\bar\alpha_{t-1})}{1-\bar\alpha_t}x_t+\frac{\sqrt{\bar\alpha_{t-1}}\beta_t}{1-\bar\alpha_t}x_0`,
  String.raw`x_0=\frac1{\sqrt{\bar\alpha_t}}(x_t-\sqrt{1-\bar\alpha_t}\,\bar z_t)`,
  String.raw`\tilde\mu_t = \frac1{\sqrt{\alpha_t}}\left(x_t-\frac{1-\alpha_t}{\sqrt{1-\bar\alpha_t}}\epsilon\right)`,
  String.raw`q(x_{t-1}|x_t,x_0)=\mathcal N(x_{t-1};\tilde\mu_t(x_t,x_0),\tilde\beta_t I)`,
  String.raw`q(x_{1:T}|x_0) = \prod_{t=1}^T q(x_t|x_{t-1})`,
  String.raw`\sqrt{\bar\alpha_t} = \sqrt{\alpha_t\alpha_{t-1}\cdots\alpha_1}`,
];

/** The model of the reverse process. */
export const model: readonly string[] = [
  String.raw`p(x_T) = \mathcal N(x_T; 0, I)`,
  String.raw`p_\theta(x_{t-1}|x_t) = \mathcal N(x_{t-1}; \mu_\theta(x_t,t), \Sigma_\theta(x_t,t))`,
  String.raw`p_\theta(x_{t-1}|x_t) = \mathcal N(x_{t-1}; \mu_\theta(x_t,t), \sigma_t^2 I)`,
  String.raw`P_\theta(x_{t-1}|x_t) \sim N(x_{t-1}; \mu_\theta(x_t,t), \Sigma_\theta(x_t,t))`,
  String.raw`p_\theta(x_{0:T}) = p(x_T)\prod_{t=1}^T p_\theta(x_{t-1}|x_t)`,
  String.raw`p_{\theta}(x_{0:T}) = p_{\theta}(x_{T})p_{\theta}(x_{T-1} \mid x_{T})\cdots p_{\theta}(x_{0}\mid x_{1})`,
  String.raw`q(x_1: x_T | x_0) = q(x_1 | x_0) q(x_2 | x_1) \dots q(x_T | x_{T-1})`,
  String.raw`\mu_\theta(x_t,t) = \frac{1}{\sqrt{\alpha_t}}\left(x_t-\frac{\beta_t}{\sqrt{1-\bar\alpha_t}}\epsilon_\theta(x_t,t)\right)`,
  String.raw`\mu_\theta(x_t,t) = \tilde\mu_t(x_t, x_\theta(x_t,t))`,
];

/** Expectations over the forward process, and divergences. */
export const expectations: readonly string[] = [
  String.raw`\mathbb E_{q(x_t|x_0)}[x_t] = \sqrt{\bar\alpha_t} x_0`,
  String.raw`\mathbb E_{q(x_{t-1}|x_t,x_0)}[x_{t-1}] = \tilde\mu_t(x_t,x_0)`,
  String.raw`\mathbb E_{q(x_t|x_0)}\left[\tilde\mu_t(x_t,x_0)\right] = \sqrt{\bar\alpha_{t-1}} x_0`,
  String.raw`D_{KL}(\mathcal N(\tilde\mu_t, \sigma_t^2 I)\|\mathcal N(\mu_\theta(x_t,t), \sigma_t^2 I)) = \frac{1}{2\sigma_t^2}\|\tilde\mu_t(x_t,x_0)-\mu_\theta(x_t,t)\|^2`,
  String.raw`\mathbb E_{q(x_{t-1}|x_t,x_0)}\left[\log\frac{q(x_{t-1}|x_t,x_0)}{p_\theta(x_{t-1}|x_t)}\right] = D_{KL}(q(x_{t-1}|x_t,x_0)\|p_\theta(x_{t-1}|x_t))`,
  String.raw`\mathbb E_{x_0,\epsilon}\left[\|\tilde\mu_t(x_t,x_0)-\mu_\theta(x_t,t)\|^2\right] = \mathbb E_{x_0,\epsilon}\left[\frac{\beta_t^2}{\alpha_t(1-\bar\alpha_t)}\|\epsilon-\epsilon_\theta(\sqrt{\bar\alpha_t}x_0+\sqrt{1-\bar\alpha_t}\epsilon,t)\|^2\right]`,
];

/** The bound as printed line by line: Bayes' rule in each step, the telescoping sum, the split into KL terms. */
export const bound: readonly string[] = [
  String.raw`\mathbb E_{q(x_{1:T}|x_0)}\left[\log\frac{q(x_{1:T}|x_0)}{p_\theta(x_{0:T})}\right] = \mathbb E_{q(x_{1:T}|x_0)}\left[\log\frac{\prod_{t=1}^T q(x_t|x_{t-1})}{p(x_T)\prod_{t=1}^T p_\theta(x_{t-1}|x_t)}\right]`,
  String.raw`= \mathbb E_{q(x_{1:T}|x_0)}\left[-\log p(x_T) + \sum_{t=2}^T \log\frac{q(x_t|x_{t-1})}{p_\theta(x_{t-1}|x_t)} + \log\frac{q(x_1|x_0)}{p_\theta(x_0|x_1)}\right]`,
  String.raw`= \mathbb E_{q(x_{1:T}|x_0)}\left[-\log p(x_T) + \sum_{t=2}^T \log\left(\frac{q(x_{t-1}|x_t,x_0)}{p_\theta(x_{t-1}|x_t)}\cdot\frac{q(x_t|x_0)}{q(x_{t-1}|x_0)}\right) + \log\frac{q(x_1|x_0)}{p_\theta(x_0|x_1)}\right]`,
  String.raw`= \mathbb E_{q(x_{1:T}|x_0)}\left[-\log p(x_T) + \sum_{t=2}^T \log\frac{q(x_{t-1}|x_t,x_0)}{p_\theta(x_{t-1}|x_t)} + \log\frac{q(x_T|x_0)}{q(x_1|x_0)} + \log\frac{q(x_1|x_0)}{p_\theta(x_0|x_1)}\right]`,
  String.raw`= \mathbb E_q\left[\log\frac{q(x_T|x_0)}{p(x_T)} + \sum_{t=2}^T \log\frac{q(x_{t-1}|x_t,x_0)}{p_\theta(x_{t-1}|x_t)} - \log p_\theta(x_0|x_1)\right]`,
  String.raw`= D_{KL}(q(x_T|x_0)\|p(x_T)) + \sum_{t=2}^T \mathbb E_{q(x_t|x_0)}[D_{KL}(q(x_{t-1}|x_t,x_0)\|p_\theta(x_{t-1}|x_t))] - \mathbb E_{q(x_1|x_0)}[\log p_\theta(x_0|x_1)]`,
];
